/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What ends a run before its last point: a signal, or the time limit of a Slurm job.
 *
 * Slurm sends SIGUSR1 (--signal), SIGCONT and SIGTERM back to back, the last one more than
 * once: the handler stores one number and nothing else, with all signals held back
 * meanwhile, and only a second SIGINT, which comes from a person, ends the process. */
#include "config.h"

#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include "app/run_stop.h"
#include "core/study.h"
#include "core/units.h"

static const struct {
    int number;
    const char *name;
} signals[] = {
    {SIGINT, "SIGINT"},   {SIGTERM, "SIGTERM"}, {SIGUSR1, "SIGUSR1"},
    {SIGUSR2, "SIGUSR2"}, {SIGHUP, "SIGHUP"},   {SIGXCPU, "SIGXCPU"},
};

static const double margin_s = 60.0;

static volatile sig_atomic_t stop_flag;

static void
on_signal(int number)
{
    if (stop_flag == 0)
        stop_flag = number;
}

/* A launcher may have left the signals blocked, and nohup ignores SIGHUP.  An ignored
 * SIGINT (a shell's background job) is caught all the same: who sends it means it. */
void
fm_stop_catch(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t ours;

    (void)sigfillset(&action.sa_mask);
    (void)sigemptyset(&ours);
    for (size_t i = 0; i < FM_COUNT(signals); i++) {
        struct sigaction before;
        int number = signals[i].number;
        if (number == SIGHUP && sigaction(number, NULL, &before) == 0 &&
            before.sa_handler == SIG_IGN)
            continue;
        action.sa_flags =
            (int)(number == SIGINT ? SA_RESTART | SA_RESETHAND : SA_RESTART);
        (void)sigaction(number, &action, NULL);
        (void)sigaddset(&ours, number);
    }
    (void)sigprocmask(SIG_UNBLOCK, &ours, NULL);
}

const volatile sig_atomic_t *
fm_stop_flag(void)
{
    return &stop_flag;
}

const char *
fm_stop_name(void)
{
    for (size_t i = 0; i < FM_COUNT(signals); i++)
        if (signals[i].number == stop_flag)
            return signals[i].name;
    return NULL;
}

double
fm_stop_deadline(void)
{
    const char *text = getenv("SLURM_JOB_END_TIME");
    struct timespec now;
    uint64_t end = 0;

    if (text == NULL || fm_unsigned_read(text, &end, NULL) != FM_OK ||
        clock_gettime(CLOCK_REALTIME, &now) != 0)
        return 0;
    double left_s = (double)end - ((double)now.tv_sec + 1e-9 * (double)now.tv_nsec);
    if (!(left_s > 0))
        return 0; /* left over from a job that has ended */
    return (double)end - (left_s / 4 < margin_s ? left_s / 4 : margin_s);
}
