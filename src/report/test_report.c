/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of whole reports and of the glossary, on results in memory.
 *
 * Contents
 *   1. reports     2. the glossary
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/glossary.h"
#include "report/output.h"
#include "report/report.h"
#include "report/test_fixture.h"

/* ---- 1. reports ----------------------------------------------------------------------
 */

static char *
write_report(const fm_result *const *results, size_t n)
{
    char *path = fm_scratch_file(&fm_fake_folder, "r.html");
    char *html = NULL;
    size_t length = 0;
    fm_error err = FM_ERROR_INIT;

    fm_status st = fm_report_write(&fm_fake_context, results, n, path, &err);
    ck_assert_msg(st == FM_OK, "%s", err.text);
    ck_assert_int_eq(fm_output_read(path, &html, &length, NULL), FM_OK);
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
    fm_result *a = fm_fake_small(FM_HOSTILE, 1.0);
    fm_result *b = fm_fake_small("second", 2.0);
    fm_result *c = fm_fake_sweep(3);
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
    char *plain = fm_fake_unescape(one);
    ck_assert_ptr_nonnull(strstr(plain, FM_HOSTILE));
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
    static const char *const said[] = {"✓ pass",
                                       "✗ FAIL",
                                       "≥ <data value=\"3\">3</data>",
                                       "2 of 3",
                                       "1 of 2 verdicts fail",
                                       "data-path=\"/entry/pulls/force\"",
                                       "not available",
                                       "<td class=\"value\">33</td>",
                                       "changed</td>",
                                       "<dfn>pull force</dfn>",
                                       "href=\"#g-bond-pull-force\"",
                                       "Used in",
                                       "Content-Security-Policy",
                                       "No picture:",
                                       "<em>method</em>",
                                       "<details open>",
                                       "a &lt;b&gt; &amp; &#39;c&#39;",
                                       "id=\"ref-1\"",
                                       "<caption",
                                       "scope=\"col\""};
    fm_result *r = fm_fake_small("A title", 1.0);
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
    fm_result *r = fm_fake_sweep(2);
    const fm_result *const results[] = {r};
    char *html = write_report(results, 1);

    ck_assert_ptr_nonnull(strstr(html, "16 of 16 points computed, 1 of them failed"));
    ck_assert_ptr_nonnull(strstr(html, "wire &lt;too&gt; thick"));
    ck_assert_ptr_nonnull(strstr(html, "not available: outside the domain"));
    free(html);
    fm_result_close(r);
}
END_TEST

START_TEST(long_tables_state_their_rule)
{
    enum {
        N = 1000
    };
    double y[N];
    fm_result *r = fm_fake_create();
    const fm_result *const results[] = {r};
    static const int8_t ok[] = {0};

    for (int i = 0; i < N; i++)
        y[i] = i == 500 ? -1.0 : i % 97;
    fm_fake_facts(r, "long");
    fm_fake_table(r, "pulls", "pulls", N, "force");
    (void)fm_fake_real(r, "force", "gf", "force", "", y);
    fm_fake_points(r, 1, ok);
    char *html = write_report(results, 1);
    ck_assert_ptr_nonnull(strstr(html,
                                 "rows: the first 10, the last 10, and those with the 5 "
                                 "lowest and 5 highest values of force."));
    ck_assert_ptr_nonnull(strstr(html, "data-value=\"-1\""));
    ck_assert_uint_lt(count_text(html, "<tr"), 130);
    free(html);
    fm_result_close(r);
}
END_TEST

START_TEST(report_failures)
{
    fm_result *r = fm_fake_small("t", 1.0);
    fm_result *unknown = fm_fake_create();
    const fm_result *results[] = {unknown};
    fm_error err = FM_ERROR_INIT;

    fm_fake_fact(unknown, "study", "no.such");
    ck_assert_int_eq(fm_report_write(&fm_fake_context, results, 1, "/tmp/x/y.html", &err),
                     FM_EDATA);
    ck_assert_ptr_nonnull(strstr(err.text, "no.such"));
    results[0] = r;
    ck_assert_int_eq(
        fm_report_write(&fm_fake_context, results, 1, "/no/such/folder/y.html", NULL),
        FM_ECREATE);
    ck_assert_int_eq(fm_report_write(&fm_fake_context, results, 0, "y.html", NULL),
                     FM_EUSAGE);
    fm_fake_table(r, "odd", "odd", 1, NULL);
    (void)fm_fake_real(r, "x", "1", "x", "no.such-term", &(double){1.0});
    ck_assert_int_eq(fm_report_write(&fm_fake_context, results, 1, "y.html", NULL),
                     FM_EDATA);
    fm_result_close(r);
    fm_result_close(unknown);
}
END_TEST

