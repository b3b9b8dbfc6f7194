/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pull.fit: strength distributions per failure mode from measured pulls.
 *
 * Contents
 *   1. parameters   2. input   3. tables   4. figures, verdict   5. checks, the study
 *
 * What a point computes is in pull_fit_run.c.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "pull/pull_fit.h"

static const char about[] =
    "From measured rows, a force and the mode that broke, to the strength of each mode: "
    "its distribution with intervals, percentiles, and the probability of a force below "
    "a limit. Any strength or life data do: newtons, gram-force, kilometres, hours. "
    "Results have the unit of the data.\n\n"
    "**Competing risks.** A pull shows the weakest mode only; of every other mode it says "
    "that it would have held. So a row counts as a failure for its own mode and as "
    "right-censored for all others, and each mode is fitted alone by maximum likelihood. "
    "Rows with mode `c` or none passed the force (a nondestructive pull, a test that was "
    "stopped). Fitting only the rows of a mode, as if the others did not exist, would "
    "make it look weak and narrow. That the modes are independent cannot be tested with "
    "such data; it is assumed.\n\n"
    "**Geometry.** Where columns or parameters say where the hook was, each force is "
    "turned into the wire tension where a mode breaks (T1 at bond 1, T2 at bond 2, the "
    "larger one in the span; statics as in pull.simulate), so that wires pulled at "
    "different places, spans and heights are one sample. The fit then holds for tensions, "
    "and `predict.*` gives the hook forces and the mix of modes for any other "
    "geometry. Give span, hook position and height together; height difference and tilt "
    "are 0 without being given.\n\n"
    "**Distributions.** weibull (parameters `shape`, `scale`), weibull3 (with a "
    "`threshold`), lognormal (`mu`, `sigma` of the logarithm), normal and sev, the "
    "smallest extreme value (`mu`, `sigma`). `best` fits the four with two parameters "
    "and takes the smallest AICc per mode; Anderson-Darling stands beside it.\n\n"
    "**Intervals.** wald: from the Fisher information at the estimate, on a logarithmic "
    "scale for shape, scale, sigma and percentiles. likelihood: where the profile "
    "likelihood falls by half a chi-square quantile; right also for few failures. "
    "bootstrap: percentiles of refits of resampled rows, without a correction of bias or "
    "skewness (no BCa), so too narrow for few failures. A remark says so below ten. "
    "Two-sided at `confidence`. For several modes together, wald and likelihood use the "
    "delta method; the column `method` says what each row used.\n\n"
    "**Too few data.** A mode in which nothing broke, or whose failures all lie at the "
    "largest force, has no estimate: `weibayes.shape` then gives a one-sided lower bound "
    "of the scale. Nothing is predicted for all modes together while a mode that broke "
    "has no fit. Sources: Meeker and Escobar, *Statistical Methods for Reliability Data* "
    "(1998); Lawless, *Statistical Models and Methods for Lifetime Data* (2003).";

/* ---- 1. parameters ---------------------------------------------------------------- */

const char *const fm_fit_distributions[] = {"weibull",  "lognormal", "normal", "sev",
                                            "weibull3", "best",      NULL};
static const char *const intervals[] = {"wald", "likelihood", "bootstrap", NULL};
const char *const fm_fit_methods[] = {"wald",  "likelihood",  "bootstrap",
                                      "delta", "known shape", "none"};
const char *const fm_fit_status_words[] = {
    "ok",         "no failure", "shape not estimable",
    "no maximum", "bound only", "not converged",
    NULL};
const char fm_fit_all_modes[] = "all modes";

