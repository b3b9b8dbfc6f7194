/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of figures, HTML and glossary, on results in memory.
 *
 * Contents
 *   1. fixtures                  4. SVG                7. reports
 *   2. text for gnuplot          5. HTML pieces        8. the glossary
 *   3. the gnuplot process       6. figures
 */
#include "config.h"

#include <check.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/fake_result.h"
#include "report/glossary.h"
#include "report/gnuplot.h"
#include "report/html.h"
#include "report/output.h"
#include "report/plot.h"
#include "report/report.h"
#include "report/svg.h"

/* ---- 1. fixtures --------------------------------------------------------------------- */

/* Everything at once that has ever broken a plotting program. */
#define HOSTILE                                                                          \
    "`touch fm-marker` 'x' '' \"q\" \\n {/Symbol a}_b^c %s <script>alert(1)</script> &#x41; " \
    "]]> #gpPt0 url(#gpPat1) 温度 \xf0\x9f\x98\x80"

static char data_path[4096];
static fm_units *units;
static fm_scratch folder;

static const fm_param params[] = {
    {.key = "wire.diameter", .kind = FM_REAL, .unit = "um", .def = "25",
     .term = "bond.pull-force", .help = "wire diameter"},
    {.key = "hook.position", .kind = FM_REAL, .unit = "1", .def = "0.5",
     .term = "bond.loop-geometry", .help = "hook position"},
    {.key = "label", .kind = FM_TEXT, .def = "", .no_term = "a label", .help = "any text"},
};

static const fm_figure figures[] = {
    {.name = "trend", .caption = "Force in time, see [[spc.control-chart]].", .table = "pulls",
     .columns = "index force limit", .script = "report/test_report.gp",
     .flags = FM_FIG_POINT},
    {.name = "series", .caption = "Force by operator.", .table = "pulls",
     .columns = "index force", .by = "operator", .script = "report/test_report.gp",
     .flags = FM_FIG_POINT},
    {.name = "modes", .caption = "Modes.", .table = "modes", .columns = "mode count",
     .script = "report/test_report.gp", .flags = FM_FIG_POINT},
    {.name = "sweep", .caption = "Yield over the sweep.", .table = "yields",
     .columns = "@axis yield", .scalars = "summary.goal", .script = "report/test_report.gp",
     .flags = FM_FIG_SWEEP},
    {.name = "broken", .caption = "A template with an error.", .table = "modes",
     .columns = "mode count", .script = "report/test_report.gp", .flags = FM_FIG_POINT},
    {.name = "absent", .caption = "A template that is missing.", .table = "modes",
     .columns = "mode count", .script = "report/none.gp", .flags = FM_FIG_POINT},
};

static const fm_study study = {
    .name = "test.fake", .summary = "a study of the test",
    .about = "Some *method* with <b>raw</b> HTML.",
    .params = params, .n_params = FM_COUNT(params),
    .figures = figures, .n_figures = FM_COUNT(figures)};

static const fm_study *const studies[] = {&study};
static fm_context context = {.studies = studies, .n_studies = 1};

static const char scenario[] = "fabmet: 1\nstudy: test.fake\nseed: 1\nparams:\n"
                               "  wire: { diameter: 33 um }\n  hook: { position: 0.50 }\n"
                               "  label: \"a <b> & 'c'\"\n";

static void
add_facts(fm_result *r, const char *title)
{
    static const char *const facts[][2] = {
        {"study", "test.fake"}, {"scenario", scenario}, {"seed", "1"}, {"points", "1"},
        {"digest", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
        {"version", "0.1"}, {"libraries", "gsl 2.7\nhdf5 1.10"}, {"path", "/some/where/r.h5"}};

    fm_fake_fact(r, "title", title);
    for (size_t i = 0; i < FM_COUNT(facts); i++)
        fm_fake_fact(r, facts[i][0], facts[i][1]);
}

static void
add_points(fm_result *r, size_t n, const int8_t *status)
{
    static const char *const words[] = {"ok", "domain"};
    const char *messages[100];

    for (size_t i = 0; i < n; i++)
        messages[i] = status[i] != 0 ? "wire <too> thick" : "";
    fm_fake_table(r, "points", "points of the sweep", n, NULL);
    (void)fm_fake_code(r, "status", "status", words, 2, status);
    (void)fm_fake_text(r, "message", "message", messages);
}

enum { PULLS = 25, MODES = 3 };

/* One point: 25 pulls by two operators, one of them with a hostile name, and three modes. */
static fm_result *
small_result(const char *title, double scale)
{
    static const char *const modes[MODES] = {"neck", "heel", HOSTILE};
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
        operator[i] = i % 3 == 0 ? HOSTILE : "ann";
    }
    force[4] = (double)NAN;
    add_facts(r, title);
    fm_fake_table(r, "pulls", "pulls in order", PULLS, "force");
    (void)fm_fake_integer(r, "index", "pull", index);
    (void)fm_fake_real(r, "force", "gf", "pull force", "bond.pull-force", force);
    (void)fm_fake_real(r, "limit", "gf", "limit", "spc.control-limit", limit);
    (void)fm_fake_text(r, "operator", "operator", operator);
    fm_fake_table(r, "modes", "failure modes", MODES, "count");
    (void)fm_fake_text(r, "mode", "failure mode", modes);
    (void)fm_fake_integer(r, "count", "number of pulls", counts);
    add_points(r, 1, ok);
    const fm_result_verdict pass = {.name = "above", .statement = "smallest force", .unit = "gf",
                                    .term = "bond.pull-force", .pass = true, .at_least = true,
                                    .value = 8.51, .limit = 3.0, .n_rows = 1};
    const fm_result_verdict fail = {.name = "share", .statement = "share below", .unit = "1",
                                    .term = "", .pass = false, .value = 0.02, .limit = 0.01,
                                    .n_rows = 3, .n_failed = 2};
    fm_fake_verdict(r, &pass);
    fm_fake_verdict(r, &fail);
    return r;
}

