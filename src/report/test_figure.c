/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of what figures are made of, on results in memory.
 *
 * Contents
 *   1. text for gnuplot          3. SVG                5. figures
 *   2. the gnuplot process       4. HTML pieces
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

#include "report/decimals.h"
#include "report/figure.h"
#include "report/gnuplot.h"
#include "report/html.h"
#include "report/output.h"
#include "report/svg.h"
#include "report/test_fixture.h"
#include "report/unit_text.h"

/* ---- 1. text for gnuplot -------------------------------------------------------------
 */

START_TEST(encodes_the_examples)
{
    static const struct {
        const char *text, *encoded;
        bool svg;
    } rows[] = {{"Cpk", "\"Cpk\"", false},
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
                {"a\xe2\x80\xae"
                 "b",
                 "\"ab\"", false}, /* right-to-left override */
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

/* Random text of the characters that matter. */
static void
random_text(fm_str *s, size_t n)
{
    static const char *const parts[] = {
        "'",     "''", "\"",  "`", "\\", "\\n", "{",
        "}",     "_",  "^",   "@", "&",  "#",   "x",
        "0",     "7",  "045", "<", ">",  "]]>", "&#x",
        "&#65;", "%s", "%",   "$", "a",  "Z",   " ",
        "|",     ";",  "~",   "µ", "Ω",  "温",  "\xf0\x9f\x98\x80",
        "EOD",   "!",  "(",   "[", ","};

    s->length = 0;
    fm_str_add(s, "");
    for (size_t i = 0; i < n; i++)
        fm_str_add(s, parts[fm_fake_random() % FM_COUNT(parts)]);
}

static void
write_text(const char *name, const fm_str *s)
{
    char *path = fm_scratch_file(&fm_fake_folder, name);

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
        random_text(&text, 1 + fm_fake_random() % 20);
        char *encoded = fm_gnuplot_text(text.data, false);
        fm_str_addf(&script, "print %s\n", encoded);
        fm_str_addf(&expected, "%s\n", text.data);
        free(encoded);
    }
    write_text("a.gp", &script);
    ck_assert_int_eq(fm_gnuplot_run(NULL, &fm_fake_folder, "a.gp", 60, &words, NULL),
                     FM_OK);
    char *path = fm_scratch_file(&fm_fake_folder, "out.txt");
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

/* ---- 2. the gnuplot process ----------------------------------------------------------
 */

static void
run_script(const char *program, const char *text, int seconds, fm_status expected,
           const char *said)
{
    fm_str script = {0};
    char *words = NULL;
    fm_error err = FM_ERROR_INIT;

    fm_str_add(&script, text);
    write_text("b.gp", &script);
    ck_assert_int_eq(
        fm_gnuplot_run(program, &fm_fake_folder, "b.gp", seconds, &words, &err),
        expected);
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

    ck_assert_int_eq(fm_scratch_open(&s, NULL, NULL), FM_OK);
    char *path = strdup(s.path);
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_uint_eq(info.st_mode & 0777, 0700);
    char *folder = fm_scratch_file(&s, "x.parts");
    ck_assert_int_eq(mkdir(folder, 0700), 0);
    char *file = fm_scratch_file(&s, "x.parts/y");
    ck_assert_int_eq(fm_output_write(file, "x", 1, NULL), FM_OK);
    fm_scratch_close(&s);
    ck_assert_int_ne(stat(path, &info), 0);
    fm_scratch_close(&s); /* twice does nothing */
    free(path);
    free(folder);
    free(file);
}
END_TEST

START_TEST(folder_is_where_asked)
{
    fm_scratch s = {0}, none = {0};
    fm_error err = FM_ERROR_INIT;

    ck_assert_int_eq(fm_scratch_open(&s, NULL, NULL), FM_OK);
    char *outer = strdup(s.path);
    ck_assert_int_eq(fm_scratch_open(&none, outer, NULL), FM_OK);
    ck_assert_int_eq(strncmp(none.path, outer, strlen(outer)), 0);
    fm_scratch_close(&none);
    fm_scratch_close(&s);
    ck_assert_int_eq(fm_scratch_open(&none, outer, &err), FM_EIO); /* gone */
    ck_assert_ptr_nonnull(strstr(err.text, "TMPDIR"));
    ck_assert_ptr_null(none.path);
    free(outer);
}
END_TEST

/* ---- 3. SVG --------------------------------------------------------------------------
 */

#define WRAP(body)                                                                       \
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox='0 0 9 9'>" body "</svg>"

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
    static const char *const bad[] = {"",
                                      "x",
                                      "<p/>",
                                      "<svg>",
                                      "<svg></g>",
                                      "</svg>",
                                      "<svg></svg><svg></svg>",
                                      "<svg></svg>trailing",
                                      WRAP("<script>1</script>"),
                                      WRAP("<foreignObject/>"),
                                      WRAP("<image href='x'/>"),
                                      WRAP("<a/>"),
                                      WRAP("<style>x</style>"),
                                      WRAP("<svg></svg>"),
                                      WRAP("<g onload='x'/>"),
                                      WRAP("<use xlink:href='http://x/'/>"),
                                      WRAP("<use href='javascript:x'/>"),
                                      WRAP("<use xlink:href='#'/>"),
                                      WRAP("<g fill='url(http://x)'/>"),
                                      WRAP("<g fill='url( #a)'/>"),
                                      WRAP("<g fill='URL(//x#a)'/>"),
                                      WRAP("<g style='background:url(//x)'/>"),
                                      WRAP("<g style='@import x'/>"),
                                      WRAP("<g style='a:\\75rl(x)'/>"),
                                      WRAP("<g id='a b'/>"),
                                      WRAP("<g id='a' id='b'/>"),
                                      WRAP("<g id=a/>"),
                                      WRAP("<g id/>"),
                                      WRAP("<g x='1'y='2'/>"),
                                      WRAP("<g id='a>"),
                                      WRAP("<text>&foo;</text>"),
                                      WRAP("<text>&#0;</text>"),
                                      WRAP("<text>&#xZZ;</text>"),
                                      WRAP("<text>a & b</text>"),
                                      WRAP("<text>\x01</text>"),
                                      WRAP("<text>\xff</text>"),
                                      WRAP("<![CDATA[x]]>"),
                                      WRAP("<!-- never ends"),
                                      WRAP("<G/>"),
                                      WRAP("<g></text>"),
                                      WRAP("< g/>"),
                                      "<!DOCTYPE svg [<!ENTITY x 'y'>]><svg></svg>",
                                      "<svg x='<'></svg>"};

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
    static const char *const parts[] = {
        "<svg", ">",  "</svg>", "<g",      "</g>",     "<text>", "'", "\"",
        "=",    " ",  "/>",     "id",      "&",        ";",      "#", "<!--",
        "-->",  "<?", "?>",     "<title>", "</title>", "a"};
    fm_str s = {0};

    for (int i = 0; i < 20000; i++) {
        char *out = NULL;
        s.length = 0;
        fm_str_add(&s, i % 2 == 0 ? "<svg>" : "");
        for (uint32_t n = fm_fake_random() % 12; n > 0; n--)
            fm_str_add(&s, parts[fm_fake_random() % FM_COUNT(parts)]);
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

/* ---- 4. HTML pieces ------------------------------------------------------------------
 */

static void
expect_text(const fm_str *s, const char *expected)
{
    ck_assert_str_eq(s->data != NULL ? s->data : "", expected);
}

START_TEST(html_escapes)
{
    fm_str s = {0};

    fm_html_text(&s, "<a href=\"x\">'&' \x01\xff µ\n</a>\xc2\x85");
    expect_text(&s,
                "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39; \xef\xbf\xbd\xef\xbf\xbd µ\n"
                "&lt;/a&gt;\xef\xbf\xbd");
    fm_str_free(&s);
}
END_TEST

START_TEST(html_slugs)
{
    static const char *const rows[][2] = {{"Cp.Cpk", "cp-cpk"},
                                          {"--a  B--", "a-b"},
                                          {"µ", "x"},
                                          {"", "x"},
                                          {"\"><script>", "script"}};

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
    } rows[] = {{9.31, "9.31"},
                {-0.12345678, "\xe2\x88\x92"
                              "0.123457"},
                {0.0, "0"},
                {-0.0, "0"},
                {0.001, "0.001"},
                {0.0001, "0.0001"},
                {100.0, "100"},
                {12345.4, "12345.4"},
                {1234567.8, "1234568"},
                {2.5e-7, "2.5\xc2\xa0\xc3\x97\xc2\xa0"
                         "10<sup>\xe2\x88\x92"
                         "7</sup>"},
                {(double)INFINITY, "∞"},
                {-(double)INFINITY, "\xe2\x88\x92∞"},
                {DBL_MAX, "1.79769\xc2\xa0\xc3\x97\xc2\xa0"
                          "10<sup>308</sup>"}};
    fm_str s = {0};

    for (size_t i = 0; i < FM_COUNT(rows); i++) {
        char text[FM_DECIMALS_TEXT];
        s.length = 0;
        fm_html_number(&s, fm_short_text(rows[i].x, FM_VERDICT_DIGITS, text));
        expect_text(&s, rows[i].html);
    }
    s.length = 0;
    fm_html_short(&s, 0.1, 5);
    expect_text(&s, "<data value=\"0.1\">0.1</data>");
    s.length = 0;
    fm_html_integer(&s, -1234567);
    expect_text(&s, "\xe2\x88\x92"
                    "1\xe2\x80\xaf"
                    "234\xe2\x80\xaf"
                    "567");
    s.length = 0;
    fm_html_ticked(&s, "a `b<` c ` d");
    expect_text(&s, "a <code>b&lt;</code> c ` d");
    fm_str_free(&s);
}
END_TEST

/* What each column shows: texts parted by blanks. */
START_TEST(columns_share_their_decimals)
{
    static const double inf = (double)INFINITY;
    static const double nan = (double)NAN;
    static const struct {
        double x[5];
        const char *shown;
    } rows[] = {
        {{4, 20, 24, nan, 4}, "4 20 24 NaN 4"},
        {{196.24307, 196.24428, 196.16704, 196.14814, 196.14318},
         "196.2431 196.2443 196.1670 196.1481 196.1432"},
        {{196.038057, 0, 0, 196.038057, 0}, "196.038 0 0 196.038 0"},
        {{0.2, 0.25, 0.3, 0.35, 0.8}, "0.20 0.25 0.30 0.35 0.80"},
        {{1e-5, 7e-5, 0.0001, 0, 0.00012}, "0.00001 0.00007 0.00010 0 0.00012"},
        {{0.05114626, 0.21663656, 0.26778282, nan, nan},
         "0.051146 0.216637 0.267783 NaN NaN"},
        {{1e-9, 0.25, 12345.678, inf, -inf}, "1e-09 0.25 12346 inf -inf"},
        {{300, 300.001, 300.002, 300, 300}, "300.000 300.001 300.002 300.000 300.000"},
        {{1000000000000.4, 1000000000000.3, 1000000000000.2, 1000000000000.4,
          1000000000000.3},
         "1.0000000000004e+12 1.0000000000003e+12 1.0000000000002e+12 "
         "1.0000000000004e+12 1.0000000000003e+12"},
        {{0.1, 0.1, 0.1, 0.1, 0.30000000000000004 / 3}, "0.1 0.1 0.1 0.1 0.1"},
        {{-1.5, 2.25, -0.125, 0, 1}, "-1.500 2.250 -0.125 0 1.000"},
        {{123456, 1234567, 12345678, 1, 2}, "123456 1234567 12345678 1 2"},
        {{0, 0, 0, 0, 0}, "0 0 0 0 0"},
        {{nan, nan, nan, inf, nan}, "NaN NaN NaN inf NaN"},
        {{DBL_MAX, -DBL_MAX, DBL_MIN, 1, 2}, "1.798e+308 -1.798e+308 2.225e-308 1 2"}};

    for (size_t i = 0; i < FM_COUNT(rows); i++) {
        fm_decimals form = fm_decimals_for(rows[i].x, 5);
        fm_str s = {0};
        for (size_t k = 0; k < 5; k++) {
            char text[FM_DECIMALS_TEXT];
            fm_str_add(&s, k > 0 ? " " : "");
            fm_str_add(&s, fm_decimals_text(form, rows[i].x[k], text));
        }
        ck_assert_str_eq(s.data, rows[i].shown);
        fm_str_free(&s);
    }
    ck_assert_int_eq(fm_decimals_for(NULL, 0).places, 0);
    ck_assert_int_eq(fm_digits_apart(1, 2), FM_VERDICT_DIGITS);
    ck_assert_int_eq(fm_digits_apart(0.001, 0.001), FM_VERDICT_DIGITS);
    ck_assert_int_eq(fm_digits_apart(1.000000001, 1), 10);
}
END_TEST

/* Any two values of a column that differ by more than a thousandth of its spread read
 * differently, and each value is read back within that. */
START_TEST(columns_show_their_spread)
{
    for (int i = 0; i < 20000; i++) {
        double x[6];
        double scale = pow(10, (int)(fm_fake_random() % 40) - 20);
        double offset = fm_fake_random() % 3 == 0 ? 0 : scale * (fm_fake_random() % 1000);
        double low = (double)INFINITY;
        double high = -(double)INFINITY;
        for (size_t k = 0; k < 6; k++) {
            x[k] = offset + scale * fm_fake_random() / 4294967296.0;
            low = x[k] < low ? x[k] : low;
            high = x[k] > high ? x[k] : high;
        }
        fm_decimals form = fm_decimals_for(x, 6);
        for (size_t k = 0; k < 6; k++) {
            char text[FM_DECIMALS_TEXT];
            double back = strtod(fm_decimals_text(form, x[k], text), NULL);
            double most = 0.5e-3 * (high - low) > 1e-14 * high ? 0.5e-3 * (high - low)
                                                               : 1e-14 * high;
            ck_assert_msg(fabs(back - x[k]) <= most, "%.17g shown as %s", x[k], text);
        }
    }
}
END_TEST

START_TEST(units_as_people_write_them)
{
    static const char *const rows[][2] = {{"1", ""},
                                          {"", ""},
                                          {"um", "µm"},
                                          {"um2", "µm²"},
                                          {"um^2", "µm²"},
                                          {"um**2", "µm²"},
                                          {"(ohm cm)2", "(Ω cm)²"},
                                          {"ohm cm", "Ω cm"},
                                          {"ohm/sq", "Ω/sq"},
                                          {"W m-2 K-1", "W m⁻² K⁻¹"},
                                          {"degC", "°C"},
                                          {"degC/um", "°C/µm"},
                                          {"degree", "°"},
                                          {"percent", "%"},
                                          {"gf2", "gf²"},
                                          {"gf.um", "gf·µm"},
                                          {"m10", "m¹⁰"},
                                          {"inH2O", "inH2O"},
                                          {"1e3 m", "1e3 m"},
                                          {"10 um", "10 µm"},
                                          {"number", "number"},
                                          {"N-m", "N-m"},
                                          {"µm", "µm"},
                                          {"%", "%"}};
    char text[FM_UNIT_TEXT];
    char huge[4 * FM_UNIT_TEXT];

    for (size_t i = 0; i < FM_COUNT(rows); i++)
        ck_assert_str_eq(fm_unit_text(rows[i][0], text), rows[i][1]);
    memset(huge, '2', sizeof huge);
    huge[0] = 'm';
    huge[sizeof huge - 1] = '\0';
    ck_assert_ptr_eq(fm_unit_text(huge, text), huge);
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

/* ---- 5. figures ----------------------------------------------------------------------
 */

static fm_drawing
draw_one(const fm_result *r, const fm_figure *figure, fm_picture picture,
         const char *path)
{
    fm_drawing d = {
        .result = r, .study = &fm_fake_study, .figure = figure, .id = "f", .path = path};
    fm_error err = FM_ERROR_INIT;

    ck_assert_msg(fm_figures_draw(&fm_fake_context, picture, &d, 1, &err) == FM_OK, "%s",
                  err.text);
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
    fm_result *r = fm_fake_small("t", 1.0);
    fm_drawing d[5] = {{0}};

    for (size_t i = 0; i < 5; i++) {
        static const size_t which[] = {0, 4, 1, 5,
                                       2}; /* broken and absent among good ones */
        d[i] = (fm_drawing){.result = r, .figure = &fm_fake_figures[which[i]], .id = "f"};
    }
    ck_assert_int_eq(fm_figures_draw(&fm_fake_context, FM_SVG, d, 5, NULL), FM_OK);
    ck_assert_ptr_nonnull(d[0].svg_out);
    ck_assert_ptr_nonnull(d[2].svg_out);
    ck_assert_ptr_nonnull(d[4].svg_out);
    ck_assert_ptr_nonnull(strstr(d[1].problem_out, "invalid command"));
    ck_assert_ptr_nonnull(strstr(d[3].problem_out, "not installed"));
    ck_assert_str_eq(
        d[0].description_out,
        "Pull force by pull. 25 points, 1 missing, lowest 8.5015 gf at pull 14, "
        "highest 10.4856 gf at pull 18.");
    for (size_t i = 0; i < 5; i++)
        free_drawing(&d[i]);
    fm_result_close(r);
}
END_TEST

START_TEST(hostile_names_are_text)
{
    fm_result *r = fm_fake_small("t", 1.0);
    struct stat info;

    for (size_t i = 1; i <= 2; i++) {
        fm_drawing d = draw_one(r, &fm_fake_figures[i], FM_SVG, NULL);
        ck_assert_msg(d.svg_out != NULL, "%s", d.problem_out);
        char *plain = fm_fake_unescape(strstr(d.svg_out, "</desc>")); /* in the drawing */
        ck_assert_ptr_nonnull(strstr(plain, FM_HOSTILE));
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
        fm_result *r = fm_fake_sweep(n_temps);
        fm_drawing d = draw_one(r, &fm_fake_figures[3], FM_SVG, NULL);
        ck_assert_msg(d.svg_out != NULL, "%s", d.problem_out);
        ck_assert_ptr_nonnull(strstr(d.description_out, "1 missing"));
        ck_assert((strstr(d.svg_out, "temperature = 25 °C") != NULL) == (n_temps > 1));
        ck_assert((strstr(d.description_out, "Shown are 6 of the") != NULL) ==
                  (n_temps > 6));
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
        fm_drawing d = draw_one(r, &fm_fake_figures[0], FM_SVG, NULL);
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
    fm_drawing d = draw_one(r, &fm_fake_figures[0], FM_SVG, NULL);

    ck_assert_ptr_nonnull(strstr(d.problem_out, "no such table"));
    free_drawing(&d);
    fm_fake_table(r, "pulls", "pulls", 0, NULL);
    d = draw_one(r, &fm_fake_figures[0], FM_SVG, NULL);
    ck_assert_ptr_nonnull(strstr(d.problem_out, "no column"));
    free_drawing(&d);
    (void)fm_fake_integer(r, "index", "pull", NULL);
    (void)fm_fake_real(r, "force", "gf", "force", "", NULL);
    (void)fm_fake_real(r, "limit", "gf", "limit", "", NULL);
    d = draw_one(r, &fm_fake_figures[0], FM_SVG, NULL);
    ck_assert_ptr_nonnull(strstr(d.problem_out, "no rows"));
    free_drawing(&d);
    fm_result_close(r);
}
END_TEST

START_TEST(huge_data_are_thinned)
{
    enum {
        N = 200000
    };
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
    fm_drawing d = draw_one(r, &fm_fake_figures[0], FM_SVG, NULL);
    ck_assert_ptr_nonnull(d.svg_out);
    ck_assert_uint_lt(strlen(d.svg_out), 900000);
    ck_assert_ptr_nonnull(strstr(d.description_out, "highest 50 gf at pull 123456"));
    ck_assert_ptr_nonnull(strstr(d.description_out, "Drawn are 39"));
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
    } rows[] = {{FM_SVG, "p.svg", "<?xml"},
                {FM_PNG, "p.png", "\x89PNG"},
                {FM_PDF, "p.pdf", "%PDF-"}};
    fm_result *r = fm_fake_small("t", 1.0);

    for (size_t i = 0; i < FM_COUNT(rows); i++) {
        char *path = fm_scratch_file(&fm_fake_folder, rows[i].name);
        char *bytes[2] = {NULL, NULL};
        size_t n[2] = {0, 0};
        for (int k = 0; k < 2; k++) {
            fm_drawing d = draw_one(r, &fm_fake_figures[0], rows[i].picture, path);
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

static Suite *
figure_suite(void)
{
    Suite *suite = suite_create("figure");
    TCase *tcase = tcase_create("all");

    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, fm_fake_setup, fm_fake_teardown);
    tcase_add_test(tcase, encodes_the_examples);
    tcase_add_test(tcase, long_text_is_cut);
    tcase_add_test(tcase, folder_vanishes);
    tcase_add_test(tcase, folder_is_where_asked);
    tcase_add_test(tcase, svg_is_rewritten);
    tcase_add_test(tcase, svg_refuses_what_it_does_not_know);
    tcase_add_test(tcase, svg_survives_noise);
    tcase_add_test(tcase, html_escapes);
    tcase_add_test(tcase, html_slugs);
    tcase_add_test(tcase, html_numbers);
    tcase_add_test(tcase, columns_share_their_decimals);
    tcase_add_test(tcase, columns_show_their_spread);
    tcase_add_test(tcase, units_as_people_write_them);
    tcase_add_test(tcase, markdown_drops_raw_html);
    tcase_add_test(tcase, gnuplot_prints_what_was_meant);
    tcase_add_test(tcase, process_failures_have_words);
    tcase_add_test(tcase, figures_draw);
    tcase_add_test(tcase, hostile_names_are_text);
    tcase_add_test(tcase, sweeps_make_panels);
    tcase_add_test(tcase, awkward_data_are_notes_or_pictures);
    tcase_add_test(tcase, tables_may_be_empty_or_absent);
    tcase_add_test(tcase, huge_data_are_thinned);
    tcase_add_test(tcase, pictures_are_files_with_still_bytes);
    suite_add_tcase(suite, tcase);
    return suite;
}

int
main(void)
{
    SRunner *runner = srunner_create(figure_suite());

    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
