/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Study spc.components: variance components of nested measured data.
 *
 * Contents
 *   1. parameters, inputs     3. figures, verdicts     5. rows
 *   2. tables                 4. the analysis          6. the study
 */
#include "config.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/rows.h"
#include "core/study.h"
#include "spc/spc_nested.h"
#include "spc/spc_reml.h"

/* ---- 1. parameters, inputs ------------------------------------------------------- */

enum {
    P_RESPONSE,
    P_FACTORS,
    P_METHOD,
    P_CONFIDENCE,
    P_RESIDUAL_NAME
};
enum {
    METHOD_ANOVA,
    METHOD_REML
};

static const char *const methods[] = {"anova", "reml", NULL};

static const char no_term_column[] = "names a column of the user's data";

static const fm_param params[] = {
    {.key = "response",
     .kind = FM_TEXT,
     .example = "resistivity",
     .flags = FM_REQUIRED | FM_FIXED | FM_COLUMN_NAME,
     .no_term = no_term_column,
     .help = "column with the measured values"},
    {.key = "factors",
     .kind = FM_LIST,
     .item = FM_TEXT,
     .example = "[instrument]",
     .flags = FM_REQUIRED | FM_FIXED | FM_COLUMN_NAME,
     .no_term = no_term_column,
     .help = "columns with the labels of the units, outermost first, e.g. [lot, wafer]; "
             "a label that repeats under another parent is another unit"},
    {.key = "method",
     .kind = FM_CHOICE,
     .def = "anova",
     .choices = methods,
     .term = "waf.variance-component",
     .help = "anova: equate mean squares to their expectations; reml: restricted maximum "
             "likelihood"},
    {.key = "confidence",
     .kind = FM_REAL,
     .unit = "1",
     .def = "0.95",
     .min = 0,
     .max = 1,
     .flags = FM_OPEN_MIN | FM_OPEN_MAX,
     .term = "met.confidence-interval",
     .help = "confidence level of the two-sided intervals"},
    {.key = "residual_name",
     .kind = FM_TEXT,
     .def = "residual",
     .flags = FM_FIXED,
     .no_term = "a label for tables and figures",
     .help = "name of the variation inside the innermost factor, e.g. site"},
};

enum {
    C_RESPONSE,
    C_FACTORS
};

static const fm_input_column measurement_columns[] = {
    {.name = "response",
     .type = FM_TYPE_REAL,
     .from_param = "response",
     .flags = FM_COL_REQUIRED | FM_COL_MISSING,
     .help = "measured value, in any unit; empty where missing"},
    {.name = "factors",
     .type = FM_TYPE_TEXT,
     .from_param = "factors",
     .flags = FM_COL_REQUIRED | FM_COL_MISSING,
     .help = "label of the unit the value belongs to, one column per factor"},
};

static const char example[] =
    "# Resistivity of silicon wafers by five instruments, ohm cm.\n"
    "# Source: NIST Statistical Reference Datasets, one-way ANOVA, SiRstv.\n"
    "instrument,resistivity [ohm cm]\n"
    "1,196.3052\n1,196.1240\n1,196.1890\n1,196.2569\n1,196.3403\n"
    "2,196.3042\n2,196.3825\n2,196.1669\n2,196.3257\n2,196.0422\n"
    "3,196.1303\n3,196.2005\n3,196.2889\n3,196.0343\n3,196.1811\n"
    "4,196.2795\n4,196.1748\n4,196.1494\n4,196.1485\n4,195.9885\n"
    "5,196.2119\n5,196.1051\n5,196.1850\n5,196.0052\n5,196.2090\n";

static const fm_input_decl inputs[] = {
    {.name = "measurements",
     .columns = measurement_columns,
     .n_columns = FM_COUNT(measurement_columns),
     .example = example,
     .help = "one row per measurement; rows without a value or a label are left out and "
             "counted"},
};

/* ---- 2. tables ------------------------------------------------------------------- */

#define UNIT   "@measurements.response"
#define SQUARE "@measurements.response^2"

enum {
    T_ANOVA,
    T_COMPONENTS,
    T_SUMMARY,
    T_CELLS
};

