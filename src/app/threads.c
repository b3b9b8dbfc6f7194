/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many threads a command takes when nobody says. */
#include "config.h"

#include <sched.h>
#include <unistd.h>

#include "app/threads.h"

int
fm_threads_default(void)
{
    cpu_set_t set;
    long n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set)
                                                         : sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : (int)n;
}
