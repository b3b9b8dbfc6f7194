/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of scenarios: wrong ones with place and words, overrides, sweeps, the way to text
 * and back, random damage.
 *
 * Contents
 *   1. studies that use every kind     3. overrides     5. text and back
 *   2. wrong scenarios                 4. sweeps        6. random damage
 */
#include "config.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/params.h"
#include "core/scenario.h"
#include "core/text.h"
#include "core/yaml.h"

/* ---- 1. studies that use every kind ---------------------------------------------- */

/* clang-format off */
static const char *const metals[] = {"Au", "Cu", "Al", "Ag", NULL};

static const fm_param bins[] = {
    {.key = "name", .kind = FM_TEXT, .flags = FM_REQUIRED, .help = "name of the bin"},
    {.key = "share", .kind = FM_REAL, .unit = "1", .def = "0.5", .max = 1},
    {.key = "metal", .kind = FM_CHOICE, .choices = metals, .def = "Cu"},
    {.key = "limit.low", .kind = FM_REAL, .unit = "gf", .flags = FM_OPTIONAL},
};

enum { DIAMETER, MATERIAL, POSITION, COUNT, FLAG, NOTE, TEMP, STEP, LEVELS, BINS, COLUMN,
       VALUES, LIMIT, ONLY, PATH, N_PARAMS };

static const fm_param params[N_PARAMS] = {
    {.key = "wire.diameter", .kind = FM_REAL, .unit = "um", .def = "25", .min = 10,
     .max = 500, .help = "wire diameter"},
    {.key = "wire.material", .kind = FM_CHOICE, .choices = metals, .def = "Au",
     .help = "wire material"},
    {.key = "hook.position", .kind = FM_REAL, .unit = "1", .def = "0.5", .max = 1,
     .flags = FM_OPEN_MIN | FM_OPEN_MAX, .help = "hook at this fraction of the span"},
    {.key = "count", .kind = FM_INTEGER, .def = "5", .min = 1, .max = 100, .help = "how many"},
    {.key = "exact", .kind = FM_FLAG, .def = "false", .help = "whether it is exact"},
    {.key = "note", .kind = FM_TEXT, .def = "a: b # c", .help = "any text"},
    {.key = "temperature", .kind = FM_REAL, .unit = "degC", .def = "25 degC", .min = -273.15,
     .max = INFINITY, .help = "temperature"},
    {.key = "temperature.step", .kind = FM_REAL, .unit = "K", .def = "5",
     .flags = FM_DIFFERENCE, .help = "difference of temperature"},
    {.key = "levels", .kind = FM_LIST, .item = FM_REAL, .unit = "V", .def = "[0, 1 V, 5 mV]",
     .min = -10, .max = 10, .flags = FM_FIXED, .help = "levels"},
    {.key = "bins", .kind = FM_RECORDS, .fields = bins, .n_fields = FM_COUNT(bins),
     .def = "[{ name: a }, { name: \"b, c\", share: 0.25, limit: { low: 3 } }]",
     .help = "bins"},
    {.key = "columns.value", .kind = FM_TEXT, .def = "force", .flags = FM_COLUMN_NAME | FM_FIXED,
     .help = "column of the values"},
    {.key = "columns.more", .kind = FM_LIST, .item = FM_TEXT, .def = "[x, y]",
     .flags = FM_COLUMN_NAME | FM_FIXED, .help = "more columns"},
    {.key = "limit", .kind = FM_REAL, .unit = "gf", .flags = FM_REQUIRED | FM_OPEN_MIN,
     .max = INFINITY, .example = "3 gf", .help = "lower limit"},
    {.key = "only", .kind = FM_INTEGER, .flags = FM_OPTIONAL, .example = "3", .help = "a subset"},
    {.key = "file", .kind = FM_FILE, .flags = FM_OPTIONAL, .example = "limits.csv",
     .help = "a file"},
};

static const fm_input_column pull_columns[] = {
    {.name = "force", .type = FM_TYPE_REAL, .unit = "gf", .flags = FM_COL_REQUIRED},
    {.name = "mode", .type = FM_TYPE_TEXT},
    {.name = "value", .type = FM_TYPE_REAL, .from_param = "columns.value"},
    {.name = "more", .type = FM_TYPE_REAL, .from_param = "columns.more"},
};

static const fm_input_decl inputs[] = {
    {.name = "pulls", .columns = pull_columns, .n_columns = FM_COUNT(pull_columns),
     .example = "force [gf],mode\n9.5,\"a, b\"\n\n  # indented\n10.25,c\n", .help = "pulls"},
    {.name = "extra", .columns = pull_columns + 1, .n_columns = 1, .help = "labels"},
};

static const fm_study study_all = {
    .name = "t.all", .summary = "every kind", .params = params, .n_params = N_PARAMS,
    .inputs = inputs, .n_inputs = FM_COUNT(inputs), .draws = 1000,
};
static const fm_study study_plain = {.name = "t.plain", .summary = "no parameter at all"};
static const fm_param simple[] = {
    {.key = "a", .kind = FM_REAL, .unit = "W m-2", .def = "0", .max = 4, .help = "a"},
    {.key = "b", .kind = FM_REAL, .unit = "V", .def = "-3", .help = "b"},
};
static const fm_input_decl bare_inputs[] = {
    {.name = "rows", .columns = pull_columns, .n_columns = 2, .help = "no example"},
};
static const fm_study study_simple = {.name = "t.simple", .summary = "two\nlines",
                                      .params = simple, .n_params = 2,
                                      .inputs = bare_inputs, .n_inputs = 1};
static const fm_param optional[] = {
    {.key = "x.y", .kind = FM_TEXT, .flags = FM_OPTIONAL, .help = "only optional ones"},
};
static const fm_study study_optional = {.name = "t.optional", .summary = "optional",
                                        .params = optional, .n_params = 1};
