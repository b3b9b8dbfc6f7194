/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pull.acceptance: what a sample of pulls proves, and what a sampling plan lets through.
 *
 * Contents
 *   1. parameters and inputs   2. tables   3. figures and verdicts   4. the study
 *
 * What a point computes is in pull_acceptance_run.c.
 */
#include "config.h"

#include "pull/pull_acceptance.h"

#include "pull/pull_data.h"
#include "pull/pull_sampling.h"

static const char about[] =
    "Two questions about a limit on the pull force. What does a sample of pulls prove "
    "(capability and tolerance bounds)? And what does a sampling plan let through "
    "(operating characteristic)?\n\n"
    "**Capability** against the lower limit, Cpl = (mean - limit)/(3 s), which is also "
    "Cpk as there is no upper limit. Its bounds are exact for normal values, from the "
    "noncentral t. A required index is a claim: `claim_proves` is the lower bound that "
    "an observed index equal to the claim has from this many pulls (1.67 from 30 pulls "
    "proves 1.29 at 95 %), `needed_index` what must be observed to prove the claim, and "
    "`needed_n` how many pulls it takes if the index comes out as observed (without "
    "data: as `claim.expected`).\n\n"
    "**Tolerance bounds.** The force that at least `tolerance.content` of all bonds "
    "exceed, at the stated confidence: mean - k s for normal values, the same on the "
    "logarithms, the profile likelihood of a Weibull's quantile (approximate: its "
    "confidence is exact only for large samples), and an order statistic without any "
    "distribution, which needs many values: 299 for 99 % at 95 %. Beside each bound, "
    "the fraction below the limit and its upper bound by the same method. Which "
    "distribution is right cannot be proved by a small sample: look at the figure.\n\n"
    "**Plans.** `given` is the plan of the scenario (as shipped, the wire pull of "
    "MIL-PRF-19500, G.5.2.5.1: 22 wires without a failure, or one failure and 22 more "
    "without), `attributes` the smallest single plan that keeps both points (acceptable "
    "quality and producer's risk, limiting quality and consumer's risk), `variables` the "
    "smallest plan that accepts if mean - k s reaches the limit, for normal values with "
    "unknown s. Lots are taken as large against the sample.\n\n"
    "**Limit.** From a table by standard, material, diameter and condition as in "
    "pull.simulate, or `limit.force`. A force equal to the limit passes.";

/* ---- 1. parameters and inputs ---------------------------------------------------- */

static const char *const condition_words[] = {"preseal", "postseal", NULL};
static const char *const bond_words[] = {"double", "single", NULL};
static const char *const distribution_words[] = {"normal", "lognormal", "weibull", "free",
                                                 NULL};
static const char *const kind_words[] = {"single", "double", NULL};

#define LIMIT_TEXT(KEY, DEF, HELP)                                                       \
    {                                                                                    \
        .key = (KEY), .kind = FM_TEXT, .def = (DEF), .term = "bond.pull-limit",          \
        .help = (HELP)                                                                   \
    }
#define PART_PARAM(KEY, DEF, TERM, HELP)                                                 \
    {                                                                                    \
        .key = (KEY), .kind = FM_REAL, .unit = "1", .def = (DEF), .min = 0, .max = 1,    \
        .flags = FM_OPEN_MIN | FM_OPEN_MAX, .term = (TERM), .help = (HELP)               \
    }
#define COUNT_PARAM(KEY, DEF, MIN, HELP)                                                 \
    {                                                                                    \
        .key = (KEY), .kind = FM_INTEGER, .def = (DEF), .min = (MIN),                    \
        .max = FM_PULL_SAMPLE_MAX, .term = "accept.sampling-plan", .help = (HELP)        \
    }

