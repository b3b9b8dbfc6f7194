/* SPDX-License-Identifier: GPL-3.0-or-later */
/* whatif.deltas: the study that `fabmet what-if` stores a comparison as.
 *
 * Contents
 *   1. parameters      2. tables      3. figures      4. the study
 */
#include "config.h"

#include "whatif/whatif.h"

static const char about[] =
    "`fabmet what-if` runs the scenario of a result once more with something changed "
    "and compares the two. Both runs use [[sim.common-random-numbers]]: a point's random "
    "numbers depend on seed, study, point and draw, not on the parameters, so that most "
    "of the chance is the same on both sides and cancels in the difference.\n\n"
    "**Pairing.** The standard error of a difference comes from pairs. *draws*: the draws "
    "of each point are cut into batches of equal size ([[sim.batch-means]]); each batch, "
    "with and without the change, is a pair. This tells whether the change is larger than "
    "the chance of the simulation. It is given for the columns that the study declares as "
    "averages over its draws. *points*: the points of a sweep are the pairs, and the "
    "values are means over the points. This tells whether the change is the same over the "
    "sweep. *none*: one value on each side.\n\n"
    "**Units.** The column `units` has the unit of each row's numbers; shares and counts "
    "have the unit 1.\n\n"
    "**Significance.** A paired t test: significant when the difference of n pairs has a "
    "two-sided p below 1 - confidence. One pair, or pairs that all differ by the same "
    "amount, give no statement. The tests are not corrected for their number: of 20 "
    "quantities that do not change one is significant at 95 % by chance.\n\n"
    "**Tornado.** Each parameter is varied alone. A bar reaches from the smallest to the "
    "largest difference; bars are sorted by their length. The length is sensitivity times "
    "the range that was asked for.";

/* ---- 1. parameters --------------------------------------------------------------- */

static const fm_param params[] = {
    {.key = "base",
     .kind = FM_TEXT,
     .def = "",
     .flags = FM_FIXED,
     .term = "sim.what-if",
     .help = "result that the comparison begins with"},
    {.key = "change",
     .kind = FM_TEXT,
     .def = "",
     .flags = FM_FIXED,
     .term = "sim.common-random-numbers",
     .help = "what was changed, all together"},
    {.key = "alone",
     .kind = FM_TEXT,
     .def = "",
     .flags = FM_FIXED,
     .no_term = "the words of a command line",
     .help = "what was varied, each parameter alone"},
    {.key = "quantity",
     .kind = FM_TEXT,
     .def = "",
     .flags = FM_FIXED,
     .no_term = "names a column",
     .help = "quantity of the tornado chart and of the differences by point"},
    {.key = "pairs",
     .kind = FM_INTEGER,
     .def = "32",
     .min = 2,
     .max = 1024,
     .flags = FM_FIXED,
     .term = "sim.batch-means",
     .help = "batches that the draws of a point are cut into"},
    {.key = "confidence",
     .kind = FM_REAL,
     .unit = "1",
     .def = "0.95",
     .min = 0.5,
     .max = 1,
     .flags = FM_FIXED | FM_OPEN_MAX,
     .term = "met.uncertainty",
     .help = "confidence of the intervals; 1 minus it is the level of the tests"},
};

/* ---- 2. tables ------------------------------------------------------------------- */

static const char *const pairing_words[] = {"none", "points", "draws", NULL};
static const char *const significant_words[] = {"no statement", "no", "yes", NULL};
static const char *const became_words[] = {"pass -> fail", "fail -> pass", "now stated",
                                           "no longer stated", NULL};

#define TEXT_COLUMN(NAME, TEXT, WHY)                                                     \
    {                                                                                    \
        .name = (NAME), .type = FM_TYPE_TEXT, .unit = "", .long_name = (TEXT),           \
        .no_term = (WHY)                                                                 \
    }
