/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Study spc.chart: control charts, their declarations and their run.
 *
 * Contents
 *   1. parameters      3. tables                 5. running
 *   2. inputs          4. figures, verdicts      6. the study
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spc/spc_chart.h"
#include "spc/spc_rule_set_param.h"

/* ---- 1. parameters ----------------------------------------------------------------- */

static const char *const charts[] = {
    "individuals", "xbar-r", "xbar-s", "i-mr-r", "i-mr-s", "z-mr",    "ewma",
    "cusum",       "p",      "np",     "c",      "u",      "laney-p", "laney-u",
    "g",           "t",      "t2",     "mewma",  NULL};
static const char *const sigmas[] = {"spread", "pooled", "overall", NULL};
static const char *const ewma_limits[] = {"exact", "asymptotic", NULL};

static const char no_term_column[] = "names a column of the user's data";

static const fm_param params[] = {
    {.key = "chart",
     .kind = FM_CHOICE,
     .def = "individuals",
     .choices = charts,
     .flags = FM_FIXED,
     .term = "spc.control-chart",
     .help =
         "values: individuals, xbar-r, xbar-s, i-mr-r and i-mr-s (between and within), "
         "z-mr (short runs), ewma, cusum; counts: p, np, c, u, laney-p, laney-u; rare "
         "events: g, t; several variables: t2, mewma"},
    {.key = "response",
     .kind = FM_TEXT,
     .example = "diameter",
     .flags = FM_REQUIRED | FM_FIXED | FM_COLUMN_NAME,
     .no_term = no_term_column,
     .help = "column with the measured values or counts, in order of time"},
    {.key = "also",
     .kind = FM_LIST,
     .item = FM_TEXT,
     .example = "[roundness]",
     .flags = FM_OPTIONAL | FM_FIXED | FM_COLUMN_NAME,
     .no_term = no_term_column,
     .help = "t2, mewma: columns with the other variables, at most 15"},
    {.key = "subgroup",
     .kind = FM_TEXT,
     .example = "sample",
     .flags = FM_OPTIONAL | FM_FIXED | FM_COLUMN_NAME,
     .term = "spc.rational-subgroup",
     .help = "charts of subgroups, ewma, cusum: column whose label says which subgroup a "
             "value belongs to; rows of a subgroup stand together"},
    {.key = "subgroup_size",
     .kind = FM_INTEGER,
     .example = "5",
     .min = 2,
     .max = FM_SPC_SIZE_MAX,
     .flags = FM_OPTIONAL,
     .term = "spc.rational-subgroup",
     .help = "instead of `subgroup`: this many consecutive rows are a subgroup"},
    {.key = "sample.column",
     .kind = FM_TEXT,
     .example = "inspected",
     .flags = FM_OPTIONAL | FM_FIXED | FM_COLUMN_NAME,
     .term = "spc.sample-size",
     .help = "p, np, u, laney-p, laney-u: column with the number of items or units in "
             "each sample"},
    {.key = "sample.size",
     .kind = FM_REAL,
     .unit = "1",
     .example = "50",
     .min = 0,
     .max = 1e15,
     .flags = FM_OPTIONAL | FM_OPEN_MIN,
     .term = "spc.sample-size",
     .help = "instead of `sample.column`: items or units in every sample"},
    {.key = "stage",
     .kind = FM_TEXT,
     .example = "phase",
     .flags = FM_OPTIONAL | FM_FIXED | FM_COLUMN_NAME,
     .term = "spc.stage",
     .help = "column whose label says which stage of the process a row belongs to; each "
             "has a centre and limits of its own (not for t2, mewma)"},
    {.key = "part",
     .kind = FM_TEXT,
     .example = "product",
     .flags = FM_OPTIONAL | FM_FIXED | FM_COLUMN_NAME,
     .term = "spc.short-run-chart",
     .help = "z-mr: column with the part that a value was measured on"},
    {.key = "label",
     .kind = FM_TEXT,
     .example = "date",
     .flags = FM_OPTIONAL | FM_FIXED | FM_COLUMN_NAME,
     .no_term = no_term_column,
     .help = "column that labels each plotted point, e.g. a date; default: the subgroup"},
    {.key = "sigma",
     .kind = FM_CHOICE,
     .def = "spread",
     .choices = sigmas,
     .term = "spc.sigma-within",
     .help =
         "spread: from the ranges or standard deviations that the chart shows; pooled: "
         "from the pooled variance within subgroups; overall: from all values "
         "(individuals, ewma, cusum without subgroups)"},
    {.key = "baseline.first",
     .kind = FM_INTEGER,
     .example = "1",
     .min = 1,
     .max = 1e15,
     .flags = FM_OPTIONAL,
     .term = "spc.baseline",
     .help = "centre and sigma come from the values, subgroups or samples from this "
             "number on"},
    {.key = "baseline.last",
     .kind = FM_INTEGER,
     .example = "25",
     .min = 1,
     .max = 1e15,
     .flags = FM_OPTIONAL,
     .term = "spc.baseline",
     .help = "... to this one: limits are frozen, later points change nothing"},
    {.key = "given.centre",
     .kind = FM_REAL,
     .unit = "1",
     .example = "74",
     .min = -INFINITY,
     .max = INFINITY,
     .flags = FM_OPTIONAL,
     .term = "spc.centre-line",
     .help =
         "known mean, in the unit of the response (p, np: share; u: per unit), instead "
         "of an estimate"},
    {.key = "given.sigma",
     .kind = FM_REAL,
     .unit = "1",
     .example = "0.01",
     .min = 0,
     .max = INFINITY,
     .flags = FM_OPTIONAL | FM_OPEN_MIN,
     .term = "spc.sigma-within",
     .help = "known standard deviation of a single value, in the unit of the response"},
    {.key = "limits.width",
     .kind = FM_REAL,
     .unit = "1",
     .def = "3",
     .min = 0,
     .max = 10,
     .flags = FM_OPEN_MIN,
     .term = "spc.control-limit",
     .help =
         "distance of the drawn limits from the centre line in standard deviations of "
         "the plotted statistic; 3 unless run rules are chosen to match"},
    {.key = "limits.false_alarm",
     .kind = FM_REAL,
     .unit = "1",
     .def = "0.0027",
     .min = 0,
     .max = 1,
     .flags = FM_OPEN_MIN | FM_OPEN_MAX,
     .term = "spc.hotelling-t2",
     .help = "t2: probability that a point of a stable process is beyond the limit"},
    {.key = "limits.distance",
     .kind = FM_REAL,
     .unit = "1",
     .example = "8.63",
     .min = 0,
     .max = 1e6,
     .flags = FM_OPTIONAL | FM_OPEN_MIN,
     .term = "spc.mewma-chart",
     .help =
         "mewma: upper limit h of the squared distance; default: the limit with a mean "
         "run length of 370.4 in control"},
    {.key = "rules",
     .kind = FM_RECORDS,
     .def = "[western-electric]",
     .fields = fm_spc_rule_fields,
     .n_fields = FM_SPC_RULE_FIELDS,
     .shorthand = "rule",
     .flags = FM_FIXED,
     .term = "spc.run-rule",
     .help = "run rules for values, means and counts: names of rules or sets, or own "
             "rules; ewma, cusum, t2 and mewma have a limit instead"},
    {.key = "rules_on_spread",
     .kind = FM_FLAG,
     .def = "false",
     .term = "spc.run-rule",
     .help = "true: all rules for ranges and standard deviations too, which are not "
             "normal; false: only the rules of one point"},
    {.key = "ewma.lambda",
     .kind = FM_REAL,
     .unit = "1",
     .def = "0.2",
     .min = 0,
     .max = 1,
     .flags = FM_OPEN_MIN,
     .term = "spc.ewma-chart",
     .help = "ewma, mewma: weight of the newest point"},
    {.key = "ewma.limits",
     .kind = FM_CHOICE,
     .def = "exact",
     .choices = ewma_limits,
     .term = "spc.ewma-chart",
     .help = "exact: limits that widen from the first point on; asymptotic: their final "
             "width throughout"},
    {.key = "cusum.k",
     .kind = FM_REAL,
     .unit = "1",
     .def = "0.5",
     .min = 0,
     .max = 100,
     .term = "spc.cusum-chart",
     .help = "allowance in standard deviations of the points: half the shift to find"},
    {.key = "cusum.h",
     .kind = FM_REAL,
     .unit = "1",
     .def = "5",
     .min = 0,
     .max = 1e6,
     .flags = FM_OPEN_MIN,
     .term = "spc.cusum-chart",
     .help = "decision interval in standard deviations of the points"},
    {.key = "cusum.head_start",
     .kind = FM_REAL,
     .unit = "1",
     .def = "0",
     .min = 0,
     .max = 1e6,
     .term = "spc.cusum-chart",
     .help = "value that both sums start with; half of h for a fast initial response"},
    {.key = "keep",
     .kind = FM_INTEGER,
     .def = "20000",
     .min = 1,
     .max = 1e8,
     .no_term = "a limit of the output",
     .help = "points that table `points` holds at most for each statistic; of a longer "
             "series it holds the flagged ones only, up to this number"},
};

