/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Study spc.linearity: bias of a gauge over its range.
 *
 * Contents
 *   1. parameters, inputs     2. tables     3. figures, verdicts     4. the analysis
 *   5. rows                   6. the study
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>

#include "core/rows.h"
#include "core/study.h"
#include "math/univariate.h"
#include "spc/spc_linearity_model.h"

/* ---- 1. parameters, inputs ------------------------------------------------------- */

enum {
    P_RESPONSE,
    P_REFERENCE,
    P_PROCESS_SD,
    P_CONFIDENCE
};

#define NO_TERM_COLUMN "names a column of the user's data"

static const fm_param params[] = {
    {.key = "response",
     .kind = FM_TEXT,
     .example = "measured",
     .flags = FM_REQUIRED | FM_FIXED | FM_COLUMN_NAME,
     .no_term = NO_TERM_COLUMN,
     .help = "column with the readings"},
    {.key = "reference",
     .kind = FM_TEXT,
     .example = "reference",
     .flags = FM_REQUIRED | FM_FIXED | FM_COLUMN_NAME,
     .no_term = NO_TERM_COLUMN,
     .help = "column with the reference values, in the unit of the readings"},
    {.key = "process_sd",
     .kind = FM_REAL,
     .unit = "1",
     .example = "1.5",
     .min = 0,
     .max = 1e300,
     .flags = FM_OPTIONAL | FM_OPEN_MIN,
     .term = "met.standard-deviation",
     .help = "standard deviation of the process, a bare number in the unit of the "
             "readings: six of it are the process variation that bias and linearity are "
             "compared with"},
    {.key = "confidence",
     .kind = FM_REAL,
     .unit = "1",
     .def = "0.95",
     .min = 0,
     .max = 1,
     .flags = FM_OPEN_MIN | FM_OPEN_MAX,
     .term = "met.confidence-interval",
     .help =
         "confidence level of intervals and bands; the verdicts test at one minus it"},
};

enum {
    C_RESPONSE,
    C_REFERENCE
};

static const fm_input_column measurement_columns[] = {
    {.name = "response",
     .type = FM_TYPE_REAL,
     .from_param = "response",
     .flags = FM_COL_REQUIRED | FM_COL_MISSING,
     .help = "reading, in any unit; empty where missing"},
    {.name = "reference",
     .type = FM_TYPE_REAL,
     .from_param = "reference",
     .flags = FM_COL_REQUIRED | FM_COL_MISSING,
     .help = "reference value of what was read, in the same unit"},
};

static const char example[] =
    "# Three line-width standards read four times, um (made up for this example).\n"
    "reference [um],measured [um]\n"
    "1.00,1.03\n1.00,1.05\n1.00,1.02\n1.00,1.04\n"
    "4.00,4.02\n4.00,4.05\n4.00,4.03\n4.00,4.01\n"
    "9.00,8.98\n9.00,9.01\n9.00,8.99\n9.00,9.02\n";

static const fm_input_decl inputs[] = {
    {.name = "measurements",
     .columns = measurement_columns,
     .n_columns = FM_COUNT(measurement_columns),
     .example = example,
     .help =
         "one row per reading; rows without a reading or a reference are left out and "
         "counted"},
};

/* ---- 2. tables ------------------------------------------------------------------- */

#define UNIT "@measurements.response"

enum {
    T_BIAS,
    T_REGRESSION,
    T_SUMMARY,
    T_PLOT
};

static const char no_term_count[] = "a count";

static const fm_column bias_columns[] = {
    {"reference", FM_TYPE_REAL, UNIT, "reference value", FM_AXIS, NULL,
     "met.reference-material", NULL},
    {"n", FM_TYPE_INTEGER, "1", "number of readings", FM_VALUE, NULL, NULL,
     no_term_count},
    {"bias", FM_TYPE_REAL, UNIT, "mean reading minus reference", FM_VALUE, NULL,
     "met.bias", NULL},
    {"std_dev", FM_TYPE_REAL, UNIT, "standard deviation of the readings", FM_VALUE, NULL,
     "met.repeatability", NULL},
    {"p", FM_TYPE_REAL, "1", "p value of the test of no bias (t)", FM_VALUE, NULL,
     "met.bias", NULL},
    {"lower", FM_TYPE_REAL, UNIT, "lower confidence limit of the bias", FM_VALUE, NULL,
     "met.confidence-interval", NULL},
    {"upper", FM_TYPE_REAL, UNIT, "upper confidence limit of the bias", FM_VALUE, NULL,
     "met.confidence-interval", NULL},
};

