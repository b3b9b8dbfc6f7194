/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads run rules from the records of a scenario. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "spc/spc_rule_set_param.h"

enum {
    F_RULE,
    F_COUNT,
    F_OF,
    F_BEYOND,
    F_WITHIN,
    F_SIDE,
    F_TREND,
    F_ALTERNATION,
    F_NAME
};

static const char *const sides[] = {"same", "either", NULL};

const fm_param fm_spc_rule_fields[FM_SPC_RULE_FIELDS] = {
    {.key = "rule",
     .kind = FM_CHOICE,
     .choices = fm_spc_rule_names,
     .flags = FM_OPTIONAL,
     .example = "we1",
     .term = "spc.run-rule",
     .help = "a rule or a set by name; the name alone may stand in the list"},
    {.key = "count",
     .kind = FM_INTEGER,
     .min = 1,
     .max = FM_SPC_WINDOW_MAX,
     .flags = FM_OPTIONAL,
     .example = "2",
     .term = "spc.run-rule",
     .help = "points that must be in the region, at most `of`; without both: a single "
             "point"},
    {.key = "of",
     .kind = FM_INTEGER,
     .min = 1,
     .max = FM_SPC_WINDOW_MAX,
     .flags = FM_OPTIONAL,
     .example = "3",
     .term = "spc.run-rule",
     .help = "consecutive points that are looked at"},
    {.key = "beyond",
     .kind = FM_REAL,
     .unit = "1",
     .min = 0,
     .max = INFINITY,
     .flags = FM_OPTIONAL,
     .example = "2",
     .term = "spc.run-rule",
     .help = "region: farther from the centre line than this, in sigma"},
    {.key = "within",
     .kind = FM_REAL,
     .unit = "1",
     .min = 0,
     .max = INFINITY,
     .flags = FM_OPTIONAL | FM_OPEN_MIN,
     .example = "1",
     .term = "spc.run-rule",
     .help = "region: nearer to the centre line than this, in sigma"},
    {.key = "side",
     .kind = FM_CHOICE,
     .choices = sides,
     .flags = FM_OPTIONAL,
     .example = "same",
     .term = "spc.run-rule",
     .help = "same: the points lie on one side of the centre line (the rule for beyond "
             "when absent); either: sides do not matter (for within)"},
    {.key = "trend",
     .kind = FM_INTEGER,
     .min = 2,
     .max = FM_SPC_WINDOW_MAX,
     .flags = FM_OPTIONAL,
     .example = "6",
     .term = "spc.run-rule",
     .help = "instead of a region: this many points in a row, all rising or all falling"},
    {.key = "alternation",
     .kind = FM_INTEGER,
     .min = 3,
     .max = FM_SPC_WINDOW_MAX,
     .flags = FM_OPTIONAL,
     .example = "14",
     .term = "spc.run-rule",
     .help =
         "instead of a region: this many points in a row that go up and down in turn"},
    {.key = "name",
     .kind = FM_TEXT,
     .flags = FM_OPTIONAL,
     .example = "two-of-three",
     .no_term = "a label of the user's choice",
     .help = "what flags call the rule of one's own; default: what it says"},
};

/* How many of the fields [first, last] are there. */
static int
given(const fm_value *record, int first, int last)
{
    int n = 0;
    for (int f = first; f <= last; f++)
        n += record[f].present ? 1 : 0;
    return n;
}

/* Takes over the region and the window of a rule of one's own. */
static fm_status
read_zone(const fm_value *record, fm_spc_rule *rule, const char **wrong)
{
    bool beyond = record[F_BEYOND].present;
    if (beyond == record[F_WITHIN].present)
        *wrong = beyond ? "beyond and within exclude each other"
                        : "give a name, or one of beyond, within, trend and alternation";
    else if (record[F_COUNT].present != record[F_OF].present)
        *wrong = record[F_COUNT].present ? "count needs of: how many of how many points?"
                                         : "of needs count: how many of these points?";
    if (*wrong != NULL)
        return FM_ESCENARIO;
    rule->m = record[F_COUNT].present ? (unsigned)record[F_COUNT].integer : 1;
    rule->w = record[F_OF].present ? (unsigned)record[F_OF].integer : 1;
    rule->region = beyond ? FM_SPC_BEYOND : FM_SPC_WITHIN;
    rule->k = beyond ? record[F_BEYOND].real : record[F_WITHIN].real;
    rule->side = beyond ? FM_SPC_SAME_SIDE : FM_SPC_EITHER_SIDE;
    if (record[F_SIDE].present)
        rule->side = record[F_SIDE].integer == 0 ? FM_SPC_SAME_SIDE : FM_SPC_EITHER_SIDE;
    return FM_OK;
}

static fm_status
read_own(const fm_value *record, fm_spc_rule *rule, const char **wrong)
{
    bool trend = record[F_TREND].present;
    if (record[F_NAME].present) {
        if (*record[F_NAME].text == '\0')
            *wrong = "the name is empty";
        else if (strlen(record[F_NAME].text) >= sizeof rule->name)
            *wrong = "the name is too long (39 bytes at most)";
        if (*wrong != NULL)
            return FM_ESCENARIO;
        (void)snprintf(rule->name, sizeof rule->name, "%s", record[F_NAME].text);
    }
    if (!trend && !record[F_ALTERNATION].present)
        return read_zone(record, rule, wrong);
    if (given(record, F_COUNT, F_ALTERNATION) > 1) {
        *wrong = "trend or alternation stands alone";
        return FM_ESCENARIO;
    }
    rule->pattern = trend ? FM_SPC_TREND : FM_SPC_ALTERNATION;
    rule->w = (unsigned)record[trend ? F_TREND : F_ALTERNATION].integer;
    rule->m = rule->w;
    return FM_OK;
}

static fm_status
add_item(const fm_value *record, fm_spc_rule_set *set, const char **wrong)
{
    fm_spc_rule rule = {.m = 1, .w = 1};
    if (record[F_RULE].present) {
        if (given(record, F_COUNT, F_NAME) > 0) {
            *wrong = "a rule with a name has no other keys";
            return FM_ESCENARIO;
        }
        return fm_spc_rule_set_add_named(set, record[F_RULE].text);
    }
    fm_status st = read_own(record, &rule, wrong);
    return st == FM_OK ? fm_spc_rule_set_add(set, &rule) : st;
}

fm_status
fm_spc_rule_set_read(const fm_value *value, const char *key, fm_spc_rule_set *set_out,
                     fm_error *err)
{
    fm_spc_rule_set set = {0};
    for (size_t i = 0; i < value->n; i++) {
        const fm_value *record = value->items + i * FM_SPC_RULE_FIELDS;
        const char *wrong = NULL;
        fm_status st = add_item(record, &set, &wrong);
        if (st == FM_ERANGE)
            return FM_FAIL(err, FM_ESCENARIO,
                           "%s: item %zu is too much; at most %d rules", key, i + 1,
                           FM_SPC_RULES_MAX);
        if (st != FM_OK && wrong == NULL)
            return FM_FAIL(err, FM_ESCENARIO,
                           "%s: item %zu asks for %lld of %lld points; count must be at "
                           "most of",
                           key, i + 1, (long long)record[F_COUNT].integer,
                           (long long)record[F_OF].integer);
        if (st != FM_OK)
            return FM_FAIL(err, FM_ESCENARIO, "%s: item %zu: %s", key, i + 1, wrong);
    }
    *set_out = set;
    return FM_OK;
}