static const fm_param wrong[] = {
    {.key = "a", .kind = FM_REAL, .unit = "V", .def = "5 um", .help = "wrong default"},
    {.key = "b", .kind = FM_REAL, .unit = "V", .help = "neither default nor flag"},
};
static const fm_study study_wrong = {.name = "t.wrong", .params = wrong, .n_params = 2};
static const fm_input_decl shipped[] = {
    {.name = "rules", .columns = pull_columns, .n_columns = 2, .def_file = "rules.csv"},
};
static const fm_study study_shipped = {.name = "t.shipped", .inputs = shipped, .n_inputs = 1};

/* clang-format on */

static const fm_study *const studies[] = {&study_all,      &study_plain, &study_simple,
                                          &study_optional, &study_wrong, &study_shipped};

static fm_units *units;
static fm_context context;

static void
setup(void)
{
    ck_assert_int_eq(fm_units_create(&units, NULL), FM_OK);
    context =
        (fm_context){.units = units, .studies = studies, .n_studies = FM_COUNT(studies)};
}

static void
teardown(void)
{
    fm_units_free(units);
}

static fm_status
read_sets(const char *text, size_t length, const char *const *sets, size_t n_sets,
          fm_diags *diags, fm_scenario **out)
{
    *out = NULL;
    fm_status st =
        fm_scenario_read_text(&context, "s.yaml", text, length, sets, n_sets, diags, out);
    fm_diags_sort(diags);
    ck_assert_int_eq(st == FM_OK, *out != NULL);
    return st;
}

/* A scenario that must be right. */
static fm_scenario *
good(const char *text, const char *const *sets, size_t n_sets)
{
    fm_scenario *s;
    fm_diags *diags = fm_diags_create();
    size_t n;
    fm_status st = read_sets(text, strlen(text), sets, n_sets, diags, &s);
    const fm_diag *list = fm_diags_list(diags, &n, NULL);

    ck_assert_msg(st == FM_OK, "%d:%d %s\n%s", n ? list[0].mark.line : 0,
                  n ? list[0].mark.column : 0, n ? list[0].text : "", text);
    fm_diags_free(diags);
    return s;
}

#define HEAD "fabmet: 1\nstudy: t.all\n"
#define DATA "data: { pulls: { inline: \"force\\n1\\n\" } }\n"
#define TAIL "params: { limit: 3 }\n" DATA

/* ---- 2. wrong scenarios ---------------------------------------------------------- */

typedef struct mistake {
    const char *yaml;
    int line, column;
    const char *says; /* in the text or the hint of an error at that place */
    fm_status status;
} mistake;

#define P(text) HEAD DATA "params:\n  limit: 3\n" text
#define S(text) HEAD TAIL "sweep:\n" text

