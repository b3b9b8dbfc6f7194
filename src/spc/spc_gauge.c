/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Study spc.gauge: declarations.
 *
 * Contents
 *   1. parameters, inputs     2. tables     3. figures, verdicts     4. the study
 */
#include "config.h"

#include <string.h>

#include "spc/spc_gauge.h"

/* ---- 1. parameters, inputs ------------------------------------------------------- */

static const char *const layouts[] = {"crossed", "nested", "expanded", NULL};
static const char *const methods[] = {"auto", "anova", "reml", NULL};
static const char *const interactions[] = {"auto", "keep", "drop", NULL};

#define NO_TERM_COLUMN "names a column of the user's data"
#define NO_TERM_LIMIT  "an acceptance limit of the user"

static const fm_param params[] = {
    {.key = "response",
     .kind = FM_TEXT,
     .example = "reading",
     .flags = FM_REQUIRED | FM_FIXED | FM_COLUMN_NAME,
     .no_term = NO_TERM_COLUMN,
     .help = "column with the readings"},
    {.key = "part",
     .kind = FM_TEXT,
     .example = "part",
     .flags = FM_REQUIRED | FM_FIXED | FM_COLUMN_NAME,
     .no_term = NO_TERM_COLUMN,
     .help = "column with the label of the measured part"},
    {.key = "operator",
     .kind = FM_TEXT,
     .example = "operator",
     .flags = FM_OPTIONAL | FM_FIXED | FM_COLUMN_NAME,
     .no_term = NO_TERM_COLUMN,
     .help = "column with the label of the operator; without it the study is of "
             "repeatability only"},
    {.key = "layout",
     .kind = FM_CHOICE,
     .def = "crossed",
     .choices = layouts,
     .term = "msa.gauge-rr",
     .help = "crossed: every operator measures every part; nested: each part belongs to "
             "one operator (destructive tests); expanded: further factors"},
    {.key = "factors",
     .kind = FM_LIST,
     .item = FM_TEXT,
     .example = "[tool, day]",
     .flags = FM_OPTIONAL | FM_FIXED | FM_COLUMN_NAME,
     .no_term = NO_TERM_COLUMN,
     .help = "expanded: columns of the further factors"},
    {.key = "terms",
     .kind = FM_LIST,
     .item = FM_TEXT,
     .example = "[part, tool, part*tool, day(tool)]",
     .flags = FM_OPTIONAL | FM_FIXED,
     .term = "waf.variance-component",
     .help =
         "expanded: random effects, a*b crossed, b(a) nested; absent: all factors and "
         "their interactions of two"},
    {.key = "method",
     .kind = FM_CHOICE,
     .def = "auto",
     .choices = methods,
     .term = "waf.variance-component",
     .help = "anova: mean squares, balanced data only; reml: restricted maximum "
             "likelihood; auto: anova if the data are balanced, else reml"},
    {.key = "interaction",
     .kind = FM_CHOICE,
     .example = "auto",
     .choices = interactions,
     .flags = FM_OPTIONAL,
     .term = "spc.f-test",
     .help = "crossed: keep or drop the interaction of part and operator; auto (the "
             "default) drops it when its p value is above pool_above"},
    {.key = "pool_above",
     .kind = FM_REAL,
     .unit = "1",
     .example = "0.05",
     .min = 0,
     .max = 1,
     .flags = FM_OPTIONAL,
     .term = "spc.f-test",
     .help = "crossed: p value above which the interaction is pooled with repeatability; "
             "0.05 if absent"},
    {.key = "tolerance",
     .kind = FM_REAL,
     .unit = "1",
     .example = "8",
     .min = 0,
     .max = 1e300,
     .flags = FM_OPTIONAL | FM_OPEN_MIN,
     .term = "spc.specification-limit",
     .help =
         "width of the tolerance (upper minus lower limit), a bare number in the unit "
         "of the readings"},
    {.key = "spread",
     .kind = FM_REAL,
     .unit = "1",
     .def = "6",
     .min = 0,
     .max = 20,
     .flags = FM_OPEN_MIN,
     .term = "msa.p-to-t-ratio",
     .help = "number of standard deviations compared with the tolerance; 5.15 in older "
             "texts"},
    {.key = "confidence",
     .kind = FM_REAL,
     .unit = "1",
     .def = "0.95",
     .min = 0,
     .max = 1,
     .flags = FM_OPEN_MIN | FM_OPEN_MAX,
     .term = "met.confidence-interval",
     .help = "confidence level of the two-sided intervals"},
    {.key = "limit.good",
     .kind = FM_REAL,
     .unit = "%",
     .def = "10",
     .min = 0,
     .max = 100,
     .no_term = NO_TERM_LIMIT,
     .help = "study variation up to which the gauge is good; a line in the figure"},
    {.key = "limit.acceptable",
     .kind = FM_REAL,
     .unit = "%",
     .def = "30",
     .min = 0,
     .max = 100,
     .no_term = NO_TERM_LIMIT,
     .help = "study variation and share of the tolerance above which the gauge fails"},
    {.key = "limit.categories",
     .kind = FM_INTEGER,
     .def = "5",
     .min = 1,
     .max = 1000,
     .term = "msa.distinct-categories",
     .help = "number of distinct categories below which the gauge fails"},
};

