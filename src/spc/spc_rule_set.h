/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Run rules of control charts as data: the one description that flags points, and that
 * run lengths are computed from.
 *
 * Contents
 *   1. a rule     2. sets     3. rules with names */
#ifndef FM_SPC_RULE_SET_H
#define FM_SPC_RULE_SET_H

#include <stddef.h>

#include <fabmet/status.h>

/* ---- 1. a rule ------------------------------------------------------------------- */

typedef enum fm_spc_pattern {
    FM_SPC_ZONE,       /* m of the last w points in a region */
    FM_SPC_TREND,      /* w points in a row, each above the one before, or each below */
    FM_SPC_ALTERNATION /* w points in a row that go up and down in turn */
} fm_spc_pattern;

typedef enum fm_spc_region {
    FM_SPC_BEYOND, /* farther than k sigma from the centre line, strictly */
    FM_SPC_WITHIN  /* nearer than k sigma, strictly */
} fm_spc_region;

typedef enum fm_spc_side {
    FM_SPC_SAME_SIDE,  /* the m points lie on one side of the centre line */
    FM_SPC_EITHER_SIDE /* sides do not matter */
} fm_spc_side;

enum {
    FM_SPC_RULES_MAX = 32,  /* rules of a set: bits of the flags */
    FM_SPC_RULE_NAME = 40,  /* bytes of a name with its end */
    FM_SPC_WINDOW_MAX = 64, /* points that a rule looks at */
    FM_SPC_WE_COUNT = 4,
    FM_SPC_NELSON_COUNT = 8
};

/* FM_SPC_ZONE signals at a point that is in the region when at least m of the last w
 * points, this one included, are (on its side).  A point on the centre line is on neither
 * side.  The other patterns look at w points in a row (m = w) and at nothing else: two
 * equal values end a trend and an alternation. */
typedef struct fm_spc_rule {
    char name[FM_SPC_RULE_NAME];
    unsigned m, w; /* 1 <= m <= w <= FM_SPC_WINDOW_MAX */
    fm_spc_region region;
    double k; /* in sigma of the plotted statistic, >= 0 */
    fm_spc_side side;
    fm_spc_pattern pattern;
} fm_spc_rule;

/* Checks one rule.
 * returns FM_OK; FM_EDOM if m < 1, m > w, w > FM_SPC_WINDOW_MAX, k is not a finite number
 *         >= 0, "within 0" (no point ever is), or a trend or alternation has m != w, or
 *         less than 2 points (trend) or 3 points (alternation)
 * terms: spc.run-rule */
fm_status fm_spc_rule_validate(const fm_spc_rule *rule);

/* Writes what a rule says, at most FM_SPC_RULE_NAME bytes with the end: "2 of 3 beyond 2",
 * "15 of 15 within 1 either", "6 in a trend".
 * rule      in   a valid rule; its name is not looked at
 * text_out  out  [FM_SPC_RULE_NAME]   terms: spc.run-rule */
void fm_spc_rule_text(const fm_spc_rule *rule, char *text_out);

/* ---- 2. sets --------------------------------------------------------------------- */

typedef struct fm_spc_rule_set {
    size_t n; /* start with { 0 } */
    fm_spc_rule rule[FM_SPC_RULES_MAX];
} fm_spc_rule_set;

/* Adds a rule to a set.  A rule that says the same as one of the set (the name aside) adds
 * nothing.  An empty name becomes fm_spc_rule_text.
 * set   in/out  unchanged on error
 * returns FM_OK; FM_EDOM as fm_spc_rule_validate; FM_ERANGE if the set is full
 * terms: spc.run-rule */
fm_status fm_spc_rule_set_add(fm_spc_rule_set *set, const fm_spc_rule *rule);

/* Adds the rule, or the rules of the set, that `name` means.
 * name  in  one of fm_spc_rule_names
 * returns FM_OK; FM_EDOM if nothing has this name; FM_ERANGE if the set is full
 * terms: spc.run-rule */
fm_status fm_spc_rule_set_add_named(fm_spc_rule_set *set, const char *name);

/* Multiplies the distances k of all rules.
 * factor  in  > 0
 * returns FM_OK; FM_EDOM   terms: spc.control-limit */
fm_status fm_spc_rule_set_scale(fm_spc_rule_set *set, double factor);

/* ---- 3. rules with names --------------------------------------------------------- */

/* Western Electric rules we1 ... we4: 1 beyond 3 sigma; 2 of 3 beyond 2 sigma, 4 of 5
 * beyond 1 sigma, 8 in a row, each on one side. source  Western Electric, Statistical
 * Quality Control Handbook (1956), p. 25-28; NIST/SEMATECH e-Handbook 6.3.2 */
extern const fm_spc_rule fm_spc_rules_we[FM_SPC_WE_COUNT];

/* Nelson's tests nelson1 ... nelson8: 1 beyond 3 sigma; 9 in a row on one side; 6 in a row
 * rising or falling; 14 in a row alternating; 2 of 3 beyond 2 sigma and 4 of 5 beyond 1
 * sigma on one side; 15 in a row within 1 sigma; 8 in a row beyond 1 sigma on either side.
 * source  Nelson (1984), J. Qual. Technol. 16, 237-239 */
extern const fm_spc_rule fm_spc_rules_nelson[FM_SPC_NELSON_COUNT];

/* "western-electric", "nelson", and the names of all rules above; ends with NULL. */
extern const char *const fm_spc_rule_names[];

#endif