/* ---- 2. inputs ----------------------------------------------------------------------- */

static const fm_input_column measurement_columns[] = {
    {.name = "response",
     .type = FM_TYPE_REAL,
     .from_param = "response",
     .flags = FM_COL_REQUIRED | FM_COL_MISSING,
     .help = "measured value or count, in any unit; empty where missing"},
    {.name = "also",
     .type = FM_TYPE_REAL,
     .from_param = "also",
     .flags = FM_COL_MISSING,
     .help = "another variable of the same row"},
    {.name = "subgroup",
     .type = FM_TYPE_TEXT,
     .from_param = "subgroup",
     .flags = FM_COL_MISSING,
     .term = "spc.rational-subgroup",
     .help = "label of the subgroup"},
    {.name = "size",
     .type = FM_TYPE_REAL,
     .from_param = "sample.column",
     .term = "spc.sample-size",
     .help = "number of items or units in the sample"},
    {.name = "stage",
     .type = FM_TYPE_TEXT,
     .from_param = "stage",
     .flags = FM_COL_MISSING,
     .term = "spc.stage",
     .help = "label of the stage"},
    {.name = "part",
     .type = FM_TYPE_TEXT,
     .from_param = "part",
     .flags = FM_COL_MISSING,
     .term = "spc.short-run-chart",
     .help = "label of the part"},
    {.name = "label",
     .type = FM_TYPE_TEXT,
     .from_param = "label",
     .flags = FM_COL_MISSING,
     .help = "label of the point"},
};

