/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XXH3 (128 bits) over a column's values in canonical form. */
#include "config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "core/hash.h"

enum {
    BLOCK = 512
}; /* values per call of the hash: 4 KiB on the stack */

struct fm_hash {
    XXH3_state_t *state;
};

fm_status
fm_hash_create(fm_hash **out)
{
    fm_hash *hash = malloc(sizeof *hash);

    if (hash == NULL)
        return FM_ENOMEM;
    hash->state = XXH3_createState();
    if (hash->state == NULL) {
        free(hash);
        return FM_ENOMEM;
    }
    (void)XXH3_128bits_reset(hash->state);
    *out = hash;
    return FM_OK;
}

void
fm_hash_free(fm_hash *hash)
{
    if (hash == NULL)
        return;
    (void)XXH3_freeState(hash->state);
    free(hash);
}

/* Fails only for a NULL pointer with a length. */
static void
update(fm_hash *hash, const void *bytes, size_t n)
{
    (void)XXH3_128bits_update(hash->state, bytes, n);
}

void
fm_hash_bytes(fm_hash *hash, const void *bytes, size_t n)
{
    update(hash, bytes, n);
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

static bool
any_nan(const double *x, size_t n)
{
    int any = 0;

#pragma omp simd reduction(| : any)
    for (size_t i = 0; i < n; i++)
        any |= x[i] != x[i];
    return any != 0;
}

static void
hash_canonical(fm_hash *hash, const double *x, size_t n)
{
    const uint64_t one_nan = UINT64_C(0x7ff8000000000000);
    unsigned char block[8 * BLOCK];

    for (size_t i = 0; i < n; i++) {
        uint64_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        put_little_endian(block + 8 * i, x[i] != x[i] ? one_nan : bits);
    }
    update(hash, block, 8 * n);
}

void
fm_hash_reals(fm_hash *hash, const double *x, size_t n)
{
    while (n > 0) {
        size_t m = n < BLOCK ? n : BLOCK;
        if (is_little_endian() && !any_nan(x, m))
            update(hash, x, 8 * m);
        else
            hash_canonical(hash, x, m);
        x += m;
        n -= m;
    }
}

void
fm_hash_integers(fm_hash *hash, const int64_t *x, size_t n)
{
    unsigned char bytes[8];

    if (is_little_endian()) {
        update(hash, x, 8 * n);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        put_little_endian(bytes, (uint64_t)x[i]);
        update(hash, bytes, 8);
    }
}

void
fm_hash_text(fm_hash *hash, const char *text)
{
    int64_t length = text != NULL ? (int64_t)strlen(text) : 0;

    fm_hash_integers(hash, &length, 1);
    if (length > 0)
        update(hash, text, (size_t)length);
}

void
fm_hash_done(fm_hash *hash, char hex_out[FM_HASH_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    XXH128_canonical_t sum;

    XXH128_canonicalFromHash(&sum, XXH3_128bits_digest(hash->state));
    for (size_t i = 0; i < sizeof sum.digest; i++) {
        hex_out[2 * i] = digits[sum.digest[i] >> 4];
        hex_out[2 * i + 1] = digits[sum.digest[i] & 15];
    }
    hex_out[2 * sizeof sum.digest] = '\0';
    (void)XXH3_128bits_reset(hash->state);
}