#define GEOMETRY_PARAMS(PREFIX, SUFFIX)                                                  \
    {.key = PREFIX "span",                                                               \
     .kind = FM_REAL,                                                                    \
     .unit = "um",                                                                       \
     .example = "1000",                                                                  \
     .min = 10,                                                                          \
     .max = 50000,                                                                       \
     .flags = FM_OPTIONAL,                                                               \
     .term = "bond.loop-geometry",                                                       \
     .help = "horizontal distance of the bonds" SUFFIX},                                 \
        {.key = PREFIX "height",                                                         \
         .kind = FM_REAL,                                                                \
         .unit = "um",                                                                   \
         .example = "250",                                                               \
         .min = -50000,                                                                  \
         .max = 50000,                                                                   \
         .flags = FM_OPTIONAL,                                                           \
         .term = "bond.loop-geometry",                                                   \
         .help = "height of the hook above bond 1 when the wire breaks" SUFFIX},         \
        {.key = PREFIX "height_difference",                                              \
         .kind = FM_REAL,                                                                \
         .unit = "um",                                                                   \
         .example = "0",                                                                 \
         .min = -50000,                                                                  \
         .max = 50000,                                                                   \
         .flags = FM_OPTIONAL | FM_DIFFERENCE,                                           \
         .term = "bond.loop-geometry",                                                   \
         .help = "height of bond 1 over bond 2" SUFFIX},                                 \
        {.key = PREFIX "position",                                                       \
         .kind = FM_REAL,                                                                \
         .unit = "1",                                                                    \
         .example = "0.5",                                                               \
         .min = 0.01,                                                                    \
         .max = 0.99,                                                                    \
         .flags = FM_OPTIONAL,                                                           \
         .term = "bond.hook-position",                                                   \
         .help = "hook position from bond 1 over span" SUFFIX},                          \
    {                                                                                    \
        .key = PREFIX "tilt", .kind = FM_REAL, .unit = "degree", .example = "0",         \
        .min = -80, .max = 80, .flags = FM_OPTIONAL, .term = "bond.loop-geometry",       \
        .help = "direction of the pull from vertical, positive toward bond 2" SUFFIX     \
    }

#define DEFAULT_REPLICATES 1000
#define QUOTE(X)           #X
#define TEXT_OF(X)         QUOTE(X)
#define WHERE_PARAM(NAME)                                                                \
    {                                                                                    \
        .key = "where." NAME, .kind = FM_TEXT, .example = "corner",                      \
        .flags = FM_OPTIONAL, .no_term = "a label of the user's data",                   \
        .help = "only rows with this label in column `" NAME "`; sweep it to fit each"   \
    }
#define MODES_PARAM(NAME, DEF, TEXT)                                                     \
    {                                                                                    \
        .key = "modes." NAME, .kind = FM_LIST, .item = FM_TEXT, .def = (DEF),            \
        .flags = FM_FIXED, .term = "bond.failure-mode",                                  \
        .help = "with a geometry: modes that break " TEXT                                \
    }

static const fm_param params[F_N_PARAMS] = {
    {.key = "distribution",
     .kind = FM_CHOICE,
     .def = "weibull",
     .choices = fm_fit_distributions,
     .term = "stat.life-distribution",
     .help = "strength distribution of every mode; best: smallest AICc of weibull, "
             "lognormal, normal, sev"},
    {.key = "interval",
     .kind = FM_CHOICE,
     .def = "wald",
     .choices = intervals,
     .term = "stat.likelihood-interval",
     .help = "wald: Fisher information; likelihood: profile likelihood; bootstrap: "
             "resampled rows"},
    {.key = "confidence",
     .kind = FM_REAL,
     .unit = "1",
     .def = "0.95",
     .min = 0.5,
     .max = 0.9999,
     .term = "met.confidence-interval",
     .help = "level of the two-sided intervals, and of the one-sided bound of "
             "weibayes.shape"},
    {.key = "replicates",
     .kind = FM_INTEGER,
     .def = TEXT_OF(DEFAULT_REPLICATES),
     .min = 20,
     .max = 1000000,
     .term = "stat.bootstrap",
     .help = "interval bootstrap: number of resampled fits"},
    {.key = "percentiles",
     .kind = FM_LIST,
     .item = FM_REAL,
     .unit = "1",
     .def = "[0.01, 0.1, 0.5]",
     .min = 0,
     .max = 1,
     .flags = FM_FIXED | FM_OPEN_MIN | FM_OPEN_MAX,
     .term = "stat.percentile",
     .help = "probabilities whose strengths are reported"},
    {.key = "limit",
     .kind = FM_REAL,
     .unit = "1",
     .example = "3",
     .min = -1e300,
     .max = 1e300,
     .flags = FM_OPTIONAL,
     .term = "bond.pull-limit",
     .help = "smallest accepted force, a bare number in the unit of the data"},
    {.key = "accept.max_fraction_below",
     .kind = FM_REAL,
     .unit = "1",
     .example = "0.001",
     .min = 0,
     .max = 1,
     .flags = FM_OPTIONAL,
     .term = "bond.lot-acceptance",
     .help = "accepted fraction below the limit, compared with the upper bound"},
    {.key = "weibayes.shape",
     .kind = FM_REAL,
     .unit = "1",
     .example = "3",
     .min = 0.05,
     .max = 1000,
     .flags = FM_OPTIONAL,
     .term = "stat.weibayes",
     .help = "Weibull shape known from elsewhere, for modes that have no fit"},
    WHERE_PARAM("zone"),
    WHERE_PARAM("wire"),
    WHERE_PARAM("lot"),
    GEOMETRY_PARAMS("loop.", " of all rows, instead of a column"),
    GEOMETRY_PARAMS("predict.", ", where forces are predicted"),
    MODES_PARAM("span", "[wire]", "in the span, at the larger tension"),
    MODES_PARAM("side_1", "[heel-1, lift-1]", "at bond 1, at tension T1"),
    MODES_PARAM("side_2", "[heel-2, lift-2]", "at bond 2, at tension T2"),
    MODES_PARAM("hook", "[]", "at the hook force itself"),
};