static const char example[] = "# Inside diameter of piston rings, first 10 samples of 5 "
                              "(Montgomery, Introduction to\n"
                              "# Statistical Quality Control).\n"
                              "sample,diameter [mm]\n"
                              "1,74.030\n1,74.002\n1,74.019\n1,73.992\n1,74.008\n"
                              "2,73.995\n2,73.992\n2,74.001\n2,74.011\n2,74.004\n"
                              "3,73.988\n3,74.024\n3,74.021\n3,74.005\n3,74.002\n"
                              "4,74.002\n4,73.996\n4,73.993\n4,74.015\n4,74.009\n"
                              "5,73.992\n5,74.007\n5,74.015\n5,73.989\n5,74.014\n"
                              "6,74.009\n6,73.994\n6,73.997\n6,73.985\n6,73.993\n"
                              "7,73.995\n7,74.006\n7,73.994\n7,74.000\n7,74.005\n"
                              "8,73.985\n8,74.003\n8,73.993\n8,74.015\n8,73.988\n"
                              "9,74.008\n9,73.995\n9,74.009\n9,74.005\n9,74.004\n"
                              "10,73.998\n10,74.000\n10,73.990\n10,74.007\n10,73.995\n";

static const fm_input_decl inputs[] = {
    {.name = "measurements",
     .columns = measurement_columns,
     .n_columns = FM_COUNT(measurement_columns),
     .example = example,
     .help = "one row per measurement or counted sample, in order of time",
     .flags = FM_INPUT_STREAM},
};

/* ---- 3. tables ------------------------------------------------------------------------ */

/* These charts plot pure numbers. */
#define UNIT "@measurements.response unless chart=z-mr cusum p laney-p t2 mewma"

static const char *const statistics[] = {[STAT_INDIVIDUAL] = "individual",
                                         [STAT_MOVING_RANGE] = "moving range",
                                         [STAT_MEAN] = "mean",
                                         [STAT_MEAN_RANGE] = "moving range of means",
                                         [STAT_RANGE] = "range",
                                         [STAT_STD_DEV] = "standard deviation",
                                         [STAT_Z] = "z",
                                         [STAT_Z_RANGE] = "moving range of z",
                                         [STAT_EWMA] = "EWMA",
                                         [STAT_CUSUM_UP] = "upper CUSUM",
                                         [STAT_CUSUM_DOWN] = "lower CUSUM",
                                         [STAT_SHARE] = "share defective",
                                         [STAT_DEFECTIVES] = "defectives",
                                         [STAT_DEFECTS] = "defects",
                                         [STAT_RATE] = "defects per unit",
                                         [STAT_COUNT_BETWEEN] = "count between events",
                                         [STAT_TIME_BETWEEN] = "time between events",
                                         [STAT_T2] = "T2",
                                         [STAT_MEWMA] = "MEWMA distance",
                                         NULL};

