/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The memory of a set of run rules as a finite automaton of few states.
 *
 * Contents
 *   1. zones     2. automata */
#ifndef FM_SPC_RUN_LENGTH_CHAIN_H
#define FM_SPC_RUN_LENGTH_CHAIN_H

#include <stddef.h>
#include <stdint.h>

#include <fabmet/status.h>

#include "spc/spc_rule_set.h"

enum {
    FM_SPC_CHAIN_STATES = 200000, /* more are refused, before and after minimisation */
    FM_SPC_ZONES_MAX = 2 * FM_SPC_RULES_MAX + 2
};

/* ---- 1. zones -------------------------------------------------------------------- */

/* The line, cut wherever a rule's region ends. */
typedef struct fm_spc_zones {
    size_t n;
    double cut[FM_SPC_ZONES_MAX + 1]; /* [n + 1] zone i is (cut[i], cut[i + 1]) */
} fm_spc_zones;

/* Chance of each zone for a normal value.
 * mean, sigma  in   sigma > 0
 * p_out        out  [zones->n]   terms: spc.run-rule */
void fm_spc_zones_chance(const fm_spc_zones *zones, double mean, double sigma,
                         double *p_out);

/* ---- 2. automata ----------------------------------------------------------------- */

/* State 0 is the beginning. */
typedef struct fm_spc_chain {
    fm_spc_zones zones;
    size_t n;      /* states */
    int32_t *next; /* [n][zones.n] state after a point in the zone; -1: a rule signals */
} fm_spc_chain;

/* The smallest automaton that signals as the zone rules of the set do; trends and
 * alternations are left out.
 * rules      in   valid
 * chain_out  out  owned by the caller: fm_spc_chain_free
 * returns FM_OK; FM_ERANGE if more than FM_SPC_CHAIN_STATES states occur; FM_ENOMEM
 * source  Champ, Woodall (1987), Technometrics 29, 393-399; minimisation: Moore (1956)
 * terms: spc.run-rule */
fm_status fm_spc_chain_create(const fm_spc_rule_set *rules, fm_spc_chain **chain_out);

/* Frees a chain, which may be NULL.   terms: spc.run-rule */
void fm_spc_chain_free(fm_spc_chain *chain);

#endif