/* ---- 2. input --------------------------------------------------------------------- */

#define LABEL_COLUMN(NAME, TEXT)                                                         \
    {                                                                                    \
        .name = (NAME), .type = FM_TYPE_TEXT, .flags = FM_COL_MISSING, .help = (TEXT)    \
    }
#define GEOMETRY_COLUMN(NAME, UNIT, MIN, MAX, TERM, TEXT)                                \
    {                                                                                    \
        .name = (NAME), .type = FM_TYPE_REAL, .unit = (UNIT), .min = (MIN),              \
        .max = (MAX), .term = (TERM), .help = (TEXT)                                     \
    }

static const fm_input_column pull_columns[D_N_COLUMNS] = {
    {.name = "force",
     .type = FM_TYPE_REAL,
     .flags = FM_COL_REQUIRED,
     .term = "bond.pull-force",
     .help = "force (or life) at the break, or that was passed; in any unit"},
    {.name = "mode",
     .type = FM_TYPE_TEXT,
     .flags = FM_COL_MISSING,
     .term = "bond.failure-mode",
     .help = "what broke; `c` or empty: it passed (censored). Without this column every "
             "row is a failure of one mode"},
    {.name = "count",
     .type = FM_TYPE_INTEGER,
     .term = "stat.censoring",
     .help = "number of equal rows that this one stands for; without it 1"},
    GEOMETRY_COLUMN("span", "um", 1, 1e6, "bond.loop-geometry",
                    "horizontal distance of the bonds"),
    GEOMETRY_COLUMN("height", "um", -1e6, 1e6, "bond.loop-geometry",
                    "height of the hook above bond 1 at the break"),
    GEOMETRY_COLUMN("height_difference", "um", -1e6, 1e6, "bond.loop-geometry",
                    "height of bond 1 over bond 2"),
    GEOMETRY_COLUMN("hook_position", "1", 0.001, 0.999, "bond.hook-position",
                    "hook position from bond 1 over span"),
    GEOMETRY_COLUMN("tilt", "degree", -80, 80, "bond.loop-geometry",
                    "direction of the pull from vertical, positive toward bond 2"),
    LABEL_COLUMN("zone", "zone on the die or frame, for where.zone"),
    LABEL_COLUMN("wire", "wire, for where.wire"),
    LABEL_COLUMN("lot", "lot, for where.lot"),
};

static const char example[] =
    "# Shock absorbers of a vehicle, distance to failure by two modes; c: still working\n"
    "# (Meeker and Escobar, Statistical Methods for Reliability Data, 1998, p. 630).\n"
    "force [km],mode\n"
    "6700,1\n6950,c\n7820,c\n8790,c\n9120,2\n9660,c\n9820,c\n11310,c\n11690,c\n"
    "11850,c\n11880,c\n12140,c\n12200,1\n12870,c\n13150,2\n13330,c\n13470,c\n14040,c\n"
    "14300,1\n17520,1\n17540,c\n17890,c\n18450,c\n18960,c\n18980,c\n19410,c\n20100,2\n"
    "20100,c\n20150,c\n20320,c\n20900,2\n22700,1\n23490,c\n26510,1\n27410,c\n27490,1\n"
    "27890,c\n28100,c\n";

