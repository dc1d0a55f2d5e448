/* A zip archive as it is written to a sink, entry after entry, compressed: sizes follow each entry (APPNOTE 4.3.9), so that
 * nothing is kept but the directory. An entry holds less than 4 GiB. */
#ifndef EXCHANGE_ZIP_WRITE_H
#define EXCHANGE_ZIP_WRITE_H

#include "exchange/sink.h"

typedef struct ZipWriter ZipWriter;

ZipWriter *zip_writer_new(Arena *arena, Sink *sink);

/* Begins an entry, having ended the one before. Fails: IO; INCONSISTENT (an entry or the archive of 4 GiB), as do the
 * others. */
MUST_USE bool zip_begin(ZipWriter *zip, Str name, Error *err);
MUST_USE bool zip_put(ZipWriter *zip, Str bytes, Error *err);

/* Ends the last entry and writes the directory; the sink is not finished. */
MUST_USE bool zip_finish(ZipWriter *zip, Error *err);

#endif