#define REAL_COLUMN(NAME, TEXT, TERM)                                                    \
    {                                                                                    \
        .name = (NAME), .type = FM_TYPE_REAL, .unit = "1", .long_name = (TEXT),          \
        .term = (TERM)                                                                   \
    }
#define CODE_COLUMN(NAME, TEXT, WORDS, TERM)                                             \
    {                                                                                    \
        .name = (NAME), .type = FM_TYPE_CODE, .unit = "", .long_name = (TEXT),           \
        .words = (WORDS), .term = (TERM)                                                 \
    }
#define COUNT_COLUMN(NAME, TEXT)                                                         \
    {                                                                                    \
        .name = (NAME), .type = FM_TYPE_INTEGER, .unit = "1", .long_name = (TEXT),       \
        .no_term = "a plain count"                                                       \
    }
#define DELTA_COLUMNS                                                                    \
    TEXT_COLUMN("units", "unit of the row", "a unit"),                                   \
        REAL_COLUMN("base", "base", "sim.what-if"),                                      \
        REAL_COLUMN("new", "new", "sim.what-if"),                                        \
        REAL_COLUMN("delta", "new minus base", "sim.paired-difference"),                 \
        REAL_COLUMN("delta_se", "standard error", "sim.paired-difference"),              \
        REAL_COLUMN("low", "interval from", "met.uncertainty"),                          \
        REAL_COLUMN("high", "interval to", "met.uncertainty"),                           \
        REAL_COLUMN("relative", "relative change", "sim.what-if"),                       \
        COUNT_COLUMN("n_pairs", "number of pairs"),                                      \
        CODE_COLUMN("pairing", "pairing", pairing_words, "sim.paired-difference"),       \
        REAL_COLUMN("p_value", "p value", "sim.paired-difference"),                      \
        CODE_COLUMN("significant", "significant", significant_words,                     \
                    "sim.paired-difference"),                                            \
        TEXT_COLUMN("remark", "remark", "words for people")

static const fm_column deltas_columns[FM_DELTAS_LEAD + FM_DELTA_COLUMNS] = {
    TEXT_COLUMN("quantity", "quantity", "names a column"),
    TEXT_COLUMN("table", "table", "names a table"),
    DELTA_COLUMNS,
};

static const fm_column points_columns[FM_POINTS_LEAD + FM_DELTA_COLUMNS] = {
    COUNT_COLUMN("at", "index of the sweep's point"),
    TEXT_COLUMN("swept", "swept values of the point", "values of other terms"),
    TEXT_COLUMN("quantity", "quantity", "names a column"),
    DELTA_COLUMNS,
};

static const fm_column verdicts_columns[FM_VERDICTS_COLUMNS] = {
    TEXT_COLUMN("change", "what was changed", "the words of a command line"),
    TEXT_COLUMN("name", "name of the verdict", "names a verdict"),
    TEXT_COLUMN("statement", "statement of the verdict", "words for people"),
    CODE_COLUMN("became", "what became of it", became_words, "sim.what-if"),
    REAL_COLUMN("base", "base, worst value", "sim.what-if"),
    REAL_COLUMN("new", "new, worst value", "sim.what-if"),
    REAL_COLUMN("base_limit", "limit without the change", "sim.what-if"),
    REAL_COLUMN("new_limit", "limit with the change", "sim.what-if"),
    TEXT_COLUMN("units", "unit of the row", "a unit"),
};

static const fm_column changes_columns[FM_CHANGES_COLUMNS] = {
    TEXT_COLUMN("key", "what differs in the scenarios", "names a parameter"),
    TEXT_COLUMN("base", "value in the base", "a value of another term"),
    TEXT_COLUMN("new", "value in the new run", "a value of another term"),
};

static const fm_column variations_columns[FM_VARIATIONS_LEAD + FM_DELTA_COLUMNS] = {
    TEXT_COLUMN("parameter", "parameter", "names a parameter"),
    TEXT_COLUMN("value", "its value", "a value of another term"),
    TEXT_COLUMN("quantity", "quantity", "names a column"),
    DELTA_COLUMNS,
};