/* The slope has no unit and the intercept that of the readings. */
static const fm_column regression_columns[] = {
    {"name", FM_TYPE_TEXT, "", "coefficient of the line of bias against reference",
     FM_AXIS, NULL, "msa.linearity", NULL},
    {"value", FM_TYPE_REAL, "1", "value; the intercept in the unit of the readings",
     FM_VALUE, NULL, "msa.linearity", NULL},
    {"std_error", FM_TYPE_REAL, "1", "standard error", FM_VALUE, NULL,
     "met.standard-uncertainty", NULL},
    {"t", FM_TYPE_REAL, "1", "value over standard error", FM_VALUE, NULL, "msa.linearity",
     NULL},
    {"p", FM_TYPE_REAL, "1", "p value of the test of 0", FM_VALUE, NULL, "msa.linearity",
     NULL},
    {"lower", FM_TYPE_REAL, "1", "lower confidence limit", FM_VALUE, NULL,
     "met.confidence-interval", NULL},
    {"upper", FM_TYPE_REAL, "1", "upper confidence limit", FM_VALUE, NULL,
     "met.confidence-interval", NULL},
};

static const fm_column summary_columns[] = {
    {"mean_bias", FM_TYPE_REAL, UNIT, "mean bias", FM_VALUE, NULL, "met.bias", NULL},
    {"residual_std_dev", FM_TYPE_REAL, UNIT, "standard deviation about the line",
     FM_VALUE, NULL, "met.repeatability", NULL},
    {"df", FM_TYPE_REAL, "1", "its degrees of freedom", FM_VALUE, NULL,
     "spc.degrees-of-freedom", NULL},
    {"r_squared", FM_TYPE_REAL, "1",
     "share of the bias' variation that the line explains", FM_VALUE, NULL,
     "msa.linearity", NULL},
    {"slope_p", FM_TYPE_REAL, "1", "p value of the test of no slope", FM_VALUE, NULL,
     "msa.linearity", NULL},
    {"zero_p", FM_TYPE_REAL, "1", "p value of the test of no bias anywhere (F)", FM_VALUE,
     NULL, "met.bias", NULL},
    {"lack_of_fit_p", FM_TYPE_REAL, "1", "p value of the test of lack of fit (F)",
     FM_VALUE, NULL, "msa.linearity", NULL},
    {"level", FM_TYPE_REAL, "1", "level of the verdicts' tests", FM_VALUE, NULL,
     "met.confidence-interval", NULL},
    {"percent_linearity", FM_TYPE_REAL, "%", "100 times the size of the slope", FM_VALUE,
     NULL, "msa.linearity", NULL},
    {"linearity", FM_TYPE_REAL, UNIT, "change of bias over the process variation",
     FM_VALUE, NULL, "msa.linearity", NULL},
    {"percent_bias", FM_TYPE_REAL, "%",
     "size of the mean bias over the process variation", FM_VALUE, NULL, "met.bias",
     NULL},
    {"n", FM_TYPE_INTEGER, "1", "number of readings used", FM_VALUE, NULL, NULL,
     no_term_count},
    {"n_missing", FM_TYPE_INTEGER, "1", "number of rows left out", FM_VALUE, NULL, NULL,
     no_term_count},
};

