/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pull.simulate: pull forces and failure modes of a simulated bonder.
 *
 * Contents
 *   1. parameters and inputs   2. tables   3. figures and verdict   4. the study
 *
 * What a point computes is in pull_simulate_run.c.
 */
#include "config.h"

#include "pull/pull_simulate.h"

#include "pull/pull_data.h"
#include "pull/pull_tally.h"

static const char about[] =
    "A hook pulls a bonded wire loop until it breaks at its weakest place: in the span, "
    "at one of the two heels (necks), or at one of the two bonds. Each place has a "
    "strength of its own, drawn per pull from its distribution, independent of the "
    "others.\n\n"
    "**Geometry.** Vertical and horizontal balance at the hook give the wire tensions T1 "
    "and T2 per hook force F (the resolution of forces of ASTM F459). Place k breaks at "
    "the hook force S/c with c = T1/F for heel and bond 1, T2/F for heel and bond 2, and "
    "the larger of the two for the span; a lift is compared with the full tension, peel "
    "and shear are reported beside it. The pull force is the smallest S/c, the mode is "
    "its place. A hook force is not a wire tension: a flat loop multiplies it.\n\n"
    "**Strengths.** The breaking load is tensile strength times cross-section; every "
    "place has a mean strength as a fraction of it, or a mean of its own. Weibull and "
    "lognormal take mean and coefficient of variation; `normal` is cut off at 0 and "
    "scaled up, with mean and variation those before the cut. The default strengths are "
    "illustrative: replace them by your own data.\n\n"
    "**Modes and coded categories.** wire: break elsewhere (category b of MIL-STD-750-2 "
    "method 2037.1); heel-1, heel-2: neckdown break (a); lift-1: interface at bond 1, "
    "the die when bond 1 is there (c); lift-2: interface at bond 2, the post or lead "
    "(d). Lifted metallization and fractures (e to h) are not modelled.\n\n"
    "**Tester.** reading = F (1 + scale error) + noise, rounded to the resolution. "
    "MIL-STD-750-2 method 2037.1 asks for 0.25 gf up to 10 gf, 0.5 gf up to 50 gf and 5 "
    "% above (secondary source).\n\n"
    "**Limit.** From a table by standard, material and condition, on a straight line in "
    "log force over log diameter between its rows; outside the rows there is no limit "
    "and a remark says so. A reading equal to the limit passes.\n\n"
    "**Assumptions.** Independent strengths (mode and force alone cannot test this), no "
    "scatter of the geometry, quasi-static pull, straight spans.";

/* ---- 1. parameters and inputs ---------------------------------------------------- */

static const char *const family_words[] = {"weibull", "lognormal", "normal", "never",
                                           NULL};
static const char *const condition_words[] = {"preseal", "postseal", NULL};
static const char *const bond_words[] = {"double", "single", NULL};
static const char *const keep_words[] = {"summary", "pulls", NULL};

#define STRENGTH_PARAMS(MODE, FAMILY, FRACTION, CV, TERM, WHAT)                          \
    {.key = "strength." MODE ".distribution",                                            \
     .kind = FM_CHOICE,                                                                  \
     .def = (FAMILY),                                                                    \
     .choices = family_words,                                                            \
     .term = "bond.strength-distribution",                                               \
     .help = "distribution of the strength against " WHAT "; never: it does not occur"}, \
        {.key = "strength." MODE ".fraction",                                            \
         .kind = FM_REAL,                                                                \
         .unit = "1",                                                                    \
         .def = (FRACTION),                                                              \
         .min = 0,                                                                       \
         .max = 100,                                                                     \
         .flags = FM_OPEN_MIN,                                                           \
         .term = (TERM),                                                                 \
         .help =                                                                         \
             "mean strength against " WHAT " as a fraction of the wire's breaking load " \
             "(illustrative: replace by your own data)"},                                \
        {.key = "strength." MODE ".mean",                                                \
         .kind = FM_REAL,                                                                \
         .unit = "gf",                                                                   \
         .example = "8",                                                                 \
         .min = 0,                                                                       \
         .max = 1e6,                                                                     \
         .flags = FM_OPTIONAL | FM_OPEN_MIN,                                             \
         .term = (TERM),                                                                 \
         .help = "mean strength against " WHAT "; replaces the fraction"},               \
    {                                                                                    \
        .key = "strength." MODE ".cv", .kind = FM_REAL, .unit = "1", .def = (CV),        \
        .min = 1e-4, .max = 2, .term = "bond.strength-distribution",                     \
        .help = "standard deviation over mean of the strength against " WHAT             \
                " (illustrative: replace by your own data)"                              \
    }