/* clang-format off */
static const mistake mistakes[] = {
    /* top level */
    {"", 1, 1, "empty", FM_ESCENARIO},
    {"# nothing\n", 1, 1, "empty", FM_ESCENARIO},
    {"vdd:1.8", 1, 1, "is a blank missing after ':'?", FM_ESCENARIO},
    {"[a, b]", 1, 1, "mapping", FM_ESCENARIO},
    {"study: t.plain\n", 1, 1, "'fabmet' is missing", FM_ESCENARIO},
    {"fabmet: 2\nstudy: t.plain\n", 1, 9, "version '2'", FM_ESCENARIO},
    {"fabmet: 1\n", 1, 1, "'study' is missing", FM_ESCENARIO},
    {"fabmet: 1\nstudy: t.plan\n", 2, 8, "did you mean 't.plain'?", FM_ESCENARIO},
    {"fabmet: 1\nstudy: [t]\n", 2, 8, "not a list", FM_ESCENARIO},
    {HEAD TAIL "param: {}\n", 5, 1, "did you mean 'params'?", FM_ESCENARIO},
    {HEAD TAIL "quatsch: 1\n", 5, 1, "known here: fabmet, study", FM_ESCENARIO},
    {HEAD TAIL "title:\n", 5, 1, "the value is empty", FM_ESCENARIO},
    {HEAD TAIL "seed: -1\n", 5, 7, "has a sign", FM_ESCENARIO},
    {HEAD TAIL "seed: 1e3\n", 5, 7, "write 1000", FM_ESCENARIO},
    {HEAD TAIL "seed: 18446744073709551616\n", 5, 7, "out of range", FM_ESCENARIO},
    {HEAD TAIL "seed: 010\n", 5, 7, "write 10", FM_ESCENARIO},
    {HEAD TAIL "draws: 0\n", 5, 8, "1 ... 4294967295", FM_ESCENARIO},
    {HEAD TAIL "draws: 4294967296\n", 5, 8, "1 ... 4294967295", FM_ESCENARIO},
    {"fabmet: 1\nstudy: t.plain\ndraws: 5\n", 3, 1, "draws no random numbers", FM_ESCENARIO},
    {HEAD TAIL "title: a\ntitle: b\n", 6, 1, "duplicate key 'title' (first given in line 5)",
     FM_ESCENARIO},
    /* parameters */
    {HEAD DATA "params: [1]\n", 4, 9, "a mapping is needed", FM_ESCENARIO},
    {HEAD DATA, 2, 1, "'limit' is missing", FM_ESCENARIO},
    {HEAD DATA "params: { count: 3 }\n", 4, 1, "'limit' is missing", FM_ESCENARIO},
    {P("  hook: { position: 1,5 }\n"), 6, 23, "known here", FM_ESCENARIO},
    {P("  hook: { position: 0,30 }\n"), 6, 23, "unknown key 'hook.30'", FM_ESCENARIO},
    {P("  hook: { position: \"1,5\" }\n"), 6, 21, "write 1.5", FM_ESCENARIO},
    {P("  hook: { position: 1.8V }\n"), 6, 21, "pure number", FM_ESCENARIO},
    {P("  hook: { position: 12abc }\n"), 6, 21, "'abc' is not a unit", FM_ESCENARIO},
    {P("  hook: { position: 1e400 }\n"), 6, 21, "too large", FM_ESCENARIO},
    {P("  hook: { position: .nan }\n"), 6, 21, "more than 0 and less than 1", FM_ESCENARIO},
    {P("  hook: { position: 1 }\n"), 6, 21, "1 is out of range; allowed: more than 0",
     FM_ESCENARIO},
    {P("  hook.position: 0\n"), 6, 18, "out of range", FM_ESCENARIO},
    {P("  hook.positon: 0.5\n"), 6, 3, "did you mean 'hook.position'?", FM_ESCENARIO},
    {P("  hook: { positon: 0.5 }\n"), 6, 11, "did you mean 'hook.position'?", FM_ESCENARIO},
    {P("  diameter: 25\n"), 6, 3, "did you mean 'wire.diameter'?", FM_ESCENARIO},
    {P("  hook: 0.5\n"), 6, 9, "write hook: { position: ... }", FM_ESCENARIO},
    {P("  hook.position: 0.5\n  hook: { position: 0.4 }\n"), 7, 11,
     "duplicate key 'hook.position' (first given in line 6)", FM_ESCENARIO},
    {P("  wire: { diameter: 25 K }\n"), 6, 21, "a length such as um, mm is needed",
     FM_ESCENARIO},
    {P("  wire: { diameter: 1 mm }\n"), 6, 21, "1 mm is out of range; allowed: 10 ... 500 um",
     FM_ESCENARIO},
    {P("  wire: { diameter: }\n"), 6, 11, "the value is empty", FM_ESCENARIO},
    {P("  wire: { diameter: [25] }\n"), 6, 21, "a number is needed, not a list", FM_ESCENARIO},
    {P("  wire: { material: Auu }\n"), 6, 21, "did you mean 'Au'?", FM_ESCENARIO},
    {P("  wire: { material: Fe }\n"), 6, 21, "allowed: Au, Cu, Al, Ag", FM_ESCENARIO},
    {P("  count: 1.0\n"), 6, 10, "write 1", FM_ESCENARIO},
    {P("  count: 101\n"), 6, 10, "allowed: 1 ... 100", FM_ESCENARIO},
    {P("  count: 5 um\n"), 6, 10, "not a whole number", FM_ESCENARIO},
    {P("  exact: yes\n"), 6, 10, "write true", FM_ESCENARIO},
    {P("  temperature: 25 C\n"), 6, 16, "did you mean degC?", FM_ESCENARIO},
    {P("  temperature: -300\n"), 6, 16, "at least -273.15 degC", FM_ESCENARIO},
    {P("  levels: 5\n"), 6, 11, "write [a, b]", FM_ESCENARIO},
    {P("  levels: [1, 2 um, 11]\n"), 6, 15, "levels[1]", FM_ESCENARIO},
    {P("  levels: [1, 2, 11]\n"), 6, 18, "levels[2]: 11 is out of range", FM_ESCENARIO},
    {P("  bins: { name: a }\n"), 6, 9, "begin each record with '- '", FM_ESCENARIO},
    {P("  bins: [a]\n"), 6, 10, "bins[0]: a mapping is needed", FM_ESCENARIO},
    {P("  bins: [{ name: a, shar: 0.5 }]\n"), 6, 21, "did you mean 'share'?", FM_ESCENARIO},
    {P("  bins: [{ share: 0.5 }]\n"), 6, 10, "'bins[0].name' is missing", FM_ESCENARIO},
    {P("  bins:\n    - { name: a, share: 1.5 }\n"), 7, 25, "bins[0].share: 1.5 is out",
     FM_ESCENARIO},
    {P("  bins: [{ name: a, limit: { low: 3 um } }]\n"), 6, 35, "a force such as",
     FM_ESCENARIO},
    {P("  file: nowhere.csv\n"), 6, 9, "there is no file 'nowhere.csv'", FM_ENOINPUT},
    {P("  file: /\n"), 6, 9, "is a folder", FM_ENOINPUT},
    {P("  note: \"a\\0b\"\n"), 6, 9, "an escape gives a character", FM_ESCENARIO},
    {P("  wire: { diameter: 25 \xc2\xb5m, material: Xx }\n"), 6, 38, "allowed: Au",
     FM_ESCENARIO},
    {"fabmet: 1\nstudy: t.wrong\n", 0, 0, "the default '5 um' of a is wrong", FM_EINTERNAL},
    {"fabmet: 1\nstudy: t.wrong\nparams: { a: 1 }\n", 3, 1, "neither required nor optional",
     FM_EINTERNAL},
    /* data */
    {HEAD "params: { limit: 3 }\n", 2, 1, "data for 'pulls' are missing", FM_ESCENARIO},
    {HEAD TAIL "data: 5\n", 5, 1, "duplicate", FM_ESCENARIO},
    {HEAD "params: { limit: 3 }\ndata: { pull: { csv: a } }\n", 4, 9, "did you mean 'pulls'?",
     FM_ESCENARIO},
    {HEAD "params: { limit: 3 }\ndata: { pulls: { csv: nowhere.csv } }\n", 4, 23,
     "there is no file 'nowhere.csv'", FM_ENOINPUT},
    {HEAD "params: { limit: 3 }\ndata: { pulls: { csv: a, inline: b } }\n", 4, 26, "either",
     FM_ESCENARIO},
    {HEAD "params: { limit: 3 }\ndata: { pulls: { inline: a, column: {} } }\n", 4, 29,
     "did you mean 'columns'?", FM_ESCENARIO},
    {HEAD "params: { limit: 3 }\ndata: { pulls: { inline: a, columns: { forc: F } } }\n", 4, 40,
     "did you mean 'force'?", FM_ESCENARIO},
    {HEAD "params: { limit: 3 }\ndata: { pulls: { inline: a, columns: { value: F } } }\n", 4, 40,
     "parameter 'columns.value' names this column", FM_ESCENARIO},
    {HEAD "params: { limit: 3 }\ndata: { pulls: { inline: a, units: { force: um } } }\n", 4, 45,
     "a force such as", FM_ESCENARIO},
    {HEAD "params: { limit: 3 }\ndata: { pulls: { inline: a, units: { mode: um } } }\n", 4, 44,
     "takes no unit", FM_ESCENARIO},
    {HEAD "params: { limit: 3 }\ndata: { pulls: { inline: a, units: { z: um } } }\n", 4, 38,
     "unknown column 'z'", FM_ESCENARIO},
    {"fabmet: 1\nstudy: t.plain\ndata: { a: {} }\n", 3, 1, "reads no data", FM_ESCENARIO},
    {"fabmet: 1\nstudy: t.shipped\n", 2, 1, "'rules.csv' is not found", FM_ENOINPUT},
    /* sweeps */
    {S("  - { param: hook.positon, values: [0.5] }\n"), 6, 14, "did you mean 'hook.position'?",
     FM_ESCENARIO},
    {S("  - { param: levels, values: [0.5] }\n"), 6, 14, "cannot be swept", FM_ESCENARIO},
    {S("  - { param: bins, values: [0.5] }\n"), 6, 14, "cannot be swept", FM_ESCENARIO},
    {S("  - { values: [0.5] }\n"), 6, 5, "'param' is missing", FM_ESCENARIO},
    {S("  - { param: count, values: [1] }\n  - { param: count, values: [2] }\n"), 7, 14,
     "swept twice", FM_ESCENARIO},
    {S("  - { param: count, from: 1, to: 3, points: 3 }\n"), 6, 21, "not a real number",
     FM_ESCENARIO},
    {S("  - { param: hook.position, from: 0.2, to: 0.8, points: 1 }\n"), 6, 57, "allowed: 2 ...",
     FM_ESCENARIO},
    {S("  - { param: hook.position, from: 0.2, to: 0.8 }\n"), 6, 5, "'points' is missing",
     FM_ESCENARIO},
    {S("  - { param: hook.position, from: 0.2, points: 3 }\n"), 6, 5, "'to' is missing",
     FM_ESCENARIO},
    {S("  - { param: hook.position, from: 0.2, to: 0.2, points: 3 }\n"), 6, 44, "are the same",
     FM_ESCENARIO},
    {S("  - { param: hook.position, from: 0.2, to: 1.2, points: 3 }\n"), 6, 44,
     "1.2 is out of range", FM_ESCENARIO},
    {S("  - { param: temperature, from: -5, to: 5, points: 3, spacing: log }\n"), 6, 64,
     "above 0", FM_ESCENARIO},
    {S("  - { param: hook.position, from: 0.2, to: 0.8, points: 3, spacing: loq }\n"), 6, 69,
     "did you mean 'log'?", FM_ESCENARIO},
    {S("  - { param: count, values: [1], points: 3 }\n"), 6, 21, "either 'values' or",
     FM_ESCENARIO},
    {S("  - { param: count, values: [1, 1000] }\n"), 6, 33, "values[1]: 1000 is out of range",
     FM_ESCENARIO},
    {S("  - { param: count, values: [] }\n"), 6, 29, "at least one value", FM_ESCENARIO},
    {S("  - { param: count }\n"), 6, 5, "it has no values", FM_ESCENARIO},
    {S("  - { param: count, value: [1] }\n"), 6, 21, "did you mean 'values'?", FM_ESCENARIO},
    {S("  { param: count, values: [1] }\n"), 6, 3, "a list is needed", FM_ESCENARIO},
    {S("  - { param: hook.position, values: [0.2, 0.3] }\n  - { param: count, values: [1] }\n"
       "sampling: zip\n"),
     5, 1, "zip needs axes of one length", FM_ESCENARIO},
    {S("  - { param: hook.position, from: 0.2, to: 0.3, points: 1000000000000 }\n"
       "  - { param: count, values: [1, 2] }\n"),
     5, 1, "more than 10^12 points", FM_ESCENARIO},
    {S("  - { param: count, values: [1] }\nsampling: { mode: lhs, points: 5 }\n"), 6, 21,
     "lhs and sobol need a range", FM_ESCENARIO},
    {S("  - { param: hook.position, from: 0.2, to: 0.3, points: 4 }\n"
       "sampling: { mode: lhs, points: 5 }\n"),
     6, 49, "write it once", FM_ESCENARIO},
    {S("  - { param: hook.position, from: 0.2, to: 0.3 }\nsampling: sobol\n"), 7, 11,
     "'points' is missing", FM_ESCENARIO},
    {HEAD TAIL "sampling: { mode: grid, points: 5 }\n", 5, 25, "is for lhs and sobol",
     FM_ESCENARIO},
    {HEAD TAIL "sampling: { mode: lhs, points: 5 }\n", 5, 1, "needs a sweep", FM_ESCENARIO},
    {HEAD TAIL "sampling: gird\n", 5, 11, "did you mean 'grid'?", FM_ESCENARIO},
    {HEAD TAIL "sampling: { points: 5 }\n", 5, 11, "'mode' is missing", FM_ESCENARIO},
};
/* clang-format on */