static const fm_input_decl inputs[] = {
    {.name = "pulls",
     .columns = pull_columns,
     .n_columns = FM_COUNT(pull_columns),
     .example = example,
     .help = "one row per pull, or per `count` equal ones"},
};

/* ---- 3. tables -------------------------------------------------------------------- */

#define UNIT "@pulls.force"
#define REAL(NAME, UNITS, TERM, TEXT)                                                    \
    {                                                                                    \
        .name = (NAME), .type = FM_TYPE_REAL, .unit = (UNITS), .long_name = (TEXT),      \
        .term = (TERM)                                                                   \
    }
#define COUNT(NAME, TEXT)                                                                \
    {                                                                                    \
        .name = (NAME), .type = FM_TYPE_INTEGER, .unit = "1", .long_name = (TEXT),       \
        .no_term = "a plain count"                                                       \
    }
#define MODE                                                                             \
    {                                                                                    \
        .name = "mode", .type = FM_TYPE_TEXT, .unit = "", .long_name = "failure mode",   \
        .role = FM_AXIS, .term = "bond.failure-mode"                                     \
    }
#define DISTRIBUTION                                                                     \
    {                                                                                    \
        .name = "distribution", .type = FM_TYPE_TEXT, .unit = "",                        \
        .long_name = "distribution", .term = "stat.life-distribution"                    \
    }
#define STATUS                                                                           \
    {                                                                                    \
        .name = "status", .type = FM_TYPE_CODE, .unit = "",                              \
        .long_name = "what became of the fit", .role = FM_STATUS,                        \
        .words = fm_fit_status_words, .term = "stat.maximum-likelihood"                  \
    }
#define METHOD                                                                           \
    {                                                                                    \
        .name = "method", .type = FM_TYPE_TEXT, .unit = "",                              \
        .long_name = "how the bounds were computed", .term = "stat.wald-interval"        \
    }

static const fm_column summary_columns[] = {
    COUNT("n_pulls", "number of pulls"),
    COUNT("n_failed", "number of pulls that broke"),
    COUNT("n_censored", "number of pulls that passed"),
    COUNT("n_modes", "number of failure modes"),
    COUNT("n_fitted", "number of modes with a fit"),
    REAL("loglik", "1", "stat.maximum-likelihood", "log-likelihood, sum over the modes"),
    REAL("median", UNIT, "stat.percentile", "median force, all modes together"),
    REAL("limit", UNIT, "bond.pull-limit", "limit"),
    REAL("below_limit", "1", "bond.competing-risks",
         "probability below the limit, all modes together"),
    REAL("below_limit_lower", "1", "met.confidence-interval",
         "lower bound of the probability below the limit"),
    REAL("below_limit_upper", "1", "met.confidence-interval",
         "upper bound of the probability below the limit"),
    REAL("max_fraction_below", "1", "bond.lot-acceptance",
         "accepted fraction below the limit"),
    REAL("t1_ratio", "1", "bond.wire-tension",
         "tension at bond 1 over hook force where forces are predicted"),
    REAL("t2_ratio", "1", "bond.wire-tension",
         "tension at bond 2 over hook force where forces are predicted"),
    REAL("confidence", "1", "met.confidence-interval", "level of the bounds"),
    {.name = "normal_paper",
     .type = FM_TYPE_INTEGER,
     .unit = "1",
     .long_name = "1 if all fits are normal or lognormal",
     .no_term = "says how the probability plot is drawn"},
};

static const fm_column parameter_columns[] = {
    MODE,
    DISTRIBUTION,
    {.name = "name",
     .type = FM_TYPE_TEXT,
     .unit = "",
     .long_name = "parameter",
     .role = FM_AXIS,
     .term = "stat.life-distribution"},
    REAL("estimate", "1", "stat.maximum-likelihood",
         "estimate, in the unit of column units"),
    REAL("se", "1", "met.standard-uncertainty",
         "standard error, in the unit of column units"),
    REAL("lower", "1", "met.confidence-interval",
         "lower bound, in the unit of column units"),
    REAL("upper", "1", "met.confidence-interval",
         "upper bound, in the unit of column units"),
    METHOD,
    {.name = "units",
     .type = FM_TYPE_TEXT,
     .unit = "",
     .long_name = "unit of estimate, se, lower and upper",
     .no_term = "a unit"},
};

