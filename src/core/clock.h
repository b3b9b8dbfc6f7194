/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seconds: since an instant, until one, and of processor time. */
#ifndef FM_CORE_CLOCK_H
#define FM_CORE_CLOCK_H

#include <math.h>
#include <time.h>

/* Since `start`, which is of CLOCK_MONOTONIC. */
static inline double
fm_seconds_since(const struct timespec *start)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) +
           1e-9 * (double)(now.tv_nsec - start->tv_nsec);
}

/* Until a deadline on CLOCK_REALTIME; HUGE_VAL when it is 0, for none. */
static inline double
fm_seconds_until(double deadline)
{
    struct timespec now;

    if (deadline <= 0)
        return HUGE_VAL;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return deadline - (double)now.tv_sec - 1e-9 * (double)now.tv_nsec;
}

/* Processor time of the calling thread. */
static inline double
fm_thread_seconds(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

#endif
