/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pull.acceptance: the places of its parameters, inputs, tables and columns, shared by the
 * declarations (pull_acceptance.c) and the run (pull_acceptance_run.c). */
#ifndef FM_PULL_PULL_ACCEPTANCE_H
#define FM_PULL_PULL_ACCEPTANCE_H

#include "core/study.h"

enum {
    P_MATERIAL,
    P_DIAMETER,
    P_STANDARD,
    P_CONDITION,
    P_BOND,
    P_SINGLE_FACTOR,
    P_FORCE,
    P_DISTRIBUTION,
    P_CLAIM,
    P_EXPECTED,
    P_SAMPLE,
    P_CONFIDENCE,
    P_CONTENT,
    P_PLAN,
    P_N1,
    P_ACCEPT1,
    P_REJECT1,
    P_N2,
    P_ACCEPT2,
    P_AQL,
    P_PRODUCER,
    P_LTPD,
    P_CONSUMER,
    N_PARAMS
};
enum {
    BOND_DOUBLE,
    BOND_SINGLE
};
enum {
    PLAN_SINGLE,
    PLAN_DOUBLE
};
enum {
    IN_PULLS,
    IN_LIMITS,
    N_INPUTS
};

enum {
    T_CAPABILITY,
    T_TOLERANCE,
    T_PLANS,
    T_OC,
    T_DEMAND,
    T_DISTRIBUTION,
    N_TABLES
};
enum {
    C_N,
    C_MEAN,
    C_SD,
    C_MIN,
    C_LIMIT,
    C_BELOW,
    C_CPL,
    C_CPL_LOWER,
    C_CPL_UPPER,
    C_CLAIM,
    C_CLAIM_PROVES,
    C_NEEDED_CPL,
    C_NEEDED_N,
    C_BOUND,
    C_BOUND_LIMIT,
    C_LIMIT_SOURCE,
    N_CAPABILITY
};
/* Rows of the table `tolerance`, in order. */
enum {
    METHOD_NORMAL,
    METHOD_LOGNORMAL,
    METHOD_WEIBULL,
    METHOD_FREE,
    N_METHODS
};
enum {
    M_METHOD,
    M_BOUND,
    M_FACTOR,
    M_LIMIT,
    M_FRACTION,
    M_FRACTION_UPPER,
    N_TOLERANCE
};
enum {
    ROW_GIVEN,
    ROW_ATTRIBUTES,
    ROW_VARIABLES,
    N_ROWS
};
enum {
    S_PLAN,
    S_N1,
    S_ACCEPT1,
    S_REJECT1,
    S_N2,
    S_ACCEPT2,
    S_K,
    S_AT_AQL,
    S_AT_LTPD,
    S_CONSUMER,
    S_QUALITY_AQL,
    S_QUALITY_LTPD,
    S_ASN,
    N_PLANS
};
enum {
    O_P,
    O_PLAN,
    O_ACCEPT,
    O_ASN,
    N_OC
};
enum {
    K_AQL,
    K_AT_AQL,
    K_LTPD,
    K_AT_LTPD,
    N_DEMAND
};
enum {
    D_FORCE,
    D_FRACTION,
    D_SERIES,
    N_DISTRIBUTION
};
enum {
    SERIES_MEASURED = N_METHODS - 1, /* behind the fitted normal, lognormal, Weibull */
    OC_POINTS = 121,
    CURVE_POINTS = 81,
    VALUES_MIN = 5
};

/* The study's functions; see fm_study.  terms: bond.lot-acceptance */
fm_status fm_pull_acceptance_check(const fm_point *point, fm_error *err);
uint64_t fm_pull_acceptance_rows(const fm_point *point, size_t table);
fm_status fm_pull_acceptance_run(const fm_point *point, fm_out *out, fm_error *err);

#endif
