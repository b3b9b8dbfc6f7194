/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Study spc.chart: Shewhart charts of variables with run rules.
 *
 * Contents
 *   1. parameters, inputs     3. figures, verdicts     5. limits, rules, rows
 *   2. tables                 4. plotted statistics    6. the study
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/rows.h"
#include "core/study.h"
#include "spc/spc_constants.h"
#include "spc/spc_limits.h"
#include "spc/spc_rules.h"

/* ---- 1. parameters, inputs ------------------------------------------------------- */

enum {
    P_CHART,
    P_RESPONSE,
    P_SUBGROUP,
    P_SUBGROUP_SIZE,
    P_LABEL,
    P_SIGMA,
    P_RULES
};
enum {
    CHART_INDIVIDUALS,
    CHART_XBAR_R,
    CHART_XBAR_S
};
enum {
    SIGMA_SPREAD,
    SIGMA_POOLED
};

static const char *const charts[] = {"individuals", "xbar-r", "xbar-s", NULL};
static const char *const sigmas[] = {"spread", "pooled", NULL};
static const char *const rule_names[] = {"we1", "we2", "we3", "we4", NULL};

static const char no_term_column[] = "names a column of the user's data";

static const fm_param params[] = {
    {.key = "chart",
     .kind = FM_CHOICE,
     .def = "individuals",
     .choices = charts,
     .flags = FM_FIXED,
     .term = "spc.control-chart",
     .help = "individuals with moving ranges, or subgroup means with ranges (xbar-r) or "
             "standard deviations (xbar-s)"},
    {.key = "response",
     .kind = FM_TEXT,
     .example = "diameter",
     .flags = FM_REQUIRED | FM_FIXED | FM_COLUMN_NAME,
     .no_term = no_term_column,
     .help = "column with the measured values, in order of time"},
    {.key = "subgroup",
     .kind = FM_TEXT,
     .example = "sample",
     .flags = FM_OPTIONAL | FM_FIXED | FM_COLUMN_NAME,
     .term = "spc.rational-subgroup",
     .help = "xbar charts: column whose label says which subgroup a value belongs to; "
             "rows of a subgroup stand together"},
    {.key = "subgroup_size",
     .kind = FM_INTEGER,
     .example = "5",
     .min = 2,
     .max = FM_SPC_SIZE_MAX,
     .flags = FM_OPTIONAL,
     .term = "spc.rational-subgroup",
     .help = "xbar charts without `subgroup`: this many consecutive rows are a subgroup"},
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
     .term = "spc.control-limit",
     .help = "spread: sigma from the ranges or standard deviations that the chart shows; "
             "pooled: from the pooled variance within subgroups (xbar charts)"},
    {.key = "rules",
     .kind = FM_LIST,
     .item = FM_CHOICE,
     .def = "[we1, we2, we3, we4]",
     .choices = rule_names,
     .flags = FM_FIXED,
     .term = "spc.run-rule",
     .help = "we1: beyond 3 sigma; we2: 2 of 3 beyond 2 sigma; we3: 4 of 5 beyond 1 "
             "sigma; we4: "
             "8 in a row; each on one side. Ranges and standard deviations get we1 only"},
};

enum {
    C_RESPONSE,
    C_SUBGROUP,
    C_LABEL
};

static const fm_input_column measurement_columns[] = {
    {.name = "response",
     .type = FM_TYPE_REAL,
     .from_param = "response",
     .flags = FM_COL_REQUIRED | FM_COL_MISSING,
     .help = "measured value, in any unit; empty where missing"},
    {.name = "subgroup",
     .type = FM_TYPE_TEXT,
     .from_param = "subgroup",
     .flags = FM_COL_MISSING,
     .term = "spc.rational-subgroup",
     .help = "label of the subgroup"},
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
     .help = "one row per measurement, in order of time"},
};

/* ---- 2. tables ------------------------------------------------------------------- */

#define UNIT "@measurements.response"

enum {
    T_LIMITS,
    T_POINTS,
    T_SUMMARY
};