static const fm_column anova_columns[] = {
    {"source", FM_TYPE_TEXT, "", "source of variation", FM_AXIS, NULL,
     "spc.analysis-of-variance", NULL},
    {"df", FM_TYPE_REAL, "1", "degrees of freedom", FM_VALUE, NULL,
     "spc.degrees-of-freedom", NULL},
    {"ss", FM_TYPE_REAL, SQUARE, "sum of squares", FM_VALUE, NULL, "spc.sum-of-squares",
     NULL},
    {"ms", FM_TYPE_REAL, SQUARE, "mean square", FM_VALUE, NULL, "spc.mean-square", NULL},
    {"f", FM_TYPE_REAL, "1", "F ratio", FM_VALUE, NULL, "spc.f-test", NULL},
    {"error_df", FM_TYPE_REAL, "1", "degrees of freedom of the F ratio's denominator",
     FM_VALUE, NULL, "spc.degrees-of-freedom", NULL},
    {"p", FM_TYPE_REAL, "1", "p value of the F test", FM_VALUE, NULL, "spc.f-test", NULL},
};

static const char *const interval_words[] = {
    "none", "chi-square", "mls", "mls-approximate", "profile", "satterthwaite", NULL};
static const char *const estimate_words[] = {"ok", "set to zero", "at zero bound", NULL};
static const char *const yes_words[] = {"no", "yes", NULL};

static const fm_column component_columns[] = {
    {"source", FM_TYPE_TEXT, "", "source of variation", FM_AXIS, NULL,
     "waf.variance-component", NULL},
    {"variance", FM_TYPE_REAL, SQUARE, "variance component", FM_VALUE, NULL,
     "waf.variance-component", NULL},
    {"std_dev", FM_TYPE_REAL, UNIT, "standard deviation", FM_VALUE, NULL,
     "met.standard-deviation", NULL},
    {"percent", FM_TYPE_REAL, "%", "share of the total variance", FM_VALUE, NULL,
     "waf.variance-component", NULL},
    {"lower", FM_TYPE_REAL, SQUARE, "lower confidence limit of the variance", FM_VALUE,
     NULL, "met.confidence-interval", NULL},
    {"upper", FM_TYPE_REAL, SQUARE, "upper confidence limit of the variance", FM_VALUE,
     NULL, "met.confidence-interval", NULL},
    {"interval", FM_TYPE_CODE, "", "method of the confidence interval", FM_VALUE,
     interval_words, "met.confidence-interval", NULL},
    {"raw_variance", FM_TYPE_REAL, SQUARE,
     "ANOVA estimate before negative ones are set to 0", FM_VALUE, NULL,
     "waf.variance-component", NULL},
    {"estimate", FM_TYPE_CODE, "", "state of the estimate", FM_STATUS, estimate_words,
     NULL, "a status, not a quantity"},
};

static const fm_column summary_columns[] = {
    {"mean", FM_TYPE_REAL, UNIT, "mean of all measurements", FM_VALUE, NULL,
     "met.arithmetic-mean", NULL},
    {"std_error", FM_TYPE_REAL, UNIT, "standard error of the mean", FM_VALUE, NULL,
     "met.standard-uncertainty", NULL},
    {"n", FM_TYPE_INTEGER, "1", "number of measurements used", FM_VALUE, NULL, NULL,
     "a count"},
    {"n_missing", FM_TYPE_INTEGER, "1", "number of rows left out", FM_VALUE, NULL, NULL,
     "a count"},
    {"n_cells", FM_TYPE_INTEGER, "1", "number of units of the innermost factor", FM_VALUE,
     NULL, NULL, "a count"},
    {"balanced", FM_TYPE_CODE, "", "all units of a level have equally many members",
     FM_VALUE, yes_words, NULL, "a property of the data"},
    {"total_variance", FM_TYPE_REAL, SQUARE, "sum of the variance components", FM_VALUE,
     NULL, "waf.variance-component", NULL},
    {"total_std_dev", FM_TYPE_REAL, UNIT, "standard deviation of a single measurement",
     FM_VALUE, NULL, "met.standard-deviation", NULL},
    {"n_at_zero", FM_TYPE_INTEGER, "1", "number of components that are 0", FM_VALUE, NULL,
     "waf.variance-component", NULL},
    {"deviance", FM_TYPE_REAL, "1",
     "minus twice the log restricted likelihood (reml), up to a constant", FM_VALUE, NULL,
     "spc.reml", NULL},
};