#define COLUMN_STATISTIC                                                                 \
    {                                                                                    \
        "statistic", FM_TYPE_CODE, "", "plotted statistic", FM_AXIS, statistics,         \
            "spc.control-chart", NULL                                                    \
    }
#define COLUMN_STAGE                                                                     \
    {                                                                                    \
        "stage", FM_TYPE_TEXT, "", "stage of the process", FM_VALUE, NULL, "spc.stage",  \
            NULL                                                                         \
    }

static const fm_column limit_columns[] = {
    COLUMN_STATISTIC,
    COLUMN_STAGE,
    {"size", FM_TYPE_INTEGER, "1", "values, items or units behind a point", FM_AXIS, NULL,
     "spc.sample-size", NULL},
    {"n_points", FM_TYPE_INTEGER, "1", "number of points with these limits", FM_VALUE,
     NULL, NULL, "a count"},
    {"centre", FM_TYPE_REAL, UNIT, "centre line", FM_VALUE, NULL, "spc.centre-line",
     NULL},
    {"sigma", FM_TYPE_REAL, UNIT, "standard deviation of the plotted statistic", FM_VALUE,
     NULL, "met.standard-deviation", NULL},
    {"lower", FM_TYPE_REAL, UNIT, "lower control limit", FM_VALUE, NULL,
     "spc.control-limit", NULL},
    {"upper", FM_TYPE_REAL, UNIT, "upper control limit", FM_VALUE, NULL,
     "spc.control-limit", NULL},
};

static const fm_column point_columns[] = {
    {"index", FM_TYPE_INTEGER, "1", "number of the value, subgroup or sample", FM_AXIS,
     NULL, NULL, "a running number"},
    COLUMN_STATISTIC,
    COLUMN_STAGE,
    {"label", FM_TYPE_TEXT, "", "label of the point", FM_VALUE, NULL, NULL,
     "a label of the user's data"},
    {"size", FM_TYPE_INTEGER, "1", "values, items or units behind the point", FM_VALUE,
     NULL, "spc.sample-size", NULL},
    {"value", FM_TYPE_REAL, UNIT, "value of the statistic", FM_VALUE, NULL,
     "spc.control-chart", NULL},
    {"centre", FM_TYPE_REAL, UNIT, "centre line", FM_VALUE, NULL, "spc.centre-line",
     NULL},
    {"lower", FM_TYPE_REAL, UNIT, "lower control limit", FM_VALUE, NULL,
     "spc.control-limit", NULL},
    {"upper", FM_TYPE_REAL, UNIT, "upper control limit", FM_VALUE, NULL,
     "spc.control-limit", NULL},
    {"flags", FM_TYPE_TEXT, "", "run rules that signal", FM_VALUE, NULL, "spc.run-rule",
     NULL},
    {"flagged", FM_TYPE_INTEGER, "1", "1 if a rule signals", FM_STATUS, NULL,
     "spc.run-rule", NULL},
};

static const fm_column bucket_columns[] = {
    COLUMN_STATISTIC,
    {"index", FM_TYPE_INTEGER, "1", "number of the value, subgroup or sample", FM_AXIS,
     NULL, NULL, "a running number"},
    COLUMN_STAGE,
    {"n", FM_TYPE_INTEGER, "1", "points in the step", FM_VALUE, NULL, NULL, "a count"},
    {"mean", FM_TYPE_REAL, UNIT, "mean of the step", FM_VALUE, NULL, "spc.control-chart",
     NULL},
    {"lowest", FM_TYPE_REAL, UNIT, "lowest of the step", FM_VALUE, NULL,
     "spc.control-chart", NULL},
    {"highest", FM_TYPE_REAL, UNIT, "highest of the step", FM_VALUE, NULL,
     "spc.control-chart", NULL},
    {"centre", FM_TYPE_REAL, UNIT, "centre line", FM_VALUE, NULL, "spc.centre-line",
     NULL},
    {"lower", FM_TYPE_REAL, UNIT, "lower control limit, lowest of the step", FM_VALUE,
     NULL, "spc.control-limit", NULL},
    {"upper", FM_TYPE_REAL, UNIT, "upper control limit, highest of the step", FM_VALUE,
     NULL, "spc.control-limit", NULL},
    {"n_flagged", FM_TYPE_INTEGER, "1", "flagged points in the step", FM_STATUS, NULL,
     "spc.run-rule", NULL},
    {"flagged_lowest", FM_TYPE_REAL, UNIT, "lowest flagged point", FM_VALUE, NULL,
     "spc.run-rule", NULL},
    {"flagged_highest", FM_TYPE_REAL, UNIT, "highest flagged point", FM_VALUE, NULL,
     "spc.run-rule", NULL},
};