static const fm_column limit_columns[] = {
    {"statistic", FM_TYPE_TEXT, "", "plotted statistic", FM_AXIS, NULL,
     "spc.control-chart", NULL},
    {"size", FM_TYPE_INTEGER, "1", "subgroup size", FM_AXIS, NULL,
     "spc.rational-subgroup", NULL},
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
    {"index", FM_TYPE_INTEGER, "1", "number of the value or subgroup", FM_AXIS, NULL,
     NULL, "a running number"},
    {"statistic", FM_TYPE_TEXT, "", "plotted statistic", FM_AXIS, NULL,
     "spc.control-chart", NULL},
    {"label", FM_TYPE_TEXT, "", "label of the point", FM_VALUE, NULL, NULL,
     "a label of the user's data"},
    {"size", FM_TYPE_INTEGER, "1", "number of values behind the point", FM_VALUE, NULL,
     "spc.rational-subgroup", NULL},
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

static const fm_column summary_columns[] = {
    {"n_points", FM_TYPE_INTEGER, "1", "number of values or subgroups plotted", FM_VALUE,
     NULL, NULL, "a count"},
    {"n_values", FM_TYPE_INTEGER, "1", "number of measurements used", FM_VALUE, NULL,
     NULL, "a count"},
    {"n_missing", FM_TYPE_INTEGER, "1", "number of rows left out", FM_VALUE, NULL, NULL,
     "a count"},
    {"mean", FM_TYPE_REAL, UNIT, "mean of all measurements", FM_VALUE, NULL,
     "met.arithmetic-mean", NULL},
    {"sigma_within", FM_TYPE_REAL, UNIT, "standard deviation within subgroups", FM_VALUE,
     NULL, "spc.sigma-within", NULL},
    {"n_flagged", FM_TYPE_INTEGER, "1", "number of flagged points of both charts",
     FM_VALUE, NULL, "spc.run-rule", NULL},
    {"n_flagged_location", FM_TYPE_INTEGER, "1", "number of flagged values or means",
     FM_VALUE, NULL, "spc.run-rule", NULL},
    {"n_flagged_spread", FM_TYPE_INTEGER, "1",
     "number of flagged ranges or standard deviations", FM_VALUE, NULL, "spc.run-rule",
     NULL},
};

static const fm_table tables[] = {
    {"limits", "control limits by statistic and subgroup size", FM_MANY_ROWS,
     limit_columns, FM_COUNT(limit_columns), "centre"},
    {"points", "plotted points with their limits and flags", FM_MANY_ROWS, point_columns,
     FM_COUNT(point_columns), "value"},
    {"summary", "summary of the chart", FM_ONE_ROW, summary_columns,
     FM_COUNT(summary_columns), "n_flagged"},
};

/* ---- 3. figures, verdicts -------------------------------------------------------- */

static const fm_figure figures[] = {
    {.name = "chart",
     .caption =
         "Control chart of the values or subgroup means with centre line and three-sigma "
         "limits; flagged points carry a ring.",
     .table = "points",
     .columns = "index value centre lower upper flagged",
     .by = "statistic",
     .script = "spc/spc_chart.gp",
     .flags = FM_FIG_POINT},
    {.name = "spread",
     .caption =
         "Control chart of the moving ranges, ranges or standard deviations; points "
         "beyond a limit carry a ring.",
     .table = "points",
     .columns = "index value centre lower upper flagged",
     .by = "statistic",
     .script = "spc/spc_chart.gp",
     .flags = FM_FIG_POINT},
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

/* ---- 4. plotted statistics ------------------------------------------------------- */

/* One plotted statistic over time; a missing point (NaN) is not plotted and breaks
 * runs. */
typedef struct series {
    fm_spc_statistic statistic;
    double *value; /* [n] */
} series;

typedef struct analysis {
    const fm_point *point;
    size_t n;               /* values or subgroups */
    size_t n_missing;       /* rows left out */
    fm_spc_subgroup *group; /* [n] size 1 for individuals */
    size_t *row;            /* [n] first data row */
    series part[2];         /* location, spread */
    fm_spc_process process;
    fm_spc_limits *limits[2]; /* [max_size + 1] by subgroup size; sigma 0: not computed */
    size_t max_size;
    size_t n_flagged[2];
} analysis;

static const char *const statistic_names[] = {
    [FM_SPC_INDIVIDUAL] = "individual",
    [FM_SPC_MOVING_RANGE] = "moving range",
    [FM_SPC_MEAN] = "mean",
    [FM_SPC_RANGE] = "range",
    [FM_SPC_STD_DEV] = "std_dev",
};

static void
analysis_free(analysis *a)
{
    free(a->group);
    free(a->row);
    for (int part = 0; part < 2; part++) {
        free(a->part[part].value);
        free(a->limits[part]);
    }
}

/* Column of the data, or NULL where the scenario names none. */
static const fm_data_column *
data_column(const fm_point *point, size_t declared)
{
    const fm_data *data = fm_input(point, 0);
    size_t k = data->first[declared];
    return k < data->first[declared + 1] ? &data->columns[k] : NULL;
}

static fm_status
allocate(analysis *a, fm_error *err)
{
    size_t n = fm_input(a->point, 0)->n_rows + 1;
    a->group = calloc(n, sizeof *a->group);
    a->row = calloc(n, sizeof *a->row);
    a->part[0].value = calloc(n, sizeof(double));
    a->part[1].value = calloc(n, sizeof(double));
    if (a->group && a->row && a->part[0].value && a->part[1].value)
        return FM_OK;
    (void)FM_FAIL(err, FM_ENOMEM, "memory ran out for %zu rows", n);
    return FM_ENOMEM;
}

/* Says in words why there are no limits. */
static fm_status
explain(const analysis *a, fm_status st, fm_error *err)
{
    bool single = fm_integer(a->point, P_CHART) == CHART_INDIVIDUALS;
    if (st == FM_ETOOFEW)
        return FM_FAIL(err, st, "%s",
                       single ? "no two consecutive values: there is no moving range"
                              : "no subgroup has two values: there is no spread within "
                                "subgroups; use the individuals chart");
    if (st == FM_ESINGULAR)
        return FM_FAIL(
            err, st, "%s",
            single ? "all moving ranges are 0: no limits can be computed"
                   : "all values are equal within each subgroup: no limits can be "
                     "computed");
    return FM_FAIL(err, st,
                   "a value is not finite, or a subgroup has more than %d values (use "
                   "xbar-s)",
                   FM_SPC_SIZE_MAX);
}

static fm_status
individuals(analysis *a, fm_error *err)
{
    const fm_data *data = fm_input(a->point, 0);
    const double *x = data_column(a->point, C_RESPONSE)->real;
    fm_status st = fm_spc_individuals_eval(x, data->n_rows, &a->process);
    if (st != FM_OK)
        return explain(a, st, err);
    a->n = data->n_rows;
    a->max_size = 2;
    a->part[0].statistic = FM_SPC_INDIVIDUAL;
    a->part[1].statistic = FM_SPC_MOVING_RANGE;
    for (size_t i = 0; i < a->n; i++) {
        a->group[i].n = 1;
        a->row[i] = i;
        a->part[0].value[i] = x[i];
        a->part[1].value[i] = i > 0 ? fabs(x[i] - x[i - 1]) : (double)NAN;
        a->n_missing += isnan(x[i]) ? 1 : 0;
    }
    return FM_OK;
}

/* Ends of the subgroup that begins at `row`: rows with the same label, or the given
 * size. */
static size_t
subgroup_end(const fm_point *point, size_t row)
{
    size_t n_rows = fm_input(point, 0)->n_rows;
    const fm_data_column *label = data_column(point, C_SUBGROUP);
    if (label == NULL)
        return row + (size_t)fm_integer(point, P_SUBGROUP_SIZE);
    size_t end = row + 1;
    while (end < n_rows && label->code[end] == label->code[row])
        end++;
    return end;
}

/* A label that comes back after another one would silently split a subgroup, or merge
 * two. */
static fm_status
check_order(const fm_point *point, fm_error *err)
{
    const fm_data *data = fm_input(point, 0);
    const fm_data_column *label = data_column(point, C_SUBGROUP);
    if (label == NULL) {
        size_t size = (size_t)fm_integer(point, P_SUBGROUP_SIZE);
        if (data->n_rows % size != 0)
            return FM_FAIL(err, FM_EDATA, "%zu rows do not make subgroups of %zu",
                           data->n_rows, size);
        return FM_OK;
    }
    int32_t newest = -1; /* codes are given in order of appearance */
    for (size_t i = 0; i < data->n_rows; i++) {
        int32_t code = label->code[i];
        if (code < 0)
            return FM_FAIL(err, FM_EDATA, "line %llu has no subgroup in column '%s'",
                           (unsigned long long)data->line[i], label->name);
        if (code < newest && (i == 0 || code != label->code[i - 1]))
            return FM_FAIL(
                err, FM_EDATA,
                "subgroup '%s' appears again in line %llu, after others: sort the "
                "rows, or give each subgroup its own label",
                label->labels[code], (unsigned long long)data->line[i]);
        newest = code > newest ? code : newest;
    }
    return FM_OK;
}

static fm_spc_sigma
sigma_kind(const fm_point *point)
{
    if (fm_integer(point, P_SIGMA) == SIGMA_POOLED)
        return FM_SPC_SIGMA_POOLED;
    return fm_integer(point, P_CHART) == CHART_XBAR_R ? FM_SPC_SIGMA_RANGE
                                                      : FM_SPC_SIGMA_STD_DEV;
}

static fm_status
subgroups(analysis *a, fm_error *err)
{
    const fm_data *data = fm_input(a->point, 0);
    const double *x = data_column(a->point, C_RESPONSE)->real;
    bool ranges = fm_integer(a->point, P_CHART) == CHART_XBAR_R;
    fm_status st = check_order(a->point, err);
    a->part[0].statistic = FM_SPC_MEAN;
    a->part[1].statistic = ranges ? FM_SPC_RANGE : FM_SPC_STD_DEV;
    for (size_t row = 0, end; st == FM_OK && row < data->n_rows; row = end) {
        fm_spc_subgroup *g = &a->group[a->n];
        end = subgroup_end(a->point, row);
        st = fm_spc_subgroup_eval(x + row, end - row, g);
        a->row[a->n] = row;
        a->part[0].value[a->n] = g->mean;
        a->part[1].value[a->n] = ranges ? g->range : g->std_dev;
        a->n_missing += end - row - g->n;
        a->max_size = g->n > a->max_size ? g->n : a->max_size;
        a->n++;
    }
    fm_spc_process process;
    if (st == FM_OK)
        st = fm_spc_subgroups_eval(a->group, a->n, sigma_kind(a->point), &process);
    if (st != FM_OK)
        return explain(a, st, err);
    a->process = process;
    return FM_OK;
}

/* ---- 5. limits, rules, rows ------------------------------------------------------ */

/* Subgroup size behind a plotted point. */
static size_t
point_size(const analysis *a, int part, size_t i)
{
    return a->part[part].statistic == FM_SPC_MOVING_RANGE ? 2 : a->group[i].n;
}

/* Limits of every size that occurs, computed once each. */
static fm_status
find_limits(analysis *a, int part, fm_error *err)
{
    a->limits[part] = calloc(a->max_size + 1, sizeof *a->limits[part]);
    if (a->limits[part] == NULL)
        return FM_FAIL(err, FM_ENOMEM, "memory ran out for the limits");
    for (size_t i = 0; i < a->n; i++) {
        size_t size = point_size(a, part, i);
        if (isnan(a->part[part].value[i]) || a->limits[part][size].sigma > 0)
            continue;
        fm_status st = fm_spc_limits_eval(a->part[part].statistic, size, &a->process,
                                          &a->limits[part][size]);
        if (st != FM_OK)
            return explain(a, st, err);
    }
    return FM_OK;
}

/* The chosen rules in their fixed order; spread statistics keep the one-point rule
 * only. */
static size_t
choose_rules(const fm_point *point, int part, fm_spc_rule rules_out[FM_SPC_WE_COUNT])
{
    const fm_value *chosen = fm_value_at(point, P_RULES);
    size_t n = 0;
    for (size_t r = 0; r < FM_SPC_WE_COUNT; r++) {
        bool is_chosen = false;
        for (size_t i = 0; i < chosen->n; i++)
            is_chosen = is_chosen || chosen->items[i].integer == (int64_t)r;
        if (is_chosen && (part == 0 || fm_spc_rules_we[r].w == 1))
            rules_out[n++] = fm_spc_rules_we[r];
    }
    return n;
}

/* Names of the rules whose bits are set, separated by blanks. */
static void
flag_text(const fm_spc_rule *rules, size_t n_rules, uint32_t flags, char text_out[64])
{
    size_t length = 0;
    text_out[0] = '\0';
    for (size_t r = 0; r < n_rules; r++) {
        size_t more = strlen(rules[r].name);
        if (!(flags >> r & 1) || length + more + 2 > 64)
            continue;
        if (length > 0)
            text_out[length++] = ' ';
        memcpy(text_out + length, rules[r].name, more + 1);
        length += more;
    }
}

static const char *
point_label(const analysis *a, size_t i)
{
    const fm_data_column *label = data_column(a->point, C_LABEL);
    if (label == NULL)
        label = data_column(a->point, C_SUBGROUP);
    if (label == NULL || label->code[a->row[i]] < 0)
        return "";
    return label->labels[label->code[a->row[i]]];
}

static fm_status
put_points(analysis *a, int part, fm_out *out)
{
    fm_spc_rule rules[FM_SPC_WE_COUNT];
    fm_spc_rule_state state[FM_SPC_WE_COUNT] = {{.above = 0}};
    size_t n_rules = choose_rules(a->point, part, rules);
    fm_status st = FM_OK;
    for (size_t i = 0; i < a->n && st == FM_OK; i++) {
        double value = a->part[part].value[i];
        size_t size = point_size(a, part, i);
        const fm_spc_limits *l = &a->limits[part][size];
        uint32_t flags =
            fm_spc_rules_step(rules, n_rules, state, value, l->centre, l->sigma);
        if (isnan(value))
            continue;
        char text[64];
        flag_text(rules, n_rules, flags, text);
        a->n_flagged[part] += flags != 0 ? 1 : 0;
        fm_cell row[] = {{.integer = (int64_t)i + 1},
                         {.text = statistic_names[a->part[part].statistic]},
                         {.text = point_label(a, i)},
                         {.integer = (int64_t)size},
                         {.real = value},
                         {.real = l->centre},
                         {.real = l->lower},
                         {.real = l->upper},
                         {.text = text},
                         {.integer = flags != 0}};
        st = fm_out_row(out, T_POINTS, row);
    }
    return st;
}

static fm_status
put_limits(const analysis *a, int part, size_t *count, fm_out *out)
{
    memset(count, 0, (a->max_size + 1) * sizeof *count);
    for (size_t i = 0; i < a->n; i++)
        if (!isnan(a->part[part].value[i]))
            count[point_size(a, part, i)]++;
    fm_status st = FM_OK;
    for (size_t size = 1; size <= a->max_size && st == FM_OK; size++) {
        if (count[size] == 0)
            continue;
        const fm_spc_limits *l = &a->limits[part][size];
        fm_cell row[] = {{.text = statistic_names[a->part[part].statistic]},
                         {.integer = (int64_t)size},
                         {.integer = (int64_t)count[size]},
                         {.real = l->centre},
                         {.real = l->sigma},
                         {.real = l->lower},
                         {.real = l->upper}};
        st = fm_out_row(out, T_LIMITS, row);
    }
    return st;
}

static fm_status
put_summary(const analysis *a, fm_out *out)
{
    enum {
        USUAL = 20
    };
    size_t n_points = 0;
    for (size_t i = 0; i < a->n; i++)
        n_points += isnan(a->part[0].value[i]) ? 0 : 1;
    if (a->n_missing > 0)
        fm_out_remark(out, "%zu missing values were left out; they break runs of points",
                      a->n_missing);
    if (n_points < USUAL)
        fm_out_remark(out, "limits rest on %zu points only; %d or more are usual",
                      n_points, USUAL);
    fm_cell row[] = {{.integer = (int64_t)n_points},
                     {.integer = (int64_t)a->process.n},
                     {.integer = (int64_t)a->n_missing},
                     {.real = a->process.mean},
                     {.real = a->process.sigma},
                     {.integer = (int64_t)(a->n_flagged[0] + a->n_flagged[1])},
                     {.integer = (int64_t)a->n_flagged[0]},
                     {.integer = (int64_t)a->n_flagged[1]}};
    return fm_out_row(out, T_SUMMARY, row);
}

static fm_status
put_all(analysis *a, fm_out *out, fm_error *err)
{
    size_t *count = calloc(a->max_size + 1, sizeof *count);
    fm_status st = count != NULL ? FM_OK : FM_ENOMEM;
    for (int part = 0; part < 2; part++) {
        if (st == FM_OK)
            st = put_limits(a, part, count, out);
        if (st == FM_OK)
            st = put_points(a, part, out);
    }
    if (st == FM_OK)
        st = put_summary(a, out);
    free(count);
    return st == FM_OK ? st : FM_FAIL(err, st, "memory ran out for the result");
}

/* ---- 6. the study ---------------------------------------------------------------- */

static fm_status
check(const fm_point *point, fm_error *err)
{
    bool by_label = fm_present(point, P_SUBGROUP);
    bool by_size = fm_present(point, P_SUBGROUP_SIZE);
    bool single = fm_integer(point, P_CHART) == CHART_INDIVIDUALS;
    if (fm_input(point, 0) == NULL)
        return FM_FAIL(err, FM_ESCENARIO, "data.measurements is missing");
    if (single && (by_label || by_size))
        return FM_FAIL(
            err, FM_ESCENARIO,
            "chart: individuals has no subgroups; use xbar-r or xbar-s, or leave out %s",
            by_label ? "subgroup" : "subgroup_size");
    if (single && fm_integer(point, P_SIGMA) == SIGMA_POOLED)
        return FM_FAIL(err, FM_ESCENARIO,
                       "sigma: pooled needs subgroups (xbar-r or xbar-s)");
    if (!single && by_label == by_size)
        return FM_FAIL(err, FM_ESCENARIO,
                       "chart: %s needs %s of subgroup and subgroup_size",
                       fm_text(point, P_CHART), by_label ? "only one" : "one");
    if (by_label && strcmp(fm_text(point, P_SUBGROUP), fm_text(point, P_RESPONSE)) == 0)
        return FM_FAIL(err, FM_ESCENARIO, "subgroup: '%s' is the response",
                       fm_text(point, P_SUBGROUP));
    if (fm_value_at(point, P_RULES)->n == 0)
        return FM_FAIL(err, FM_ESCENARIO, "rules: give at least one, e.g. [we1]");
    return FM_OK;
}

static uint64_t
rows(const fm_point *point, size_t table)
{
    const fm_data *data = fm_input(point, 0);
    if (table == T_SUMMARY)
        return 1;
    if (table == T_LIMITS || data == NULL)
        return 2;
    const fm_data_column *label = data_column(point, C_SUBGROUP);
    uint64_t n = label != NULL ? label->n_labels : data->n_rows;
    if (fm_present(point, P_SUBGROUP_SIZE))
        n /= (uint64_t)fm_integer(point, P_SUBGROUP_SIZE);
    return 2 * n;
}

static fm_status
run(const fm_point *point, fm_out *out, fm_error *err)
{
    analysis a = {.point = point};
    fm_status st = allocate(&a, err);
    if (st == FM_OK)
        st = fm_integer(point, P_CHART) == CHART_INDIVIDUALS ? individuals(&a, err)
                                                             : subgroups(&a, err);
    for (int part = 0; part < 2 && st == FM_OK; part++)
        st = find_limits(&a, part, err);
    if (st == FM_OK)
        st = put_all(&a, out, err);
    analysis_free(&a);
    return st;
}

static const char about[] =
    "Shewhart control charts of measured values: individuals with moving ranges, or "
    "subgroup means with ranges or standard deviations. Limits are computed from the "
    "data shown (phase I), at three standard deviations of the plotted statistic.\n\n"
    "The standard deviation of a single value, sigma within, comes from what varies "
    "inside subgroups, never from the overall spread: the mean moving range over d2(2), "
    "the mean range over d2(n), the mean standard deviation over c4(n), or the pooled "
    "variance. The constants d2, d3 and c4 are computed for each subgroup size, not read "
    "from rounded tables. Subgroups of unequal size have limits of their own; their "
    "ranges or standard deviations are then combined with weights of least variance "
    "(Burr 1969). Pooled variance is the root of the mean of the subgroup variances "
    "weighted by their degrees of freedom, without bias correction.\n\n"
    "The upper limit of moving ranges is their mean plus three standard deviations of "
    "the range of two normal values (3.267 times the mean, the usual D4). Used together "
    "with the individuals chart it makes false alarms frequent: with known parameters "
    "the pair signals once in 105 points on average, not once in 370. Judge a lone "
    "moving range signal accordingly.\n\n"
    "Run rules we1 to we4 flag points of the means or individuals; all thirds of the "
    "chart use the standard deviation of the plotted statistic. Ranges, standard "
    "deviations and moving ranges get the one-point rule only. Beyond means strictly "
    "beyond. All four rules together signal once in 92 in-control points on average. A "
    "missing value breaks runs and moving ranges. Sources: Western Electric, "
    "*Statistical Quality Control Handbook* (1956); NIST/SEMATECH e-Handbook 6.3.";

const fm_study fm_study_spc_chart = {
    .name = "spc.chart",
    .summary = "control chart of measured values with run rules",
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
    .check = check,
    .rows = rows,
    .run = run,
};