static const fm_column plot_columns[] = {
    {"kind", FM_TYPE_TEXT, "", "reading, mean or line", FM_VALUE, NULL, NULL,
     "a label of this table"},
    {"reference", FM_TYPE_REAL, UNIT, "reference value", FM_AXIS, NULL,
     "met.reference-material", NULL},
    {"bias", FM_TYPE_REAL, UNIT, "bias", FM_VALUE, NULL, "met.bias", NULL},
    {"lower", FM_TYPE_REAL, UNIT, "lower limit of the line", FM_VALUE, NULL,
     "met.confidence-interval", NULL},
    {"upper", FM_TYPE_REAL, UNIT, "upper limit of the line", FM_VALUE, NULL,
     "met.confidence-interval", NULL},
};

static const fm_table tables[] = {
    {"bias", "bias at each reference value", FM_MANY_ROWS, bias_columns,
     FM_COUNT(bias_columns), "bias"},
    {"regression", "line of bias against reference", FM_MANY_ROWS, regression_columns,
     FM_COUNT(regression_columns), "value"},
    {"summary", "summary", FM_ONE_ROW, summary_columns, FM_COUNT(summary_columns),
     "mean_bias"},
    {"plot", "points and line of the figure", FM_MANY_ROWS, plot_columns,
     FM_COUNT(plot_columns), "bias"},
};

/* ---- 3. figures, verdicts -------------------------------------------------------- */

static const fm_figure figures[] = {
    {.name = "linearity",
     .caption =
         "Bias of each reading and its mean at each reference value, the fitted line "
         "and its pointwise confidence band; a gauge without bias has the zero line "
         "inside the band.",
     .table = "plot",
     .columns = "reference bias lower upper",
     .by = "kind",
     .script = "spc/spc_linearity.gp",
     .flags = FM_FIG_POINT},
};

static const fm_verdict verdicts[] = {
    {.name = "linear",
     .statement = "p value of the test that bias does not change over the range",
     .table = "summary",
     .column = "slope_p",
     .direction = FM_AT_LEAST,
     .limit_column = "level",
     .term = "msa.linearity"},
    {.name = "unbiased",
     .statement = "p value of the test that there is no bias anywhere",
     .table = "summary",
     .column = "zero_p",
     .direction = FM_AT_LEAST,
     .limit_column = "level",
     .term = "met.bias"},
};

/* ---- 4. the analysis ------------------------------------------------------------- */

typedef struct analysis {
    const fm_point *point;
    size_t n, n_missing;
    double *x, *bias; /* [n] ascending x */
    size_t *order;
    fm_spc_linearity fit;
} analysis;

static const fm_data_column *
data_column(const fm_point *point, size_t declared)
{
    const fm_data *data = fm_input(point, 0);
    return &data->columns[data->first[declared]];
}

static fm_status
collect(analysis *a, fm_error *err)
{
    const double *y = data_column(a->point, C_RESPONSE)->real;
    const double *x = data_column(a->point, C_REFERENCE)->real;
    size_t n_rows = fm_input(a->point, 0)->n_rows, n = n_rows > 0 ? n_rows : 1;
    a->x = calloc(3 * n, sizeof *a->x);
    a->order = calloc(n, sizeof *a->order);
    if (a->x == NULL || a->order == NULL)
        return FM_FAIL(err, FM_ENOMEM, "memory ran out for %zu rows", n);
    a->bias = a->x + n;
    double *raw = a->x + 2 * n;
    for (size_t i = 0; i < n_rows; i++) {
        if (isnan(x[i]) || isnan(y[i]))
            continue;
        a->x[a->n] = x[i];
        raw[a->n++] = y[i] - x[i];
    }
    a->n_missing = n_rows - a->n;
    gsl_sort_index(a->order, a->x, 1, a->n);
    for (size_t i = 0; i < a->n; i++)
        a->bias[i] = raw[a->order[i]];
    gsl_sort(a->x, 1, a->n);
    return FM_OK;
}

static fm_status
fit(analysis *a, fm_error *err)
{
    fm_spc_linearity line = {0};
    fm_status st = fm_spc_linearity_eval(a->x, a->bias, a->n, &line);
    a->fit = line;
    if (st == FM_ETOOFEW)
        return FM_FAIL(
            err, st, "%zu readings with a reference value: at least 3 are needed", a->n);
    if (st == FM_ESINGULAR && a->x[0] == a->x[a->n - 1])
        return FM_FAIL(
            err, st,
            "all %zu readings have the reference value %g: linearity needs two "
            "or more",
            a->n, a->x[0]);
    if (st == FM_ESINGULAR)
        return FM_FAIL(err, st,
                       "all readings lie on one line exactly: there is no spread "
                       "to judge by");
    return st == FM_OK ? st : FM_FAIL(err, st, "a reading or reference is not finite");
}