static bool
entry_matches(const fm_diag *d, const mistake *m)
{
    bool says = strstr(d->text, m->says) != NULL ||
                (d->hint != NULL && strstr(d->hint, m->says) != NULL);

    return says && d->mark.line == m->line && d->mark.column == m->column &&
           strcmp(d->file, "s.yaml") == 0;
}

static void
check_mistake(const mistake *m)
{
    fm_scenario *s;
    fm_diags *diags = fm_diags_create();
    size_t n = 0;
    bool found = false;
    fm_str all = {0};
    fm_status st = read_sets(m->yaml, strlen(m->yaml), NULL, 0, diags, &s);
    const fm_diag *list = fm_diags_list(diags, &n, NULL);

    for (size_t i = 0; i < n; i++) {
        found = found || entry_matches(&list[i], m);
        fm_str_addf(&all, "%d:%d %s (%s)\n", list[i].mark.line, list[i].mark.column,
                    list[i].text, list[i].hint != NULL ? list[i].hint : "");
    }
    ck_assert_msg(st == m->status, "status %d\n%s\n%s", st, m->yaml, all.data);
    ck_assert_msg(found, "expected %d:%d %s\n%s\n%s", m->line, m->column, m->says,
                  m->yaml, all.data);
    fm_str_free(&all);
    fm_scenario_free(s);
    fm_diags_free(diags);
}