static const fm_column cell_columns[] = {
    {"cell", FM_TYPE_INTEGER, "1", "number of the innermost unit", FM_AXIS, NULL, NULL,
     "a running number"},
    {"group", FM_TYPE_TEXT, "", "label of the outermost factor", FM_VALUE, NULL, NULL,
     "a label of the user's data"},
    {"label", FM_TYPE_TEXT, "", "labels of all factors", FM_VALUE, NULL, NULL,
     "a label of the user's data"},
    {"n", FM_TYPE_INTEGER, "1", "number of measurements", FM_VALUE, NULL, NULL,
     "a count"},
    {"mean", FM_TYPE_REAL, UNIT, "mean of the innermost unit", FM_VALUE, NULL,
     "met.arithmetic-mean", NULL},
    {"min", FM_TYPE_REAL, UNIT, "smallest measurement", FM_VALUE, NULL, NULL,
     "an extreme of the data"},
    {"max", FM_TYPE_REAL, UNIT, "largest measurement", FM_VALUE, NULL, NULL,
     "an extreme of the data"},
    {"group_mean", FM_TYPE_REAL, UNIT, "mean of the outermost unit", FM_VALUE, NULL,
     "met.arithmetic-mean", NULL},
};

static const fm_table tables[] = {
    {"anova", "analysis of variance", FM_MANY_ROWS, anova_columns,
     FM_COUNT(anova_columns), "ms"},
    {"components", "variance components", FM_MANY_ROWS, component_columns,
     FM_COUNT(component_columns), "variance"},
    {"summary", "summary of the data", FM_ONE_ROW, summary_columns,
     FM_COUNT(summary_columns), "total_std_dev"},
    {"cells", "innermost units in order of their labels", FM_MANY_ROWS, cell_columns,
     FM_COUNT(cell_columns), "mean"},
};

/* ---- 3. figures, verdicts -------------------------------------------------------- */

static const fm_figure figures[] = {
    {.name = "components",
     .caption =
         "Standard deviation of each source of variation with its confidence interval; "
         "the numbers above the bars are shares of the total variance.",
     .table = "components",
     .columns = "source std_dev lower upper percent",
     .script = "spc/spc_components.gp",
     .flags = FM_FIG_POINT},
    {.name = "variability",
     .caption =
         "Variability chart: mean and range (smallest to largest measurement) of each "
         "innermost unit, mean of each outermost unit, and the grand mean.",
     .table = "cells",
     .columns = "cell mean min max group_mean group",
     .scalars = "summary.mean",
     .script = "spc/spc_components.gp",
     .flags = FM_FIG_POINT},
};

static const fm_verdict verdicts[] = {
    {.name = "components-positive",
     .statement = "number of variance components estimated as zero",
     .table = "summary",
     .column = "n_at_zero",
     .direction = FM_AT_MOST,
     .limit = 0,
     .term = "waf.variance-component"},
};

/* ---- 4. the analysis ------------------------------------------------------------- */

typedef struct analysis {
    const fm_point *point;
    size_t n, n_missing, depth;
    size_t *row;   /* [n] data row of the i-th used observation */
    int32_t *code; /* [depth][n] */
    double *y;     /* [n] in tree order */
    double *mean;  /* unit means about the grand mean */
    size_t *words; /* memory of the tree */
    fm_spc_tree tree;
    fm_spc_anova anova;
    fm_spc_component component[FM_SPC_SOURCE_MAX];
    double std_error, deviance;
    fm_spc_reml_group *group; /* memory of the restricted likelihood */
    size_t *first;
} analysis;

static void
analysis_free(analysis *a)
{
    free(a->row);
    free(a->code);
    free(a->y);
    free(a->mean);
    free(a->words);
    free(a->group);
    free(a->first);
}

static const fm_data_column *
data_column(const fm_point *point, size_t declared, size_t k)
{
    const fm_data *data = fm_input(point, 0);
    return &data->columns[data->first[declared] + k];
}

/* Name of a source: a factor's, or the residual's. */
static const char *
source_name(const fm_point *point, size_t source)
{
    const fm_value *factors = fm_value_at(point, P_FACTORS);
    return source < factors->n ? factors->items[source].text
                               : fm_text(point, P_RESIDUAL_NAME);
}