/* A sweep of 8 positions by n_temps temperatures; one point failed. */
static fm_result *
sweep_result(size_t n_temps)
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
    add_facts(r, "sweep");
    fm_fake_table(r, "yields", "yield of each point", n, "yield");
    (void)fm_fake_real(r, "yield", "1", "yield", "", yield);
    fm_fake_table(r, "summary", "summary", 1, "goal");
    (void)fm_fake_real(r, "goal", "1", "goal", "", &goal);
    add_points(r, n, status);
    (void)fm_fake_real(r, "hook_position", "1", "hook position", "", position);
    (void)fm_fake_real(r, "temp", "degC", "temperature", "", temp);
    return r;
}

static void
setup(void)
{
    const char *top = getenv("top_srcdir");
    fm_error err = FM_ERROR_INIT;

    ck_assert_int_eq(fm_units_create(&units, &err), FM_OK);
    top = top != NULL ? top : "../..";
    (void)snprintf(data_path, sizeof data_path, "%s/data:%s/src", top, top);
    context.units = units;
    context.data_path = data_path;
    ck_assert_int_eq(fm_scratch_open(&folder, &err), FM_OK);
}

static void
teardown(void)
{
    fm_scratch_close(&folder);
    fm_units_free(units);
}

static uint64_t state = 88172645463325252u;

static uint32_t
next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32);
}

/* Random text of the characters that matter. */
static void
random_text(fm_str *s, size_t n)
{
    static const char *const parts[] = {
        "'", "''", "\"", "`", "\\", "\\n", "{", "}", "_", "^", "@", "&", "#", "x", "0", "7",
        "045", "<", ">", "]]>", "&#x", "&#65;", "%s", "%", "$", "a", "Z", " ", "|", ";", "~",
        "µ", "Ω", "温", "\xf0\x9f\x98\x80", "EOD", "!", "(", "[", ","};

    s->length = 0;
    fm_str_add(s, "");
    for (size_t i = 0; i < n; i++)
        fm_str_add(s, parts[next_random() % FM_COUNT(parts)]);
}

