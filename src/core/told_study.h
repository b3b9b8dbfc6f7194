/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fake study with a run function that does what tests tell it, and runs of it.
 *
 * Whatever goes wrong in these functions fails the running test. */
#ifndef FM_CORE_TOLD_STUDY_H
#define FM_CORE_TOLD_STUDY_H

#include <signal.h>

#include "core/fake_study.h"
#include "core/sweep.h"

#define SWEEP "sweep:\n  - { param: vdd, from: 1, to: 2, points: 103 }\n"
#define TWO_AXES                                                                         \
    "params: { rows: 2 }\nsweep:\n"                                                      \
    "  - { param: process, values: [TT, FF, SS] }\n"                                     \
    "  - { param: temp, from: 700, to: 998, points: 41 }\n"
#define LHS                                                                              \
    "sampling: { mode: lhs, points: 97 }\nsweep:\n"                                      \
    "  - { param: vdd, from: 1, to: 2 }\n  - { param: temp, from: 1, to: 2 }\n"
#define SOBOL                                                                            \
    "sampling: { mode: sobol, points: 64 }\nsweep:\n  - { param: vdd, from: 1, to: 2 }\n"

extern const fm_run_options told_quiet;
extern volatile sig_atomic_t told_stop; /* what interrupt_at sets */
extern uint64_t told_stop_at;        /* point that asks for the end; UINT64_MAX: none */
extern unsigned told_pause_us;       /* of each point */
extern void (*told_meanwhile)(void); /* called once, in the first point */
extern bool told_nan;                /* every third point has no number, and is fine */
extern bool told_fails;              /* every fifth point fails */
extern double told_bias;             /* of the numbers: what must not happen */
extern unsigned told_computed[256];  /* how often each point was computed */
extern fm_context told_context;

/* A scenario of it, told to do nothing special.  Pair: fake_drop. */
fm_scenario *told_scenario(const char *yaml);
/* A run that must succeed, one that must fail, one to "r.h5" that point `at` ends. */
fm_run_summary told_run(const fm_scenario *s, const char *path,
                        const fm_run_options *options);
fm_error told_refused(const fm_scenario *s, const char *path,
                      const fm_run_options *options, fm_status expected);
fm_run_summary told_interrupt(const fm_scenario *s, const fm_run_options *options,
                              uint64_t at);
/* Same bytes; nothing of that name. */
void told_same_files(const char *a, const char *b);
void told_absent(const char *path);

#endif
