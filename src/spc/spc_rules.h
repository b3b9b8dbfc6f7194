/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Run rules of control charts as data, and a streaming evaluator with O(1) state per
 * rule. */
#ifndef FM_SPC_RULES_H
#define FM_SPC_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fabmet/status.h>

#include "spc/spc_rule_set.h"

/* Which of the last 64 points were in the region, newest in bit 0. */
typedef struct fm_spc_rule_state {
    uint64_t above, below; /* FM_SPC_EITHER_SIDE and alternation use `above` alone */
    double last;           /* trend, alternation: the point before */
    bool started;          /* there was one */
    signed char step;      /* its step: 1 up, -1 down, 0 none */
} fm_spc_rule_state;

/* Checks a set of rules.
 * rules    in  [n_rules]
 * n_rules  in  0 ... FM_SPC_RULES_MAX
 * returns FM_OK; FM_EDOM if a rule is no valid one, or if there are too many
 * terms: spc.run-rule */
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

/* Centre line and sigma of the plotted statistic. */
typedef struct fm_spc_zone {
    double centre, sigma;
} fm_spc_zone;

/* n steps with the same centre line and sigma: exactly what n calls of fm_spc_rules_step
 * give, some twenty times faster, because 64 points are judged at once.
 * rules, n_rules  in      a valid set
 * state           in/out  [n_rules]
 * value           in      [n] plotted statistic
 * zone            in      centre line and sigma of all n points
 * flags_out       out     [n] bit r set where rule r signals
 * terms: spc.run-rule */
void fm_spc_rules_run(const fm_spc_rule *rules, size_t n_rules, fm_spc_rule_state *state,
                      const double *value, size_t n, fm_spc_zone zone,
                      uint32_t *flags_out);

#endif