static const fm_column summary_columns[] = {
    {"n_points", FM_TYPE_INTEGER, "1", "number of values, subgroups or samples plotted",
     FM_VALUE, NULL, NULL, "a count"},
    {"n_values", FM_TYPE_INTEGER, "1", "number of measurements used", FM_VALUE, NULL,
     NULL, "a count"},
    {"n_missing", FM_TYPE_INTEGER, "1", "number of rows left out", FM_VALUE, NULL, NULL,
     "a count"},
    {"n_stages", FM_TYPE_INTEGER, "1", "number of stages", FM_VALUE, NULL, "spc.stage",
     NULL},
    {"mean", FM_TYPE_REAL, "@measurements.response", "centre of the first stage",
     FM_VALUE, NULL, "spc.centre-line", NULL},
    {"sigma_within", FM_TYPE_REAL, "@measurements.response",
     "standard deviation within subgroups of the first stage", FM_VALUE, NULL,
     "spc.sigma-within", NULL},
    {"sigma_between", FM_TYPE_REAL, "@measurements.response",
     "standard deviation between subgroups of the first stage", FM_VALUE, NULL,
     "spc.between-within-chart", NULL},
    {"laney_sigma_z", FM_TYPE_REAL, "1", "Laney's sigma_z of the first stage", FM_VALUE,
     NULL, "spc.laney-chart", NULL},
    {"n_flagged", FM_TYPE_INTEGER, "1", "number of flagged points of all charts",
     FM_VALUE, NULL, "spc.run-rule", NULL},
    {"n_flagged_location", FM_TYPE_INTEGER, "1",
     "number of flagged values, means, counts or sums", FM_VALUE, NULL, "spc.run-rule",
     NULL},
    {"n_flagged_spread", FM_TYPE_INTEGER, "1",
     "number of flagged ranges or standard deviations", FM_VALUE, NULL, "spc.run-rule",
     NULL},
    {"arl_in_control", FM_TYPE_REAL, "1",
     "mean run length of the location chart in control, parameters known", FM_VALUE, NULL,
     "spc.average-run-length", NULL},
    {"arl_with_ranges", FM_TYPE_REAL, "1",
     "the same of values and moving ranges together, one-point rules", FM_VALUE, NULL,
     "spc.average-run-length", NULL},
};

#define SERIES(name, words)                                                              \
    {                                                                                    \
        name, words, FM_MANY_ROWS, bucket_columns, FM_COUNT(bucket_columns), "mean"      \
    }

static const fm_table tables[] = {
    {"limits", "control limits by statistic, stage and size (EWMA: the last)",
     FM_MANY_ROWS, limit_columns, FM_COUNT(limit_columns), "centre"},
    {"points", "plotted points with their limits and flags", FM_MANY_ROWS, point_columns,
     FM_COUNT(point_columns), "value"},
    SERIES("location", "location chart as drawn, at most about 1000 steps"),
    SERIES("spread", "spread chart as drawn, at most about 1000 steps"),
    SERIES("within",
           "chart of spread within subgroups as drawn, at most about 1000 steps"),
    {"summary", "summary of the chart", FM_ONE_ROW, summary_columns,
     FM_COUNT(summary_columns), "n_flagged"},
};

/* ---- 4. figures, verdicts --------------------------------------------------------------- */

#define DRAWN                                                                            \
    "index mean centre lower upper n lowest highest flagged_lowest flagged_highest"