/* ---- 5. rows --------------------------------------------------------------------- */

static fm_status
put_plot(const char *kind, double x, const double *y, fm_out *out)
{
    fm_cell row[] = {
        {.text = kind}, {.real = x}, {.real = y[0]}, {.real = y[1]}, {.real = y[2]}};
    return fm_out_row(out, T_PLOT, row);
}

/* One reference value, readings first ... end - 1. */
static fm_status
put_level(const analysis *a, size_t first, size_t end, fm_out *out)
{
    double confidence = fm_real(a->point, P_CONFIDENCE), mean = a->bias[first];
    double sd = NAN, p = NAN, half = NAN;
    size_t n = end - first;
    fm_math_moments m;
    if (fm_math_moments_eval(a->bias + first, n, &m) == FM_OK) {
        double se = m.sd / sqrt((double)n), df = (double)(n - 1);
        mean = m.mean;
        sd = m.sd;
        half = gsl_cdf_tdist_Qinv(0.5 * (1 - confidence), df) * se;
        if (se > 0)
            p = 2 * gsl_cdf_tdist_Q(fabs(mean / se), df);
    }
    fm_cell row[] = {{.real = a->x[first]}, {.integer = (int64_t)n},
                     {.real = mean},        {.real = sd},
                     {.real = p},           {.real = mean - half},
                     {.real = mean + half}};
    return fm_out_row(out, T_BIAS, row);
}

static fm_status
put_levels(const analysis *a, fm_out *out)
{
    fm_status st = FM_OK;
    for (size_t first = 0, end; first < a->n && st == FM_OK; first = end) {
        for (end = first; end < a->n && a->x[end] == a->x[first]; end++)
            ;
        st = put_level(a, first, end, out);
    }
    return st;
}

static fm_status
put_coefficient(const analysis *a, const char *name, double value, double se, fm_out *out)
{
    double t = value / se;
    double half =
        gsl_cdf_tdist_Qinv(0.5 * (1 - fm_real(a->point, P_CONFIDENCE)), a->fit.df) * se;
    fm_cell row[] = {{.text = name},
                     {.real = value},
                     {.real = se},
                     {.real = t},
                     {.real = 2 * gsl_cdf_tdist_Q(fabs(t), a->fit.df)},
                     {.real = value - half},
                     {.real = value + half}};
    return fm_out_row(out, T_REGRESSION, row);
}

static fm_status
put_summary(const analysis *a, fm_out *out)
{
    const fm_spc_linearity *f = &a->fit;
    double variation = fm_present(a->point, P_PROCESS_SD)
                           ? 6 * fm_real(a->point, P_PROCESS_SD)
                           : (double)NAN;
    if (a->n_missing > 0)
        fm_out_remark(out, "%zu rows without a reading or a reference were left out",
                      a->n_missing);
    fm_cell row[] = {{.real = f->mean_bias},
                     {.real = f->residual_sd},
                     {.real = f->df},
                     {.real = f->r_squared},
                     {.real = 2 * gsl_cdf_tdist_Q(fabs(f->slope / f->slope_se), f->df)},
                     {.real = f->zero_p},
                     {.real = f->lack_p},
                     {.real = 1 - fm_real(a->point, P_CONFIDENCE)},
                     {.real = 100 * fabs(f->slope)},
                     {.real = fabs(f->slope) * variation},
                     {.real = 100 * fabs(f->mean_bias) / variation},
                     {.integer = (int64_t)a->n},
                     {.integer = (int64_t)a->n_missing}};
    return fm_out_row(out, T_SUMMARY, row);
}

