/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Run rules of control charts as data, and a streaming evaluator with O(1) state per
 * rule. */
#ifndef FM_SPC_RULES_H
#define FM_SPC_RULES_H

#include <stddef.h>
#include <stdint.h>

#include <fabmet/status.h>

#include "spc/spc_rule_set.h"

/* Which of the last 64 points were in the region, newest in bit 0. */
typedef struct fm_spc_rule_state {
    uint64_t above, below; /* FM_SPC_EITHER_SIDE uses `above` alone */
} fm_spc_rule_state;

/* Checks a set of rules.
 * rules    in  [n_rules]
 * n_rules  in  0 ... FM_SPC_RULES_MAX
 * returns FM_OK; FM_EDOM if a rule is no valid one or needs the order of values, or if
 *         there are too many   terms: spc.run-rule */
fm_status fm_spc_rules_validate(const fm_spc_rule *rules, size_t n_rules);

/* One step: takes the next point, updates the states and returns bit r set when rule r
 * signals.  A missing point (NaN) breaks all runs: the states are cleared and nothing
 * signals. Limits are compared as centre +- k sigma, the same numbers a chart draws.
 * rules, n_rules  in      a valid set
 * state           in/out  [n_rules] zero-initialised before the first point
 * value           in      plotted statistic, any unit
 * centre, sigma   in      of the plotted statistic, same unit; sigma >= 0
 * terms: spc.run-rule */
uint32_t fm_spc_rules_step(const fm_spc_rule *rules, size_t n_rules,
                           fm_spc_rule_state *state, double value, double centre,
                           double sigma);

#endif
