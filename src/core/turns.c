/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Work items computed in any order and handed over in order. */
#include "config.h"

#include <stdlib.h>
#include <time.h>

#ifndef _OPENMP
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#endif

#include "core/turns.h"

enum {
    SLOTS_PER_THREAD = 4,
    NAP_NS = 100000
};

fm_status
fm_turns_start(fm_turns *turns, uint64_t n, int threads)
{
    *turns = (fm_turns){.n = n,
                        .window = threads > 1 ? SLOTS_PER_THREAD * (size_t)threads : 1};
    turns->computed = calloc(turns->window, sizeof *turns->computed);
    return turns->computed != NULL ? FM_OK : FM_ENOMEM;
}

void
fm_turns_free(fm_turns *turns)
{
    free(turns->computed);
    turns->computed = NULL;
}

bool
fm_turns_take(fm_turns *turns, bool (*halted)(void *arg), void *arg, uint64_t *item_out)
{
    static const struct timespec nap = {0, NAP_NS};
    bool taken = false;
    bool left = true;

    while (!taken && left && !halted(arg)) {
#pragma omp critical(fm_turns)
        {
            left = turns->next_take < turns->n;
            taken = left && turns->next_take - turns->next_give < turns->window;
            if (taken)
                *item_out = turns->next_take++;
        }
        if (!taken && left)
            (void)nanosleep(&nap, NULL);
    }
    return taken;
}

/* Makes the calling thread the giver, if there is none and the next item is computed. */
static bool
begin_giving(fm_turns *turns, uint64_t *item_out)
{
    bool mine;

#pragma omp critical(fm_turns)
    {
        *item_out = turns->next_give;
        mine = !turns->giving && turns->computed[turns->next_give % turns->window];
        if (mine)
            turns->giving = true;
    }
    return mine;
}

static void
end_giving(fm_turns *turns)
{
#pragma omp critical(fm_turns)
    {
        turns->computed[turns->next_give % turns->window] = false;
        turns->next_give++;
        turns->giving = false;
    }
}

void
fm_turns_put(fm_turns *turns, uint64_t item, void (*give)(void *arg, uint64_t item),
             void *arg)
{
    uint64_t next;

#pragma omp critical(fm_turns)
    turns->computed[item % turns->window] = true;
    while (begin_giving(turns, &next)) {
        give(arg, next);
        end_giving(turns);
    }
}