static const fm_input_column measurement_columns[] = {
    {.name = "response",
     .type = FM_TYPE_REAL,
     .from_param = "response",
     .flags = FM_COL_REQUIRED | FM_COL_MISSING,
     .help = "reading, in any unit; empty where missing"},
    {.name = "part",
     .type = FM_TYPE_TEXT,
     .from_param = "part",
     .flags = FM_COL_REQUIRED | FM_COL_MISSING,
     .help = "label of the part"},
    {.name = "operator",
     .type = FM_TYPE_TEXT,
     .from_param = "operator",
     .flags = FM_COL_MISSING,
     .help = "label of the operator"},
    {.name = "factors",
     .type = FM_TYPE_TEXT,
     .from_param = "factors",
     .flags = FM_COL_MISSING,
     .help = "labels of further factors, one column each"},
};

static const char example[] =
    "# Two operators measure four lines three times, um (made up for this example).\n"
    "part,operator,reading [um]\n"
    "1,A,2.012\n1,A,2.009\n1,A,2.011\n1,B,2.014\n1,B,2.013\n1,B,2.016\n"
    "2,A,2.053\n2,A,2.051\n2,A,2.054\n2,B,2.055\n2,B,2.053\n2,B,2.056\n"
    "3,A,1.981\n3,A,1.983\n3,A,1.980\n3,B,1.986\n3,B,1.982\n3,B,1.985\n"
    "4,A,2.031\n4,A,2.028\n4,A,2.030\n4,B,2.031\n4,B,2.034\n4,B,2.033\n";

static const fm_input_decl inputs[] = {
    {.name = "measurements",
     .columns = measurement_columns,
     .n_columns = FM_COUNT(measurement_columns),
     .example = example,
     .help = "one row per reading; rows without a value or a label are left out and "
             "counted"},
};

/* ---- 2. tables ------------------------------------------------------------------- */

#define UNIT   "@measurements.response"
#define SQUARE "@measurements.response^2"

static const char *const model_words[] = {"full", "pooled", NULL};
static const char *const interval_words[] = {
    "none", "chi-square", "mls", "mls-approximate", "profile", "satterthwaite", NULL};
static const char *const estimate_words[] = {"ok", "set to zero", "at zero bound", NULL};
static const char *const method_words[] = {"anova", "reml", NULL};
static const char *const yes_words[] = {"no", "yes", NULL};

static const char no_term_label[] = "a label of the user's data";
static const char no_term_count[] = "a count";