static const fm_param params[N_PARAMS] = {
    LIMIT_TEXT("wire.material", "Au", "wire material, as the input `limits` calls it"),
    {.key = "wire.diameter",
     .kind = FM_REAL,
     .unit = "um",
     .def = "25.4",
     .min = 5,
     .max = 1000,
     .term = "bond.wire-diameter",
     .help = "wire diameter"},
    LIMIT_TEXT("limit.standard", "MIL-STD-750-2",
               "standard whose rows of the input `limits` hold: MIL-STD-750-2, "
               "MIL-STD-883"),
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
    {.key = "tolerance.distribution",
     .kind = FM_CHOICE,
     .def = "normal",
     .choices = distribution_words,
     .term = "accept.tolerance-interval",
     .help = "which tolerance bound the verdict uses; free: no distribution assumed"},
    {.key = "claim.cpk",
     .kind = FM_REAL,
     .unit = "1",
     .def = "1.67",
     .min = -10,
     .max = 100,
     .term = "spc.cp-cpk",
     .help = "capability index to be proved"},
    {.key = "claim.expected",
     .kind = FM_REAL,
     .unit = "1",
     .example = "2",
     .min = -10,
     .max = 100,
     .flags = FM_OPTIONAL,
     .term = "spc.cp-cpk",
     .help = "index that you expect to observe, for needed_n; only without data"},
    {.key = "claim.sample",
     .kind = FM_INTEGER,
     .example = "30",
     .min = 2,
     .max = FM_PULL_SAMPLE_MAX,
     .flags = FM_OPTIONAL,
     .term = "spc.cp-cpk",
     .help = "number of pulls planned; only without data"},
    PART_PARAM("tolerance.confidence", "0.95", "met.confidence-interval",
               "one-sided confidence of all bounds"),
    PART_PARAM("tolerance.content", "0.99", "accept.tolerance-interval",
               "part of all bonds that shall be above the tolerance bound"),
    {.key = "plan.kind",
     .kind = FM_CHOICE,
     .def = "double",
     .choices = kind_words,
     .term = "accept.sampling-plan",
     .help = "single: plan.n and plan.accept only; double: a second sample when the "
             "first one decides nothing"},
    COUNT_PARAM("plan.n", "22", 1, "wires in the (first) sample"),
    COUNT_PARAM("plan.accept", "0", 0, "accept with at most so many failures in it"),
    COUNT_PARAM("plan.reject", "2", 1,
                "reject with so many failures in it or more; double plans only"),
    COUNT_PARAM("plan.second_n", "22", 1, "wires in the second sample"),
    COUNT_PARAM("plan.second_accept", "1", 0,
                "accept with at most so many failures in both samples together"),
    PART_PARAM("quality.aql", "0.002", "accept.aql",
               "fraction of bad bonds that shall be accepted (illustrative)"),
    PART_PARAM("quality.producer_risk", "0.05", "accept.aql",
               "chance to reject a lot at quality.aql"),
    PART_PARAM("quality.ltpd", "0.1", "accept.ltpd",
               "fraction of bad bonds that shall be rejected (illustrative)"),
    PART_PARAM("quality.consumer_risk", "0.1", "accept.ltpd",
               "chance to accept a lot at quality.ltpd"),
};

/* Not a required column: the input itself may be absent.  The check asks for it. */
static const fm_input_column pulls_columns[] = {
    {.name = "force",
     .type = FM_TYPE_REAL,
     .unit = "gf",
     .term = "bond.pull-force",
     .help = "pull force of one wire; needed when the input is given"},
};

static const fm_input_decl inputs[N_INPUTS] = {
    {.name = "pulls",
     .columns = pulls_columns,
     .n_columns = FM_COUNT(pulls_columns),
     .example =
         "force [gf]\n8.12\n7.63\n8.47\n7.95\n8.31\n7.44\n8.05\n7.88\n8.26\n7.71\n",
     .help = "measured pull forces, one wire a row; without it only plans are computed"},
    {.name = "limits",
     .columns = fm_pull_limits_columns,
     .n_columns = FM_PULL_LIMITS_COLUMNS,
     .def_file = "pull/limits.csv",
     .help = "minimum pull force over wire diameter, by standard and material"},
};

/* ---- 2. tables ------------------------------------------------------------------- */

static const char *const method_words[] = {"normal", "lognormal", "weibull",
                                           "distribution-free", NULL};
static const char *const plan_words[] = {"given", "attributes", "variables", NULL};
static const char *const series_words[] = {"normal", "lognormal", "weibull", "measured",
                                           NULL};

#define REAL_COLUMN(NAME, UNIT, TERM, TEXT)                                              \
    {                                                                                    \
        .name = (NAME), .type = FM_TYPE_REAL, .unit = (UNIT), .long_name = (TEXT),       \
        .term = (TERM)                                                                   \
    }
#define AXIS_COLUMN(NAME, UNIT, TERM, TEXT)                                              \
    {                                                                                    \
        .name = (NAME), .type = FM_TYPE_REAL, .unit = (UNIT), .long_name = (TEXT),       \
        .role = FM_AXIS, .term = (TERM)                                                  \
    }
#define CODE_COLUMN(NAME, WORDS, TERM, TEXT)                                             \
    {                                                                                    \
        .name = (NAME), .type = FM_TYPE_CODE, .unit = "", .long_name = (TEXT),           \
        .role = FM_AXIS, .words = (WORDS), .term = (TERM)                                \
    }
#define COUNT_COLUMN(NAME, TERM, TEXT) REAL_COLUMN(NAME, "1", TERM, TEXT)

