/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pull.simulate: the places of its parameters, inputs, tables, columns and streams,
 * shared by the declarations (pull_simulate.c) and the run (pull_simulate_run.c). */
#ifndef FM_PULL_PULL_SIMULATE_H
#define FM_PULL_PULL_SIMULATE_H

#include "core/study.h"
#include "pull/pull_strength.h"

/* Four parameters per mode stand together, in the order of fm_pull_mode. */
enum {
    S_FAMILY,
    S_FRACTION,
    S_MEAN,
    S_CV,
    N_S
};
enum {
    P_MATERIAL,
    P_DIAMETER,
    P_TENSILE,
    P_SPAN,
    P_HEIGHT,
    P_DROP,
    P_LENGTH,
    P_POSITION,
    P_TILT,
    P_STRENGTH,
    P_RESOLUTION = P_STRENGTH + N_S * FM_PULL_N_MODES,
    P_SCALE_ERROR,
    P_SCALE_U,
    P_NOISE,
    P_STANDARD,
    P_CONDITION,
    P_BOND,
    P_SINGLE_FACTOR,
    P_FORCE,
    P_MAX_BELOW,
    P_KEEP,
    P_BINS,
    N_PARAMS
};
enum {
    KEEP_SUMMARY,
    KEEP_PULLS
};
enum {
    BOND_DOUBLE,
    BOND_SINGLE
};

enum {
    IN_LIMITS,
    IN_WIRES,
    N_INPUTS
};

enum {
    T_SUMMARY,
    T_MODES,
    T_HISTOGRAM,
    T_PULLS,
    N_TABLES
};
enum {
    C_PULLS,
    C_MEAN,
    C_MEAN_SE,
    C_MEAN_U,
    C_SD,
    C_MIN,
    C_MAX,
    C_BELOW,
    C_BELOW_SE,
    C_BELOW_UPPER,
    C_BELOW_EXACT,
    C_LIMIT,
    C_MAX_BELOW,
    C_SHARE,
    C_T1 = C_SHARE + FM_PULL_N_MODES,
    C_T2,
    C_PEEL1,
    C_PEEL2,
    C_SHEAR1,
    C_SHEAR2,
    C_HOOK_HEIGHT,
    C_LOAD,
    C_LIMIT_SOURCE,
    N_SUMMARY
};
enum {
    M_MODE,
    M_N,
    M_SHARE,
    M_SHARE_SE,
    M_MEAN,
    M_SD,
    M_MIN,
    M_STRENGTH,
    M_RATIO,
    M_UNDER,
    M_OVER,
    N_MODES
};
enum {
    H_FORCE,
    H_MODE,
    H_COUNT,
    H_DENSITY,
    H_LOW,
    H_HIGH,
    N_HISTOGRAM
};
enum {
    L_PULL,
    L_FORCE,
    L_MODE,
    L_ZONE,
    L_TENSION,
    N_PULLS
};

/* The bonds of a pair share a stream: one draw gives both their numbers. */
enum {
    R_WIRE,
    R_HEEL,
    R_LIFT,
    N_STREAMS
};

/* Names of the modes, in the order of fm_pull_mode; NULL-terminated. */
extern const char *const fm_pull_mode_words[FM_PULL_N_MODES + 1];

/* The study's functions; see fm_study for what they take and return.
 * run: FM_OK; FM_EDOM, FM_EVALID (a span goes slack, the wire is too short), FM_EDATA,
 *      FM_ESCENARIO, FM_ENOMEM, FM_EINTERRUPT
 * check: FM_OK; FM_ESCENARIO, FM_EDATA   terms: bond.pull-test */
fm_status fm_pull_simulate_run(const fm_point *point, fm_out *out, fm_error *err);
fm_status fm_pull_simulate_check(const fm_point *point, fm_error *err);
uint64_t fm_pull_simulate_rows(const fm_point *point, size_t table);

#endif
