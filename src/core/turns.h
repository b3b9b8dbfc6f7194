/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Work items computed by a team of threads in any order and handed over in order.
 *
 * An `omp ordered` region would do the same, but its waiting threads spin: with two
 * threads on a machine with other work, each handing over then costs a time slice
 * (measured: 4 to 12 us per point instead of 0.5).  Here nobody waits while the window
 * has room, and the thread that completes a sequence hands over all of it.
 */
#ifndef FM_CORE_TURNS_H
#define FM_CORE_TURNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fabmet/status.h>

typedef struct fm_turns {
    uint64_t n;         /* items */
    size_t window;      /* items that may be in work or waiting: slots of the caller */
    uint64_t next_take; /* the rest is guarded */
    uint64_t next_give;
    bool *computed; /* [window] */
    bool giving;    /* some thread is handing over */
} fm_turns;

/* returns FM_OK or FM_ENOMEM.  Pair: fm_turns_free */
fm_status fm_turns_start(fm_turns *turns, uint64_t n, int threads);
void fm_turns_free(fm_turns *turns);

/* Takes the next item; waits asleep while the window is full.
 * halted    in   called to learn whether to give up
 * item_out  out  item; its slot, item % window, belongs to the caller until it is given
 * returns false when there is nothing left, or halted(arg) */
bool fm_turns_take(fm_turns *turns, bool (*halted)(void *arg), void *arg,
                   uint64_t *item_out);

/* Says that an item is computed, and calls give(arg, k) for each item whose turn has
 * come: in order, by one thread at a time, maybe another one. */
void fm_turns_put(fm_turns *turns, uint64_t item, void (*give)(void *arg, uint64_t item),
                  void *arg);

#endif
