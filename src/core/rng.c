/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random numbers without state, on Random123's Philox4x32-10.
 *
 * Source: Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (2011);
 * Random123 1.14.
 */
#include "config.h"

#include <assert.h>
#include <string.h>

#include <Random123/philox.h>

#include "core/rng.h"

/* The part of a block's input that all draws of a stream share. */
typedef struct block {
    philox4x32_ctr_t counter;
    philox4x32_key_t key;
} block;

static inline block
block_of(const fm_stream *stream)
{
    block b = {
        {{0, stream->selector, (uint32_t)stream->point, (uint32_t)(stream->point >> 32)}},
        {{(uint32_t)stream->seed, (uint32_t)(stream->seed >> 32)}}};
    return b;
}

/* (0.5 + k) * 2^-52 of the upper 52 of 64 bits: never 0, never 1.  The bits become the
 * fraction of a double d in [1, 2); d - (1 - 2^-53) is exact and quicker than a
 * conversion. */
static inline double
open_unit(uint32_t low, uint32_t high)
{
    uint64_t k = ((uint64_t)high << 32 | low) >> 12;
    uint64_t bits = UINT64_C(0x3ff0000000000000) | k;
    double d;

    memcpy(&d, &bits, sizeof d);
    return d - (1 - 0x1p-53);
}

/* FNV-1a over texts in a row, as fm_fnv1a_32 of their concatenation. */
static uint32_t
hash_on(uint32_t h, const char *text)
{
    for (; *text != '\0'; text++)
        h = (h ^ (unsigned char)*text) * UINT32_C(16777619);
    return h;
}

uint32_t
fm_stream_selector(const char *study, const char *stream)
{
    uint32_t h = hash_on(UINT32_C(2166136261), study);

    return hash_on(hash_on(h, "/"), stream);
}

void
fm_rng_words(const fm_stream *stream, uint32_t draw, uint32_t words_out[4])
{
    block b = block_of(stream);

    b.counter.v[0] = draw;
    philox4x32_ctr_t words = philox4x32(b.counter, b.key);
    for (int i = 0; i < 4; i++)
        words_out[i] = words.v[i];
}

void
fm_rng_uniform(const fm_stream *stream, uint64_t first, size_t n, double *u_out)
{
    block b = block_of(stream);

    assert(first + n <= UINT64_C(1) << 32);
    for (size_t i = 0; i < n; i++) {
        b.counter.v[0] = (uint32_t)(first + i);
        philox4x32_ctr_t words = philox4x32(b.counter, b.key);
        u_out[i] = open_unit(words.v[0], words.v[1]);
    }
}

void
fm_rng_uniform2(const fm_stream *stream, uint64_t first, size_t n, double *u_out,
                double *v_out)
{
    block b = block_of(stream);

    assert(first + n <= UINT64_C(1) << 32);
    for (size_t i = 0; i < n; i++) {
        b.counter.v[0] = (uint32_t)(first + i);
        philox4x32_ctr_t words = philox4x32(b.counter, b.key);
        u_out[i] = open_unit(words.v[0], words.v[1]);
        v_out[i] = open_unit(words.v[2], words.v[3]);
    }
}
