/* The few compiler attributes we use, in one place so that the rest of the source is plain C17. */
#ifndef BASE_ATTRIBUTES_H
#define BASE_ATTRIBUTES_H

#if defined(__GNUC__)
#define MUST_USE           __attribute__((warn_unused_result))
#define PRINTF(fmt, args)  __attribute__((format(printf, fmt, args)))
#define NO_RETURN          __attribute__((noreturn))
#define RETURNS_NONNULL    __attribute__((returns_nonnull))
#define TWO_LANES          __attribute__((vector_size(2 * sizeof(double)), aligned(sizeof(double)), may_alias))
#else
#define MUST_USE
#define PRINTF(fmt, args)
#define NO_RETURN
#define RETURNS_NONNULL
#endif

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ADDRESS_SANITIZER 1
#endif
#endif
#ifndef HAS_ADDRESS_SANITIZER
#define HAS_ADDRESS_SANITIZER 0
#endif

#endif
