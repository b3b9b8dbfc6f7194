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

#ifndef _OPENMP
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#endif

#include "core/rng.h"

#define FM_LANE static inline __attribute__((always_inline))

/* (0.5 + k) * 2^-52 of the upper 52 of 64 bits: never 0, never 1.  The bits become the
 * fraction of a double d in [1, 2); d - (1 - 2^-53) is exact and quicker than a
 * conversion. */
FM_LANE double
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

/* One draw by Random123: what the loops below are tested against. */
void
fm_rng_words(const fm_stream *stream, uint32_t draw, uint32_t words_out[4])
{
    philox4x32_ctr_t counter = {{stream->first + draw, stream->selector,
                                 (uint32_t)stream->point,
                                 (uint32_t)(stream->point >> 32)}};
    philox4x32_key_t key = {{(uint32_t)stream->seed, (uint32_t)(stream->seed >> 32)}};

    philox4x32_ctr_t words = philox4x32(counter, key);
    for (int i = 0; i < 4; i++)
        words_out[i] = words.v[i];
}

/* The four words in scalars: gcc keeps Random123's arrays in memory and then computes one
 * draw at a time; with scalars it computes 4 to 16, at half the time per draw. */
typedef struct words {
    uint32_t a, b, c, d;
} words;

FM_LANE words
philox_round(words x, const fm_stream *stream, uint32_t round)
{
    uint64_t p = (uint64_t)PHILOX_M4x32_0 * x.a;
    uint64_t q = (uint64_t)PHILOX_M4x32_1 * x.c;
    uint32_t key_0 = (uint32_t)stream->seed + round * PHILOX_W32_0;
    uint32_t key_1 = (uint32_t)(stream->seed >> 32) + round * PHILOX_W32_1;

    return (words){(uint32_t)(q >> 32) ^ x.b ^ key_0, (uint32_t)q,
                   (uint32_t)(p >> 32) ^ x.d ^ key_1, (uint32_t)p};
}

/* The rounds are written out because a loop inside keeps the loop over draws narrow. */
FM_LANE words
words_of(const fm_stream *stream, uint32_t draw)
{
    words x = {draw, stream->selector, (uint32_t)stream->point,
               (uint32_t)(stream->point >> 32)};

    x = philox_round(x, stream, 0);
    x = philox_round(x, stream, 1);
    x = philox_round(x, stream, 2);
    x = philox_round(x, stream, 3);
    x = philox_round(x, stream, 4);
    x = philox_round(x, stream, 5);
    x = philox_round(x, stream, 6);
    x = philox_round(x, stream, 7);
    x = philox_round(x, stream, 8);
    return philox_round(x, stream, 9);
}

FM_ANY_WIDTH static void
draw_one(fm_stream stream, uint32_t first, size_t n, double *restrict u_out)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        words x = words_of(&stream, first + (uint32_t)i);
        u_out[i] = open_unit(x.a, x.b);
    }
}

FM_ANY_WIDTH static void
draw_two(fm_stream stream, uint32_t first, size_t n, double *restrict u_out,
         double *restrict v_out)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        words x = words_of(&stream, first + (uint32_t)i);
        u_out[i] = open_unit(x.a, x.b);
        v_out[i] = open_unit(x.c, x.d);
    }
}

void
fm_rng_uniform(const fm_stream *stream, uint64_t first, size_t n, double *u_out)
{
    assert(stream->first + first + n <= UINT64_C(1) << 32);
    draw_one(*stream, stream->first + (uint32_t)first, n, u_out);
}

void
fm_rng_uniform2(const fm_stream *stream, uint64_t first, size_t n, double *u_out,
                double *v_out)
{
    assert(stream->first + first + n <= UINT64_C(1) << 32);
    draw_two(*stream, stream->first + (uint32_t)first, n, u_out, v_out);
}