static const fm_column tornado_columns[FM_TORNADO_COLUMNS] = {
    TEXT_COLUMN("parameter", "parameter", "names a parameter"),
    TEXT_COLUMN("quantity", "quantity", "names a column"),
    TEXT_COLUMN("units", "unit of the row", "a unit"),
    REAL_COLUMN("base", "base", "sim.what-if"),
    REAL_COLUMN("low_delta", "smallest change", "sim.tornado-chart"),
    REAL_COLUMN("high_delta", "largest change", "sim.tornado-chart"),
    REAL_COLUMN("low_se", "its standard error", "sim.paired-difference"),
    REAL_COLUMN("high_se", "its standard error", "sim.paired-difference"),
    TEXT_COLUMN("low_at", "smallest at", "a value of another term"),
    TEXT_COLUMN("high_at", "largest at", "a value of another term"),
    REAL_COLUMN("swing", "length of the bar", "sim.tornado-chart"),
};

static const fm_column runs_columns[FM_RUNS_COLUMNS] = {
    TEXT_COLUMN("run", "which run: base, new, or what was varied alone",
                "the words of a command line"),
    TEXT_COLUMN("digest", "content digest of its result", "identity of a file"),
    TEXT_COLUMN("version", "program version that made it", "a version"),
    COUNT_COLUMN("n_points", "number of points"),
    COUNT_COLUMN("n_failed", "points without a result"),
};

#define TABLE(NAME, TEXT, COLUMNS, SIGNAL)                                               \
    {                                                                                    \
        .name = (NAME), .long_name = (TEXT), .shape = FM_MANY_ROWS,                      \
        .columns = (COLUMNS), .n_columns = FM_COUNT(COLUMNS), .signal = (SIGNAL)         \
    }

static const fm_table tables[FM_WHATIF_TABLES] = {
    TABLE("deltas", "differences of all quantities", deltas_columns, "delta"),
    TABLE("point_deltas", "differences of one quantity, point by point", points_columns,
          "delta"),
    TABLE("verdict_changes", "verdicts that changed", verdicts_columns, "became"),
    TABLE("scenario_changes", "what differs in the scenarios", changes_columns, "new"),
    TABLE("variations", "one quantity, each parameter varied alone", variations_columns,
          "delta"),
    TABLE("tornado", "parameters by the size of their effect", tornado_columns, "swing"),
    TABLE("runs", "results that were compared", runs_columns, "digest"),
};

/* ---- 3. figures ------------------------------------------------------------------ */

static const fm_figure figures[] = {
    {.name = "tornado",
     .table = "tornado",
     .columns = "parameter low_delta high_delta low_se high_se low_at high_at units",
     .flags = FM_FIG_IF_ROWS,
     .script = "whatif/whatif_deltas.gp",
     .caption = "Change of one quantity when each parameter is varied alone, longest bar "
                "first; at the ends the values of the parameter, and two standard errors "
                "where the draws give them."},
    {.name = "by-point",
     .table = "point_deltas",
     .columns = "at delta low high units",
     .flags = FM_FIG_IF_ROWS,
     .script = "whatif/whatif_deltas.gp",
     .caption = "Difference at each point of the sweep, with its confidence interval "
                "where the draws give one."},
};

/* ---- 4. the study ---------------------------------------------------------------- */

static fm_status
refuse(const fm_point *point, fm_error *err)
{
    (void)point;
    return FM_FAIL(err, FM_ESCENARIO,
                   "results of whatif.deltas are made by 'fabmet what-if', not by a "
                   "scenario");
}

const fm_study fm_study_whatif_deltas = {
    .name = "whatif.deltas",
    .summary = "differences of two runs, made by `fabmet what-if`",
    .about = about,
    .params = params,
    .n_params = FM_COUNT(params),
    .tables = tables,
    .n_tables = FM_COUNT(tables),
    .figures = figures,
    .n_figures = FM_COUNT(figures),
    .check = refuse,
};
