/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Study spc.capability: declarations.
 *
 * Contents
 *   1. parameters, inputs     2. tables     3. figures, verdicts     4. the study
 */
#include "config.h"

#include <math.h>

#include "spc/spc_capability.h"

/* ---- 1. parameters, inputs ------------------------------------------------------- */

static const char *const withins[] = {"pooled", "rbar", "sbar", "mr", NULL};
static const char *const distributions[] = {
    "normal", "box-cox", "johnson", "lognormal", "weibull", "empirical", NULL};

#define NO_TERM_COLUMN "names a column of the user's data"

static const fm_param params[] = {
    {.key = "response",
     .kind = FM_TEXT,
     .example = "thickness",
     .flags = FM_REQUIRED | FM_FIXED | FM_COLUMN_NAME,
     .no_term = NO_TERM_COLUMN,
     .help = "column with the measured values, in order of time"},
    {.key = "subgroup",
     .kind = FM_TEXT,
     .example = "lot",
     .flags = FM_OPTIONAL | FM_FIXED | FM_COLUMN_NAME,
     .no_term = NO_TERM_COLUMN,
     .help = "column with the label of the subgroup"},
    {.key = "subgroup_size",
     .kind = FM_INTEGER,
     .example = "5",
     .min = 2,
     .max = 1000,
     .flags = FM_OPTIONAL,
     .term = "spc.rational-subgroup",
     .help = "instead of labels: so many consecutive rows are a subgroup"},
    {.key = "within",
     .kind = FM_CHOICE,
     .example = "pooled",
     .choices = withins,
     .flags = FM_OPTIONAL,
     .term = "spc.sigma-within",
     .help =
         "estimate of sigma within: pooled (with subgroups, the default), rbar, sbar; "
         "mr: mean moving range (without subgroups, the default)"},
    {.key = "lower_limit",
     .kind = FM_REAL,
     .unit = "1",
     .example = "9.5",
     .min = -1e300,
     .max = 1e300,
     .flags = FM_OPTIONAL,
     .term = "spc.specification-limit",
     .help = "lower specification limit, a bare number in the unit of the values"},
    {.key = "upper_limit",
     .kind = FM_REAL,
     .unit = "1",
     .example = "10.5",
     .min = -1e300,
     .max = 1e300,
     .flags = FM_OPTIONAL,
     .term = "spc.specification-limit",
     .help = "upper specification limit, a bare number in the unit of the values"},
    {.key = "target",
     .kind = FM_REAL,
     .unit = "1",
     .example = "10",
     .min = -1e300,
     .max = 1e300,
     .flags = FM_OPTIONAL,
     .term = "spc.cpm",
     .help = "target value, for Cpm; needs both limits and distribution normal"},
    {.key = "distribution",
     .kind = FM_CHOICE,
     .def = "normal",
     .choices = distributions,
     .term = "spc.pp-ppk",
     .help = "normal; box-cox or johnson: transformed to normal; lognormal, weibull: "
             "fitted, percentile method; empirical: quantiles of the data"},
    {.key = "required",
     .kind = FM_REAL,
     .unit = "1",
     .def = "1.33",
     .min = 0,
     .max = 100,
     .term = "spc.cp-cpk",
     .help = "index that the verdicts ask for"},
    {.key = "confidence",
     .kind = FM_REAL,
     .unit = "1",
     .def = "0.95",
     .min = 0.5,
     .max = 1,
     .flags = FM_OPEN_MIN | FM_OPEN_MAX,
     .term = "met.confidence-interval",
     .help = "confidence level of the two-sided intervals and of the one-sided bound"},
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
     .help = "label of the subgroup"},
};

static const char example[] =
    "# Thickness of 20 films, nm, two per lot (made up for this example).\n"
    "lot,thickness [nm]\n"
    "1,10.04\n1,9.98\n2,10.11\n2,10.02\n3,9.93\n3,10.01\n4,10.07\n4,9.99\n5,9.95\n5,10.00\n"
    "6,10.09\n6,10.03\n7,9.97\n7,9.92\n8,10.05\n8,10.08\n9,9.96\n9,10.02\n10,10.01\n"
    "10,9.94\n";