/* Undoes character references, as a browser does. */
static char *
unescape(const char *text)
{
    static const char *const names[][2] = {{"&lt;", "<"},   {"&gt;", ">"},  {"&amp;", "&"},
                                           {"&quot;", "\""}, {"&#39;", "'"}, {"&apos;", "'"}};
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
            unsigned long code = p[2] == 'x' ? strtoul(p + 3, &end, 16) : strtoul(p + 2, &end, 10);
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

/* ---- 2. text for gnuplot ------------------------------------------------------------- */

START_TEST(encodes_the_examples)
{
    static const struct {
        const char *text, *encoded;
        bool svg;
    } rows[] = {
        {"Cpk", "\"Cpk\"", false},
        {"25 um", "\"\\062\\065 um\"", false},
        {"6''", "\"\\066\\047\\047\"", false},
        {"µ", "\"\\302\\265\"", false},
        {"`x`", "\"\\140x\\140\"", false},
        {"a\\b", "\"a\\134b\"", false},
        {"&#x41;", "\"\\046\\043x\\062\\066\\073\\043x\\064\\061\\073\"", true},
        {"", "\"\"", true},
        {"a\r\n\tb", "\"a b\"", true},
        {"\x1b", "\"\\357\\277\\275\"", true},
        {"a\xff", "\"a\\357\\277\\275\"", false},
        {"a\xe2\x80\xae""b", "\"ab\"", false}, /* right-to-left override */
        {"]]>", "\"\\135\\135\\046\\043x\\063E\\073\"", true}};

    for (size_t i = 0; i < FM_COUNT(rows); i++) {
        char *encoded = fm_gnuplot_text(rows[i].text, rows[i].svg);
        ck_assert_str_eq(encoded, rows[i].encoded);
        free(encoded);
    }
}
END_TEST

START_TEST(long_text_is_cut)
{
    char text[2001];

    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    char *encoded = fm_gnuplot_text(text, false);
    ck_assert_uint_eq(strlen(encoded), 500 + 12 + 2);
    free(encoded);
}
END_TEST

static void
write_text(const char *name, const fm_str *s)
{
    char *path = fm_scratch_file(&folder, name);

    ck_assert_int_eq(fm_output_write(path, s->data, s->length, NULL), FM_OK);
    free(path);
}

/* Random strings come back byte for byte from gnuplot itself. */
START_TEST(gnuplot_prints_what_was_meant)
{
    fm_str script = {0};
    fm_str expected = {0};
    fm_str text = {0};
    char *words = NULL;
    char *got = NULL;
    size_t n = 0;

    fm_str_add(&script, "set print 'out.txt'\n");
    for (size_t i = 0; i < 2000; i++) {
        random_text(&text, 1 + next_random() % 20);
        char *encoded = fm_gnuplot_text(text.data, false);
        fm_str_addf(&script, "print %s\n", encoded);
        fm_str_addf(&expected, "%s\n", text.data);
        free(encoded);
    }
    write_text("a.gp", &script);
    ck_assert_int_eq(fm_gnuplot_run(NULL, &folder, "a.gp", 60, &words, NULL), FM_OK);
    char *path = fm_scratch_file(&folder, "out.txt");
    ck_assert_int_eq(fm_output_read(path, &got, &n, NULL), FM_OK);
    ck_assert_uint_eq(n, expected.length);
    ck_assert(memcmp(got, expected.data, n) == 0);
    free(path);
    free(got);
    free(words);
    fm_str_free(&script);
    fm_str_free(&expected);
    fm_str_free(&text);
}
END_TEST

/* ---- 3. the gnuplot process ---------------------------------------------------------- */

static void
run_script(const char *program, const char *text, int seconds, fm_status expected,
           const char *said)
{
    fm_str script = {0};
    char *words = NULL;
    fm_error err = FM_ERROR_INIT;

    fm_str_add(&script, text);
    write_text("b.gp", &script);
    ck_assert_int_eq(fm_gnuplot_run(program, &folder, "b.gp", seconds, &words, &err), expected);
    fm_str_add(&script, err.text);
    fm_str_add(&script, words);
    ck_assert_msg(strstr(script.data + strlen(text), said) != NULL, "%s", script.data);
    free(words);
    fm_str_free(&script);
}

START_TEST(process_failures_have_words)
{
    run_script(NULL, "print 'fine'\n", 20, FM_OK, "fine");
    run_script(NULL, "nonsense\n", 20, FM_EINTERNAL, "invalid command");
    run_script("/no/such/gnuplot", "print 1\n", 20, FM_EINTERNAL, "cannot be started");
    run_script(NULL, "pause 30\n", 1, FM_EINTERNAL, "more than 1 s");
    run_script(NULL, "print \"\\033\"\n", 20, FM_OK, "\\x1b");
}
END_TEST

START_TEST(folder_vanishes)
{
    fm_scratch s = {0};
    struct stat info;
    char path[sizeof s.path];

    ck_assert_int_eq(fm_scratch_open(&s, NULL), FM_OK);
    memcpy(path, s.path, sizeof path);
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_uint_eq(info.st_mode & 0777, 0700);
    char *file = fm_scratch_file(&s, "x");
    ck_assert_int_eq(fm_output_write(file, "x", 1, NULL), FM_OK);
    free(file);
    fm_scratch_close(&s);
    ck_assert_int_ne(stat(path, &info), 0);
    fm_scratch_close(&s); /* twice does nothing */
}
END_TEST

/* ---- 4. SVG -------------------------------------------------------------------------- */

#define WRAP(body) "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox='0 0 9 9'>" body "</svg>"

START_TEST(svg_is_rewritten)
{
    const char *in = "<?xml version='1.0'?><!DOCTYPE svg>" WRAP(
        "<title>x</title><desc>y</desc><g id='a'><title>a</title><g></g>"
        "<use xlink:href='#gpPt0' class=\"k\"/><path d='M0,0 \"' fill='url(#p1)'/>"
        "<text x='1'> #gpPt0 url(#p1) a>b &#65;</text></g><g id='n'>\n</g>");
    char *out = NULL;

    ck_assert_int_eq(fm_svg_clean(in, "f1", "T <&>", "D", &out, NULL), FM_OK);
    ck_assert_str_eq(
        out, "<svg role=\"img\" aria-labelledby=\"f1-t f1-d\" "
             "xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\">\n"
             "<title id=\"f1-t\">T &lt;&amp;&gt;</title>\n<desc id=\"f1-d\">D</desc>\n"
             "<g id=\"f1-a\"><use xlink:href=\"#f1-gpPt0\"/>"
             "<path d=\"M0,0 &quot;\" fill=\"url(#f1-p1)\"/>"
             "<text x=\"1\"> #gpPt0 url(#p1) a&gt;b &#65;</text>\n</g>\n</svg>\n");
    free(out);
}
END_TEST

START_TEST(svg_refuses_what_it_does_not_know)
{
    static const char *const bad[] = {
        "", "x", "<p/>", "<svg>", "<svg></g>", "</svg>", "<svg></svg><svg></svg>",
        "<svg></svg>trailing",
        WRAP("<script>1</script>"), WRAP("<foreignObject/>"), WRAP("<image href='x'/>"),
        WRAP("<a/>"), WRAP("<style>x</style>"), WRAP("<svg></svg>"),
        WRAP("<g onload='x'/>"), WRAP("<use xlink:href='http://x/'/>"),
        WRAP("<use href='javascript:x'/>"), WRAP("<use xlink:href='#'/>"),
        WRAP("<g fill='url(http://x)'/>"), WRAP("<g fill='url( #a)'/>"),
        WRAP("<g fill='URL(//x#a)'/>"), WRAP("<g style='background:url(//x)'/>"),
        WRAP("<g style='@import x'/>"), WRAP("<g style='a:\\75rl(x)'/>"),
        WRAP("<g id='a b'/>"), WRAP("<g id='a' id='b'/>"), WRAP("<g id=a/>"), WRAP("<g id/>"),
        WRAP("<g x='1'y='2'/>"), WRAP("<g id='a>"), WRAP("<text>&foo;</text>"),
        WRAP("<text>&#0;</text>"), WRAP("<text>&#xZZ;</text>"), WRAP("<text>a & b</text>"),
        WRAP("<text>\x01</text>"), WRAP("<text>\xff</text>"), WRAP("<![CDATA[x]]>"),
        WRAP("<!-- never ends"), WRAP("<G/>"), WRAP("<g></text>"), WRAP("< g/>"),
        "<!DOCTYPE svg [<!ENTITY x 'y'>]><svg></svg>", "<svg x='<'></svg>"};

    for (size_t i = 0; i < FM_COUNT(bad); i++) {
        char *out = NULL;
        fm_error err = FM_ERROR_INIT;
        fm_status st = fm_svg_clean(bad[i], "f", "t", "d", &out, &err);
        ck_assert_msg(st == FM_EDATA, "taken: %s", bad[i]);
        ck_assert_ptr_null(out);
        ck_assert_str_ne(err.text, "");
    }
}
END_TEST

/* No input may crash it; what it takes it can take again. */
START_TEST(svg_survives_noise)
{
    static const char *const parts[] = {"<svg", ">", "</svg>", "<g", "</g>", "<text>", "'",
                                        "\"", "=", " ", "/>", "id", "&", ";", "#", "<!--",
                                        "-->", "<?", "?>", "<title>", "</title>", "a"};
    fm_str s = {0};

    for (int i = 0; i < 20000; i++) {
        char *out = NULL;
        s.length = 0;
        fm_str_add(&s, i % 2 == 0 ? "<svg>" : "");
        for (uint32_t n = next_random() % 12; n > 0; n--)
            fm_str_add(&s, parts[next_random() % FM_COUNT(parts)]);
        fm_str_add(&s, i % 2 == 0 ? "</svg>" : "");
        if (fm_svg_clean(s.data, "f", "t", "d", &out, NULL) == FM_OK) {
            char *again = NULL;
            ck_assert_int_eq(fm_svg_clean(out, "g", "t", "d", &again, NULL), FM_EDATA);
            free(again); /* its role attribute is ours: it is not taken twice */
        }
        free(out);
    }
    fm_str_free(&s);
}
END_TEST

/* ---- 5. HTML pieces ------------------------------------------------------------------ */

static void
expect_text(const fm_str *s, const char *expected)
{
    ck_assert_str_eq(s->data != NULL ? s->data : "", expected);
}

START_TEST(html_escapes)
{
    fm_str s = {0};

    fm_html_text(&s, "<a href=\"x\">'&' \x01\xff µ\n</a>\xc2\x85");
    expect_text(&s, "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39; \xef\xbf\xbd\xef\xbf\xbd µ\n"
                    "&lt;/a&gt;\xef\xbf\xbd");
    fm_str_free(&s);
}
END_TEST

START_TEST(html_slugs)
{
    static const char *const rows[][2] = {{"Cp.Cpk", "cp-cpk"}, {"--a  B--", "a-b"},
                                          {"µ", "x"}, {"", "x"}, {"\"><script>", "script"}};

    for (size_t i = 0; i < FM_COUNT(rows); i++) {
        fm_str s = {0};
        fm_html_slug(&s, rows[i][0]);
        expect_text(&s, rows[i][1]);
        fm_str_free(&s);
    }
}
END_TEST

START_TEST(html_numbers)
{
    static const struct {
        double x;
        const char *html;
    } rows[] = {{9.31, "9.3100"},
                {-0.12345678, "\xe2\x88\x92" "0.12346"},
                {0.0, "0"},
                {12345.4, "12345"},
                {2.5e-7, "2.5000\xc2\xa0\xc3\x97\xc2\xa0" "10<sup>\xe2\x88\x92" "7</sup>"},
                {(double)INFINITY, "∞"},
                {DBL_MAX, "1.7977\xc2\xa0\xc3\x97\xc2\xa0" "10<sup>308</sup>"}};
    fm_str s = {0};

    for (size_t i = 0; i < FM_COUNT(rows); i++) {
        s.length = 0;
        fm_html_real(&s, rows[i].x, 5);
        expect_text(&s, rows[i].html);
    }
    s.length = 0;
    fm_html_data(&s, 0.1, 5);
    expect_text(&s, "<data value=\"0.1\">0.10000</data>");
    s.length = 0;
    fm_html_integer(&s, -1234567);
    expect_text(&s, "\xe2\x88\x92" "1\xe2\x80\xaf" "234\xe2\x80\xaf" "567");
    fm_str_free(&s);
}
END_TEST

START_TEST(markdown_drops_raw_html)
{
    fm_str s = {0};

    ck_assert(fm_html_markdown(&s, "a *b* <script>x</script> [c](javascript:d)", true));
    ck_assert_ptr_null(strstr(s.data, "<script"));
    ck_assert_ptr_null(strstr(s.data, "javascript:"));
    ck_assert_ptr_nonnull(strstr(s.data, "<em>b</em>"));
    fm_str_free(&s);
}
END_TEST

/* ---- 6. figures ---------------------------------------------------------------------- */

static fm_drawing
draw_one(const fm_result *r, const fm_figure *figure, fm_picture picture, const char *path)
{
    fm_drawing d = {.result = r, .study = &study, .figure = figure, .id = "f", .path = path};
    fm_error err = FM_ERROR_INIT;

    ck_assert_msg(fm_figures_draw(&context, picture, &d, 1, &err) == FM_OK, "%s", err.text);
    return d;
}

static void
free_drawing(fm_drawing *d)
{
    free(d->svg_out);
    free(d->description_out);
    free(d->problem_out);
}

START_TEST(figures_draw)
{
    fm_result *r = small_result("t", 1.0);
    fm_drawing d[5] = {{0}};

    for (size_t i = 0; i < 5; i++) {
        static const size_t which[] = {0, 4, 1, 5, 2}; /* broken and absent among good ones */
        d[i] = (fm_drawing){.result = r, .figure = &figures[which[i]], .id = "f"};
    }
    ck_assert_int_eq(fm_figures_draw(&context, FM_SVG, d, 5, NULL), FM_OK);
    ck_assert_ptr_nonnull(d[0].svg_out);
    ck_assert_ptr_nonnull(d[2].svg_out);
    ck_assert_ptr_nonnull(d[4].svg_out);
    ck_assert_ptr_nonnull(strstr(d[1].problem_out, "invalid command"));
    ck_assert_ptr_nonnull(strstr(d[3].problem_out, "not installed"));
    ck_assert_str_eq(d[0].description_out,
                     "Pull force by pull. 25 points, 1 missing, lowest 8.505 gf at pull 21, "
                     "highest 10.49 gf at pull 13.");
    for (size_t i = 0; i < 5; i++)
        free_drawing(&d[i]);
    fm_result_close(r);
}
END_TEST

START_TEST(hostile_names_are_text)
{
    fm_result *r = small_result("t", 1.0);
    struct stat info;

    for (size_t i = 1; i <= 2; i++) {
        fm_drawing d = draw_one(r, &figures[i], FM_SVG, NULL);
        ck_assert_msg(d.svg_out != NULL, "%s", d.problem_out);
        char *plain = unescape(d.svg_out);
        ck_assert_ptr_nonnull(strstr(plain, HOSTILE));
        ck_assert_ptr_null(strstr(d.svg_out, "<script"));
        free(plain);
        free_drawing(&d);
    }
    ck_assert_int_ne(stat("fm-marker", &info), 0);
    fm_result_close(r);
}
END_TEST

START_TEST(sweeps_make_panels)
{
    for (size_t n_temps = 1; n_temps <= 9; n_temps += 2) {
        fm_result *r = sweep_result(n_temps);
        fm_drawing d = draw_one(r, &figures[3], FM_SVG, NULL);
        ck_assert_msg(d.svg_out != NULL, "%s", d.problem_out);
        ck_assert_ptr_nonnull(strstr(d.description_out, "1 missing"));
        ck_assert((strstr(d.svg_out, "temperature = 25 °C") != NULL) == (n_temps > 0));
        ck_assert((strstr(d.description_out, "Shown are 6 of the") != NULL) == (n_temps > 6));
        free_drawing(&d);
        fm_result_close(r);
    }
}
END_TEST

/* Data that make gnuplot stop by itself. */
START_TEST(awkward_data_are_notes_or_pictures)
{
    static const struct {
        double a, b;
        const char *problem;
    } rows[] = {{(double)NAN, (double)NAN, "missing"},
                {7.0, 7.0, NULL},
                {0.0, 0.0, NULL},
                {1e300, -1e300, NULL},
                {(double)INFINITY, 1.0, NULL},
                {(double)INFINITY, (double)INFINITY, "missing"}};

    for (size_t i = 0; i < FM_COUNT(rows); i++) {
        const double y[] = {rows[i].a, rows[i].b};
        const int64_t x[] = {1, 2};
        fm_result *r = fm_fake_create();
        fm_fake_table(r, "pulls", "pulls", 2, NULL);
        (void)fm_fake_integer(r, "index", "pull", x);
        (void)fm_fake_real(r, "force", "gf", "force", "", y);
        (void)fm_fake_real(r, "limit", "gf", "limit", "", y);
        fm_drawing d = draw_one(r, &figures[0], FM_SVG, NULL);
        ck_assert_msg((d.svg_out != NULL) == (rows[i].problem == NULL), "row %zu: %s", i,
                      d.problem_out);
        if (rows[i].problem != NULL)
            ck_assert_ptr_nonnull(strstr(d.problem_out, rows[i].problem));
        free_drawing(&d);
        fm_result_close(r);
    }
}
END_TEST

START_TEST(tables_may_be_empty_or_absent)
{
    fm_result *r = fm_fake_create();
    fm_drawing d = draw_one(r, &figures[0], FM_SVG, NULL);

    ck_assert_ptr_nonnull(strstr(d.problem_out, "no such table"));
    free_drawing(&d);
    fm_fake_table(r, "pulls", "pulls", 0, NULL);
    d = draw_one(r, &figures[0], FM_SVG, NULL);
    ck_assert_ptr_nonnull(strstr(d.problem_out, "no column"));
    free_drawing(&d);
    (void)fm_fake_integer(r, "index", "pull", NULL);
    (void)fm_fake_real(r, "force", "gf", "force", "", NULL);
    (void)fm_fake_real(r, "limit", "gf", "limit", "", NULL);
    d = draw_one(r, &figures[0], FM_SVG, NULL);
    ck_assert_ptr_nonnull(strstr(d.problem_out, "no rows"));
    free_drawing(&d);
    fm_result_close(r);
}
END_TEST

START_TEST(huge_data_are_thinned)
{
    enum { N = 200000 };
    int64_t *x = calloc(N, sizeof *x);
    double *y = calloc(N, sizeof *y);
    fm_result *r = fm_fake_create();

    ck_assert(x != NULL && y != NULL);
    for (int i = 0; i < N; i++) {
        x[i] = i;
        y[i] = i == 123456 ? 50.0 : sin(i);
    }
    fm_fake_table(r, "pulls", "pulls", N, NULL);
    (void)fm_fake_integer(r, "index", "pull", x);
    (void)fm_fake_real(r, "force", "gf", "force", "", y);
    (void)fm_fake_real(r, "limit", "gf", "limit", "", y);
    fm_drawing d = draw_one(r, &figures[0], FM_SVG, NULL);
    ck_assert_ptr_nonnull(d.svg_out);
    ck_assert_uint_lt(strlen(d.svg_out), 900000);
    ck_assert_ptr_nonnull(strstr(d.description_out, "highest 50 gf at pull 123456"));
    ck_assert_ptr_nonnull(strstr(d.description_out, "Drawn are 4"));
    free_drawing(&d);
    fm_result_close(r);
    free(x);
    free(y);
}
END_TEST

START_TEST(pictures_are_files_with_still_bytes)
{
    static const struct {
        fm_picture picture;
        const char *name, *head;
    } rows[] = {{FM_SVG, "p.svg", "<?xml"}, {FM_PNG, "p.png", "\x89PNG"}, {FM_PDF, "p.pdf", "%PDF-"}};
    fm_result *r = small_result("t", 1.0);

    for (size_t i = 0; i < FM_COUNT(rows); i++) {
        char *path = fm_scratch_file(&folder, rows[i].name);
        char *bytes[2] = {NULL, NULL};
        size_t n[2] = {0, 0};
        for (int k = 0; k < 2; k++) {
            fm_drawing d = draw_one(r, &figures[0], rows[i].picture, path);
            ck_assert_msg(d.problem_out == NULL, "%s", d.problem_out);
            free_drawing(&d);
            ck_assert_int_eq(fm_output_read(path, &bytes[k], &n[k], NULL), FM_OK);
            if (k == 0 && rows[i].picture == FM_PDF)
                (void)sleep(1); /* a clock in the file would show */
        }
        ck_assert_mem_eq(bytes[0], rows[i].head, strlen(rows[i].head));
        ck_assert_uint_eq(n[0], n[1]);
        ck_assert_mem_eq(bytes[0], bytes[1], n[0]);
        free(bytes[0]);
        free(bytes[1]);
        free(path);
    }
    fm_result_close(r);
}
END_TEST

/* ---- 7. reports ---------------------------------------------------------------------- */

static char *
write_report(const fm_result *const *results, size_t n)
{
    char *path = fm_scratch_file(&folder, "r.html");
    const char *keep = getenv("FM_TEST_KEEP");
    char *html = NULL;
    size_t length = 0;
    fm_error err = FM_ERROR_INIT;

    fm_status st = fm_report_write(&context, results, n, path, &err);
    ck_assert_msg(st == FM_OK, "%s", err.text);
    ck_assert_int_eq(fm_output_read(path, &html, &length, NULL), FM_OK);
    if (keep != NULL)
        ck_assert_int_eq(fm_output_write(keep, html, length, NULL), FM_OK);
    free(path);
    return html;
}

/* Whether id="..." stands in the page exactly once. */
static size_t
count_id(const char *html, const char *id, size_t n)
{
    size_t found = 0;

    for (const char *p = html; (p = strstr(p, " id=\"")) != NULL; p += 5)
        found += strncmp(p + 5, id, n) == 0 && p[5 + n] == '"';
    return found;
}

static void
check_ids_and_links(const char *html)
{
    for (const char *p = html; (p = strstr(p, " id=\"")) != NULL; p += 5) {
        size_t n = strcspn(p + 5, "\"");
        ck_assert_msg(count_id(html, p + 5, n) == 1, "id %.*s", (int)n, p + 5);
    }
    for (const char *p = html; (p = strstr(p, "href=\"#")) != NULL; p += 7) {
        size_t n = strcspn(p + 7, "\"");
        ck_assert_msg(count_id(html, p + 7, n) == 1, "link to %.*s", (int)n, p + 7);
    }
}

static size_t
count_text(const char *html, const char *text)
{
    size_t n = 0;

    for (const char *p = html; (p = strstr(p, text)) != NULL; p++)
        n++;
    return n;
}

START_TEST(report_is_whole_and_still)
{
    fm_result *a = small_result(HOSTILE, 1.0);
    fm_result *b = small_result("second", 2.0);
    fm_result *c = sweep_result(3);
    const fm_result *const results[] = {a, b, c, a}; /* the same file twice */
    char *one = write_report(results, 4);
    char *two = write_report(results, 4);

    ck_assert_str_eq(one, two);
    check_ids_and_links(one);
    ck_assert_uint_eq(count_text(one, "<svg "), count_text(one, "<svg role=\"img\" "));
    ck_assert_uint_eq(count_text(one, "<svg "), 3 * 3 + 1);
    ck_assert_uint_eq(count_text(one, "<desc "), count_text(one, "<svg "));
    ck_assert_ptr_null(strstr(one, "<script"));
    ck_assert_ptr_null(strstr(one, "/some/where"));
    char *plain = unescape(one);
    ck_assert_ptr_nonnull(strstr(plain, HOSTILE));
    free(plain);
    free(one);
    free(two);
    fm_result_close(a);
    fm_result_close(b);
    fm_result_close(c);
}
END_TEST

START_TEST(report_says_what_matters)
{
    static const char *const said[] = {
        "✓ pass", "✗ FAIL", "≥ <data value=\"3\">3.0000</data>", "2 of 3", "1 of 2 verdicts fail",
        "data-path=\"/entry/pulls/force\"", "not available", "<td class=\"num\">33 um</td>",
        "changed</td>", "<dfn>pull force</dfn>", "href=\"#g-bond-pull-force\"", "Used in",
        "Content-Security-Policy", "No picture:", "<em>method</em>", "<details open>",
        "a &lt;b&gt; &amp; &#39;c&#39;", "id=\"ref-1\"", "<caption", "scope=\"col\""};
    fm_result *r = small_result("A title", 1.0);
    const fm_result *const results[] = {r};
    char *html = write_report(results, 1);

    for (size_t i = 0; i < FM_COUNT(said); i++)
        ck_assert_msg(strstr(html, said[i]) != NULL, "missing: %s", said[i]);
    ck_assert_ptr_null(strstr(html, "<b>raw</b>"));
    free(html);
    fm_result_close(r);
}
END_TEST

START_TEST(failed_points_are_named)
{
    fm_result *r = sweep_result(2);
    const fm_result *const results[] = {r};
    char *html = write_report(results, 1);

    ck_assert_ptr_nonnull(strstr(html, "15 of 16 points computed"));
    ck_assert_ptr_nonnull(strstr(html, "wire &lt;too&gt; thick"));
    ck_assert_ptr_nonnull(strstr(html, "not available: domain"));
    free(html);
    fm_result_close(r);
}
END_TEST

START_TEST(long_tables_state_their_rule)
{
    enum { N = 1000 };
    double y[N];
    fm_result *r = fm_fake_create();
    const fm_result *const results[] = {r};
    static const int8_t ok[] = {0};

    for (int i = 0; i < N; i++)
        y[i] = i == 500 ? -1.0 : i % 97;
    add_facts(r, "long");
    fm_fake_table(r, "pulls", "pulls", N, "force");
    (void)fm_fake_real(r, "force", "gf", "force", "", y);
    add_points(r, 1, ok);
    char *html = write_report(results, 1);
    ck_assert_ptr_nonnull(strstr(html, "rows: the first 10, the last 10, and those with the 5 "
                                       "lowest and 5 highest values of force."));
    ck_assert_ptr_nonnull(strstr(html, "data-value=\"-1\""));
    ck_assert_uint_lt(count_text(html, "<tr"), 60);
    free(html);
    fm_result_close(r);
}
END_TEST

START_TEST(report_failures)
{
    fm_result *r = small_result("t", 1.0);
    fm_result *unknown = fm_fake_create();
    const fm_result *results[] = {unknown};
    fm_error err = FM_ERROR_INIT;

    fm_fake_fact(unknown, "study", "no.such");
    ck_assert_int_eq(fm_report_write(&context, results, 1, "/tmp/x/y.html", &err), FM_EDATA);
    ck_assert_ptr_nonnull(strstr(err.text, "no.such"));
    results[0] = r;
    ck_assert_int_eq(fm_report_write(&context, results, 1, "/no/such/folder/y.html", NULL),
                     FM_ECREATE);
    ck_assert_int_eq(fm_report_write(&context, results, 0, "y.html", NULL), FM_EUSAGE);
    fm_fake_table(r, "odd", "odd", 1, NULL);
    (void)fm_fake_real(r, "x", "1", "x", "no.such-term", &(double){1.0});
    ck_assert_int_eq(fm_report_write(&context, results, 1, "y.html", NULL), FM_EDATA);
    fm_result_close(r);
    fm_result_close(unknown);
}
END_TEST

/* ---- 8. the glossary ----------------------------------------------------------------- */

static fm_status
load_here(const char *terms, const char *sources, fm_diags *diags, fm_glossary **out)
{
    char *dir = fm_scratch_file(&folder, "g");
    fm_str name = {0};
    fm_context here = context;

    fm_str_addf(&name, "%s/glossary", dir);
    (void)mkdir(dir, 0700);
    (void)mkdir(name.data, 0700);
    fm_str_add(&name, "/met.yaml");
    ck_assert_int_eq(fm_output_write(name.data, terms, strlen(terms), NULL), FM_OK);
    name.length -= strlen("met.yaml");
    fm_str_add(&name, "sources.yaml");
    ck_assert_int_eq(fm_output_write(name.data, sources, strlen(sources), NULL), FM_OK);
    here.data_path = dir;
    here.n_studies = 0;
    fm_status st = fm_glossary_load(&here, diags, out);
    if (st == FM_OK)
        st = fm_glossary_check(&here, *out, diags);
    (void)unlink(name.data);
    name.length -= strlen("sources.yaml");
    fm_str_add(&name, "met.yaml");
    (void)unlink(name.data);
    name.data[name.length - strlen("/met.yaml")] = '\0';
    (void)rmdir(name.data);
    (void)rmdir(dir);
    fm_str_free(&name);
    free(dir);
    return st;
}

#define SOURCES "- {key: s, title: T}\n"
#define TERM(id, more)                                                                   \
    "- id: " id "\n  term: t\n  definition: d\n  status: draft\n  since: \"1\"\n"         \
    "  orphan_ok: test\n  sources: [{key: s, locator: x, role: authoritative, wording: own, " \
    "state: verified}]\n" more

START_TEST(glossary_problems_are_found)
{
    static const struct {
        const char *terms, *sources, *text;
    } rows[] = {
        {TERM("met.a", ""), SOURCES, NULL},
        {TERM("met.A", ""), SOURCES, "not an id"},
        {TERM("bond.a", ""), SOURCES, "not an id"},
        {TERM("met.a-", ""), SOURCES, "not an id"},
        {TERM("met.a", "") TERM("met.a", ""), SOURCES, "second record"},
        {TERM("met.a", "  colour: red\n"), SOURCES, "colour"},
        {TERM("met.a", "  notes: text\n"), SOURCES, "'notes' must be a list"},
        {TERM("met.a", "  notes: [\"[[met.b]]\"]\n"), SOURCES, "[[met.b]] is no term"},
        {TERM("met.a", "  see: [{rel: related, id: met.b}]\n"), SOURCES, "'met.b' is no term"},
        {TERM("met.a", "  formula: x+y\n  unit: \"1\"\n  symbols: [{name: x, meaning: m, unit: \"1\"}]\n"),
         SOURCES, "symbol 'y'"},
        {TERM("met.a", "  formula: log(x)\n  unit: \"1\"\n  symbols: [{name: x, meaning: m, unit: \"1\"}]\n"),
         SOURCES, "function 'log'"},
        {TERM("met.a", "  formula: \"2\"\n  unit: \"1\"\n  symbols: [{name: x, meaning: m, unit: \"1\"}]\n"),
         SOURCES, "'x' is not in the formula"},
        {TERM("met.a", ""), SOURCES "- {key: u, title: U}\n", "'u' is cited nowhere"},
        {TERM("met.a", ""), "- {key: u, title: U}\n", "unknown source key"},
        {"- {id: met.a}\n", SOURCES, "'term' is missing"},
        {"a: b\n", SOURCES, "one list of records"}};

    for (size_t i = 0; i < FM_COUNT(rows); i++) {
        fm_diags *diags = fm_diags_create();
        fm_glossary *g = NULL;
        fm_status st = load_here(rows[i].terms, rows[i].sources, diags, &g);
        size_t n = 0;
        size_t n_errors = 0;
        const fm_diag *list = fm_diags_list(diags, &n, &n_errors);
        bool found = rows[i].text == NULL && n == 0;
        for (size_t k = 0; k < n && rows[i].text != NULL; k++)
            found = found || strstr(list[k].text, rows[i].text) != NULL;
        ck_assert_msg(found, "row %zu: %s", i, n > 0 ? list[0].text : "nothing said");
        ck_assert_int_eq(st, rows[i].text == NULL ? FM_OK : FM_EDATA);
        fm_glossary_free(g);
        fm_diags_free(diags);
    }
}
END_TEST

START_TEST(shipped_glossary_prints)
{
    fm_diags *diags = fm_diags_create();
    fm_glossary *g = NULL;
    char *text = NULL;
    size_t length = 0;
    fm_error err = FM_ERROR_INIT;

    ck_assert_int_eq(fm_glossary_load(&context, diags, &g), FM_OK);
    FILE *to = open_memstream(&text, &length);
    ck_assert_ptr_nonnull(to);
    ck_assert_int_eq(fm_glossary_print(&context, g, "Pull Force", to, NULL), FM_OK);
    ck_assert_int_eq(fm_glossary_print(&context, g, "WIWNU", to, NULL), FM_OK);
    ck_assert_int_eq(fm_glossary_print(&context, g, "bond.pull-forze", to, &err), FM_EUSAGE);
    ck_assert_ptr_nonnull(strstr(err.text, "did you mean 'bond.pull-force'"));
    fm_glossary_list(g, to);
    ck_assert_int_eq(fclose(to), 0);
    ck_assert_ptr_nonnull(strstr(text, "study test.fake, parameter wire.diameter"));
    ck_assert_ptr_nonnull(strstr(text, "loop geometry for the others")); /* a [[link]] as words */
    ck_assert_ptr_nonnull(strstr(text, "MIL-STD-883, Method 2011.9"));
    free(text);
    fm_glossary_free(g);
    fm_diags_free(diags);
}
END_TEST

/* Everything but uses: the studies of this test are not those of the program. */
START_TEST(shipped_glossary_is_sound)
{
    fm_diags *diags = fm_diags_create();
    fm_glossary *g = NULL;
    size_t n = 0;
    size_t n_errors = 0;

    ck_assert_int_eq(fm_glossary_load(&context, diags, &g), FM_OK);
    (void)fm_glossary_check(&context, g, diags);
    const fm_diag *list = fm_diags_list(diags, &n, &n_errors);
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(strstr(list[i].text, "nothing uses") != NULL, "%s:%d: %s", list[i].file,
                      list[i].mark.line, list[i].text);
    fm_glossary_free(g);
    fm_diags_free(diags);
}
END_TEST

static Suite *
report_suite(void)
{
    Suite *suite = suite_create("report");
    TCase *text = tcase_create("text");
    TCase *drawing = tcase_create("drawing");

    tcase_add_checked_fixture(text, setup, teardown);
    tcase_add_test(text, encodes_the_examples);
    tcase_add_test(text, long_text_is_cut);
    tcase_add_test(text, folder_vanishes);
    tcase_add_test(text, svg_is_rewritten);
    tcase_add_test(text, svg_refuses_what_it_does_not_know);
    tcase_add_test(text, svg_survives_noise);
    tcase_add_test(text, html_escapes);
    tcase_add_test(text, html_slugs);
    tcase_add_test(text, html_numbers);
    tcase_add_test(text, markdown_drops_raw_html);
    tcase_add_test(text, glossary_problems_are_found);
    tcase_add_test(text, shipped_glossary_prints);
    tcase_add_test(text, shipped_glossary_is_sound);
    suite_add_tcase(suite, text);
    tcase_set_timeout(drawing, 60);
    tcase_add_checked_fixture(drawing, setup, teardown);
    tcase_add_test(drawing, gnuplot_prints_what_was_meant);
    tcase_add_test(drawing, process_failures_have_words);
    tcase_add_test(drawing, figures_draw);
    tcase_add_test(drawing, hostile_names_are_text);
    tcase_add_test(drawing, sweeps_make_panels);
    tcase_add_test(drawing, awkward_data_are_notes_or_pictures);
    tcase_add_test(drawing, tables_may_be_empty_or_absent);
    tcase_add_test(drawing, huge_data_are_thinned);
    tcase_add_test(drawing, pictures_are_files_with_still_bytes);
    tcase_add_test(drawing, report_is_whole_and_still);
    tcase_add_test(drawing, report_says_what_matters);
    tcase_add_test(drawing, failed_points_are_named);
    tcase_add_test(drawing, long_tables_state_their_rule);
    tcase_add_test(drawing, report_failures);
    suite_add_tcase(suite, drawing);
    return suite;
}

int
main(void)
{
    SRunner *runner = srunner_create(report_suite());

    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