static const fm_figure figures[] = {
    {.name = "chart",
     .caption = "Control chart of the values, means, counts or sums with centre line and "
                "limits; flagged points carry a ring. In long series a step shows the "
                "range and the mean of several points, and rings at the lowest and the "
                "highest flagged one.",
     .table = "location",
     .columns = DRAWN,
     .by = "statistic",
     .script = "spc/spc_chart.gp",
     .flags = FM_FIG_POINT},
    {.name = "spread",
     .caption =
         "Control chart of the moving ranges, ranges or standard deviations; points "
         "beyond a limit carry a ring.",
     .table = "spread",
     .columns = DRAWN,
     .by = "statistic",
     .script = "spc/spc_chart.gp",
     .flags = FM_FIG_POINT | FM_FIG_IF_ROWS},
    {.name = "within",
     .caption = "Control chart of the ranges or standard deviations within subgroups.",
     .table = "within",
     .columns = DRAWN,
     .by = "statistic",
     .script = "spc/spc_chart.gp",
     .flags = FM_FIG_POINT | FM_FIG_IF_ROWS},
};

static const fm_verdict verdicts[] = {
    {.name = "in-control",
     .statement = "number of points that a run rule flags",
     .table = "summary",
     .column = "n_flagged",
     .direction = FM_AT_MOST,
     .limit = 0,
     .term = "spc.run-rule"},
};

/* ---- 5. running --------------------------------------------------------------------------- */

fm_chart_mark
fm_chart_mark_of(const fm_chart_sample *sample, size_t previous_stage)
{
    return (fm_chart_mark){.index = sample->index,
                           .row = sample->row,
                           .n = sample->group.n,
                           .stage = sample->stage,
                           .value = NAN,
                           .score = NAN,
                           .zone = {0, 0},
                           .limits = {NAN, NAN, NAN, NAN},
                           .first_of_stage = sample->stage != previous_stage};
}

const char *
fm_chart_where(const fm_chart *c, size_t group, char text_out[120])
{
    bool part = c->kind == CHART_Z_MR;
    const char *label = part ? fm_chart_part_label(c->point, group)
                             : fm_chart_stage_label(c->point, group);
    text_out[0] = '\0';
    if (label[0] != '\0')
        (void)snprintf(text_out, 120, " (%s '%.80s')", part ? "part" : "stage", label);
    return text_out;
}

fm_status
fm_chart_add_trace(fm_chart *c, fm_chart_statistic statistic, size_t table,
                   const fm_spc_rule_set *rules, const char *flag_name)
{
    const fm_chart_trace_options options = {statistic, table,     c->n_samples,
                                            rules,     flag_name, c->kind == CHART_EWMA};
    fm_status st =
        fm_chart_trace_create(c->point, c->out, &options, &c->trace[c->n_traces]);
    if (st != FM_OK)
        return FM_FAIL(c->err, st, "memory ran out");
    c->n_traces++;
    return FM_OK;
}

static const fm_chart_family *
family_of(fm_chart_kind kind)
{
    if (kind <= CHART_Z_MR)
        return &fm_chart_variables;
    if (kind <= CHART_CUSUM)
        return &fm_chart_timeweighted;
    return kind <= CHART_T ? &fm_chart_attributes : &fm_chart_multivariate;
}

/* Ranges and standard deviations keep the rules of one point. */
static fm_status
choose_rules(fm_chart *c)
{
    fm_status st =
        fm_spc_rule_set_read(fm_value_at(c->point, P_RULES), "rules", &c->rules, c->err);
    for (size_t r = 0; r < c->rules.n && st == FM_OK; r++)
        if (c->rules.rule[r].w == 1 || fm_integer(c->point, P_RULES_ON_SPREAD) != 0)
            st = fm_spc_rule_set_add(&c->spread_rules, &c->rules.rule[r]);
    return st;
}

static fm_status
begin(fm_chart *c)
{
    const fm_point *point = c->point;
    c->kind = fm_chart_of(point);
    c->base_first = fm_present(point, P_BASELINE_FIRST)
                        ? (uint64_t)fm_integer(point, P_BASELINE_FIRST)
                        : 1;
    c->base_last = fm_present(point, P_BASELINE_LAST)
                       ? (uint64_t)fm_integer(point, P_BASELINE_LAST)
                       : UINT64_MAX;
    c->n_groups =
        c->kind == CHART_Z_MR ? fm_chart_n_parts(point) : fm_chart_n_stages(point);
    c->estimate = calloc(c->n_groups, sizeof *c->estimate);
    if (c->estimate == NULL)
        return FM_FAIL(c->err, FM_ENOMEM, "memory ran out");
    fm_status st = choose_rules(c);
    return st == FM_OK ? fm_chart_sampler_create(point, &c->sampler, c->err) : st;
}