static const fm_param params[N_PARAMS] = {
    {.key = "wire.material",
     .kind = FM_TEXT,
     .def = "Au",
     .term = "bond.breaking-load",
     .help = "wire material, as the inputs `wires` and `limits` call it"},
    {.key = "wire.diameter",
     .kind = FM_REAL,
     .unit = "um",
     .def = "25",
     .min = 5,
     .max = 1000,
     .term = "bond.wire-diameter",
     .help = "wire diameter"},
    {.key = "wire.tensile_strength",
     .kind = FM_REAL,
     .unit = "MPa",
     .example = "200",
     .min = 1,
     .max = 10000,
     .flags = FM_OPTIONAL,
     .term = "bond.breaking-load",
     .help = "breaking load over cross-section; without it the input `wires` is asked"},
    {.key = "loop.span",
     .kind = FM_REAL,
     .unit = "um",
     .def = "1000",
     .min = 10,
     .max = 50000,
     .term = "bond.loop-geometry",
     .help = "horizontal distance of the bonds"},
    {.key = "loop.height",
     .kind = FM_REAL,
     .unit = "um",
     .def = "250",
     .min = -50000,
     .max = 50000,
     .term = "bond.loop-geometry",
     .help = "height of the hook above bond 1 when the wire breaks"},
    {.key = "loop.height_difference",
     .kind = FM_REAL,
     .unit = "um",
     .def = "0",
     .min = -50000,
     .max = 50000,
     .flags = FM_DIFFERENCE,
     .term = "bond.loop-geometry",
     .help = "height of bond 1 over bond 2; positive when bond 2 is lower"},
    {.key = "loop.length",
     .kind = FM_REAL,
     .unit = "um",
     .example = "1150",
     .min = 10,
     .max = 100000,
     .flags = FM_OPTIONAL,
     .term = "bond.loop-geometry",
     .help = "length of wire between the bonds; gives the hook's height instead of "
             "loop.height"},
    {.key = "hook.position",
     .kind = FM_REAL,
     .unit = "1",
     .def = "0.5",
     .min = 0.01,
     .max = 0.99,
     .term = "bond.hook-position",
     .help = "hook position from bond 1 over span"},
    {.key = "hook.tilt",
     .kind = FM_REAL,
     .unit = "degree",
     .def = "0",
     .min = -80,
     .max = 80,
     .term = "bond.loop-geometry",
     .help = "direction of the pull from vertical, positive toward bond 2"},
    STRENGTH_PARAMS("wire", "weibull", "1", "0.03", "bond.breaking-load",
                    "the wire's span"),
    STRENGTH_PARAMS("heel_1", "weibull", "0.6", "0.06", "bond.heel-crack",
                    "heel or neck 1"),
    STRENGTH_PARAMS("heel_2", "weibull", "0.8", "0.1", "bond.heel-crack",
                    "heel or neck 2"),
    STRENGTH_PARAMS("lift_1", "lognormal", "1.1", "0.15", "bond.bond-lift",
                    "bond 1 lifting"),
    STRENGTH_PARAMS("lift_2", "lognormal", "0.95", "0.2", "bond.bond-lift",
                    "bond 2 lifting"),
    {.key = "tester.resolution",
     .kind = FM_REAL,
     .unit = "gf",
     .def = "0.01",
     .min = 0,
     .max = 1000,
     .term = "met.resolution",
     .help = "readings are whole multiples of it; 0: not rounded (illustrative)"},
    {.key = "tester.scale_error",
     .kind = FM_REAL,
     .unit = "1",
     .def = "0",
     .min = -0.5,
     .max = 0.5,
     .term = "met.bias",
     .help = "relative systematic error of the readings, the same for all pulls"},
    {.key = "tester.scale_u",
     .kind = FM_REAL,
     .unit = "1",
     .def = "0",
     .min = 0,
     .max = 0.5,
     .term = "met.standard-uncertainty",
     .help = "relative standard uncertainty of the tester's scale; widens mean_u only"},
    {.key = "tester.noise",
     .kind = FM_REAL,
     .unit = "gf",
     .def = "0.05",
     .min = 0,
     .max = 1000,
     .term = "met.repeatability",
     .help =
         "standard deviation of one reading (illustrative: replace by your own data)"},
    {.key = "limit.standard",
     .kind = FM_TEXT,
     .def = "MIL-STD-750-2",
     .term = "bond.pull-limit",
     .help =
         "standard whose rows of the input `limits` hold: MIL-STD-750-2, MIL-STD-883"},
    {.key = "limit.condition",
     .kind = FM_CHOICE,
     .def = "preseal",
     .choices = condition_words,
     .term = "bond.pull-limit",
     .help = "limit before or after the package is sealed"},
    {.key = "limit.bond",
     .kind = FM_CHOICE,
     .def = "double",
     .choices = bond_words,
     .term = "bond.pull-limit",
     .help = "pull of a wire with both bonds, or of one bond"},
    {.key = "limit.single_bond_factor",
     .kind = FM_REAL,
     .unit = "1",
     .def = "0.75",
     .min = 0,
     .max = 1,
     .flags = FM_OPEN_MIN,
     .term = "bond.pull-limit",
     .help = "part of the table's limit that holds when limit.bond is single "
             "(MIL-STD-750-2 method 2037.1: 75 %)"},
    {.key = "limit.force",
     .kind = FM_REAL,
     .unit = "gf",
     .example = "3",
     .min = 0,
     .max = 1e6,
     .flags = FM_OPTIONAL | FM_OPEN_MIN,
     .term = "bond.pull-limit",
     .help = "limit of your own; replaces the table and the single-bond factor"},
    {.key = "accept.max_fraction_below",
     .kind = FM_REAL,
     .unit = "1",
     .def = "0.001",
     .min = 0,
     .max = 1,
     .term = "bond.lot-acceptance",
     .help = "accepted fraction of pulls below the limit (illustrative)"},
    {.key = "keep",
     .kind = FM_CHOICE,
     .def = "summary",
     .choices = keep_words,
     .flags = FM_FIXED,
     .no_term = "says what is stored, not a quantity",
     .help = "summary: statistics only, any number of draws; pulls: also every pull"},
    {.key = "bins",
     .kind = FM_INTEGER,
     .def = "60",
     .min = 1,
     .max = FM_PULL_MAX_BINS,
     .flags = FM_FIXED,
     .no_term = "a choice of display, not a quantity",
     .help = "largest number of histogram bins"},
};

