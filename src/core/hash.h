/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XXH3 (128 bits) over a column's values in canonical form: little-endian, one NaN, -0
 * kept, texts with their length.
 *
 * It finds any accident, not a forger: then SHA-256 would be needed, which is slower than
 * writing to disk (measured).  Source: xxHash specification 0.1.1, XXH3. */
#ifndef FM_CORE_HASH_H
#define FM_CORE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include <fabmet/status.h>

typedef struct fm_hash fm_hash;

enum {
    FM_HASH_TEXT = 33
}; /* 32 hexadecimal digits and NUL */

/* returns FM_OK or FM_ENOMEM.  Pair: fm_hash_free */
fm_status fm_hash_create(fm_hash **out);
void fm_hash_free(fm_hash *hash);

/* Adds bytes as they are; nothing says where they end.  bytes[n]  in */
void fm_hash_bytes(fm_hash *hash, const void *bytes, size_t n);

/* Adds x[n], 8 bytes each; every NaN counts as 0x7ff8000000000000. */
void fm_hash_reals(fm_hash *hash, const double *x, size_t n);

/* Adds x[n], 8 bytes each, two's complement. */
void fm_hash_integers(fm_hash *hash, const int64_t *x, size_t n);

/* Adds the number of bytes (8 bytes) and the bytes.  text  in  NULL counts as "" */
void fm_hash_text(fm_hash *hash, const char *text);

/* Ends the hash and starts a new one.
 * hex_out  out  lower-case hexadecimal digits of the canonical (big-endian) form */
void fm_hash_done(fm_hash *hash, char hex_out[FM_HASH_TEXT]);

#endif