START_TEST(test_mistakes)
{
    check_mistake(&mistakes[_i]);
}
END_TEST

/* All problems come in one pass, in order of their places. */
START_TEST(test_all_at_once)
{
    static const char yaml[] = "fabmet: 1\nstudy: t.all\nsed: 3\nparams:\n  limt: 3\n"
                               "  count: 1000\n  hook: { position: 1,5, x: \"2,5\" }\n"
                               "data: { pulls: { csv: nowhere.csv } }\n"
                               "sweep:\n  - { param: a }\n";
    static const int lines[] = {3, 4, 5, 6, 7, 7, 7, 8, 10};
    fm_scenario *s;
    fm_diags *diags = fm_diags_create();
    size_t n = 0;

    ck_assert_int_ne(read_sets(yaml, strlen(yaml), NULL, 0, diags, &s), FM_OK);
    const fm_diag *list = fm_diags_list(diags, &n, NULL);
    for (size_t i = 0; i < n && i < FM_COUNT(lines); i++)
        ck_assert_msg(list[i].mark.line == lines[i], "%zu: line %d: %s", i,
                      list[i].mark.line, list[i].text);
    ck_assert_uint_eq(n, FM_COUNT(lines));
    fm_diags_free(diags);
}
END_TEST

/* ---- 3. overrides ---------------------------------------------------------------- */

START_TEST(test_values)
{
    fm_scenario *s =
        good(HEAD DATA "title: \"a # b\"\nseed: 18446744073709551615\ndraws: 7\n"
                       "params:\n  wire: { diameter: 0.02 mm, material: Cu }\n"
                       "  limit: 3\n  temperature: 300 K\n  temperature.step: 5 degC\n"
                       "  levels: [1, 5 mV]\n  exact: true\n",
             NULL, 0);
    const fm_value *v = s->values;

    ck_assert_str_eq(s->title, "a # b");
    ck_assert(s->seed == UINT64_MAX && s->draws == 7 && s->n_points == 1);
    ck_assert(v[DIAMETER].real == 20 && v[DIAMETER].si == 2e-5 && v[DIAMETER].given);
    ck_assert_str_eq(v[DIAMETER].text, "0.02 mm");
    ck_assert(v[MATERIAL].integer == 1 && strcmp(v[MATERIAL].text, "Cu") == 0);
    ck_assert(v[LIMIT].si == 3 * 0.00980665 || fabs(v[LIMIT].si - 0.02941995) < 1e-17);
    ck_assert_double_eq_tol(v[TEMP].real, 26.85, 1e-12);
    ck_assert(v[STEP].real == 5 && v[STEP].si == 5);
    ck_assert(v[LEVELS].n == 2 && v[LEVELS].items[1].real == 0.005);
    ck_assert(v[FLAG].integer == 1 && v[COUNT].integer == 5 && !v[COUNT].given);
    ck_assert_str_eq(v[NOTE].text, "a: b # c");
    ck_assert(v[BINS].n == 2 && v[BINS].items[1].real == 0.5);
    ck_assert_str_eq(v[BINS].items[4].text, "b, c");
    ck_assert(v[BINS].items[5].real == 0.25 && v[BINS].items[7].real == 3);
    ck_assert(!v[BINS].items[3].present && v[BINS].items[2].integer == 1);
    ck_assert(!v[ONLY].present && isnan(v[ONLY].real));
    ck_assert_str_eq(s->sources[0].text, "force\n1\n");
    ck_assert_str_eq(s->overrides, "");
    fm_scenario_free(s);
}
END_TEST

START_TEST(test_sets)
{
    static const char *const sets[] = {"wire.diameter=33 um",
                                       "title=a: b # c",
                                       "seed=42",
                                       "draws=9",
                                       "levels=[1, 2 V]",
                                       "bins=[{ name: z }]",
                                       "note=x=y",
                                       "hook.position=0.25",
                                       "count=7",
                                       "limit=4",
                                       "note=\"q\""};
    fm_scenario *s =
        good(HEAD DATA "params: { count: 5 }\nsweep:\n"
                       "  - { param: hook.position, from: 0.2, to: 0.8, points: 4 }\n"
                       "  - { param: wire.material, values: [Au, Cu] }\n",
             sets, FM_COUNT(sets));

    ck_assert(s->values[DIAMETER].real == 33 && s->values[COUNT].integer == 7);
    ck_assert(s->seed == 42 && s->draws == 9);
    ck_assert_str_eq(s->title, "a: b # c");
    ck_assert_str_eq(s->values[NOTE].text, "q");
    ck_assert(s->values[LEVELS].n == 2 && s->values[BINS].n == 1);
    ck_assert(s->values[POSITION].real == 0.25 && s->n_axes == 1 && s->n_points == 2);
    ck_assert(strncmp(s->overrides, "wire.diameter=33 um\ntitle=a: b # c\n", 35) == 0);
    fm_scenario_free(s);
}
END_TEST