static const fm_column percentile_columns[] = {
    MODE,
    {.name = "p",
     .type = FM_TYPE_REAL,
     .unit = "1",
     .long_name = "probability",
     .role = FM_AXIS,
     .term = "stat.percentile"},
    REAL("estimate", UNIT, "stat.percentile",
         "strength that a fraction p does not exceed"),
    REAL("se", UNIT, "met.standard-uncertainty", "standard error"),
    REAL("lower", UNIT, "met.confidence-interval", "lower bound"),
    REAL("upper", UNIT, "met.confidence-interval", "upper bound"),
    METHOD,
};

static const fm_column below_columns[] = {
    MODE,
    REAL("limit", UNIT, "bond.pull-limit", "limit"),
    REAL("estimate", "1", "bond.competing-risks", "probability of a force below it"),
    REAL("se", "1", "met.standard-uncertainty", "standard error"),
    REAL("lower", "1", "met.confidence-interval", "lower bound"),
    REAL("upper", "1", "met.confidence-interval", "upper bound"),
    METHOD,
};

static const fm_column loglik_columns[] = {
    MODE,
    DISTRIBUTION,
    COUNT("n_pulls", "number of pulls"),
    COUNT("n_failed", "number that broke in this mode; the others are censored"),
    REAL("loglik", "1", "stat.maximum-likelihood", "log-likelihood at the estimate"),
    REAL("aicc", "1", "stat.aicc",
         "Akaike's criterion for small samples, with the number of failures"),
    REAL("anderson_darling", "1", "stat.anderson-darling",
         "Anderson-Darling distance to the product-limit estimate"),
    COUNT("n_replicates_failed", "number of bootstrap replicates without a fit"),
    STATUS,
};

static const fm_column candidate_columns[] = {
    MODE,
    DISTRIBUTION,
    REAL("loglik", "1", "stat.maximum-likelihood", "log-likelihood at the estimate"),
    REAL("aicc", "1", "stat.aicc",
         "Akaike's criterion for small samples, with the number of failures"),
    REAL("anderson_darling", "1", "stat.anderson-darling",
         "Anderson-Darling distance to the product-limit estimate"),
    STATUS,
};

static const char *const kind_words[] = {"point", "curve", NULL};

static const fm_column plot_columns[] = {
    MODE,
    {.name = "kind",
     .type = FM_TYPE_CODE,
     .unit = "",
     .long_name = "observed point or fitted curve",
     .role = FM_AXIS,
     .words = kind_words,
     .term = "stat.probability-plot"},
    REAL("force", UNIT, "bond.strength-distribution", "strength"),
    REAL("observed", "1", "stat.probability-plot",
         "fraction failing, product-limit estimate"),
    REAL("fitted", "1", "stat.life-distribution", "fraction failing, fitted"),
    REAL("lower", "1", "met.confidence-interval", "lower bound of the fitted fraction"),
    REAL("upper", "1", "met.confidence-interval", "upper bound of the fitted fraction"),
};

static const fm_column incidence_columns[] = {
    MODE,
    REAL("force", UNIT, "bond.pull-force", "force"),
    REAL("observed", "1", "bond.cumulative-incidence",
         "fraction broken in this mode, Aalen-Johansen estimate"),
    REAL("fitted", "1", "bond.cumulative-incidence",
         "fraction broken in this mode, fitted"),
};

static const fm_column prediction_columns[] = {
    MODE,
    REAL("force", UNIT, "bond.pull-force", "force"),
    REAL("probability", "1", "bond.cumulative-incidence",
         "predicted fraction broken at or below the force"),
    REAL("lower", "1", "met.confidence-interval", "lower bound, all modes together"),
    REAL("upper", "1", "met.confidence-interval", "upper bound, all modes together"),
};

static const fm_column share_columns[] = {
    MODE,
    COUNT("n_failed", "number that broke in this mode"),
    REAL("observed", "1", "bond.failure-mode", "share of this mode in what broke"),
    REAL("predicted", "1", "bond.failure-mode",
         "predicted share where every pull breaks"),
    REAL("coefficient", "1", "bond.wire-tension",
         "tension where this mode breaks over hook force"),
};