static const fm_input_decl inputs[] = {
    {.name = "measurements",
     .columns = measurement_columns,
     .n_columns = FM_COUNT(measurement_columns),
     .example = example,
     .help = "one row per value, in order of time; rows without a value or a label are "
             "left out and counted"},
};

/* ---- 2. tables ------------------------------------------------------------------- */

#define UNIT "@measurements.response"

static const char *const method_words[] = {"none",        "exact",     "nearer limit",
                                           "approximate", "bootstrap", NULL};
static const char *const test_words[] = {"anderson-darling", "shapiro-wilk", NULL};
static const char *const data_words[] = {"values", "transformed", NULL};

static const char no_term_count[] = "a count";

static const fm_column index_columns[] = {
    {"name", FM_TYPE_TEXT, "", "index", FM_AXIS, NULL, "spc.cp-cpk", NULL},
    {"value", FM_TYPE_REAL, "1", "value of the index", FM_VALUE, NULL, "spc.cp-cpk",
     NULL},
    {"lower", FM_TYPE_REAL, "1", "lower end of the two-sided interval", FM_VALUE, NULL,
     "met.confidence-interval", NULL},
    {"upper", FM_TYPE_REAL, "1", "upper end of the two-sided interval", FM_VALUE, NULL,
     "met.confidence-interval", NULL},
    {"lower_bound", FM_TYPE_REAL, "1", "one-sided lower bound", FM_VALUE, NULL,
     "met.confidence-interval", NULL},
    {"df", FM_TYPE_REAL, "1", "degrees of freedom of sigma", FM_VALUE, NULL,
     "spc.degrees-of-freedom", NULL},
    {"method", FM_TYPE_CODE, "", "method of the limits", FM_VALUE, method_words,
     "met.confidence-interval", NULL},
};

static const fm_column summary_columns[] = {
    {"index", FM_TYPE_REAL, "1", "Cpk, or Ppk where there is no Cpk", FM_VALUE, NULL,
     "spc.cp-cpk", NULL},
    {"index_bound", FM_TYPE_REAL, "1", "one-sided lower bound of that index", FM_VALUE,
     NULL, "met.confidence-interval", NULL},
    {"required", FM_TYPE_REAL, "1", "index asked for", FM_VALUE, NULL, "spc.cp-cpk",
     NULL},
    {"mean", FM_TYPE_REAL, UNIT, "mean", FM_VALUE, NULL, "met.arithmetic-mean", NULL},
    {"sigma_overall", FM_TYPE_REAL, UNIT, "standard deviation of all values", FM_VALUE,
     NULL, "met.standard-deviation", NULL},
    {"sigma_within", FM_TYPE_REAL, UNIT,
     "standard deviation within; only for distribution normal", FM_VALUE, NULL,
     "spc.sigma-within", NULL},
    {"df_within", FM_TYPE_REAL, "1", "degrees of freedom of sigma within", FM_VALUE, NULL,
     "spc.degrees-of-freedom", NULL},
    {"lower_limit", FM_TYPE_REAL, UNIT, "lower specification limit", FM_VALUE, NULL,
     "spc.specification-limit", NULL},
    {"upper_limit", FM_TYPE_REAL, UNIT, "upper specification limit", FM_VALUE, NULL,
     "spc.specification-limit", NULL},
    {"target", FM_TYPE_REAL, UNIT, "target", FM_VALUE, NULL, "spc.cpm", NULL},
    {"q_low", FM_TYPE_REAL, UNIT, "quantile at 0.135 percent, overall", FM_VALUE, NULL,
     "spc.pp-ppk", NULL},
    {"median", FM_TYPE_REAL, UNIT, "quantile at 50 percent, overall", FM_VALUE, NULL,
     "spc.pp-ppk", NULL},
    {"q_high", FM_TYPE_REAL, UNIT, "quantile at 99.865 percent, overall", FM_VALUE, NULL,
     "spc.pp-ppk", NULL},
    {"n", FM_TYPE_INTEGER, "1", "number of values used", FM_VALUE, NULL, NULL,
     no_term_count},
    {"n_missing", FM_TYPE_INTEGER, "1", "number of rows left out", FM_VALUE, NULL, NULL,
     no_term_count},
    {"min", FM_TYPE_REAL, UNIT, "smallest value", FM_VALUE, NULL, NULL,
     "an extreme of the data"},
    {"max", FM_TYPE_REAL, UNIT, "largest value", FM_VALUE, NULL, NULL,
     "an extreme of the data"},
};

