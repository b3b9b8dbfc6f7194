/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The progress line of a run on a terminal: points done, rate, time left. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/progress.h"

bool
fm_progress_wanted(void)
{
    const char *term = getenv("TERM");

    return isatty(STDERR_FILENO) && term != NULL && strcmp(term, "dumb") != 0;
}

static void
print_time(double seconds)
{
    if (seconds < 100.0)
        (void)fprintf(stderr, "%.0f s", seconds);
    else if (seconds < 6000.0)
        (void)fprintf(stderr, "%.0f min", seconds / 60.0);
    else
        (void)fprintf(stderr, "%.1f h", seconds / 3600.0);
}

void
fm_progress_draw(const fm_progress *progress, void *arg)
{
    double rate = progress->seconds > 0 ? (double)progress->done / progress->seconds : 0;

    (void)arg;
    (void)fprintf(stderr, "\r%llu of %llu points", (unsigned long long)progress->done,
                  (unsigned long long)progress->total);
    if (progress->failed > 0)
        (void)fprintf(stderr, ", %llu failed", (unsigned long long)progress->failed);
    if (rate > 0) {
        (void)fprintf(stderr, ", %.3g points/s, ", rate);
        print_time((double)(progress->total - progress->done) / rate);
        (void)fprintf(stderr, " left");
    }
    (void)fprintf(stderr, "\033[K");
    (void)fflush(stderr);
}

void
fm_progress_clear(void)
{
    (void)fprintf(stderr, "\r\033[K");
}
