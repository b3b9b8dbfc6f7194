/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Run rules of control charts as data, and a streaming evaluator with O(1) state per
 * rule. */
#ifndef FM_SPC_RULES_H
#define FM_SPC_RULES_H

#include <stddef.h>
#include <stdint.h>

#include <fabmet/status.h>

typedef enum fm_spc_region {
    FM_SPC_BEYOND, /* farther than k sigma from the centre line, strictly */
    FM_SPC_WITHIN  /* nearer than k sigma, strictly */
} fm_spc_region;

typedef enum fm_spc_side {
    FM_SPC_SAME_SIDE,  /* the m points lie on one side of the centre line */
    FM_SPC_EITHER_SIDE /* sides do not matter */
} fm_spc_side;

/* Signals at a point that is in the region when at least m of the last w points, this one
 * included, are (on its side).  A point on the centre line is on neither side. */
typedef struct fm_spc_rule {
    const char *name;
    unsigned m, w; /* 1 <= m <= w <= 64 */
    fm_spc_region region;
    double k; /* in sigma of the plotted statistic, >= 0 */
    fm_spc_side side;
} fm_spc_rule;

/* Which of the last 64 points were in the region, newest in bit 0. */
typedef struct fm_spc_rule_state {
    uint64_t above, below; /* FM_SPC_EITHER_SIDE uses `above` alone */
} fm_spc_rule_state;

enum {
    FM_SPC_RULES_MAX = 32
}; /* bits of the flags */

enum {
    FM_SPC_WE_COUNT = 4
};
/* Western Electric rules we1 ... we4: 1 beyond 3 sigma; 2 of 3 beyond 2 sigma, 4 of 5
 * beyond 1 sigma, 8 in a row, each on one side. source  Western Electric, Statistical
 * Quality Control Handbook (1956), p. 25-28; NIST/ SEMATECH e-Handbook 6.3.2 */
extern const fm_spc_rule fm_spc_rules_we[FM_SPC_WE_COUNT];

/* Checks a set of rules.
 * rules    in  [n_rules]
 * n_rules  in  0 ... FM_SPC_RULES_MAX
 * returns FM_OK; FM_EDOM if a rule has m < 1, m > w, w > 64 or k not a number >= 0, or if
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