static const fm_column ppm_columns[] = {
    {"kind", FM_TYPE_TEXT, "", "how the share was found", FM_AXIS, NULL, NULL,
     "a label of this table"},
    {"below", FM_TYPE_REAL, "1e-6", "share below the lower limit (ppm)", FM_VALUE, NULL,
     "spc.ppm", NULL},
    {"above", FM_TYPE_REAL, "1e-6", "share above the upper limit (ppm)", FM_VALUE, NULL,
     "spc.ppm", NULL},
    {"total", FM_TYPE_REAL, "1e-6", "share outside the limits (ppm)", FM_VALUE, NULL,
     "spc.ppm", NULL},
};

static const fm_column normality_columns[] = {
    {"test", FM_TYPE_CODE, "", "test of normality", FM_AXIS, test_words,
     "spc.shapiro-wilk", NULL},
    {"data", FM_TYPE_CODE, "", "what is tested", FM_AXIS, data_words, NULL,
     "a label of this table"},
    {"statistic", FM_TYPE_REAL, "1", "test statistic", FM_VALUE, NULL,
     "stat.anderson-darling", NULL},
    {"p", FM_TYPE_REAL, "1", "p value; small values speak against normality", FM_VALUE,
     NULL, "stat.anderson-darling", NULL},
};

static const fm_column fit_columns[] = {
    {"name", FM_TYPE_TEXT, "", "parameter of the fitted distribution", FM_AXIS, NULL,
     "spc.pp-ppk", NULL},
    {"value", FM_TYPE_REAL, "1", "its value, lengths in the unit of the values", FM_VALUE,
     NULL, "spc.pp-ppk", NULL},
};

static const fm_column histogram_columns[] = {
    {"kind", FM_TYPE_TEXT, "", "values, or a fitted curve", FM_VALUE, NULL, NULL,
     "a label of this table"},
    {"x", FM_TYPE_REAL, UNIT, "value", FM_AXIS, NULL, "met.measurement-result", NULL},
    {"count", FM_TYPE_REAL, "1", "number of values in a bin, or expected there", FM_VALUE,
     NULL, NULL, no_term_count},
    {"width", FM_TYPE_REAL, UNIT, "width of a bin", FM_VALUE, NULL, NULL,
     "a choice of drawing"},
};

static const fm_column probability_columns[] = {
    {"value", FM_TYPE_REAL, UNIT, "value", FM_AXIS, NULL, "met.measurement-result", NULL},
    {"probability", FM_TYPE_REAL, "1", "plotting position, median rank", FM_VALUE, NULL,
     "stat.probability-plot", NULL},
    {"z", FM_TYPE_REAL, "1", "normal quantile of the plotting position", FM_VALUE, NULL,
     "stat.probability-plot", NULL},
    {"expected", FM_TYPE_REAL, UNIT, "value of the fit at the plotting position",
     FM_VALUE, NULL, "stat.probability-plot", NULL},
    {"lower", FM_TYPE_REAL, UNIT, "lower limit of the value of this rank under the fit",
     FM_VALUE, NULL, "stat.probability-plot", NULL},
    {"upper", FM_TYPE_REAL, UNIT, "upper limit of the value of this rank under the fit",
     FM_VALUE, NULL, "stat.probability-plot", NULL},
};

static const fm_table tables[] = {
    {"indices", "capability indices", FM_MANY_ROWS, index_columns,
     FM_COUNT(index_columns), "value"},
    {"summary", "summary", FM_ONE_ROW, summary_columns, FM_COUNT(summary_columns),
     "index"},
    {"ppm", "share outside the limits", FM_MANY_ROWS, ppm_columns, FM_COUNT(ppm_columns),
     "total"},
    {"normality", "tests of normality", FM_MANY_ROWS, normality_columns,
     FM_COUNT(normality_columns), "p"},
    {"fit", "fitted distribution", FM_MANY_ROWS, fit_columns, FM_COUNT(fit_columns),
     "value"},
    {"histogram", "histogram and fitted curves", FM_MANY_ROWS, histogram_columns,
     FM_COUNT(histogram_columns), "count"},
    {"probability", "probability plot", FM_MANY_ROWS, probability_columns,
     FM_COUNT(probability_columns), "value"},
};