static bool
row_is_complete(const fm_point *point, size_t depth, size_t row)
{
    if (isnan(data_column(point, C_RESPONSE, 0)->real[row]))
        return false;
    for (size_t l = 0; l < depth; l++)
        if (data_column(point, C_FACTORS, l)->code[row] < 0)
            return false;
    return true;
}

/* Memory for all rows of the data. */
static fm_status
allocate(analysis *a, size_t n_rows, size_t n_codes)
{
    size_t n = n_rows > 0 ? n_rows : 1;
    assert(a->depth >= 1);
    a->row = calloc(n, sizeof *a->row);
    a->code = calloc(n * a->depth, sizeof *a->code);
    a->y = calloc(n, sizeof *a->y);
    a->mean = calloc(n * a->depth, sizeof *a->mean);
    a->words = calloc(fm_spc_tree_words(n, a->depth, n_codes), sizeof *a->words);
    return a->row && a->code && a->y && a->mean && a->words ? FM_OK : FM_ENOMEM;
}

/* Picks the complete rows and sorts them into the tree. */
static fm_status
collect(analysis *a, fm_error *err)
{
    const fm_point *point = a->point;
    size_t n_rows = fm_input(point, 0)->n_rows, n_codes = 1;
    for (size_t l = 0; l < a->depth; l++)
        if (data_column(point, C_FACTORS, l)->n_labels > n_codes)
            n_codes = data_column(point, C_FACTORS, l)->n_labels;
    fm_status st = allocate(a, n_rows, n_codes);
    if (st != FM_OK)
        return FM_FAIL(err, st, "memory ran out for %zu rows", n_rows);
    for (size_t i = 0; i < n_rows; i++)
        if (row_is_complete(point, fm_value_at(point, P_FACTORS)->n, i))
            a->row[a->n++] = i;
    a->n_missing = n_rows - a->n;
    for (size_t l = 0; l < a->depth; l++)
        for (size_t i = 0; i < a->n; i++)
            a->code[l * a->n + i] = data_column(point, C_FACTORS, l)->code[a->row[i]];
    fm_spc_tree tree;
    st = fm_spc_tree_build(a->code, a->n, a->depth, n_codes, a->words, &tree);
    if (st != FM_OK)
        return FM_FAIL(err, st, "no row of the %zu has both a value and all labels",
                       n_rows);
    a->tree = tree;
    const double *real = data_column(point, C_RESPONSE, 0)->real;
    for (size_t i = 0; i < a->n; i++)
        a->y[i] = real[a->row[a->tree.order[i]]];
    return FM_OK;
}

/* Where every unit of the innermost factor has one measurement, that factor is what
 * varies within the next one: the residual, which then carries its name. */
static fm_status
fold_singles(analysis *a, fm_out *out, fm_error *err)
{
    if (a->depth < 2 || a->tree.n_units[a->depth] < a->n)
        return FM_OK;
    fm_out_remark(out, "one measurement in each '%s': its variation is the residual",
                  source_name(a->point, a->depth - 1));
    analysis fewer = {.point = a->point, .depth = a->depth - 1};
    analysis_free(a);
    *a = fewer;
    return collect(a, err);
}

/* Says in words why the analysis of variance is not possible. */
static fm_status
explain(const analysis *a, fm_status st, fm_error *err)
{
    const fm_spc_tree *t = &a->tree;
    if (st == FM_ETOOFEW)
        return FM_FAIL(
            err, st, "each unit of '%s' has one measurement: nothing is left for '%s'",
            source_name(a->point, a->depth - 1), source_name(a->point, a->depth));
    for (size_t l = 1; st == FM_ESINGULAR && l <= a->depth; l++) {
        const char *name = source_name(a->point, l - 1);
        if (t->n_units[l] == 1)
            return FM_FAIL(err, st,
                           "all measurements have the same '%s': its variance cannot "
                           "be estimated",
                           name);
        if (t->n_units[l] == t->n_units[l - 1])
            return FM_FAIL(err, st,
                           "each unit of '%s' has one '%s': their variances cannot be "
                           "told apart; leave one of the factors out",
                           source_name(a->point, l - 2), name);
    }
    if (st == FM_ESINGULAR)
        return FM_FAIL(err, st,
                       "all %zu measurements are equal: there is no variation to assign",
                       a->n);
    return FM_FAIL(err, st, "a measurement is not a finite number");
}

