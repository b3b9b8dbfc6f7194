/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets of point indices as ascending ranges, and the points that are left to do. */
#ifndef FM_CORE_RANGES_H
#define FM_CORE_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fabmet/status.h>

typedef struct fm_range {
    uint64_t first, end; /* [first, end) */
} fm_range;

typedef struct fm_ranges { /* zero-initialise; fm_ranges_free */
    fm_range *list;        /* [n]; ascending and apart once settled */
    size_t n, capacity;
} fm_ranges;

void fm_ranges_free(fm_ranges *ranges);

/* Adds [first, end) at the end of the list.  returns FM_OK or FM_ENOMEM */
fm_status fm_ranges_add(fm_ranges *ranges, uint64_t first, uint64_t end);

/* Adds all ranges of another set.  returns FM_OK or FM_ENOMEM */
fm_status fm_ranges_add_all(fm_ranges *ranges, const fm_ranges *more);

/* Sorts, and joins what touches or overlaps. */
void fm_ranges_settle(fm_ranges *ranges);

/* Points of a settled set inside [first, end). */
uint64_t fm_ranges_count(const fm_ranges *ranges, uint64_t first, uint64_t end);

/* Adds to rest_out what of [first, end) is not in a settled set.
 * returns FM_OK or FM_ENOMEM */
fm_status fm_ranges_rest(const fm_ranges *ranges, uint64_t first, uint64_t end,
                         fm_ranges *rest_out);

/* What is left to do, cut into pieces of at most `most` points. */
typedef struct fm_todo {
    fm_ranges ranges; /* settled */
    size_t at;        /* range that the next piece is cut from */
    uint64_t most;
} fm_todo;

/* Cuts off the next piece.  One thread at a time.
 * returns false when there is none */
bool fm_todo_take(fm_todo *todo, fm_range *piece_out);

#endif
