/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of figures and of reports share. */
#include "config.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/test_fixture.h"

static char data_path[4096];
static fm_units *units;
fm_scratch fm_fake_folder;

static const fm_param params[] = {
    {.key = "wire.diameter",
     .kind = FM_REAL,
     .unit = "um",
     .def = "25",
     .term = "bond.pull-force",
     .help = "wire diameter"},
    {.key = "hook.position",
     .kind = FM_REAL,
     .unit = "1",
     .def = "0.5",
     .term = "bond.loop-geometry",
     .help = "hook position"},
    {.key = "label",
     .kind = FM_TEXT,
     .def = "",
     .no_term = "a label",
     .help = "any text"},
};

const fm_figure fm_fake_figures[] = {
    {.name = "trend",
     .caption = "Force in time, see [[spc.control-chart]].",
     .table = "pulls",
     .columns = "index force limit",
     .script = "report/test_report.gp",
     .flags = FM_FIG_POINT},
    {.name = "series",
     .caption = "Force by operator.",
     .table = "pulls",
     .columns = "index force",
     .by = "operator",
     .script = "report/test_report.gp",
     .flags = FM_FIG_POINT},
    {.name = "modes",
     .caption = "Modes.",
     .table = "modes",
     .columns = "mode count",
     .script = "report/test_report.gp",
     .flags = FM_FIG_POINT},
    {.name = "sweep",
     .caption = "Yield over the sweep.",
     .table = "yields",
     .columns = "@axis yield",
     .scalars = "summary.goal",
     .script = "report/test_report.gp",
     .flags = FM_FIG_SWEEP},
    {.name = "broken",
     .caption = "A template with an error.",
     .table = "modes",
     .columns = "mode count",
     .script = "report/test_report.gp",
     .flags = FM_FIG_POINT},
    {.name = "absent",
     .caption = "A template that is missing.",
     .table = "modes",
     .columns = "mode count",
     .script = "report/none.gp",
     .flags = FM_FIG_POINT},
};

/* A study that runs: one that does not is a comparison's (core/study.h). */
static fm_status
run_nothing(const fm_point *point, fm_out *out, fm_error *err)
{
    (void)point;
    (void)out;
    (void)err;
    return FM_OK;
}

const fm_study fm_fake_study = {.name = "test.fake",
                                .summary = "a study of the test",
                                .about = "Some *method* with <b>raw</b> HTML.",
                                .params = params,
                                .n_params = FM_COUNT(params),
                                .figures = fm_fake_figures,
                                .n_figures = FM_COUNT(fm_fake_figures),
                                .run = run_nothing};

static const fm_study *const studies[] = {&fm_fake_study};
fm_context fm_fake_context = {.studies = studies, .n_studies = 1};

static const char scenario[] = "fabmet: 1\nstudy: test.fake\nseed: 1\nparams:\n"
                               "  wire: { diameter: 33 um }\n  hook: { position: 0.50 }\n"
                               "  label: \"a <b> & 'c'\"\n";