/* Components, standard error and deviance by restricted maximum likelihood. */
static fm_status
estimate_reml(analysis *a, double confidence, fm_error *err)
{
    fm_spc_reml_data data = {
        .tree = &a->tree,
        .cell_mean = a->mean + fm_spc_tree_offset(&a->tree, a->depth),
        .ss_within = a->anova.ss[a->depth],
        .balanced = a->tree.balanced ? &a->anova : NULL,
        .stop = a->point->stop,
    };
    a->group = calloc(a->tree.n_units[a->depth] + 1, sizeof *a->group);
    a->first = calloc(a->tree.n_units[a->depth - 1] + 1, sizeof *a->first);
    if (a->group == NULL || a->first == NULL)
        return FM_FAIL(err, FM_ENOMEM, "memory ran out for %zu rows", a->n);
    fm_spc_reml_compress(&data, a->group, a->first);
    fm_spc_reml_fit fit;
    fm_status st = fm_spc_reml_fit_eval(&data, a->anova.raw, &fit);
    if (st == FM_EINTERRUPT)
        return FM_FAIL(err, st, "interrupted");
    if (st == FM_ESINGULAR)
        return FM_FAIL(err, st,
                       "nothing varies within the units of '%s': reml has no solution",
                       source_name(a->point, a->depth - 1));
    if (st != FM_OK)
        return FM_FAIL(err, st, "the restricted likelihood could not be maximised");
    a->std_error = fit.mean_se;
    a->deviance = fit.deviance;
    st = fm_spc_reml_components(&data, &fit, confidence, a->component);
    return st == FM_EINTERRUPT ? FM_FAIL(err, st, "interrupted") : st;
}

static fm_status
estimate(analysis *a, fm_error *err)
{
    double confidence = fm_real(a->point, P_CONFIDENCE);
    fm_status st = fm_spc_anova_eval(&a->tree, a->y, a->mean, &a->anova);
    if (st != FM_OK)
        return explain(a, st, err);
    if (fm_integer(a->point, P_METHOD) == METHOD_REML)
        return estimate_reml(a, confidence, err);
    st = fm_spc_components_eval(&a->anova, confidence, a->component);
    double variance = 0;
    for (size_t i = 0; i <= a->depth; i++)
        variance += a->anova.mean_coef[i] * a->component[i].variance;
    a->std_error = sqrt(variance);
    a->deviance = (double)NAN;
    return st;
}

/* ---- 5. rows --------------------------------------------------------------------- */

static fm_status
put_anova(const analysis *a, fm_out *out)
{
    const fm_spc_anova *t = &a->anova;
    fm_status st = FM_OK;
    for (size_t i = 0; i <= a->depth && st == FM_OK; i++) {
        fm_cell row[] = {{.text = source_name(a->point, i)},
                         {.real = t->df[i]},
                         {.real = t->ss[i]},
                         {.real = t->ms[i]},
                         {.real = t->f[i]},
                         {.real = isnan(t->f[i]) ? (double)NAN : t->below_df[i]},
                         {.real = t->p[i]}};
        st = fm_out_row(out, T_ANOVA, row);
    }
    if (st != FM_OK)
        return st;
    fm_cell total[] = {{.text = "total"},     {.real = t->total_df},
                       {.real = t->total_ss}, {.real = (double)NAN},
                       {.real = (double)NAN}, {.real = (double)NAN},
                       {.real = (double)NAN}};
    return fm_out_row(out, T_ANOVA, total);
}

static double
total_variance(const analysis *a)
{
    double total = 0;
    for (size_t i = 0; i <= a->depth; i++)
        total += a->component[i].variance;
    return total;
}

