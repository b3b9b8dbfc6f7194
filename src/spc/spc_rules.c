/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Run rules with one bit mask per side: shift in the newest point, count the window. */
#include "config.h"

#include <math.h>

#include "spc/spc_rules.h"

fm_status
fm_spc_rules_validate(const fm_spc_rule *rules, size_t n_rules)
{
    if (n_rules > FM_SPC_RULES_MAX)
        return FM_EDOM;
    for (size_t r = 0; r < n_rules; r++)
        if (fm_spc_rule_validate(&rules[r]) != FM_OK || rules[r].pattern != FM_SPC_ZONE)
            return FM_EDOM;
    return FM_OK;
}

/* Shifts `in` into the mask; true if the newest point is in and m of the last w are. */
static int
shift_in(uint64_t *mask, int in, const fm_spc_rule *rule)
{
    *mask = *mask << 1 | (unsigned)in;
    if (!in)
        return 0;
    uint64_t full = UINT64_MAX >> (64 - rule->w);
    uint64_t window = *mask & full;
    if (rule->m == rule->w) /* saves counting */
        return window == full;
    return (unsigned)__builtin_popcountll(window) >= rule->m;
}

uint32_t
fm_spc_rules_step(const fm_spc_rule *rules, size_t n_rules, fm_spc_rule_state *state,
                  double value, double centre, double sigma)
{
    uint32_t flags = 0;
    if (isnan(value)) {
        for (size_t r = 0; r < n_rules; r++)
            state[r] = (fm_spc_rule_state){0, 0};
        return 0;
    }
    for (size_t r = 0; r < n_rules; r++) {
        const fm_spc_rule *rule = &rules[r];
        double high = centre + rule->k * sigma, low = centre - rule->k * sigma;
        int above, below;
        if (rule->region == FM_SPC_BEYOND) {
            above = value > high;
            below = value < low;
        } else {
            above = value > centre && value < high;
            below = value < centre && value > low;
        }
        if (rule->side == FM_SPC_EITHER_SIDE) {
            above |= below;
            if (rule->region == FM_SPC_WITHIN)
                above |= value == centre && rule->k * sigma > 0;
            below = 0;
        }
        int signal = shift_in(&state[r].above, above, rule);
        signal |= shift_in(&state[r].below, below, rule);
        flags |= (uint32_t)signal << r;
    }
    return flags;
}