void
fm_fake_facts(fm_result *r, const char *title)
{
    static const char *const facts[][2] = {
        {"study", "test.fake"},
        {"scenario", scenario},
        {"seed", "1"},
        {"points", "1"},
        {"digest", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
        {"version", "0.1"},
        {"libraries", "gsl 2.7\nhdf5 1.10"},
        {"path", "/some/where/r.h5"}};

    fm_fake_fact(r, "title", title);
    for (size_t i = 0; i < FM_COUNT(facts); i++)
        fm_fake_fact(r, facts[i][0], facts[i][1]);
}

void
fm_fake_points(fm_result *r, size_t n, const int8_t *status)
{
    static const char *const words[] = {"ok", "domain"};
    const char *messages[100];

    for (size_t i = 0; i < n; i++)
        messages[i] = status[i] != 0 ? "wire <too> thick" : "";
    fm_fake_table(r, "points", "points of the sweep", n, NULL);
    (void)fm_fake_code(r, "status", "status", words, 2, status);
    (void)fm_fake_text(r, "message", "message", messages);
}

enum {
    PULLS = 25,
    MODES = 3
};

/* One point: 25 pulls by two operators, one of them with a hostile name, and three modes.
 */
fm_result *
fm_fake_small(const char *title, double scale)
{
    static const char *const modes[MODES] = {"neck", "heel", FM_HOSTILE};
    static const int64_t counts[MODES] = {12, 9, 4};
    static const int8_t ok[] = {0};
    fm_result *r = fm_fake_create();
    int64_t index[PULLS];
    double force[PULLS];
    double limit[PULLS];
    const char *operator[PULLS];

    for (int i = 0; i < PULLS; i++) {
        index[i] = i + 1;
        force[i] = scale * (9.5 + sin(2.3 * i));
        limit[i] = 3.0;
        operator[i] = i % 3 == 0 ? FM_HOSTILE : "ann";
    }
    force[4] = (double)NAN;
    fm_fake_facts(r, title);
    fm_fake_table(r, "pulls", "pulls in order", PULLS, "force");
    (void)fm_fake_integer(r, "index", "pull", index);
    (void)fm_fake_real(r, "force", "gf", "pull force", "bond.pull-force", force);
    (void)fm_fake_real(r, "limit", "gf", "limit", "spc.control-limit", limit);
    (void)fm_fake_text(r, "operator", "operator", operator);
    fm_fake_table(r, "modes", "failure modes", MODES, "count");
    (void)fm_fake_text(r, "mode", "failure mode", modes);
    (void)fm_fake_integer(r, "count", "number of pulls", counts);
    fm_fake_points(r, 1, ok);
    static char force_words[] = "smallest force";
    static char share_words[] = "share below";
    static char gf[] = "gf";
    static char one[] = "1";
    static char term[] = "bond.pull-force";
    static char none[] = "";
    const fm_result_verdict pass = {.statement = force_words,
                                    .unit = gf,
                                    .term = term,
                                    .pass = true,
                                    .at_least = true,
                                    .value = 8.51,
                                    .limit = 3.0,
                                    .n_rows = 1};
    const fm_result_verdict fail = {.statement = share_words,
                                    .unit = one,
                                    .term = none,
                                    .pass = false,
                                    .value = 0.02,
                                    .limit = 0.01,
                                    .n_rows = 3,
                                    .n_failed = 2};
    fm_fake_verdict(r, &pass);
    fm_fake_verdict(r, &fail);
    return r;
}

/* A sweep of 8 positions by n_temps temperatures; one point failed. */
fm_result *
fm_fake_sweep(size_t n_temps)
{
    fm_result *r = fm_fake_create();
    double position[100];
    double temp[100];
    double yield[100];
    int8_t status[100] = {0};
    const double goal = 0.9;
    size_t n = 8 * n_temps;

    for (size_t i = 0; i < n; i++) {
        position[i] = 0.2 + 0.1 * (double)(i % 8);
        temp[i] = 25.0 + 10.0 * (double)(i / 8);
        yield[i] = 1.0 - 0.1 * fabs(position[i] - 0.5) - 0.001 * temp[i];
    }
    status[3] = 1;
    yield[3] = (double)NAN;
    fm_fake_facts(r, "sweep");
    fm_fake_table(r, "yields", "yield of each point", n, "yield");
    (void)fm_fake_real(r, "yield", "1", "yield", "", yield);
    fm_fake_table(r, "summary", "summary", 1, "goal");
    (void)fm_fake_real(r, "goal", "1", "goal", "", &goal);
    fm_fake_points(r, n, status);
    (void)fm_fake_real(r, "hook_position", "1", "hook position", "", position);
    (void)fm_fake_real(r, "temp", "degC", "temperature", "", temp);
    return r;
}

void
fm_fake_setup(void)
{
    const char *top = getenv("top_srcdir");
    fm_error err = FM_ERROR_INIT;

    ck_assert_int_eq(fm_units_create(&units, &err), FM_OK);
    top = top != NULL ? top : "../..";
    (void)snprintf(data_path, sizeof data_path, "%s/data:%s/src", top, top);
    fm_fake_context.units = units;
    fm_fake_context.data_path = data_path;
    ck_assert_int_eq(fm_scratch_open(&fm_fake_folder, NULL, &err), FM_OK);
}

void
fm_fake_teardown(void)
{
    fm_scratch_close(&fm_fake_folder);
    fm_units_free(units);
}

static uint64_t state = 88172645463325252u;

uint32_t
fm_fake_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32);
}

/* Undoes character references, as a browser does. */
char *
fm_fake_unescape(const char *text)
{
    static const char *const names[][2] = {{"&lt;", "<"},  {"&gt;", ">"},
                                           {"&amp;", "&"}, {"&quot;", "\""},
                                           {"&#39;", "'"}, {"&apos;", "'"}};
    fm_str s = {0};

    fm_str_add(&s, "");
    for (const char *p = text; *p != '\0';) {
        size_t n = 0;
        for (size_t i = 0; i < FM_COUNT(names) && n == 0; i++)
            if (strncmp(p, names[i][0], strlen(names[i][0])) == 0) {
                fm_str_add(&s, names[i][1]);
                n = strlen(names[i][0]);
            }
        if (n == 0 && strncmp(p, "&#", 2) == 0) {
            char *end = NULL;
            unsigned long code =
                p[2] == 'x' ? strtoul(p + 3, &end, 16) : strtoul(p + 2, &end, 10);
            if (*end == ';' && code < 128) {
                fm_str_addf(&s, "%c", (int)code);
                n = (size_t)(end - p) + 1;
            }
        }
        if (n == 0)
            fm_str_add_bytes(&s, p, 1);
        p += n > 0 ? n : 1;
    }
    return fm_str_take(&s);
}