static const fm_column capability_columns[N_CAPABILITY] = {
    {.name = "n",
     .type = FM_TYPE_INTEGER,
     .unit = "1",
     .long_name = "number of pulls, measured or planned",
     .no_term = "a plain count"},
    REAL_COLUMN("mean", "gf", "met.arithmetic-mean", "mean pull force"),
    REAL_COLUMN("std_dev", "gf", "met.standard-deviation",
                "standard deviation of the pull force"),
    REAL_COLUMN("minimum", "gf", "bond.pull-force", "smallest pull force"),
    REAL_COLUMN("limit", "gf", "bond.pull-limit", "minimum pull force allowed"),
    COUNT_COLUMN("n_below", "bond.pull-limit", "number of pulls below the limit"),
    REAL_COLUMN("cpl", "1", "spc.cp-cpk", "observed index Cpl"),
    REAL_COLUMN("cpl_lower", "1", "spc.cp-cpk", "exact lower bound of Cpl"),
    REAL_COLUMN("cpl_upper", "1", "spc.cp-cpk", "exact upper bound of Cpl"),
    REAL_COLUMN("claim", "1", "spc.cp-cpk", "index that these pulls shall prove"),
    REAL_COLUMN("claim_proves", "1", "spc.cp-cpk",
                "lower bound if the observed index equals the claim"),
    REAL_COLUMN("needed_index", "1", "spc.cp-cpk",
                "index to observe so that the claim is proved"),
    COUNT_COLUMN("needed_n", "spc.cp-cpk",
                 "pulls needed to prove the claim at the observed or expected index"),
    REAL_COLUMN("tolerance_bound", "gf", "accept.tolerance-interval",
                "tolerance bound of the chosen distribution"),
    REAL_COLUMN("bound_limit", "gf", "bond.pull-limit",
                "limit that the tolerance bound shall reach"),
    {.name = "limit_source",
     .type = FM_TYPE_TEXT,
     .unit = "",
     .long_name = "source of the limit",
     .term = "bond.pull-limit"},
};

static const fm_column tolerance_columns[N_TOLERANCE] = {
    CODE_COLUMN("method", method_words, "accept.tolerance-interval",
                "distribution assumed"),
    REAL_COLUMN("bound", "gf", "accept.tolerance-interval",
                "force that the wanted part of all bonds exceeds"),
    REAL_COLUMN("factor", "1", "accept.tolerance-interval",
                "tolerance factor, or rank of the value that is the bound"),
    REAL_COLUMN("limit", "gf", "bond.pull-limit", "minimum pull force allowed"),
    REAL_COLUMN("fraction_below", "1", "bond.pull-limit",
                "estimated fraction of bonds below the limit"),
    REAL_COLUMN("fraction_below_upper", "1", "met.confidence-interval",
                "upper bound of the fraction of bonds below the limit"),
};

static const fm_column plans_columns[N_PLANS] = {
    CODE_COLUMN("plan", plan_words, "accept.sampling-plan", "sampling plan"),
    COUNT_COLUMN("n", "accept.sampling-plan", "wires in the (first) sample"),
    COUNT_COLUMN("accept", "accept.sampling-plan", "accepted failures in it"),
    COUNT_COLUMN("reject", "accept.sampling-plan", "rejecting failures in it"),
    COUNT_COLUMN("second_n", "accept.sampling-plan", "wires in the second sample"),
    COUNT_COLUMN("second_accept", "accept.sampling-plan",
                 "accepted failures in both samples together"),
    REAL_COLUMN("k", "1", "accept.tolerance-interval",
                "factor k of a plan by variables: mean - k s shall reach the limit"),
    REAL_COLUMN("accept_at_aql", "1", "accept.oc-curve",
                "chance to accept a lot at quality.aql"),
    REAL_COLUMN("accept_at_ltpd", "1", "accept.oc-curve",
                "chance to accept a lot at quality.ltpd"),
    REAL_COLUMN("consumer_risk", "1", "accept.ltpd", "accepted consumer's risk"),
    REAL_COLUMN("accepted_quality", "1", "accept.aql",
                "fraction of bad bonds rejected with the producer's risk"),
    REAL_COLUMN("limiting_quality", "1", "accept.ltpd",
                "fraction of bad bonds accepted with the consumer's risk"),
    REAL_COLUMN("asn_at_aql", "1", "accept.sampling-plan",
                "average number of pulls at quality.aql"),
};