static const fm_input_decl inputs[N_INPUTS] = {
    {.name = "limits",
     .columns = fm_pull_limits_columns,
     .n_columns = FM_PULL_LIMITS_COLUMNS,
     .def_file = "pull/limits.csv",
     .help = "minimum pull force over wire diameter, by standard and material"},
    {.name = "wires",
     .columns = fm_pull_wires_columns,
     .n_columns = FM_PULL_WIRES_COLUMNS,
     .def_file = "pull/wires.csv",
     .help = "tensile strength by material"},
};

/* ---- 2. tables ------------------------------------------------------------------- */

const char *const fm_pull_mode_words[FM_PULL_N_MODES + 1] = {"wire",   "heel-1", "heel-2",
                                                             "lift-1", "lift-2", NULL};
static const char *const zone_words[] = {"span", "bond 1", "bond 2", NULL};

#define SHARE_COLUMN(NAME, TEXT)                                                         \
    {                                                                                    \
        .name = "share_" NAME, .type = FM_TYPE_REAL, .unit = "1",                        \
        .long_name = "share of pulls that broke " TEXT, .term = "bond.failure-mode"      \
    }
#define REAL_COLUMN(NAME, UNIT, TERM, TEXT)                                              \
    {                                                                                    \
        .name = (NAME), .type = FM_TYPE_REAL, .unit = (UNIT), .long_name = (TEXT),       \
        .term = (TERM)                                                                   \
    }

