/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Run rules as data: validity, texts, sets, and the rules that have names. */
#include "config.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "spc/spc_rule_set.h"

const fm_spc_rule fm_spc_rules_we[FM_SPC_WE_COUNT] = {
    {"we1", 1, 1, FM_SPC_BEYOND, 3, FM_SPC_SAME_SIDE, FM_SPC_ZONE},
    {"we2", 2, 3, FM_SPC_BEYOND, 2, FM_SPC_SAME_SIDE, FM_SPC_ZONE},
    {"we3", 4, 5, FM_SPC_BEYOND, 1, FM_SPC_SAME_SIDE, FM_SPC_ZONE},
    {"we4", 8, 8, FM_SPC_BEYOND, 0, FM_SPC_SAME_SIDE, FM_SPC_ZONE},
};

const fm_spc_rule fm_spc_rules_nelson[FM_SPC_NELSON_COUNT] = {
    {"nelson1", 1, 1, FM_SPC_BEYOND, 3, FM_SPC_SAME_SIDE, FM_SPC_ZONE},
    {"nelson2", 9, 9, FM_SPC_BEYOND, 0, FM_SPC_SAME_SIDE, FM_SPC_ZONE},
    {"nelson3", 6, 6, FM_SPC_BEYOND, 0, FM_SPC_SAME_SIDE, FM_SPC_TREND},
    {"nelson4", 14, 14, FM_SPC_BEYOND, 0, FM_SPC_SAME_SIDE, FM_SPC_ALTERNATION},
    {"nelson5", 2, 3, FM_SPC_BEYOND, 2, FM_SPC_SAME_SIDE, FM_SPC_ZONE},
    {"nelson6", 4, 5, FM_SPC_BEYOND, 1, FM_SPC_SAME_SIDE, FM_SPC_ZONE},
    {"nelson7", 15, 15, FM_SPC_WITHIN, 1, FM_SPC_EITHER_SIDE, FM_SPC_ZONE},
    {"nelson8", 8, 8, FM_SPC_BEYOND, 1, FM_SPC_EITHER_SIDE, FM_SPC_ZONE},
};

const char *const fm_spc_rule_names[] = {
    "western-electric", "nelson",  "we1",     "we2",     "we3",     "we4",
    "nelson1",          "nelson2", "nelson3", "nelson4", "nelson5", "nelson6",
    "nelson7",          "nelson8", NULL,
};

fm_status
fm_spc_rule_validate(const fm_spc_rule *rule)
{
    if (rule->m < 1 || rule->m > rule->w || rule->w > FM_SPC_WINDOW_MAX)
        return FM_EDOM;
    if (!(rule->k >= 0) || !isfinite(rule->k))
        return FM_EDOM;
    if (rule->pattern == FM_SPC_ZONE)
        return rule->region == FM_SPC_WITHIN && rule->k == 0 ? FM_EDOM : FM_OK;
    unsigned least = rule->pattern == FM_SPC_TREND ? 2 : 3;
    return rule->m == rule->w && rule->w >= least ? FM_OK : FM_EDOM;
}

void
fm_spc_rule_text(const fm_spc_rule *rule, char *text_out)
{
    const size_t size = FM_SPC_RULE_NAME;
    if (rule->pattern != FM_SPC_ZONE) {
        const char *what = rule->pattern == FM_SPC_TREND ? "a trend" : "alternation";
        (void)snprintf(text_out, size, "%u in %s", rule->w, what);
        return;
    }
    const char *where = rule->region == FM_SPC_BEYOND ? "beyond" : "within";
    bool either = rule->side == FM_SPC_EITHER_SIDE && rule->w > 1;
    (void)snprintf(text_out, size, "%u of %u %s %.6g%s", rule->m, rule->w, where, rule->k,
                   either ? " either" : "");
}

/* Whether two rules say the same. */
static bool
same(const fm_spc_rule *a, const fm_spc_rule *b)
{
    if (a->pattern != b->pattern || a->m != b->m || a->w != b->w)
        return false;
    return a->pattern != FM_SPC_ZONE ||
           (a->region == b->region && a->k == b->k && (a->side == b->side || a->w == 1));
}

fm_status
fm_spc_rule_set_add(fm_spc_rule_set *set, const fm_spc_rule *rule)
{
    fm_status st = fm_spc_rule_validate(rule);
    if (st != FM_OK)
        return st;
    for (size_t i = 0; i < set->n; i++)
        if (same(&set->rule[i], rule))
            return FM_OK;
    if (set->n == FM_SPC_RULES_MAX)
        return FM_ERANGE;
    fm_spc_rule *added = &set->rule[set->n++];
    *added = *rule;
    if (added->name[0] == '\0')
        fm_spc_rule_text(rule, added->name);
    return FM_OK;
}

/* Adds all n rules or none. */
static fm_status
add_range(fm_spc_rule_set *set, const fm_spc_rule *rules, size_t n)
{
    fm_spc_rule_set more = *set;
    for (size_t i = 0; i < n; i++) {
        fm_status st = fm_spc_rule_set_add(&more, &rules[i]);
        if (st != FM_OK)
            return st;
    }
    *set = more;
    return FM_OK;
}

fm_status
fm_spc_rule_set_add_named(fm_spc_rule_set *set, const char *name)
{
    if (strcmp(name, "western-electric") == 0)
        return add_range(set, fm_spc_rules_we, FM_SPC_WE_COUNT);
    if (strcmp(name, "nelson") == 0)
        return add_range(set, fm_spc_rules_nelson, FM_SPC_NELSON_COUNT);
    for (size_t i = 0; i < FM_SPC_WE_COUNT; i++)
        if (strcmp(name, fm_spc_rules_we[i].name) == 0)
            return fm_spc_rule_set_add(set, &fm_spc_rules_we[i]);
    for (size_t i = 0; i < FM_SPC_NELSON_COUNT; i++)
        if (strcmp(name, fm_spc_rules_nelson[i].name) == 0)
            return fm_spc_rule_set_add(set, &fm_spc_rules_nelson[i]);
    return FM_EDOM;
}

fm_status
fm_spc_rule_set_scale(fm_spc_rule_set *set, double factor)
{
    if (!(factor > 0) || !isfinite(factor))
        return FM_EDOM;
    for (size_t i = 0; i < set->n; i++)
        set->rule[i].k *= factor;
    return FM_OK;
}