#define TABLE(NAME, TEXT, SHAPE, COLUMNS, SIGNAL)                                        \
    {                                                                                    \
        .name = (NAME), .long_name = (TEXT), .shape = (SHAPE), .columns = (COLUMNS),     \
        .n_columns = FM_COUNT(COLUMNS), .signal = (SIGNAL)                               \
    }

static const fm_table tables[FIT_N_TABLES] = {
    TABLE("summary", "summary of the fit", FM_ONE_ROW, summary_columns, "loglik"),
    TABLE("parameters", "parameters of the strength distributions", FM_MANY_ROWS,
          parameter_columns, "estimate"),
    TABLE("percentiles", "percentiles: strengths per mode, forces of all modes together",
          FM_MANY_ROWS, percentile_columns, "estimate"),
    TABLE("probability_below_limit", "probability of a force below the limit",
          FM_MANY_ROWS, below_columns, "estimate"),
    TABLE("loglik", "likelihood and goodness of fit per mode", FM_MANY_ROWS,
          loglik_columns, "loglik"),
    TABLE("candidates", "distributions that were compared", FM_MANY_ROWS,
          candidate_columns, "aicc"),
    TABLE("probability_plot", "observed and fitted fractions failing per mode",
          FM_MANY_ROWS, plot_columns, "fitted"),
    TABLE("incidence", "observed and fitted incidence of the modes", FM_MANY_ROWS,
          incidence_columns, "observed"),
    TABLE("prediction", "predicted distribution of the force", FM_MANY_ROWS,
          prediction_columns, "probability"),
    TABLE("mode_share", "observed and predicted mix of modes", FM_MANY_ROWS,
          share_columns, "observed"),
};

/* ---- 4. figures, verdict ---------------------------------------------------------- */

static const fm_figure figures[] = {
    {.name = "probability-plot",
     .caption = "Fraction failing per mode against strength, on the probability paper of "
                "the fit: product-limit estimate (points), fit (lines) and its bounds "
                "(thin lines). Points off their line speak against the distribution.",
     .table = "probability_plot",
     .columns = "force observed fitted lower upper",
     .by = "mode",
     .scalars = "summary.normal_paper summary.confidence",
     .script = "pull/pull_fit.gp",
     .flags = FM_FIG_POINT},
    {.name = "incidence",
     .caption = "Cumulative incidence per mode: Aalen-Johansen estimate (steps) and what "
                "the fitted modes together give (dashed).",
     .table = "incidence",
     .columns = "force observed fitted",
     .by = "mode",
     .script = "pull/pull_fit.gp",
     .flags = FM_FIG_POINT},
    {.name = "prediction",
     .caption = "Predicted fraction broken at or below a force: all modes together with "
                "bounds (thin lines), and the part of each mode.",
     .table = "prediction",
     .columns = "force probability lower upper",
     .by = "mode",
     .scalars = "summary.limit summary.confidence",
     .script = "pull/pull_fit.gp",
     .flags = FM_FIG_POINT},
    {.name = "below-limit",
     .caption = "Probability of a force below the limit, with bounds, over the sweep.",
     .table = "summary",
     .columns = "@axis below_limit below_limit_lower below_limit_upper "
                "max_fraction_below",
     .script = "pull/pull_fit.gp",
     .flags = FM_FIG_SWEEP},
};

static const fm_verdict verdicts[] = {
    {.name = "below-limit",
     .statement = "upper bound of the probability below the limit",
     .table = "summary",
     .column = "below_limit_upper",
     .direction = FM_AT_MOST,
     .limit_column = "max_fraction_below",
     .term = "bond.lot-acceptance"},
};

/* ---- 5. checks, the study --------------------------------------------------------- */

static bool
has_column(const fm_point *point, size_t declared)
{
    const fm_data *data = fm_input(point, 0);
    return data->first[declared] < data->first[declared + 1];
}

/* True when a list is what its parameter's default spells. */
static bool
is_default_list(const fm_point *point, size_t param)
{
    char text[256] = "[";
    const fm_value *v = fm_value_at(point, param);
    size_t used = 1;
    for (size_t k = 0; k < v->n && used < sizeof text; k++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s",
                                 k > 0 ? ", " : "", v->items[k].text);
    if (used + 1 >= sizeof text)
        return false;
    text[used] = ']';
    text[used + 1] = '\0';
    return strcmp(text, point->study->params[param].def) == 0;
}