static const fm_column summary_columns[N_SUMMARY] = {
    {.name = "n_pulls",
     .type = FM_TYPE_INTEGER,
     .unit = "1",
     .long_name = "number of simulated pulls",
     .no_term = "a plain count"},
    REAL_COLUMN("mean", "gf", "bond.pull-force", "mean pull force"),
    REAL_COLUMN("mean_se", "gf", "met.standard-uncertainty",
                "Monte Carlo standard error of the mean pull force"),
    REAL_COLUMN("mean_u", "gf", "met.combined-uncertainty",
                "standard uncertainty of the mean pull force, tester scale included"),
    REAL_COLUMN("std_dev", "gf", "bond.pull-force",
                "standard deviation of the pull force"),
    REAL_COLUMN("minimum", "gf", "bond.pull-force", "smallest pull force"),
    REAL_COLUMN("maximum", "gf", "bond.pull-force", "largest pull force"),
    REAL_COLUMN("fraction_below_limit", "1", "bond.pull-limit",
                "fraction of pulls below the limit"),
    REAL_COLUMN("fraction_below_limit_se", "1", "met.standard-uncertainty",
                "Monte Carlo standard error of the fraction below the limit"),
    REAL_COLUMN("fraction_below_limit_upper", "1", "met.uncertainty",
                "upper 95 % bound of the fraction below the limit"),
    REAL_COLUMN("fraction_below_limit_exact", "1", "bond.competing-risks",
                "probability of a pull below the limit with an ideal tester"),
    REAL_COLUMN("limit", "gf", "bond.pull-limit", "minimum pull force"),
    REAL_COLUMN("max_fraction_below", "1", "bond.lot-acceptance",
                "accepted fraction of pulls below the limit"),
    SHARE_COLUMN("wire", "in the span"),
    SHARE_COLUMN("heel_1", "at heel 1"),
    SHARE_COLUMN("heel_2", "at heel 2"),
    SHARE_COLUMN("lift_1", "by lifting bond 1"),
    SHARE_COLUMN("lift_2", "by lifting bond 2"),
    REAL_COLUMN("t1_ratio", "1", "bond.wire-tension", "wire tension 1 over hook force"),
    REAL_COLUMN("t2_ratio", "1", "bond.wire-tension", "wire tension 2 over hook force"),
    REAL_COLUMN("peel1_ratio", "1", "bond.wire-tension",
                "peel at bond 1 over hook force"),
    REAL_COLUMN("peel2_ratio", "1", "bond.wire-tension",
                "peel at bond 2 over hook force"),
    REAL_COLUMN("shear1_ratio", "1", "bond.wire-tension",
                "shear at bond 1 over hook force"),
    REAL_COLUMN("shear2_ratio", "1", "bond.wire-tension",
                "shear at bond 2 over hook force"),
    REAL_COLUMN("hook_height", "um", "bond.loop-geometry",
                "height of the hook over bond 1"),
    REAL_COLUMN("breaking_load", "gf", "bond.breaking-load",
                "mean breaking load of the wire"),
    {.name = "limit_source",
     .type = FM_TYPE_TEXT,
     .unit = "",
     .long_name = "source of the limit",
     .term = "bond.pull-limit"},
};

static const fm_column modes_columns[N_MODES] = {
    {.name = "mode",
     .type = FM_TYPE_CODE,
     .unit = "",
     .long_name = "failure mode",
     .role = FM_AXIS,
     .words = fm_pull_mode_words,
     .term = "bond.failure-mode"},
    {.name = "n",
     .type = FM_TYPE_INTEGER,
     .unit = "1",
     .long_name = "number of pulls",
     .no_term = "a plain count"},
    REAL_COLUMN("share", "1", "bond.failure-mode", "share of pulls"),
    REAL_COLUMN("share_se", "1", "met.standard-uncertainty",
                "Monte Carlo standard error of the share"),
    REAL_COLUMN("mean", "gf", "bond.pull-force", "mean pull force of this mode"),
    REAL_COLUMN("std_dev", "gf", "bond.pull-force",
                "standard deviation of the pull force of this mode"),
    REAL_COLUMN("minimum", "gf", "bond.pull-force", "smallest pull force of this mode"),
    REAL_COLUMN("mean_strength", "gf", "bond.strength-distribution",
                "mean strength that the model gives this mode"),
    REAL_COLUMN("tension_ratio", "1", "bond.wire-tension",
                "tension that drives this mode over hook force"),
    {.name = "n_under",
     .type = FM_TYPE_INTEGER,
     .unit = "1",
     .long_name = "pulls below the first bin of the histogram",
     .no_term = "a plain count"},
    {.name = "n_over",
     .type = FM_TYPE_INTEGER,
     .unit = "1",
     .long_name = "pulls above the last bin of the histogram",
     .no_term = "a plain count"},
};

