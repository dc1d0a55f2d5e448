/* The public face of libequipoise: eq_ names, kept stable. It grows with the statistics and design layers. */
#ifndef EQUIPOISE_H
#define EQUIPOISE_H

/* "0.1.0" */
const char *eq_version(void);

#endif
