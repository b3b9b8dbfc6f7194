/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets of point indices as ascending ranges. */
#include "config.h"

#include <stdlib.h>

#include "core/ranges.h"

enum {
    RANGES_MIN = 16
};

void
fm_ranges_free(fm_ranges *ranges)
{
    free(ranges->list);
    *ranges = (fm_ranges){0};
}

fm_status
fm_ranges_add(fm_ranges *ranges, uint64_t first, uint64_t end)
{
    fm_range *last = ranges->n > 0 ? &ranges->list[ranges->n - 1] : NULL;

    if (first >= end)
        return FM_OK;
    if (last != NULL && last->end == first) {
        last->end = end;
        return FM_OK;
    }
    if (ranges->list == NULL || ranges->n == ranges->capacity) {
        size_t n = ranges->capacity > 0 ? 2 * ranges->capacity : RANGES_MIN;
        fm_range *list = realloc(ranges->list, n * sizeof *list);
        if (list == NULL)
            return FM_ENOMEM;
        ranges->list = list;
        ranges->capacity = n;
    }
    ranges->list[ranges->n++] = (fm_range){first, end};
    return FM_OK;
}

fm_status
fm_ranges_add_all(fm_ranges *ranges, const fm_ranges *more)
{
    fm_status st = FM_OK;

    for (size_t i = 0; i < more->n && st == FM_OK; i++)
        st = fm_ranges_add(ranges, more->list[i].first, more->list[i].end);
    return st;
}

static int
by_first(const void *a, const void *b)
{
    const fm_range *x = a, *y = b;

    return x->first < y->first ? -1 : x->first > y->first;
}

void
fm_ranges_settle(fm_ranges *ranges)
{
    size_t kept = 0;

    if (ranges->n == 0)
        return;
    qsort(ranges->list, ranges->n, sizeof *ranges->list, by_first);
    for (size_t i = 1; i < ranges->n; i++) {
        fm_range *last = &ranges->list[kept];
        const fm_range *next = &ranges->list[i];
        if (next->first > last->end)
            ranges->list[++kept] = *next;
        else if (next->end > last->end)
            last->end = next->end;
    }
    ranges->n = kept + 1;
}

/* What of a range lies inside [first, end); empty ranges have first >= end. */
static fm_range
inside(fm_range r, uint64_t first, uint64_t end)
{
    if (r.first < first)
        r.first = first;
    if (r.end > end)
        r.end = end;
    return r;
}

uint64_t
fm_ranges_count(const fm_ranges *ranges, uint64_t first, uint64_t end)
{
    uint64_t n = 0;

    for (size_t i = 0; i < ranges->n; i++) {
        fm_range r = inside(ranges->list[i], first, end);
        n += r.first < r.end ? r.end - r.first : 0;
    }
    return n;
}

fm_status
fm_ranges_rest(const fm_ranges *ranges, uint64_t first, uint64_t end, fm_ranges *rest_out)
{
    fm_status st = FM_OK;

    for (size_t i = 0; i < ranges->n && st == FM_OK; i++) {
        fm_range r = inside(ranges->list[i], first, end);
        if (r.first >= r.end)
            continue;
        st = fm_ranges_add(rest_out, first, r.first);
        first = r.end;
    }
    return st == FM_OK ? fm_ranges_add(rest_out, first, end) : st;
}

bool
fm_todo_take(fm_todo *todo, fm_range *piece_out)
{
    if (todo->at == todo->ranges.n)
        return false;
    fm_range *from = &todo->ranges.list[todo->at];
    uint64_t left = from->end - from->first;
    uint64_t n = left < todo->most ? left : todo->most;
    *piece_out = (fm_range){from->first, from->first + n};
    from->first += n;
    if (from->first == from->end)
        todo->at++;
    return true;
}
