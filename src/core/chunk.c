/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes whole chunks of numbers with their sums past HDF5's filter pipeline. */
#include "config.h"

#include <string.h>

#include "core/chunk.h"

enum {
    LANES = 16,
    STEPS = 256, /* words of a lane whose weighted sum fits into 32 bits */
    BLOCK = LANES * STEPS,
    MODULUS = 0xffff, /* of Fletcher's sums */
    WORD_MAX = 0xffff
};

_Static_assert((uint64_t)STEPS *(STEPS + 1) / 2 * WORD_MAX <= UINT32_MAX,
               "a lane's weighted sum must fit");

/* Sums of a block's words w[i], plain and weighted with BLOCK - i.  Lane l has the words
 * l, l + LANES, ...: its own weighted sum counts steps, not words, and LANES of them less
 * l make the weights right. */
FM_ANY_WIDTH
static void
sum_block(const unsigned char *bytes, uint64_t *plain_out, uint64_t *weighted_out)
{
    uint32_t plain[LANES] = {0}, weighted[LANES] = {0};
    uint64_t total = 0, total_weighted = 0;

    for (size_t step = 0; step < STEPS; step++) {
        uint16_t words[LANES];
        memcpy(words, bytes + step * sizeof words, sizeof words);
        for (size_t l = 0; l < LANES; l++) {
            plain[l] += (uint16_t)(words[l] << 8 | words[l] >> 8);
            weighted[l] += plain[l];
        }
    }
    for (size_t l = 0; l < LANES; l++) {
        total += plain[l];
        total_weighted += (uint64_t)LANES * weighted[l] - l * plain[l];
    }
    *plain_out = total;
    *weighted_out = total_weighted;
}

/* What folding 32 bits into 16 again and again leaves: 0 only for 0. */
static uint32_t
folded(uint64_t sum, bool any)
{
    uint32_t rest = (uint32_t)(sum % MODULUS);

    return rest == 0 && any ? MODULUS : rest;
}

uint32_t
fm_fletcher32(const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    uint64_t plain = 0, weighted = 0; /* modulo MODULUS after each block */
    bool any = false;

    for (; n >= (size_t)2 * BLOCK; n -= (size_t)2 * BLOCK, p += (size_t)2 * BLOCK) {
        uint64_t block_plain, block_weighted;
        sum_block(p, &block_plain, &block_weighted);
        weighted = (weighted + BLOCK * plain + block_weighted) % MODULUS;
        plain = (plain + block_plain) % MODULUS;
        any = any || block_plain > 0;
    }
    for (; n > 0; n -= n > 1 ? 2 : 1, p += 2) {
        uint32_t word = (uint32_t)p[0] << 8 | (n > 1 ? p[1] : 0);
        plain = (plain + word) % MODULUS;
        weighted = (weighted + plain) % MODULUS;
        any = any || word > 0;
    }
    return folded(weighted, any) << 16 | folded(plain, any);
}

bool
fm_chunk_native(void)
{
    const uint16_t one = 1;
    unsigned char first;

    memcpy(&first, &one, 1);
    return first == 1;
}

bool
fm_chunk_write(hid_t dataset, const hsize_t *offset, void *bytes, size_t n)
{
    uint32_t sum = fm_fletcher32(bytes, n);
    unsigned char *end = (unsigned char *)bytes + n;

    for (int i = 0; i < FM_CHUNK_SUM; i++)
        end[i] = (unsigned char)(sum >> (8 * i));
    return H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, offset, n + FM_CHUNK_SUM, bytes) >= 0;
}