static const fm_column histogram_columns[N_HISTOGRAM] = {
    {.name = "force",
     .type = FM_TYPE_REAL,
     .unit = "gf",
     .long_name = "pull force",
     .role = FM_AXIS,
     .term = "bond.pull-force"},
    {.name = "mode",
     .type = FM_TYPE_CODE,
     .unit = "",
     .long_name = "failure mode",
     .role = FM_AXIS,
     .words = fm_pull_mode_words,
     .term = "bond.failure-mode"},
    {.name = "count",
     .type = FM_TYPE_INTEGER,
     .unit = "1",
     .long_name = "pulls in the bin",
     .no_term = "a plain count"},
    REAL_COLUMN("density", "gf-1", "bond.pull-force",
                "share of all pulls per width of the bin"),
    REAL_COLUMN("low", "gf", "bond.pull-force", "lower edge of the bin"),
    REAL_COLUMN("high", "gf", "bond.pull-force", "upper edge of the bin"),
};

static const fm_column pulls_columns[N_PULLS] = {
    {.name = "pull",
     .type = FM_TYPE_INTEGER,
     .unit = "1",
     .long_name = "number of the pull",
     .role = FM_AXIS,
     .no_term = "a plain count"},
    REAL_COLUMN("force", "gf", "bond.pull-force", "pull force as the tester shows it"),
    {.name = "mode",
     .type = FM_TYPE_CODE,
     .unit = "",
     .long_name = "failure mode",
     .words = fm_pull_mode_words,
     .term = "bond.failure-mode"},
    {.name = "zone",
     .type = FM_TYPE_CODE,
     .unit = "",
     .long_name = "where the wire broke",
     .words = zone_words,
     .term = "bond.failure-mode"},
    REAL_COLUMN("tension", "gf", "bond.wire-tension",
                "wire tension at the broken place, from the reading"),
};

static const fm_table tables[N_TABLES] = {
    {.name = "summary",
     .long_name = "pull force, modes and limit of each point",
     .shape = FM_ONE_ROW,
     .columns = summary_columns,
     .n_columns = N_SUMMARY,
     .signal = "mean"},
    {.name = "modes",
     .long_name = "failure modes",
     .shape = FM_MANY_ROWS,
     .columns = modes_columns,
     .n_columns = N_MODES,
     .signal = "share"},
    {.name = "histogram",
     .long_name = "pull forces by failure mode",
     .shape = FM_MANY_ROWS,
     .columns = histogram_columns,
     .n_columns = N_HISTOGRAM,
     .signal = "count"},
    {.name = "pulls",
     .long_name = "every pull",
     .shape = FM_MANY_ROWS,
     .columns = pulls_columns,
     .n_columns = N_PULLS,
     .signal = "force"},
};

/* ---- 3. figures and verdict ------------------------------------------------------ */

static const fm_figure figures[] = {
    {.name = "histogram",
     .table = "histogram",
     .columns = "force count",
     .by = "mode",
     .scalars = "summary.limit",
     .script = "pull/pull_simulate.gp",
     .flags = FM_FIG_POINT,
     .caption = "Pull forces by failure mode. The vertical line is the limit."},
    {.name = "mode-share",
     .table = "modes",
     .columns = "@axis share",
     .by = "mode",
     .script = "pull/pull_simulate.gp",
     .flags = FM_FIG_SWEEP,
     .caption = "Share of each failure mode over the swept parameter."},
    {.name = "mean-force",
     .table = "summary",
     .columns = "@axis mean std_dev limit",
     .script = "pull/pull_simulate.gp",
     .flags = FM_FIG_SWEEP,
     .caption =
         "Mean pull force with one standard deviation of single pulls to either side, "
         "and the limit, over the swept parameter."},
};

static const fm_verdict verdicts[] = {
    {.name = "below-limit",
     .statement = "fraction of pulls below the limit",
     .table = "summary",
     .column = "fraction_below_limit",
     .direction = FM_AT_MOST,
     .limit_column = "max_fraction_below",
     .term = "bond.pull-limit"},
};

static const char *const streams[N_STREAMS] = {"wire", "heel", "lift"};

/* ---- 4. the study ---------------------------------------------------------------- */

const fm_study fm_study_pull_simulate = {
    .name = "pull.simulate",
    .summary = "pull forces and failure modes of a simulated bonder",
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
    .draws = 100000,
    .over_draws = "summary.mean summary.std_dev summary.fraction_below_limit "
                  "summary.share_wire summary.share_heel_1 summary.share_heel_2 "
                  "summary.share_lift_1 summary.share_lift_2 modes.share",
    .check = fm_pull_simulate_check,
    .rows = fm_pull_simulate_rows,
    .run = fm_pull_simulate_run,
};
