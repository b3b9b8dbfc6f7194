/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 over what a result is about.  Source: FIPS 180-4 (Nettle's
 * implementation). */
#include "config.h"

#include <stdbool.h>
#include <string.h>

#include "core/digest.h"

void
fm_digest_init(fm_digest *d)
{
    sha256_init(&d->sha);
}

void
fm_digest_bytes(fm_digest *d, const void *bytes, size_t n)
{
    sha256_update(&d->sha, n, bytes);
}

static inline void
put_little_endian(unsigned char *to, uint64_t bits)
{
    for (int i = 0; i < 8; i++)
        to[i] = (unsigned char)(bits >> (8 * i));
}

/* Values whose bytes in memory are those to be hashed need no copy. */
static bool
is_little_endian(void)
{
    const uint16_t one = 1;
    unsigned char first;

    memcpy(&first, &one, 1);
    return first == 1;
}

void
fm_digest_integers(fm_digest *d, const int64_t *x, size_t n)
{
    unsigned char bytes[8];

    if (is_little_endian()) {
        sha256_update(&d->sha, 8 * n, (const uint8_t *)x);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        put_little_endian(bytes, (uint64_t)x[i]);
        sha256_update(&d->sha, 8, bytes);
    }
}

void
fm_digest_text(fm_digest *d, const char *text)
{
    int64_t length = text != NULL ? (int64_t)strlen(text) : 0;

    fm_digest_integers(d, &length, 1);
    if (length > 0)
        sha256_update(&d->sha, (size_t)length, (const uint8_t *)text);
}

void
fm_digest_done(fm_digest *d, char hex_out[FM_DIGEST_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t sum[SHA256_DIGEST_SIZE];

    sha256_digest(&d->sha, sizeof sum, sum);
    for (size_t i = 0; i < sizeof sum; i++) {
        hex_out[2 * i] = digits[sum[i] >> 4];
        hex_out[2 * i + 1] = digits[sum[i] & 15];
    }
    hex_out[2 * sizeof sum] = '\0';
}