/* ---- 2. the glossary -----------------------------------------------------------------
 */

static fm_status
load_here(const char *terms, const char *sources, fm_diags *diags, fm_glossary **out)
{
    char *dir = fm_scratch_file(&fm_fake_folder, "g");
    fm_str name = {0};
    fm_context here = fm_fake_context;

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
    "- id: " id "\n  term: t\n  definition: d\n  status: draft\n  since: \"1\"\n"        \
    "  orphan_ok: test\n  sources: [{key: s, locator: x, role: authoritative, wording: " \
    "own, "                                                                              \
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
        {TERM("met.a", "  see: [{rel: related, id: met.b}]\n"), SOURCES,
         "'met.b' is no term"},
        {TERM("met.a", "  formula: x+y\n  unit: \"1\"\n  symbols: [{name: x, meaning: m, "
                       "unit: \"1\"}]\n"),
         SOURCES, "symbol 'y'"},
        {TERM("met.a", "  formula: log(x)\n  unit: \"1\"\n  symbols: [{name: x, meaning: "
                       "m, unit: \"1\"}]\n"),
         SOURCES, "function 'log'"},
        {TERM("met.a", "  formula: \"2\"\n  unit: \"1\"\n  symbols: [{name: x, meaning: "
                       "m, unit: \"1\"}]\n"),
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

    ck_assert_int_eq(fm_glossary_load(&fm_fake_context, diags, &g), FM_OK);
    FILE *to = open_memstream(&text, &length);
    ck_assert_ptr_nonnull(to);
    ck_assert_int_eq(fm_glossary_print(&fm_fake_context, g, "Pull Force", to, NULL),
                     FM_OK);
    ck_assert_int_eq(fm_glossary_print(&fm_fake_context, g, "WIWNU", to, NULL), FM_OK);
    ck_assert_int_eq(fm_glossary_print(&fm_fake_context, g, "PULL-force", to, NULL),
                     FM_OK);
    ck_assert_int_eq(fm_glossary_print(&fm_fake_context, g, "loop geometry", to, NULL),
                     FM_OK);
    ck_assert_int_eq(fm_glossary_print(&fm_fake_context, g, "bond.pull-forze", to, &err),
                     FM_EUSAGE);
    ck_assert_ptr_nonnull(strstr(err.text, "did you mean 'bond.pull-force'"));
    fm_glossary_list(g, to);
    ck_assert_int_eq(fclose(to), 0);
    ck_assert_ptr_nonnull(strstr(text, "study test.fake, parameter wire.diameter"));
    ck_assert_ptr_nonnull(
        strstr(text, "loop geometry for the others")); /* a [[link]] as words */
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

    ck_assert_int_eq(fm_glossary_load(&fm_fake_context, diags, &g), FM_OK);
    (void)fm_glossary_check(&fm_fake_context, g, diags);
    const fm_diag *list = fm_diags_list(diags, &n, &n_errors);
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(strstr(list[i].text, "nothing uses") != NULL, "%s:%d: %s",
                      list[i].file, list[i].mark.line, list[i].text);
    fm_glossary_free(g);
    fm_diags_free(diags);
}
END_TEST

static Suite *
report_suite(void)
{
    Suite *suite = suite_create("report");
    TCase *tcase = tcase_create("all");

    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, fm_fake_setup, fm_fake_teardown);
    tcase_add_test(tcase, report_is_whole_and_still);
    tcase_add_test(tcase, report_says_what_matters);
    tcase_add_test(tcase, failed_points_are_named);
    tcase_add_test(tcase, long_tables_state_their_rule);
    tcase_add_test(tcase, report_failures);
    tcase_add_test(tcase, glossary_problems_are_found);
    tcase_add_test(tcase, shipped_glossary_prints);
    tcase_add_test(tcase, shipped_glossary_is_sound);
    suite_add_tcase(suite, tcase);
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