static void
remark(const fm_chart *c)
{
    enum {
        USUAL = 20
    };
    const fm_chart_estimate *e = &c->estimate[0];
    bool given =
        fm_present(c->point, P_GIVEN_CENTRE) && fm_present(c->point, P_GIVEN_SIGMA);
    uint64_t base = c->base_last < c->n_samples ? c->base_last : c->n_samples;
    base =
        base - c->base_first + 1 < c->n_plotted ? base - c->base_first + 1 : c->n_plotted;
    if (c->n_missing > 0)
        fm_out_remark(c->out,
                      "%llu missing values were left out; they break runs of points",
                      (unsigned long long)c->n_missing);
    if (base < USUAL && !given)
        fm_out_remark(c->out, "limits rest on %llu points only; %d or more are usual",
                      (unsigned long long)base, USUAL);
    if ((c->kind == CHART_I_MR_R || c->kind == CHART_I_MR_S) && !(e->between > 0))
        fm_out_remark(c->out, "the variance between subgroups is estimated as negative "
                              "and set to 0");
    for (size_t k = 0; k < c->n_traces; k++) {
        const fm_chart_trace *t = c->trace[k];
        if (!t->keep_all)
            fm_out_remark(c->out,
                          "%s: table points holds %llu of %llu flagged points and none "
                          "of the other %llu (keep: %llu)",
                          statistics[t->statistic], (unsigned long long)t->n_kept,
                          (unsigned long long)t->n_flagged,
                          (unsigned long long)(t->n_points - t->n_flagged),
                          (unsigned long long)t->keep);
        if (t->n_unlisted > 0)
            fm_out_remark(c->out, "%s: limits of %llu points are not in table limits",
                          statistics[t->statistic], (unsigned long long)t->n_unlisted);
    }
}

static fm_status
put_summary(fm_chart *c)
{
    const fm_chart_estimate *e = &c->estimate[0];
    uint64_t spread = 0, location = 0;
    bool values = c->kind <= CHART_CUSUM && c->kind != CHART_Z_MR;
    bool between = c->kind == CHART_I_MR_R || c->kind == CHART_I_MR_S;
    bool laney = c->kind == CHART_LANEY_P || c->kind == CHART_LANEY_U;
    fm_chart_arl arl;
    for (size_t k = 0; k < c->n_traces; k++)
        *(c->trace[k]->table == T_LOCATION ? &location : &spread) +=
            c->trace[k]->n_flagged;
    fm_status st = fm_chart_arl_eval(c, &arl);
    if (st != FM_OK)
        return st;
    if (arl.why_not != NULL)
        fm_out_remark(c->out, "arl_in_control is not computed: %s", arl.why_not);
    fm_cell row[] = {{.integer = (int64_t)c->n_plotted},
                     {.integer = (int64_t)c->n_values},
                     {.integer = (int64_t)c->n_missing},
                     {.integer = (int64_t)fm_chart_n_stages(c->point)},
                     {.real = c->kind == CHART_Z_MR ? (double)NAN : e->process.mean},
                     {.real = values ? e->process.sigma : (double)NAN},
                     {.real = between ? e->between : (double)NAN},
                     {.real = laney ? e->spread : (double)NAN},
                     {.integer = (int64_t)(location + spread)},
                     {.integer = (int64_t)location},
                     {.integer = (int64_t)spread},
                     {.real = arl.location},
                     {.real = arl.with_ranges}};
    return fm_out_row(c->out, T_SUMMARY, row);
}

static fm_status
finish(fm_chart *c)
{
    fm_status st = FM_OK;
    for (size_t k = 0; k < c->n_traces && st == FM_OK; k++)
        st = fm_chart_trace_finish(c->trace[k]);
    if (st == FM_OK)
        st = put_summary(c);
    if (st != FM_OK)
        return FM_FAIL(c->err, st, "memory ran out for the result");
    remark(c);
    return FM_OK;
}

static fm_status
run(const fm_point *point, fm_out *out, fm_error *err)
{
    fm_chart c = {.point = point, .out = out, .err = err};
    fm_status st = begin(&c);
    const fm_chart_family *family = family_of(c.kind);
    if (st == FM_OK)
        st = family->estimate(&c);
    if (st == FM_OK) {
        fm_chart_sampler_rewind(c.sampler);
        st = family->plot(&c);
    }
    if (st == FM_OK)
        st = finish(&c);
    fm_chart_sampler_free(c.sampler);
    for (size_t k = 0; k < c.n_traces; k++)
        fm_chart_trace_free(c.trace[k]);
    free(c.estimate);
    return st;
}