static const fm_column oc_columns[N_OC] = {
    AXIS_COLUMN("fraction_bad", "1", "accept.oc-curve",
                "fraction of bad bonds in the lot"),
    CODE_COLUMN("plan", plan_words, "accept.sampling-plan", "sampling plan"),
    REAL_COLUMN("accept", "1", "accept.oc-curve", "chance to accept the lot"),
    REAL_COLUMN("asn", "1", "accept.sampling-plan", "average number of pulls"),
};

static const fm_column demand_columns[N_DEMAND] = {
    REAL_COLUMN("aql", "1", "accept.aql", "acceptable fraction of bad bonds"),
    REAL_COLUMN("accept_at_least", "1", "accept.aql", "chance to accept there, at least"),
    REAL_COLUMN("ltpd", "1", "accept.ltpd", "limiting fraction of bad bonds"),
    REAL_COLUMN("accept_at_most", "1", "accept.ltpd", "chance to accept there, at most"),
};

static const fm_column distribution_columns[N_DISTRIBUTION] = {
    AXIS_COLUMN("force", "gf", "bond.pull-force", "pull force"),
    REAL_COLUMN("fraction", "1", "bond.strength-distribution",
                "fraction of pulls at or below the force"),
    CODE_COLUMN("series", series_words, "bond.strength-distribution",
                "measured values or fitted distribution"),
};

#define TABLE(NAME, LONG, SHAPE, COLUMNS, SIGNAL)                                        \
    {                                                                                    \
        .name = (NAME), .long_name = (LONG), .shape = (SHAPE), .columns = (COLUMNS),     \
        .n_columns = FM_COUNT(COLUMNS), .signal = (SIGNAL)                               \
    }

static const fm_table tables[N_TABLES] = {
    TABLE("capability", "what the sample proves about the process", FM_ONE_ROW,
          capability_columns, "cpl_lower"),
    TABLE("tolerance", "tolerance bounds and fractions below the limit", FM_MANY_ROWS,
          tolerance_columns, "bound"),
    TABLE("plans", "sampling plans and what they keep", FM_MANY_ROWS, plans_columns,
          "accept_at_ltpd"),
    TABLE("oc", "operating characteristics", FM_MANY_ROWS, oc_columns, "accept"),
    TABLE("demand", "the two points that a plan shall keep", FM_ONE_ROW, demand_columns,
          "ltpd"),
    TABLE("distribution", "measured and fitted distribution functions", FM_MANY_ROWS,
          distribution_columns, "fraction"),
};

/* ---- 3. figures and verdicts ----------------------------------------------------- */

static const fm_figure figures[] = {
    {.name = "oc",
     .table = "oc",
     .columns = "fraction_bad accept",
     .by = "plan",
     .scalars = "demand.aql demand.accept_at_least demand.ltpd demand.accept_at_most",
     .script = "pull/pull_acceptance.gp",
     .flags = FM_FIG_POINT,
     .caption = "Chance to accept a lot over its fraction of bad bonds, for the given "
                "plan and the smallest plans by attributes and by variables. A curve "
                "shall pass above the AQL mark and below the LTPD mark."},
    {.name = "distribution",
     .table = "distribution",
     .columns = "force fraction",
     .by = "series",
     .scalars = "capability.limit capability.tolerance_bound",
     .script = "pull/pull_acceptance.gp",
     .flags = FM_FIG_POINT | FM_FIG_IF_ROWS,
     .caption = "Measured pull forces and fitted distributions; the scale of the "
                "fraction is logarithmic, so that the weak end shows. Vertical lines: "
                "limit and tolerance bound."},
};

static const fm_verdict verdicts[] = {
    {.name = "capability",
     .statement = "lower bound of Cpl reaches the claim",
     .table = "capability",
     .column = "cpl_lower",
     .direction = FM_AT_LEAST,
     .limit_column = "claim",
     .term = "spc.cp-cpk"},
    {.name = "tolerance",
     .statement = "tolerance bound reaches the limit",
     .table = "capability",
     .column = "tolerance_bound",
     .direction = FM_AT_LEAST,
     .limit_column = "bound_limit",
     .term = "accept.tolerance-interval"},
    {.name = "limiting-quality",
     .statement = "chance to accept a lot at the limiting quality",
     .table = "plans",
     .column = "accept_at_ltpd",
     .direction = FM_AT_MOST,
     .limit_column = "consumer_risk",
     .term = "accept.ltpd"},
};

/* ---- 4. the study ---------------------------------------------------------------- */

const fm_study fm_study_pull_acceptance = {
    .name = "pull.acceptance",
    .summary = "what a sample of pulls proves, and what a sampling plan lets through",
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
    .check = fm_pull_acceptance_check,
    .rows = fm_pull_acceptance_rows,
    .run = fm_pull_acceptance_run,
};