static const fm_column anova_columns[] = {
    {"model", FM_TYPE_CODE, "", "with the interaction, or with it pooled", FM_AXIS,
     model_words, "spc.analysis-of-variance", NULL},
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

static const fm_column component_columns[] = {
    {"source", FM_TYPE_TEXT, "", "source of variation", FM_AXIS, NULL, "msa.gauge-rr",
     NULL},
    {"variance", FM_TYPE_REAL, SQUARE, "variance component", FM_VALUE, NULL,
     "waf.variance-component", NULL},
    {"std_dev", FM_TYPE_REAL, UNIT, "standard deviation", FM_VALUE, NULL,
     "met.standard-deviation", NULL},
    {"percent_contribution", FM_TYPE_REAL, "%", "share of the total variance", FM_VALUE,
     NULL, "msa.percent-contribution", NULL},
    {"percent_study", FM_TYPE_REAL, "%", "share of the total standard deviation",
     FM_VALUE, NULL, "msa.percent-study-variation", NULL},
    {"percent_tolerance", FM_TYPE_REAL, "%", "spread as share of the tolerance", FM_VALUE,
     NULL, "msa.p-to-t-ratio", NULL},
    {"lower", FM_TYPE_REAL, SQUARE, "lower confidence limit of the variance", FM_VALUE,
     NULL, "met.confidence-interval", NULL},
    {"upper", FM_TYPE_REAL, SQUARE, "upper confidence limit of the variance", FM_VALUE,
     NULL, "met.confidence-interval", NULL},
    {"study_lower", FM_TYPE_REAL, "%", "lower confidence limit of percent_study",
     FM_VALUE, NULL, "met.confidence-interval", NULL},
    {"study_upper", FM_TYPE_REAL, "%", "upper confidence limit of percent_study",
     FM_VALUE, NULL, "met.confidence-interval", NULL},
    {"interval", FM_TYPE_CODE, "", "method of the variance's confidence interval",
     FM_VALUE, interval_words, "met.confidence-interval", NULL},
    {"raw_variance", FM_TYPE_REAL, SQUARE,
     "ANOVA estimate before negative ones are set to 0", FM_VALUE, NULL,
     "waf.variance-component", NULL},
    {"estimate", FM_TYPE_CODE, "", "state of the estimate", FM_STATUS, estimate_words,
     NULL, "a status, not a quantity"},
};

static const fm_column summary_columns[] = {
    {"grr_percent_study", FM_TYPE_REAL, "%", "gauge R&R as share of the study variation",
     FM_VALUE, NULL, "msa.percent-study-variation", NULL},
    {"grr_study_lower", FM_TYPE_REAL, "%", "lower confidence limit of grr_percent_study",
     FM_VALUE, NULL, "met.confidence-interval", NULL},
    {"grr_study_upper", FM_TYPE_REAL, "%", "upper confidence limit of grr_percent_study",
     FM_VALUE, NULL, "met.confidence-interval", NULL},
    {"grr_percent_contribution", FM_TYPE_REAL, "%",
     "gauge R&R as share of the total variance", FM_VALUE, NULL,
     "msa.percent-contribution", NULL},
    {"grr_percent_tolerance", FM_TYPE_REAL, "%", "gauge R&R as share of the tolerance",
     FM_VALUE, NULL, "msa.p-to-t-ratio", NULL},
    {"grr_std_dev", FM_TYPE_REAL, UNIT, "standard deviation of gauge R&R", FM_VALUE, NULL,
     "msa.gauge-rr", NULL},
    {"ndc", FM_TYPE_REAL, "1", "number of distinct categories", FM_VALUE, NULL,
     "msa.distinct-categories", NULL},
    {"ndc_exact", FM_TYPE_REAL, "1", "number of distinct categories before it is cut",
     FM_VALUE, NULL, "msa.distinct-categories", NULL},
    {"total_std_dev", FM_TYPE_REAL, UNIT, "standard deviation of a single reading",
     FM_VALUE, NULL, "met.standard-deviation", NULL},
    {"mean", FM_TYPE_REAL, UNIT, "mean of all readings", FM_VALUE, NULL,
     "met.arithmetic-mean", NULL},
    {"std_error", FM_TYPE_REAL, UNIT, "standard error of the mean", FM_VALUE, NULL,
     "met.standard-uncertainty", NULL},
    {"method", FM_TYPE_CODE, "", "method of estimation", FM_VALUE, method_words,
     "waf.variance-component", NULL},
    {"balanced", FM_TYPE_CODE, "", "all combinations have equally many readings",
     FM_VALUE, yes_words, NULL, "a property of the data"},
    {"pooled", FM_TYPE_CODE, "", "the interaction is pooled with repeatability", FM_VALUE,
     yes_words, "spc.f-test", NULL},
    {"interaction_p", FM_TYPE_REAL, "1", "p value of the interaction", FM_VALUE, NULL,
     "spc.f-test", NULL},
    {"n", FM_TYPE_INTEGER, "1", "number of readings used", FM_VALUE, NULL, NULL,
     no_term_count},
    {"n_missing", FM_TYPE_INTEGER, "1", "number of rows left out", FM_VALUE, NULL, NULL,
     no_term_count},
    {"n_parts", FM_TYPE_INTEGER, "1", "number of parts", FM_VALUE, NULL, NULL,
     no_term_count},
    {"n_operators", FM_TYPE_INTEGER, "1", "number of operators", FM_VALUE, NULL, NULL,
     no_term_count},
    {"deviance", FM_TYPE_REAL, "1",
     "minus twice the log restricted likelihood (reml), up to a constant", FM_VALUE, NULL,
     "spc.reml", NULL},
    {"limit_good", FM_TYPE_REAL, "%", "limit of a good gauge", FM_VALUE, NULL, NULL,
     NO_TERM_LIMIT},
    {"limit_acceptable", FM_TYPE_REAL, "%", "limit of an acceptable gauge", FM_VALUE,
     NULL, NULL, NO_TERM_LIMIT},
    {"limit_tolerance", FM_TYPE_REAL, "%",
     "limit of the share of the tolerance; missing without a tolerance", FM_VALUE, NULL,
     NULL, NO_TERM_LIMIT},
    {"limit_categories", FM_TYPE_REAL, "1", "smallest number of categories", FM_VALUE,
     NULL, NULL, NO_TERM_LIMIT},
};

static const fm_column reading_columns[] = {
    {"reading", FM_TYPE_INTEGER, "1", "number of the reading, by part and operator",
     FM_AXIS, NULL, NULL, "a running number"},
    {"part", FM_TYPE_TEXT, "", "part", FM_VALUE, NULL, NULL, no_term_label},
    {"operator", FM_TYPE_TEXT, "", "operator", FM_VALUE, NULL, NULL, no_term_label},
    {"value", FM_TYPE_REAL, UNIT, "reading", FM_VALUE, NULL, "met.measurement-result",
     NULL},
    {"part_mean", FM_TYPE_REAL, UNIT, "mean of the part", FM_VALUE, NULL,
     "met.arithmetic-mean", NULL},
    {"operator_mean", FM_TYPE_REAL, UNIT, "mean of the operator", FM_VALUE, NULL,
     "met.arithmetic-mean", NULL},
};

static const fm_column cell_columns[] = {
    {"part", FM_TYPE_TEXT, "", "part", FM_AXIS, NULL, NULL, no_term_label},
    {"operator", FM_TYPE_TEXT, "", "operator", FM_AXIS, NULL, NULL, no_term_label},
    {"n", FM_TYPE_INTEGER, "1", "number of readings", FM_VALUE, NULL, NULL,
     no_term_count},
    {"mean", FM_TYPE_REAL, UNIT, "mean of the readings", FM_VALUE, NULL,
     "met.arithmetic-mean", NULL},
    {"range", FM_TYPE_REAL, UNIT, "largest minus smallest reading", FM_VALUE, NULL,
     "met.repeatability", NULL},
};

static const fm_table tables[] = {
    {"anova", "analysis of variance", FM_MANY_ROWS, anova_columns,
     FM_COUNT(anova_columns), "ms"},
    {"components", "gauge R&R", FM_MANY_ROWS, component_columns,
     FM_COUNT(component_columns), "percent_study"},
    {"summary", "summary of the gauge study", FM_ONE_ROW, summary_columns,
     FM_COUNT(summary_columns), "grr_percent_study"},
    {"readings", "readings by part and operator", FM_MANY_ROWS, reading_columns,
     FM_COUNT(reading_columns), "value"},
    {"cells", "means and ranges by part and operator", FM_MANY_ROWS, cell_columns,
     FM_COUNT(cell_columns), "mean"},
};

/* ---- 3. figures, verdicts -------------------------------------------------------- */

static const char script[] = "spc/spc_gauge.gp";

static const fm_figure figures[] = {
    {.name = "components",
     .caption =
         "Sources of variation as shares of the study variation (standard "
         "deviations), of the total variance, and of the tolerance where one is "
         "given, with the confidence interval of the study variation and the limits "
         "for a good and an acceptable gauge.",
     .table = "components",
     .columns = "source percent_study percent_contribution percent_tolerance study_lower "
                "study_upper",
     .scalars = "summary.limit_good summary.limit_acceptable summary.limit_tolerance",
     .script = script,
     .flags = FM_FIG_POINT},
    {.name = "by_part",
     .caption = "All readings of each part, and the mean of each part.",
     .table = "readings",
     .columns = "part value part_mean",
     .script = script,
     .flags = FM_FIG_POINT},
    {.name = "by_operator",
     .caption = "All readings of each operator, the mean of each operator, and the grand "
                "mean.",
     .table = "readings",
     .columns = "operator value operator_mean",
     .scalars = "summary.mean",
     .script = script,
     .flags = FM_FIG_POINT},
    {.name = "run_chart",
     .caption = "Readings in order of part, operator and row of the data; lines part the "
                "parts.",
     .table = "readings",
     .columns = "reading value part",
     .by = "operator",
     .scalars = "summary.mean",
     .script = script,
     .flags = FM_FIG_POINT},
    {.name = "interaction",
     .caption = "Mean of each part by each operator; lines that are not parallel show an "
                "interaction.",
     .table = "cells",
     .columns = "part mean",
     .by = "operator",
     .script = script,
     .flags = FM_FIG_POINT},
};

static const fm_verdict verdicts[] = {
    {.name = "study-variation",
     .statement = "gauge R&R as share of the study variation",
     .table = "summary",
     .column = "grr_percent_study",
     .direction = FM_AT_MOST,
     .limit_column = "limit_acceptable",
     .term = "msa.percent-study-variation"},
    {.name = "tolerance",
     .statement = "gauge R&R as share of the tolerance",
     .table = "summary",
     .column = "grr_percent_tolerance",
     .direction = FM_AT_MOST,
     .limit_column = "limit_tolerance",
     .term = "msa.p-to-t-ratio"},
    {.name = "categories",
     .statement = "number of distinct categories",
     .table = "summary",
     .column = "ndc",
     .direction = FM_AT_LEAST,
     .limit_column = "limit_categories",
     .term = "msa.distinct-categories"},
};

/* ---- 4. the study ---------------------------------------------------------------- */

/* Parameters that the layout does not use, and the terms. */
static fm_status
check(const fm_point *point, fm_error *err)
{
    int64_t layout = fm_integer(point, FM_GAUGE_P_LAYOUT);
    bool has_operator = fm_present(point, FM_GAUGE_P_OPERATOR);
    if (fm_input(point, 0) == NULL)
        return FM_FAIL(err, FM_ESCENARIO, "data.measurements is missing");
    for (size_t p = FM_GAUGE_P_FACTORS; p <= FM_GAUGE_P_TERMS; p++)
        if (layout != FM_GAUGE_EXPANDED && fm_present(point, p))
            return FM_FAIL(err, FM_ESCENARIO, "%s: only for layout expanded, not %s",
                           params[p].key, layouts[layout]);
    for (size_t p = FM_GAUGE_P_INTERACTION; p <= FM_GAUGE_P_POOL_ABOVE; p++)
        if ((layout != FM_GAUGE_CROSSED || !has_operator) && fm_present(point, p))
            return FM_FAIL(err, FM_ESCENARIO,
                           "%s: only for layout crossed with an operator", params[p].key);
    if (fm_present(point, FM_GAUGE_P_POOL_ABOVE) &&
        fm_present(point, FM_GAUGE_P_INTERACTION) &&
        fm_integer(point, FM_GAUGE_P_INTERACTION) != FM_GAUGE_INTERACTION_AUTO)
        return FM_FAIL(err, FM_ESCENARIO,
                       "pool_above: only with interaction auto, which is '%s'",
                       fm_text(point, FM_GAUGE_P_INTERACTION));
    if (layout == FM_GAUGE_NESTED && !has_operator)
        return FM_FAIL(err, FM_ESCENARIO,
                       "operator: layout nested needs it: parts lie within operators");
    if (layout == FM_GAUGE_EXPANDED && !fm_present(point, FM_GAUGE_P_FACTORS))
        return FM_FAIL(err, FM_ESCENARIO, "factors: layout expanded needs them");
    fm_gauge g = {.point = point};
    return fm_gauge_terms(&g, err);
}

static uint64_t
rows(const fm_point *point, size_t table)
{
    const fm_data *data = fm_input(point, 0);
    uint64_t n = data != NULL ? data->n_rows : 0;
    switch (table) {
    case FM_GAUGE_T_ANOVA:
        return 9;
    case FM_GAUGE_T_COMPONENTS:
        return 7;
    case FM_GAUGE_T_SUMMARY:
        return 1;
    case FM_GAUGE_T_READINGS:
        return n;
    default:
        return n / 3;
    }
}

static fm_status
run(const fm_point *point, fm_out *out, fm_error *err)
{
    fm_gauge g = {.point = point};
    fm_status st = fm_gauge_terms(&g, err);
    if (st == FM_OK)
        st = fm_gauge_collect(&g, err);
    if (st == FM_OK)
        st = fm_gauge_estimate(&g, out, err);
    if (st == FM_OK) {
        st = fm_gauge_put(&g, out);
        if (st != FM_OK)
            st = FM_FAIL(err, st, "memory ran out for the result");
    }
    fm_gauge_free(&g);
    return st;
}

static const char about[] =
    "Splits the variation of a gauge study into parts, operators and repeatability, and "
    "says whether the gauge can tell parts apart. All factors are random.\n\n"
    "**crossed**: every operator measures every part several times. When the p value of "
    "the interaction of part and operator is above `pool_above`, its sum of squares joins "
    "repeatability; the table `anova` then shows both models. **nested**: each part can "
    "be measured by one operator only, as in destructive tests, where the readings of a "
    "part are of pieces so alike that they count as one; the operator is tested against "
    "the parts, not against the residual. **expanded**: further factors such as tool or "
    "day; `terms` lists the effects, what contains the part alone is part-to-part "
    "variation, everything else belongs to the gauge.\n\n"
    "**anova** equates mean squares to their expectations and needs balanced data. "
    "Negative estimates are set to 0, said, and kept in `raw_variance`. Intervals "
    "`lower`, `upper` (of variances) and `study_lower`, `study_upper` (of the share of "
    "the study variation) are of the modified large sample kind; repeatability alone is "
    "exact. **reml** maximises the restricted likelihood for balanced and unbalanced data; "
    "intervals of components come from its profile. For unbalanced data those of sums come "
    "from a chi-square with matched degrees of freedom, and shares get none. With two or three operators the interval of their "
    "component is wide whatever the method: read it before the value.\n\n"
    "The bias and linearity of a gauge are in spc.linearity, the agreement of attribute "
    "ratings in spc.agreement. Sources: AIAG, *Measurement Systems Analysis*, 4th edition; "
    "Burdick and Larsen, *J. Qual. Technol.* 29 (1997) 261; Burdick, Borror and "
    "Montgomery, *J. Qual. Technol.* 35 (2003) 342; Graybill and Wang (1980).";

const fm_study fm_study_spc_gauge = {
    .name = "spc.gauge",
    .summary = "gauge repeatability and reproducibility, crossed, nested or expanded",
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