/* ---- 3. figures, verdicts -------------------------------------------------------- */

static const fm_figure figures[] = {
    {.name = "histogram",
     .caption =
         "Histogram of the values with the specification limits and what the fitted "
         "distributions let expect in each bin, with sigma within and overall.",
     .table = "histogram",
     .columns = "x count width",
     .by = "kind",
     .scalars = "summary.lower_limit summary.upper_limit summary.target",
     .script = "spc/spc_capability.gp",
     .flags = FM_FIG_POINT},
    {.name = "probability",
     .caption = "Probability plot: values against their median ranks, the fitted "
                "distribution, and pointwise limits for a value of that rank at the "
                "confidence level. Values of a fitting distribution stay between them.",
     .table = "probability",
     .columns = "value z expected lower upper",
     .script = "spc/spc_capability.gp",
     .flags = FM_FIG_POINT},
    {.name = "indices",
     .caption = "Capability indices with their two-sided confidence intervals, and the "
                "index asked for.",
     .table = "indices",
     .columns = "name value lower upper",
     .scalars = "summary.required",
     .script = "spc/spc_capability.gp",
     .flags = FM_FIG_POINT},
};

static const fm_verdict verdicts[] = {
    {.name = "capable",
     .statement = "capability index (Cpk, or Ppk where there is no Cpk)",
     .table = "summary",
     .column = "index",
     .direction = FM_AT_LEAST,
     .limit_column = "required",
     .term = "spc.cp-cpk"},
    {.name = "demonstrated",
     .statement = "one-sided lower confidence bound of that index",
     .table = "summary",
     .column = "index_bound",
     .direction = FM_AT_LEAST,
     .limit_column = "required",
     .term = "met.confidence-interval"},
};

/* ---- 4. the study ---------------------------------------------------------------- */

static fm_status
check_within(const fm_point *point, fm_error *err)
{
    const fm_value *within = fm_value_at(point, FM_CAPABILITY_P_WITHIN);
    bool labelled = fm_present(point, FM_CAPABILITY_P_SUBGROUP);
    bool sized = fm_present(point, FM_CAPABILITY_P_SIZE);
    const char *name = fm_text(point, FM_CAPABILITY_P_DISTRIBUTION);
    if (labelled && sized)
        return FM_FAIL(err, FM_ESCENARIO,
                       "subgroup_size: subgroup is given too; one of them is enough");
    if (fm_integer(point, FM_CAPABILITY_P_DISTRIBUTION) > FM_CAPABILITY_JOHNSON &&
        (labelled || sized || within->present))
        return FM_FAIL(err, FM_ESCENARIO, "%s: distribution %s has no sigma within",
                       labelled ? "subgroup"
                       : sized  ? "subgroup_size"
                                : "within",
                       name);
    if (within->present && within->integer == FM_CAPABILITY_MR && (labelled || sized))
        return FM_FAIL(err, FM_ESCENARIO,
                       "within: mr is for single values, but there are subgroups");
    if (within->present && within->integer != FM_CAPABILITY_MR && !labelled && !sized)
        return FM_FAIL(err, FM_ESCENARIO, "within: %s needs subgroup or subgroup_size",
                       within->text);
    return FM_OK;
}