static fm_status
put_figure(const analysis *a, fm_out *out)
{
    enum {
        STEPS = 50
    };
    fm_status st = FM_OK;
    double span = a->x[a->n - 1] - a->x[0];
    for (size_t i = 0; i < a->n && st == FM_OK; i++)
        st = put_plot("reading", a->x[i], (double[]){a->bias[i], NAN, NAN}, out);
    for (size_t first = 0, end; first < a->n && st == FM_OK; first = end) {
        double sum = 0;
        for (end = first; end < a->n && a->x[end] == a->x[first]; end++)
            sum += a->bias[end];
        sum /= (double)(end - first);
        st = put_plot("mean", a->x[first], (double[]){sum, NAN, NAN}, out);
    }
    for (int i = 0; i <= STEPS && st == FM_OK; i++) {
        double x = a->x[0] + span * i / STEPS, y, half;
        st =
            fm_spc_linearity_band(&a->fit, x, fm_real(a->point, P_CONFIDENCE), &y, &half);
        if (st == FM_OK)
            st = put_plot("line", x, (double[]){y, y - half, y + half}, out);
    }
    return st;
}

/* ---- 6. the study ---------------------------------------------------------------- */

static fm_status
check(const fm_point *point, fm_error *err)
{
    const char *response = fm_text(point, P_RESPONSE);
    if (fm_input(point, 0) == NULL)
        return FM_FAIL(err, FM_ESCENARIO, "data.measurements is missing");
    if (strcmp(response, fm_text(point, P_REFERENCE)) == 0)
        return FM_FAIL(err, FM_ESCENARIO, "reference: '%s' is the response", response);
    const char *unit[2] = {data_column(point, C_RESPONSE)->unit,
                           data_column(point, C_REFERENCE)->unit};
    for (int k = 0; k < 2; k++)
        unit[k] = unit[k] == NULL || unit[k][0] == '\0' ? "1" : unit[k];
    if (strcmp(unit[0], unit[1]) != 0)
        return FM_FAIL(
            err, FM_ESCENARIO,
            "reference: its unit is '%s', that of the response '%s'; give both "
            "the same",
            unit[1], unit[0]);
    return FM_OK;
}

static uint64_t
rows(const fm_point *point, size_t table)
{
    const fm_data *data = fm_input(point, 0);
    uint64_t n = data != NULL ? data->n_rows : 0;
    const uint64_t expected[] = {n / 4 + 1, 2, 1, n + n / 4 + 51};
    return expected[table];
}

static fm_status
run(const fm_point *point, fm_out *out, fm_error *err)
{
    analysis a = {.point = point};
    fm_status st = collect(&a, err);
    if (st == FM_OK)
        st = fit(&a, err);
    if (st == FM_OK) {
        st = put_levels(&a, out);
        if (st == FM_OK)
            st = put_coefficient(&a, "intercept", a.fit.intercept, a.fit.intercept_se,
                                 out);
        if (st == FM_OK)
            st = put_coefficient(&a, "slope", a.fit.slope, a.fit.slope_se, out);
        if (st == FM_OK)
            st = put_summary(&a, out);
        if (st == FM_OK)
            st = put_figure(&a, out);
        if (st != FM_OK)
            st = FM_FAIL(err, st, "memory ran out for the result");
    }
    free(a.x);
    free(a.order);
    return st;
}

static const char about[] =
    "Compares readings with reference values over the range of a gauge. The bias at each "
    "reference value is tested by its own readings. A straight line through all biases "
    "shows whether bias changes over the range (linearity: the slope) and whether there "
    "is bias at all (slope and intercept both 0, an F test); the test of lack of fit "
    "says whether a line is enough. With `process_sd` bias and linearity are also given "
    "as shares of the process variation, six standard deviations. The reference values "
    "count as exact: their uncertainty must be small against the bias.\n\n"
    "Sources: AIAG, *Measurement Systems Analysis*, 4th edition; Draper and Smith, "
    "*Applied Regression Analysis* (1998).";

const fm_study fm_study_spc_linearity = {
    .name = "spc.linearity",
    .summary = "bias and linearity of a gauge against reference values",
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