/* What a stored scenario spells out is not given when it is the default. */
START_TEST(test_resolved)
{
    static const char *const sets[] = {"count=5"};
    static const char text[] = HEAD DATA
        "params: { wire.diameter: 25 um, limit: 4, hook.position: 0.3, count: 5 }\n";

    context.resolved = true;
    fm_scenario *s = good(text, NULL, 0);
    fm_scenario *set = good(text, sets, 1);
    context.resolved = false;
    fm_scenario *plain = good(text, NULL, 0);
    ck_assert(!s->values[COUNT].given && s->values[COUNT].integer == 5);
    ck_assert(s->values[POSITION].given && s->values[POSITION].real == 0.3);
    ck_assert(set->values[COUNT].given && plain->values[COUNT].given);
    char *a = fm_scenario_text(s);
    char *b = fm_scenario_text(plain);
    ck_assert_str_eq(a, b); /* the values are the same */
    free(a);
    free(b);
    fm_scenario_free(s);
    fm_scenario_free(set);
    fm_scenario_free(plain);
}
END_TEST

START_TEST(test_wrong_sets)
{
    static const struct {
        const char *set, *says;
        fm_status status;
    } bad[] = {
        {"wire.diameter", "write KEY=VALUE", FM_ESCENARIO},
        {"=5", "write KEY=VALUE", FM_ESCENARIO},
        {"wire.diametr=5", "did you mean 'wire.diameter'?", FM_ESCENARIO},
        {"wire.diameter=5", "out of range; allowed: 10 ... 500 um", FM_ESCENARIO},
        {"wire.diameter=25 K", "a length such as", FM_ESCENARIO},
        {"wire.diameter=", "the value is missing", FM_ESCENARIO},
        {"wire.diameter=[25]", "not a list", FM_ESCENARIO},
        {"levels=[1, 2", "flow sequence", FM_ESCENARIO},
        {"count=1,5", "write 1.5", FM_ESCENARIO},
        {"title=a\nb", "control bytes", FM_ESCENARIO},
        {"seed=-1", "has a sign", FM_ESCENARIO},
        {"draws=0", "1 ... 4294967295", FM_ESCENARIO},
        {"data.pulls.csv=nowhere.csv", "there is no file 'nowhere.csv'", FM_ENOINPUT},
        {"data.pul.csv=nowhere.csv", "did you mean 'data.pulls.csv'?", FM_ESCENARIO},
        {"file=nowhere.csv", "there is no file", FM_ENOINPUT},
    };

    for (size_t i = 0; i < FM_COUNT(bad); i++) {
        fm_scenario *s;
        fm_diags *diags = fm_diags_create();
        size_t n = 0;
        fm_status st = read_sets(HEAD TAIL, strlen(HEAD TAIL), &bad[i].set, 1, diags, &s);
        const fm_diag *list = fm_diags_list(diags, &n, NULL);
        ck_assert_msg(st == bad[i].status && n == 1, "%s: %d, %zu", bad[i].set, st, n);
        ck_assert_str_eq(list[0].file, "--set");
        ck_assert_msg(strstr(list[0].text, bad[i].says) != NULL ||
                          (list[0].hint != NULL && strstr(list[0].hint, bad[i].says)),
                      "%s: %s", bad[i].set, list[0].text);
        if (strchr(bad[i].set, '\n') == NULL)
            ck_assert_ptr_nonnull(strstr(list[0].text, bad[i].set));
        fm_diags_free(diags);
    }
}
END_TEST

/* ---- 4. sweeps ------------------------------------------------------------------- */

START_TEST(test_sweeps)
{
    fm_scenario *s =
        good(HEAD DATA "sweep:\n"
                       "  - { param: limit, from: 10 mN, to: 100 mN, points: 3 }\n"
                       "  - { param: wire.diameter, values: [20 um, 0.025 mm] }\n"
                       "  - { param: wire.material, values: [Au, Al] }\n"
                       "sampling: grid\n",
             NULL, 0);

    ck_assert(s->n_axes == 3 && s->n_points == 12 && s->sampling == FM_GRID);
    ck_assert(s->axes[0].kind == FM_AXIS_LINEAR && s->axes[0].n == 3);
    ck_assert_double_eq_tol(s->axes[0].from, 1.0197162129779282, 1e-15);
    ck_assert(s->values[LIMIT].present && s->values[LIMIT].real == s->axes[0].from);
    ck_assert(s->axes[1].values[1].real == 25 && s->axes[1].values[1].si == 25e-6);
    ck_assert(s->axes[2].values[1].integer == 2);
    fm_scenario_free(s);
    s = good(S("  - { param: limit, from: 1, to: 100, spacing: log }\n"
               "sampling: { mode: sobol, points: 64 }\n"),
             NULL, 0);
    ck_assert(s->sampling == FM_SOBOL && s->n_points == 64 && s->axes[0].n == 0);
    ck_assert(s->axes[0].kind == FM_AXIS_LOG);
    fm_scenario_free(s);
    s = good(
        S("  - { param: limit, values: [1, 2] }\n  - { param: count, values: [3, 4] }\n"
          "sampling: { mode: zip }\n"),
        NULL, 0);
    ck_assert(s->sampling == FM_ZIP && s->n_points == 2);
    fm_scenario_free(s);
}
END_TEST