static fm_status
put_components(const analysis *a, fm_out *out)
{
    double total = total_variance(a);
    fm_status st = FM_OK;
    for (size_t i = 0; i <= a->depth && st == FM_OK; i++) {
        const fm_spc_component *c = &a->component[i];
        const char *name = source_name(a->point, i);
        fm_cell row[] = {{.text = name},
                         {.real = c->variance},
                         {.real = sqrt(c->variance)},
                         {.real = 100 * c->variance / total},
                         {.real = c->lower},
                         {.real = c->upper},
                         {.integer = c->interval},
                         {.real = a->anova.raw[i]},
                         {.integer = c->estimate}};
        st = fm_out_row(out, T_COMPONENTS, row);
        if (c->estimate == FM_SPC_ESTIMATE_ZEROED)
            fm_out_remark(out, "the variance of '%s' was estimated negative and set to 0",
                          name);
        else if (c->estimate == FM_SPC_ESTIMATE_BOUND)
            fm_out_remark(out, "the likelihood is largest with no variance of '%s'",
                          name);
        if (c->interval == FM_SPC_INTERVAL_NONE)
            fm_out_remark(out, "no interval could be computed for '%s'", name);
    }
    return st;
}

static fm_status
put_summary(const analysis *a, fm_out *out)
{
    double total = total_variance(a);
    int64_t n_at_zero = 0;
    for (size_t i = 0; i <= a->depth; i++)
        n_at_zero += a->component[i].variance > 0 ? 0 : 1;
    fm_cell row[] = {{.real = a->anova.mean},
                     {.real = a->std_error},
                     {.integer = (int64_t)a->n},
                     {.integer = (int64_t)a->n_missing},
                     {.integer = (int64_t)a->tree.n_units[a->depth]},
                     {.integer = a->tree.balanced},
                     {.real = total},
                     {.real = sqrt(total)},
                     {.integer = n_at_zero},
                     {.real = a->deviance}};
    if (a->n_missing > 0)
        fm_out_remark(out, "%zu rows without a value or a label were left out",
                      a->n_missing);
    return fm_out_row(out, T_SUMMARY, row);
}

/* Labels of all factors of one row, joined by " / "; cut where the buffer ends. */
static void
join_labels(const analysis *a, size_t row, char *text_out, size_t size)
{
    size_t length = 0;
    text_out[0] = '\0';
    for (size_t l = 0; l < a->depth; l++) {
        const fm_data_column *c = data_column(a->point, C_FACTORS, l);
        const char *part[2] = {l > 0 ? " / " : "", c->labels[c->code[row]]};
        for (int k = 0; k < 2; k++) {
            size_t more = strlen(part[k]);
            if (length + more + 1 > size)
                return;
            memcpy(text_out + length, part[k], more + 1);
            length += more;
        }
    }
}

static fm_status
put_cell(const analysis *a, size_t cell, size_t group, fm_out *out)
{
    const fm_spc_tree *t = &a->tree;
    const fm_data_column *outermost = data_column(a->point, C_FACTORS, 0);
    size_t first = t->first[a->depth][cell], end = t->first[a->depth][cell + 1];
    size_t row = a->row[t->order[first]];
    double min = a->y[first], max = a->y[first];
    for (size_t i = first + 1; i < end; i++) {
        min = fmin(min, a->y[i]);
        max = fmax(max, a->y[i]);
    }
    char label[256];
    join_labels(a, row, label, sizeof label);
    double mean = a->anova.mean + a->mean[fm_spc_tree_offset(t, a->depth) + cell];
    fm_cell cells[] = {{.integer = (int64_t)cell + 1},
                       {.text = outermost->labels[outermost->code[row]]},
                       {.text = label},
                       {.integer = (int64_t)(end - first)},
                       {.real = mean},
                       {.real = min},
                       {.real = max},
                       {.real = a->anova.mean + a->mean[group]}};
    return fm_out_row(out, T_CELLS, cells);
}

static fm_status
put_cells(const analysis *a, fm_out *out)
{
    const fm_spc_tree *t = &a->tree;
    fm_status st = FM_OK;
    for (size_t g = 0; g < t->n_units[1]; g++) {
        size_t end = fm_spc_tree_first(t, 1, g + 1, a->depth);
        for (size_t c = fm_spc_tree_first(t, 1, g, a->depth); c < end && st == FM_OK; c++)
            st = put_cell(a, c, g, out);
    }
    return st;
}

/* ---- 6. the study ---------------------------------------------------------------- */

