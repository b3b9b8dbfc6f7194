/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random numbers without state: Philox4x32-10 keyed by (seed, point, stream), counted by
 * draw.
 *
 * key     = { seed low, seed high }
 * counter = { first + draw, selector, point low, point high }
 * u       = (0.5 + (word1:word0 >> 12)) * 2^-52, in the open interval (0, 1)
 * Words 3:2 of the same block give a second, independent number of the same draw.
 * Source: Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (2011);
 * Random123 1.14.
 */
#ifndef FM_CORE_RNG_H
#define FM_CORE_RNG_H

#include <stddef.h>
#include <stdint.h>

typedef struct fm_stream {
    uint64_t seed;
    uint64_t point;
    uint32_t selector;
    uint32_t first; /* number of the draw that callers call 0 */
} fm_stream;

static inline fm_stream
fm_stream_make(uint64_t seed, uint64_t point, uint32_t selector)
{
    fm_stream s = {seed, point, selector, 0};
    return s;
}

/* 32-bit FNV-1a of "STUDY/STREAM": fixed by name, never by order of calls. */
uint32_t fm_stream_selector(const char *study, const char *stream);

/* The four words of one draw. */
void fm_rng_words(const fm_stream *stream, uint32_t draw, uint32_t words_out[4]);

/* Uniforms in (0, 1) of draws first ... first + n - 1.
 * first + n  in   <= 2^32, with the stream's own first (asserted: draws never wrap)
 * u_out      out  [n] */
void fm_rng_uniform(const fm_stream *stream, uint64_t first, size_t n, double *u_out);

/* Two uniforms per draw at the cost of one block.  u_out[n], v_out[n]. */
void fm_rng_uniform2(const fm_stream *stream, uint64_t first, size_t n, double *u_out,
                     double *v_out);

#endif