/* ---- 5. text and back ------------------------------------------------------------ */

/* The sign of zero counts, too. */
static bool
same_bits(double a, double b)
{
    return a == b && (signbit(a) != 0) == (signbit(b) != 0);
}

static void check_values(const fm_param *p, size_t n, const fm_value *a,
                         const fm_value *b);

static void
check_value(const fm_param *p, const fm_value *a, const fm_value *b)
{
    ck_assert(a->kind == b->kind && a->present == b->present && a->integer == b->integer);
    ck_assert_msg(same_bits(a->real, b->real) || isnan(a->real), "%s", p->key);
    ck_assert_msg(a->si == b->si || isnan(a->si), "%s", p->key);
    ck_assert_uint_eq(a->n, b->n);
    if (a->text != NULL && a->kind != FM_REAL && a->kind != FM_INTEGER)
        ck_assert_str_eq(a->text, b->text);
    fm_param item = *p;
    item.kind = p->item;
    for (size_t i = 0; i < a->n; i++)
        if (p->kind == FM_LIST)
            check_value(&item, &a->items[i], &b->items[i]);
        else
            check_values(p->fields, p->n_fields, a->items + i * p->n_fields,
                         b->items + i * p->n_fields);
}

static void
check_values(const fm_param *p, size_t n, const fm_value *a, const fm_value *b)
{
    for (size_t i = 0; i < n; i++)
        check_value(&p[i], &a[i], &b[i]);
}

static void
check_namings(const fm_naming *a, const fm_naming *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        ck_assert_str_eq(a[i].key, b[i].key);
        ck_assert_str_eq(a[i].value, b[i].value);
    }
}

static void
check_sources(const fm_scenario *a, const fm_scenario *b)
{
    for (size_t i = 0; i < a->study->n_inputs; i++) {
        const fm_source *x = &a->sources[i], *y = &b->sources[i];
        ck_assert_int_eq(x->text != NULL, y->text != NULL);
        ck_assert_int_eq(x->path != NULL, y->path != NULL);
        if (x->text != NULL)
            ck_assert_str_eq(x->text, y->text);
        if (x->path != NULL)
            ck_assert_str_eq(x->path, y->path);
        ck_assert_uint_eq(x->n_columns, y->n_columns);
        ck_assert_uint_eq(x->n_units, y->n_units);
        check_namings(x->columns, y->columns, x->n_columns);
        check_namings(x->units, y->units, x->n_units);
    }
}

static void
check_same(const fm_scenario *a, const fm_scenario *b)
{
    ck_assert_ptr_eq(a->study, b->study);
    ck_assert_str_eq(a->title, b->title);
    ck_assert(a->seed == b->seed && a->draws == b->draws && a->n_points == b->n_points);
    ck_assert(a->sampling == b->sampling && a->n_axes == b->n_axes);
    check_values(a->study->params, a->study->n_params, a->values, b->values);
    check_sources(a, b);
    for (size_t k = 0; k < a->n_axes; k++) {
        const fm_axis *x = &a->axes[k], *y = &b->axes[k];
        ck_assert(x->param == y->param && x->kind == y->kind && x->n == y->n);
        ck_assert(x->from == y->from && x->to == y->to);
        for (size_t i = 0; x->kind == FM_AXIS_VALUES && i < x->n; i++)
            check_value(&a->study->params[x->param], &x->values[i], &y->values[i]);
    }
}

/* clang-format off */
static const char *const round_trips[] = {
    HEAD TAIL,
    HEAD TAIL "title: \"\\\"q\\\" \\\\ <b> \\u2028 \xc3\xa9 'x' # : {\"\nseed: 3\ndraws: 12\n",
    P("  note: \"\"\n  wire.diameter: 33.333333333333336\n  hook.position: 1e-300\n"
      "  temperature: 451 degF\n  only: -3\n  levels: []\n  bins: []\n"),
    HEAD "params: { limit: 3 }\ndata:\n  pulls:\n    inline: |\n      a,b\n\n        c #\n"
         "    columns: { force: \"F: gf\", mode: M }\n"
         "    units: { force: mN, x: um, y: W m-2 }\n  extra: { inline: \" x\\n\" }\n",
    HEAD "params: { limit: 3 }\ndata: { pulls: { inline: \"\\ta\\r\\n1\\r\\n\\n\" } }\n",
    HEAD "params: { limit: 3 }\ndata: { pulls: { inline: \"a\\n\\n\" } }\n",
    S("  - { param: hook.position, from: 0.1, to: 0.7, points: 7, spacing: log }\n"
      "  - { param: note, values: [a, \"b: c\", \"\", \"1\"] }\n"
      "  - { param: exact, values: [true, false] }\n"),
    S("  - { param: hook.position, from: 0.1, to: 0.7 }\nsampling: { mode: lhs, points: 9 }\n"),
    S("  - { param: count, values: [3, 1] }\nsampling: zip\n"),
    HEAD DATA "sweep:\n  - { param: limit, values: [1, 2] }\n",
    "fabmet: 1\nstudy: t.plain\n",
    "fabmet: 1\nstudy: t.optional\n",
};
/* clang-format on */

START_TEST(test_round_trip)
{
    fm_scenario *a = good(round_trips[_i], NULL, 0);
    char *text = fm_scenario_text(a);
    fm_scenario *b = good(text, NULL, 0);
    char *again = fm_scenario_text(b);
    check_same(a, b);
    ck_assert_str_eq(text, again);
    free(text);
    free(again);
    fm_scenario_free(a);
    fm_scenario_free(b);
}
END_TEST