static fm_status
check(const fm_point *point, fm_error *err)
{
    const fm_value *factors = fm_value_at(point, P_FACTORS);
    const char *response = fm_text(point, P_RESPONSE);
    const char *residual = fm_text(point, P_RESIDUAL_NAME);
    if (fm_input(point, 0) == NULL)
        return FM_FAIL(err, FM_ESCENARIO, "data.measurements is missing");
    if (factors->n < 1 || factors->n > FM_SPC_DEPTH_MAX)
        return FM_FAIL(err, FM_ESCENARIO, "factors: %zu given, 1 to %d are possible",
                       factors->n, FM_SPC_DEPTH_MAX);
    for (size_t i = 0; i < factors->n; i++) {
        const char *name = factors->items[i].text;
        if (strcmp(name, response) == 0)
            return FM_FAIL(err, FM_ESCENARIO, "factors: '%s' is the response", name);
        if (strcmp(name, residual) == 0 || strcmp(name, "total") == 0)
            return FM_FAIL(err, FM_ESCENARIO,
                           "factors: '%s' is also the name of another row of the tables",
                           name);
        for (size_t k = 0; k < i; k++)
            if (strcmp(name, factors->items[k].text) == 0)
                return FM_FAIL(err, FM_ESCENARIO, "factors: '%s' is given twice", name);
    }
    return FM_OK;
}

static uint64_t
rows(const fm_point *point, size_t table)
{
    size_t depth = fm_value_at(point, P_FACTORS)->n;
    const fm_data *data = fm_input(point, 0);
    switch (table) {
    case T_ANOVA:
        return depth + 2;
    case T_COMPONENTS:
        return depth + 1;
    case T_SUMMARY:
        return 1;
    default: /* every cell has two rows or more, on average */
        return data != NULL ? data->n_rows / 2 : 0;
    }
}

static fm_status
run(const fm_point *point, fm_out *out, fm_error *err)
{
    analysis a = {.point = point, .depth = fm_value_at(point, P_FACTORS)->n};
    fm_status st = collect(&a, err);
    if (st == FM_OK)
        st = fold_singles(&a, out, err);
    if (st == FM_OK)
        st = estimate(&a, err);
    if (st != FM_OK)
        goto done;
    st = put_anova(&a, out);
    if (st == FM_OK)
        st = put_components(&a, out);
    if (st == FM_OK)
        st = put_summary(&a, out);
    if (st == FM_OK)
        st = put_cells(&a, out);
    if (st != FM_OK)
        st = FM_FAIL(err, st, "memory ran out for the result");
done:
    analysis_free(&a);
    return st;
}

static const char about[] =
    "Splits the variation of measured data into the contributions of nested sources: "
    "lot, wafer within lot, site within wafer, and so on to any depth up to eight "
    "factors. The model is *y = mean + effect of each unit + residual* with independent "
    "normal effects; the variance of each effect is a variance component. Labels are "
    "nested: wafer 1 of lot A and wafer 1 of lot B are two wafers.\n\n"
    "**anova** computes hierarchical sums of squares from centred deviations and equates "
    "mean squares to their expectations. For balanced data each F ratio uses the mean "
    "square of the next level, and intervals are exact for the residual (chi-square) and "
    "by the modified large sample method for the others. For unbalanced data the "
    "expectations come from the counts, F ratios use combined denominators with "
    "Satterthwaite's degrees of freedom, and intervals (`mls-approximate`) are "
    "approximate: with very unequal counts prefer reml. Negative estimates are set to 0; "
    "the column `raw_variance` keeps them.\n\n"
    "**reml** maximises the restricted likelihood with components kept at 0 or above, "
    "for balanced and unbalanced data alike; intervals come from the profile of that "
    "likelihood. It equals anova for balanced data with positive estimates.\n\n"
    "A component that has few units (three lots, say) is poorly known whatever the "
    "method: read its interval before its value. Sources: Searle, Casella and McCulloch, "
    "*Variance Components* (1992); Burdick and Graybill, *Confidence Intervals on "
    "Variance Components* (1992); Satterthwaite (1946); Patterson and Thompson (1971).";

const fm_study fm_study_spc_components = {
    .name = "spc.components",
    .summary = "variance components of nested measurements (lot, wafer, site)",
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
