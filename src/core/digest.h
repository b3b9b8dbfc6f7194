/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 over values in canonical form: little-endian, one NaN, -0 kept, texts with their
 * length. */
#ifndef FM_CORE_DIGEST_H
#define FM_CORE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include <nettle/sha2.h>

typedef struct fm_digest {
    struct sha256_ctx sha;
} fm_digest;

enum { FM_DIGEST_TEXT = 65 }; /* 64 hexadecimal digits and NUL */

void fm_digest_init(fm_digest *d);
void fm_digest_bytes(fm_digest *d, const void *bytes, size_t n);
void fm_digest_reals(fm_digest *d, const double *x, size_t n);
void fm_digest_integers(fm_digest *d, const int64_t *x, size_t n);
void fm_digest_text(fm_digest *d, const char *text); /* NULL counts as "" */
void fm_digest_done(fm_digest *d, char hex_out[FM_DIGEST_TEXT]);

#endif