static fm_status
check(const fm_point *point, fm_error *err)
{
    const fm_value *lower = fm_value_at(point, FM_CAPABILITY_P_LOWER);
    const fm_value *upper = fm_value_at(point, FM_CAPABILITY_P_UPPER);
    bool target = fm_present(point, FM_CAPABILITY_P_TARGET);
    if (fm_input(point, 0) == NULL)
        return FM_FAIL(err, FM_ESCENARIO, "data.measurements is missing");
    if (lower->present && upper->present && !(lower->real < upper->real))
        return FM_FAIL(err, FM_ESCENARIO, "lower_limit: %g is not below upper_limit %g",
                       lower->real, upper->real);
    if (target && (!lower->present || !upper->present))
        return FM_FAIL(err, FM_ESCENARIO, "target: Cpm needs both limits");
    if (target && fm_integer(point, FM_CAPABILITY_P_DISTRIBUTION) != FM_CAPABILITY_NORMAL)
        return FM_FAIL(err, FM_ESCENARIO,
                       "target: Cpm is defined for distribution normal, not %s",
                       fm_text(point, FM_CAPABILITY_P_DISTRIBUTION));
    if (fm_integer(point, FM_CAPABILITY_P_DISTRIBUTION) > FM_CAPABILITY_JOHNSON &&
        (point->draws < 200 || point->draws > 1000000))
        return FM_FAIL(err, FM_ESCENARIO,
                       "distribution: its bootstrap intervals take 200 to 1000000 draws, "
                       "%llu are asked for",
                       (unsigned long long)point->draws);
    return check_within(point, err);
}

/* Limits may be swept into the wrong order. */
static fm_status
run(const fm_point *point, fm_out *out, fm_error *err)
{
    fm_capability a = {.point = point};
    fm_status st = check(point, err);
    if (st != FM_OK)
        return st;
    st = fm_capability_analyse(&a, out, err);
    if (st == FM_OK) {
        st = fm_capability_put(&a, out);
        if (st != FM_OK)
            st = FM_FAIL(err, st, "memory ran out for the result");
    }
    fm_capability_free(&a);
    return st;
}

static uint64_t
rows(const fm_point *point, size_t table)
{
    const fm_data *data = fm_input(point, 0);
    switch (table) {
    case FM_CAPABILITY_T_INDICES:
        return 9;
    case FM_CAPABILITY_T_SUMMARY:
        return 1;
    case FM_CAPABILITY_T_HISTOGRAM:
        return 450;
    case FM_CAPABILITY_T_PROBABILITY:
        return data != NULL ? data->n_rows : 0;
    default:
        return 4;
    }
}

static const char about[] =
    "Compares the spread of a process with its specification limits. **Cp, Cpl, Cpu, Cpk** "
    "use sigma within subgroups (what the process could do if it stayed on its mean), "
    "**Pp, Ppl, Ppu, Ppk** the standard deviation of all values (what it did), **Cpm** the "
    "distance from the target. The indices mean something only for a stable process: "
    "look at its control chart first. Without limits the study gives the natural spread "
    "only.\n\n"
    "An index from a sample is uncertain. `lower` and `upper` are two-sided limits, "
    "`lower_bound` is one-sided: the claim that the data prove. Cp uses the chi-square "
    "distribution with the degrees of freedom of the estimate in use (for ranges and "
    "moving ranges fewer than n - 1), Cpl, Cpu and Cpk the noncentral t distribution, "
    "exact for one limit; Cpk 1.67 on 30 values proves 1.29.\n\n"
    "Data that are not normal: **box-cox** and **johnson** transform values and limits and "
    "go on as for normal ones (the intervals take the transformation as known); "
    "**lognormal**, **weibull** and **empirical** use the 0.135 %, 50 % and 99.865 % "
    "quantiles of the fit or of the data (type 6) with bootstrap intervals, and have no "
    "sigma within. Tests of normality are in `normality`; with many values they reject "
    "deviations that do not matter, with few they accept anything.\n\n"
    "Sources: Kane, *J. Qual. Technol.* 18 (1986) 41; Chou, Owen and Borrego, *J. Qual. "
    "Technol.* 22 (1990) 223; Boyles, *J. Qual. Technol.* 23 (1991) 17; ISO 22514-2; "
    "Chou, Polansky and Mason, *J. Qual. Technol.* 30 (1998) 133; Box and Cox (1964).";

static const char *const streams[] = {"bootstrap"};

const fm_study fm_study_spc_capability = {
    .name = "spc.capability",
    .summary = "process capability with intervals, normal or not",
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
    .streams = streams,
    .n_streams = FM_COUNT(streams),
    .draws = 2000,
    .check = check,
    .rows = rows,
    .run = run,
};