/* `init` gives a scenario that reads, and whose sweep example reads when it is
 * uncommented. */
START_TEST(test_template)
{
    static const fm_study *const shown[] = {&study_all, &study_plain, &study_simple,
                                            &study_optional};
    char *text = fm_scenario_template(shown[_i]);
    fm_scenario *s = good(text, NULL, 0);
    char *sweep = strstr(text, "# sweep:");

    for (size_t i = 0; i < shown[_i]->n_params; i++)
        ck_assert_msg(strstr(text, shown[_i]->params[i].key) != NULL, "%s",
                      shown[_i]->params[i].key);
    if (shown[_i] == &study_all) {
        ck_assert_str_eq(s->sources[0].text, inputs[0].example);
        ck_assert(s->values[LIMIT].real == 3 && s->values[DIAMETER].real == 25);
    }
    fm_scenario_free(s);
    ck_assert_int_eq(sweep != NULL, shown[_i]->n_params > 1);
    for (char *p = sweep; p != NULL && *p != '\0'; p++)
        if (*p == '#' && (p == sweep || p[-1] == '\n'))
            memmove(p, p + 2, strlen(p + 2) + 1);
    s = good(text, NULL, 0);
    ck_assert_uint_eq(s->n_points, sweep != NULL ? 5 : 1);
    fm_scenario_free(s);
    free(text);
}
END_TEST

static void
write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    ck_assert_ptr_nonnull(f);
    int written = fputs(text, f);
    ck_assert(fclose(f) == 0 && written >= 0);
}

/* Paths are relative to the scenario's folder, those of --set to the current one. */
START_TEST(test_files)
{
    char folder[] = "fabmet-test-XXXXXX";
    fm_str path = {0}, set = {0};
    fm_scenario *s = NULL;
    fm_diags *diags = fm_diags_create();

    ck_assert_ptr_nonnull(mkdtemp(folder));
    fm_str_addf(&path, "%s/rules.csv", folder);
    fm_str_addf(&set, "data.pulls.csv=%s", path.data);
    char *csv = fm_str_take(&path);
    write_file(csv, "force\n1\n");
    fm_str_addf(&path, "%s/s.yaml", folder);
    write_file(path.data, HEAD "params: { limit: 3, file: rules.csv }\n"
                               "data: { pulls: { csv: rules.csv } }\n");
    ck_assert_int_eq(fm_scenario_read(&context, path.data, NULL, 0, diags, &s), FM_OK);
    ck_assert_str_eq(s->sources[0].path, csv);
    ck_assert_str_eq(s->sources[0].name, "rules.csv");
    ck_assert_str_eq(s->values[PATH].text, csv);
    fm_scenario_free(s);
    const char *const sets[] = {set.data};
    s = good(HEAD "params: { limit: 3 }\ndata: { pulls: { csv: gone.csv } }\n", sets, 1);
    ck_assert_str_eq(s->sources[0].path, csv);
    fm_scenario_free(s);
    context.data_path = folder;
    s = good("fabmet: 1\nstudy: t.shipped\n", NULL, 0);
    ck_assert(s->sources[0].shipped);
    ck_assert_str_eq(s->sources[0].path, csv);
    fm_scenario_free(s);
    ck_assert(remove(csv) == 0 && remove(path.data) == 0 && rmdir(folder) == 0);
    ck_assert_int_eq(fm_scenario_read(&context, "gone.yaml", NULL, 0, diags, &s),
                     FM_ENOINPUT);
    free(csv);
    fm_str_free(&path);
    fm_str_free(&set);
    fm_diags_free(diags);
}
END_TEST

/* ---- 6. random damage ------------------------------------------------------------ */

static uint64_t state = 20261121;

static size_t
pick(size_t n)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)((state >> 33) % n);
}

/* Changed, removed, doubled bytes: an answer, whatever it is, and no crash or leak. */
START_TEST(test_damage)
{
    static const char signs[] = "[]{}:,-#\"'|>&*!%@`\n\t ?0.eE~";
    fm_scenario *a = good(round_trips[6], NULL, 0);
    char *text = fm_scenario_text(a);
    size_t length = strlen(text);
    char *damaged = malloc(length + 1);

    for (int round = 0; round < 4000; round++) {
        fm_scenario *s;
        fm_diags *diags = fm_diags_create();
        size_t n = length;
        memcpy(damaged, text, length + 1);
        for (size_t k = pick(4) + 1; k > 0; k--) {
            size_t at = pick(n);
            if (pick(4) == 0) {
                n -= pick(2) == 0 && n > 9 ? 1 : 0;
                memmove(damaged + at, damaged + at + 1, length - at);
            } else {
                damaged[at] = pick(3) == 0 ? (char)pick(256) : signs[pick(sizeof signs)];
            }
        }
        (void)read_sets(damaged, n, NULL, 0, diags, &s);
        fm_scenario_free(s);
        fm_diags_free(diags);
    }
    free(damaged);
    free(text);
    fm_scenario_free(a);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("scenario");
    TCase *all = tcase_create("scenario");

    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_loop_test(all, test_mistakes, 0, (int)FM_COUNT(mistakes));
    tcase_add_test(all, test_all_at_once);
    tcase_add_test(all, test_values);
    tcase_add_test(all, test_sets);
    tcase_add_test(all, test_resolved);
    tcase_add_test(all, test_wrong_sets);
    tcase_add_test(all, test_sweeps);
    tcase_add_loop_test(all, test_round_trip, 0, (int)FM_COUNT(round_trips));
    tcase_add_loop_test(all, test_template, 0, 4);
    tcase_add_test(all, test_files);
    tcase_add_test(all, test_damage);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