static fm_status
check_geometry(const fm_point *point, fm_error *err)
{
    const fm_param *p = point->study->params;
    const size_t required[] = {0, 1, 3};
    bool geometry = fm_fit_has_geometry(point);
    for (size_t k = 0; k < FIT_GEOMETRY; k++) {
        const char *name = pull_columns[D_SPAN + k].name;
        if (has_column(point, D_SPAN + k) && fm_present(point, F_SPAN + k))
            return FM_FAIL(err, FM_ESCENARIO, "%s: the data have a column '%s' as well",
                           p[F_SPAN + k].key, name);
        if (!geometry && fm_present(point, F_AT_SPAN + k))
            return FM_FAIL(err, FM_ESCENARIO,
                           "%s: the data and loop.* do not say where the hook was, so "
                           "forces elsewhere cannot be predicted",
                           p[F_AT_SPAN + k].key);
    }
    for (size_t i = 0; geometry && i < FM_COUNT(required); i++) {
        size_t k = required[i];
        if (!has_column(point, D_SPAN + k) && !fm_present(point, F_SPAN + k))
            return FM_FAIL(err, FM_ESCENARIO,
                           "%s is missing: a hook geometry needs span, height and hook "
                           "position, each as a column of the data or here",
                           p[F_SPAN + k].key);
    }
    for (size_t k = 0; !geometry && k < 4; k++)
        if (!is_default_list(point, F_MODES_SPAN + k))
            return FM_FAIL(err, FM_ESCENARIO,
                           "%s: has no meaning without a hook geometry",
                           p[F_MODES_SPAN + k].key);
    return FM_OK;
}

fm_status
fm_pull_fit_check(const fm_point *point, fm_error *err)
{
    int64_t distribution = fm_integer(point, F_DISTRIBUTION);
    int64_t interval = fm_integer(point, F_INTERVAL);
    if (fm_input(point, 0) == NULL)
        return FM_FAIL(err, FM_ESCENARIO, "data.pulls is missing");
    if (fm_integer(point, F_REPLICATES) != DEFAULT_REPLICATES &&
        interval != INTERVAL_BOOTSTRAP)
        return FM_FAIL(err, FM_ESCENARIO,
                       "replicates: only interval bootstrap uses them (interval is %s)",
                       intervals[interval]);
    if (distribution == FM_MATH_WEIBULL3 && interval == INTERVAL_LIKELIHOOD)
        return FM_FAIL(err, FM_ESCENARIO,
                       "interval: the profile likelihood of weibull3 is not regular at "
                       "its threshold; take wald or bootstrap");
    if (fm_present(point, F_MAX_BELOW) && !fm_present(point, F_LIMIT))
        return FM_FAIL(err, FM_ESCENARIO, "accept.max_fraction_below: needs limit");
    if (fm_present(point, F_KNOWN_SHAPE) && distribution != FM_MATH_WEIBULL)
        return FM_FAIL(err, FM_ESCENARIO,
                       "weibayes.shape: is for distribution weibull (it is %s)",
                       fm_fit_distributions[distribution]);
    if (fm_fit_has_geometry(point) && !fm_fit_is_positive(distribution))
        return FM_FAIL(err, FM_ESCENARIO,
                       "distribution: %s allows forces below 0, which a wire under a "
                       "hook does not have; take weibull, weibull3, lognormal or best",
                       fm_fit_distributions[distribution]);
    return check_geometry(point, err);
}

uint64_t
fm_pull_fit_rows(const fm_point *point, size_t table)
{
    const fm_data *data = fm_input(point, 0);
    uint64_t n = data != NULL ? data->n_rows : 0, modes = 1;
    if (data != NULL && has_column(point, D_MODE))
        modes = data->columns[data->first[D_MODE]].n_labels;
    uint64_t few = n < 400 ? n : 400;
    switch (table) {
    case FIT_SUMMARY:
        return 1;
    case FIT_PLOT:
    case FIT_INCIDENCE:
        return modes * few;
    case FIT_PREDICTION:
        return 41 * (modes + 1);
    default:
        return 4 * modes;
    }
}

static const char *const streams[] = {"rows"};

const fm_study fm_study_pull_fit = {
    .name = "pull.fit",
    .summary = "strength distributions per failure mode from measured pulls",
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
    .check = fm_pull_fit_check,
    .rows = fm_pull_fit_rows,
    .run = fm_pull_fit_run,
};