/* ---- 6. the study -------------------------------------------------------------------------- */

static uint64_t
rows(const fm_point *point, size_t table)
{
    const fm_data *data = fm_input(point, 0);
    if (table == T_SUMMARY)
        return 1;
    if (table == T_LIMITS || data == NULL)
        return 2;
    uint64_t n = data->n_rows, keep = (uint64_t)fm_integer(point, P_KEEP);
    size_t k = data->first[C_SUBGROUP];
    if (fm_present(point, P_SUBGROUP_SIZE))
        n /= (uint64_t)fm_integer(point, P_SUBGROUP_SIZE);
    else if (k < data->first[C_SUBGROUP + 1])
        n = data->columns[k].n_labels;
    if (table == T_POINTS)
        return 2 * (n < keep ? n : keep);
    return table == T_WITHIN ? 0 : n < FM_CHART_BUCKETS ? n : FM_CHART_BUCKETS;
}

static const char about[] =
    "Control charts of measured values, of counts, of rare events and of several variables "
    "at once. Limits come from the data shown (phase I), from a part of them (`baseline`, "
    "phase II for what follows), from each stage for itself (`stage`), or are given "
    "(`given`).\n\n"
    "The standard deviation of a single value, sigma within, comes from what varies "
    "inside subgroups, never from the overall spread: the mean moving range over d2(2), "
    "the mean range over d2(n), the mean standard deviation over c4(n), or the pooled "
    "variance. The constants d2, d3 and c4 are computed for each subgroup size, not read "
    "from rounded tables. Subgroups of unequal size have limits of their own; their "
    "ranges or standard deviations are then combined with weights of least variance "
    "(Burr 1969). Pooled variance is the root of the mean of the subgroup variances "
    "weighted by their degrees of freedom, without bias correction.\n\n"
    "Where wafers or lots differ more than the sites on them explain, every subgroup mean "
    "lies beyond limits made from sigma within; `i-mr-r` and `i-mr-s` chart the means as "
    "individuals and the spread within beside them. `laney-p` and `laney-u` do the same "
    "for large samples of counts. `z-mr` charts each value in units of its part's own "
    "sigma, `g` and `t` the counts and times between rare events. EWMA, CUSUM and MEWMA "
    "find small shifts; CUSUM sums are in standard deviations of the points.\n\n"
    "The upper limit of moving ranges is their mean plus three standard deviations of "
    "the range of two normal values (3.267 times the mean, the usual D4). Used together "
    "with the individuals chart it makes false alarms frequent: with known parameters "
    "the pair signals once in 105 points on average, not once in 370. The summary says "
    "what the chosen rules really do: their mean run length in control, exactly, with "
    "known parameters and independent values: normal or, for counts, binomial, Poisson or "
    "geometric. Where it cannot be computed a remark says why; for T2 it is the inverse of "
    "`limits.false_alarm`.\n\n"
    "Run rules flag points of values, means and counts; all thirds of the chart use the "
    "standard deviation of the plotted statistic. Ranges and standard deviations get the "
    "rules of one point only, unless asked otherwise. Beyond means strictly beyond; runs "
    "end at a missing value and at the end of a stage. Drawn limits stand at "
    "`limits.width`, rules at the distances that they name.\n\n"
    "A series may be longer than the memory: numbers without labels are read in blocks, "
    "from CSV or HDF5, and written as a summary, the flagged points (up to `keep`) and "
    "about 1000 steps for the figures that keep the extremes. Sources: Western Electric, "
    "*Statistical Quality Control Handbook* (1956); NIST/SEMATECH e-Handbook 6.3; Laney "
    "(2002); Kaminsky and others (1992); Tracy, Young, Mason (1992); Lowry and others "
    "(1992).";

const fm_study fm_study_spc_chart = {
    .name = "spc.chart",
    .summary = "control charts of values, counts, rare events and several variables",
    .about = about,
    .params = params,
    .n_params = FM_COUNT(params),
    .inputs = inputs,
    .n_inputs = FM_COUNT(inputs),
    .tables = tables,
    .n_tables = FM_COUNT(tables),
    .figures = figures,
    .n_figures = FM_COUNT(figures),
    .verdicts = verdicts,
    .n_verdicts = FM_COUNT(verdicts),
    .check = fm_chart_check,
    .rows = rows,
    .run = run,
};
