/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 over what a result is about: numbers little-endian, texts with their length. */
#ifndef FM_CORE_DIGEST_H
#define FM_CORE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include <nettle/sha2.h>

typedef struct fm_digest {
    struct sha256_ctx sha;
} fm_digest;

enum {
    FM_DIGEST_TEXT = 65
}; /* 64 hexadecimal digits and NUL */

/* Starts a new digest.  d  out */
void fm_digest_init(fm_digest *d);

/* Adds bytes as they are; nothing says where they end.  bytes[n]  in */
void fm_digest_bytes(fm_digest *d, const void *bytes, size_t n);

/* Adds x[n], 8 bytes each, two's complement. */
void fm_digest_integers(fm_digest *d, const int64_t *x, size_t n);

/* Adds the number of bytes (8 bytes) and the bytes.  text  in  NULL counts as "" */
void fm_digest_text(fm_digest *d, const char *text);

/* Ends the digest and starts a new one.  hex_out  out  lower-case hexadecimal digits */
void fm_digest_done(fm_digest *d, char hex_out[FM_DIGEST_TEXT]);

#endif
