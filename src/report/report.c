/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report: one self-contained HTML file from result files alone.
 *
 * Contents
 *   1. figures           3. head and foot
 *   2. one result        4. the whole page
 */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/decimals.h"
#include "report/output.h"
#include "report/page.h"
#include "report/plot.h"
#include "report/point_rows.h"
#include "report/report.h"
#include "report/report_parts.h"
#include "report/unit_text.h"

/* ---- 1. figures ----------------------------------------------------------------------
 */

static bool
has_numeric_axis(const fm_result *result)
{
    size_t axes[16];
    const fm_result_table *points = fm_result_points(result);
    size_t n = points != NULL && points->n_rows > 1
                   ? fm_result_axes(result, axes, FM_COUNT(axes))
                   : 0;

    for (size_t k = 0; k < n; k++)
        if (points->columns[axes[k]].type == FM_TYPE_REAL ||
            points->columns[axes[k]].type == FM_TYPE_INTEGER)
            return true;
    return false;
}

static fm_status
add_figure(report *r, size_t i, const fm_figure *figure)
{
    size_t n = r->n_figures;
    shown_figure *shown = realloc(r->figures, (n + 1) * sizeof *shown);

    if (shown == NULL)
        return FM_FAIL(r->page.err, FM_ENOMEM, "report: out of memory");
    r->figures = shown;
    r->page.number = i + 1;
    shown[n] =
        (shown_figure){i, figure, fm_strdup(fm_page_id(&r->page, "fig", figure->name))};
    r->page.number = 0;
    r->n_figures++;
    return shown[n].id != NULL ? FM_OK : FM_FAIL(r->page.err, FM_ENOMEM, "out of memory");
}

/* A figure that is there only when its table has rows. */
static bool
has_nothing(const report *r, size_t i, const fm_figure *figure)
{
    const fm_result_table *t = fm_result_table_named(r->results[i], figure->table);

    return (figure->flags & FM_FIG_IF_ROWS) != 0 && (t == NULL || t->n_rows == 0);
}

static fm_status
choose_figures(report *r, size_t i, const fm_study *study)
{
    bool sweep = has_numeric_axis(r->results[i]);
    fm_status st = FM_OK;

    for (size_t k = 0; k < study->n_figures && st == FM_OK; k++)
        if ((sweep || (study->figures[k].flags & FM_FIG_SWEEP) == 0) &&
            !has_nothing(r, i, &study->figures[k]))
            st = add_figure(r, i, &study->figures[k]);
    return st;
}

/* The first point of the file that has a result; its first one when none has. */
static uint64_t
first_good(report *r, size_t i)
{
    const fm_slice *status = &r->page.status;
    uint64_t k = 0;

    r->page.result = r->results[i];
    fm_report_read_status(&r->page);
    while (k < status->n && (status->code != NULL ? status->code[k] != FM_OK
                                                  : status->integer[k] != FM_OK))
        k++;
    return fm_point_of_row(r->results[i], k < status->n ? k : 0);
}

static fm_status
draw_figures(report *r)
{
    fm_error mine = FM_ERROR_INIT;

    if (r->n_figures == 0)
        return FM_OK;
    r->drawings = calloc(r->n_figures, sizeof *r->drawings);
    if (r->drawings == NULL)
        return FM_FAIL(r->page.err, FM_ENOMEM, "report: out of memory");
    for (size_t i = 0; i < r->n_figures; i++) {
        const fm_result *result = r->results[r->figures[i].result];
        r->drawings[i] = (fm_drawing){
            .result = result,
            .study = fm_context_study(r->page.context, fm_result_fact(result, "study")),
            .figure = r->figures[i].figure,
            .point = first_good(r, r->figures[i].result),
            .id = r->figures[i].id};
    }
    fm_status st =
        fm_figures_draw(r->page.context, FM_SVG, r->drawings, r->n_figures, &mine);
    if (st == FM_ENOMEM)
        return FM_FAIL(r->page.err, st, "%s", mine.text);
    return FM_OK; /* without gnuplot each figure says so in its place */
}

/* Whether a column says which point of the sweep a row belongs to. */
static bool
is_swept(const fm_result *result, const char *name)
{
    size_t axes[16];

    if (strcmp(name, "point") == 0)
        return true;
    const fm_result_table *points = fm_result_points(result);
    size_t n = points != NULL ? fm_result_axes(result, axes, FM_COUNT(axes)) : 0;

    for (size_t k = 0; k < n; k++)
        if (strcmp(points->columns[axes[k]].name, name) == 0)
            return true;
    return false;
}

/* The rows behind a figure, as a table: the columns that it draws. */
static void
add_numbers(report *r, const shown_figure *f, const fm_drawing *d)
{
    fm_page *page = &r->page;
    const fm_result_table *t = fm_result_table_named(page->result, f->figure->table);
    size_t columns[32];
    size_t n = 0;
    fm_page_table what = {.table = t, .caption = "Numbers of this figure"};
    bool sweep = (f->figure->flags & FM_FIG_SWEEP) != 0;

    if (t == NULL || d->n_rows_out == 0)
        return;
    what.axes = sweep;
    for (size_t k = 0; sweep && k < t->n_columns && n < 8; k++)
        if (t->columns[k].axis || is_swept(page->result, t->columns[k].name))
            columns[n++] = k;
    for (const char *p = f->figure->columns; *(p += strspn(p, " ")) != '\0' && n < 32;) {
        char name[80];
        size_t length = strcspn(p, " ");
        (void)snprintf(name, sizeof name, "%.*s", (int)length, p);
        size_t k = fm_result_column_named(t, name);
        if (k != SIZE_MAX)
            columns[n++] = k;
        p += length;
    }
    size_t by =
        f->figure->by != NULL ? fm_result_column_named(t, f->figure->by) : SIZE_MAX;
    if (by != SIZE_MAX && n < 32)
        columns[n++] = by;
    what.columns = columns;
    what.n_columns = n;
    what.first = d->first_row_out;
    what.n_rows = d->n_rows_out;
    fm_str_add(&page->html, "<details open>\n<summary>The numbers</summary>\n");
    fm_page_add_table(page, &what);
    fm_str_add(&page->html, "</details>\n");
}

static void
add_picture(fm_page *page, const fm_drawing *d)
{
    fm_str *s = &page->html;

    if (d->svg_out != NULL) {
        fm_str_add(s, "<div class=\"plot\">\n");
        fm_str_add(s, d->svg_out);
        fm_str_add(s, "</div>\n");
        return;
    }
    fm_str_add(s, "<p class=\"note\">No picture: ");
    fm_html_text(s, d->problem_out != NULL ? d->problem_out : "gnuplot drew none");
    fm_str_add(s, ".</p>\n");
}

void
fm_report_figure(report *r, size_t i)
{
    fm_page *page = &r->page;
    const shown_figure *f = &r->figures[i];
    const fm_drawing *d = &r->drawings[i];
    fm_str *s = &page->html;

    page->n_figures++;
    (void)snprintf(page->place_anchor, sizeof page->place_anchor, "%s", f->id);
    (void)snprintf(page->place_label, sizeof page->place_label, "figure %zu",
                   page->n_figures);
    fm_str_addf(s, "<figure id=\"%s\">\n", f->id);
    add_picture(page, d);
    fm_str_addf(s, "<figcaption><b>Figure %zu.</b> ", page->n_figures);
    fm_page_markdown(page, f->figure->caption, true);
    if (page->n_figures > 0 && fm_result_points(page->result) != NULL &&
        (f->figure->flags & FM_FIG_SWEEP) == 0 && page->status.n > 1) {
        fm_str_addf(s, " (Point %" PRIu64 " of the sweep", d->point);
        fm_page_swept(page, d->point);
        fm_str_add(s, ".)");
    }
    if (d->description_out != NULL) {
        fm_str_add(s, " <span class=\"description\">");
        fm_html_text(s, d->description_out);
        fm_str_add(s, "</span>");
    }
    fm_str_add(s, "</figcaption>\n");
    add_numbers(r, f, d);
    fm_str_add(s, "</figure>\n");
}

static void
add_figures(report *r)
{
    fm_page *page = &r->page;
    bool any = false;

    for (size_t i = 0; i < r->n_figures; i++) {
        if (r->figures[i].result + 1 != page->number ||
            fm_report_side(r, r->figures[i].result) > 0)
            continue;
        if (!any)
            fm_page_section(page, 3, fm_page_id(page, "figures", ""), "Figures");
        any = true;
        fm_report_figure(r, i);
    }
    if (any)
        fm_page_section_end(page);
}

/* ---- 2. one result -------------------------------------------------------------------
 */

static void
add_method(fm_page *page)
{
    fm_page_section(page, 3, fm_page_id(page, "method", ""), "Method");
    fm_str_add(&page->html, "<p><code>");
    fm_html_text(&page->html, page->study->name);
    fm_str_add(&page->html, "</code>: ");
    fm_html_text(&page->html, page->study->summary);
    fm_str_add(&page->html, ".</p>\n");
    if (page->study->about != NULL)
        fm_page_markdown(page, page->study->about, false);
    fm_page_section_end(page);
}

/* Makes a result the one that is being written. */
void
fm_report_enter(report *r, size_t i)
{
    fm_page *page = &r->page;

    page->number = i + 1;
    page->result = r->results[i];
    page->study = fm_context_study(page->context, fm_result_fact(page->result, "study"));
    fm_report_read_status(page);
}

static void
add_result(report *r, size_t i)
{
    fm_page *page = &r->page;
    fm_str heading = {0};

    fm_report_enter(r, i);
    if (r->n > 1) {
        fm_str_addf(&heading, "Result %zu: ", i + 1);
        fm_report_title(r, i, &heading);
    } else {
        fm_str_add(&heading, "Result");
    }
    fm_page_section(page, 2, fm_page_id(page, "result", ""),
                    heading.data != NULL ? heading.data : "Result");
    fm_str_free(&heading);
    add_figures(r);
    if (page->study->run == NULL)
        fm_report_whatif_tables(r);
    else
        fm_page_tables(page);
    fm_page_points(page);
    fm_page_parameters(page);
    add_method(page);
    fm_page_provenance(page);
    fm_page_section_end(page);
    page->number = 0;
}

/* ---- 3. head and foot ----------------------------------------------------------------
 */

static fm_status
add_style(report *r)
{
    char *css = NULL;
    size_t n = 0;
    char *path = fm_context_find(r->page.context, "report/report.css");

    if (path == NULL)
        return FM_OK; /* readable without it */
    fm_status st = fm_output_read(path, &css, &n, r->page.err);
    free(path);
    if (st != FM_OK)
        return st;
    if (strstr(css, "</") == NULL) /* nothing may end the style element early */
        fm_str_addf(&r->page.html, "<style>\n%s</style>\n", css);
    free(css);
    return FM_OK;
}

static void
add_outcome_words(report *r, fm_str *s)
{
    size_t pass = 0;
    size_t fail = 0;

    for (size_t i = 0; i < r->n; i++) {
        pass += fm_report_count_outcome(r, i, false);
        fail += fm_report_count_outcome(r, i, true);
    }
    if (fail > 0)
        fm_str_addf(s, "%zu of %zu verdicts fail", fail, fm_report_count_verdicts(r));
    else if (pass > 0)
        fm_str_addf(s, "%zu of %zu verdicts pass", pass, fm_report_count_verdicts(r));
    else
        fm_str_add(s, "no verdicts");
}

static void
add_page_title(report *r)
{
    fm_str *s = &r->page.html;

    if (r->n == 1 || fm_report_is_comparison(r))
        fm_html_text(s, fm_report_title_of(r->results[0]));
    else
        fm_str_addf(s, "Report on %zu results", r->n);
}

static fm_status
add_head(report *r)
{
    fm_str *s = &r->page.html;

    fm_str_add(
        s,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        "style-src 'unsafe-inline'; img-src data:\">\n<meta name=\"viewport\" "
        "content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" "
        "content=\"light dark\">\n<title>");
    add_page_title(r);
    fm_str_add(s, " – ");
    fm_html_text(s, fm_result_fact(r->results[0], "study"));
    fm_str_add(s, ": ");
    add_outcome_words(r, s);
    fm_str_add(s, "</title>\n");
    fm_status st = add_style(r);
    fm_str_add(s, "</head>\n<body>\n<a class=\"skip\" href=\"#verdicts\">Skip to the "
                  "verdicts</a>\n<header>\n<p class=\"kind\">fabmet report</p>\n<h1>");
    add_page_title(r);
    fm_str_add(s, "</h1>\n");
    return st;
}

static void
add_contents(report *r)
{
    fm_str *s = &r->page.html;

    fm_str_add(s, "</header>\n<nav aria-label=\"Contents\">\n<ul>\n<li><a "
                  "href=\"#verdicts\">Verdicts</a></li>\n");
    for (size_t i = 0; i < r->n; i++) {
        fm_str_addf(s, "<li><a href=\"#r%zu-result\">", i + 1);
        if (r->n > 1)
            fm_report_title_html(r, i, s);
        else
            fm_str_add(s, "Result");
        fm_str_addf(s,
                    "</a>: <a href=\"#r%zu-tables\">tables</a>, <a "
                    "href=\"#r%zu-parameters\">parameters</a>, <a "
                    "href=\"#r%zu-provenance\">provenance</a></li>\n",
                    i + 1, i + 1, i + 1);
    }
    fm_str_add(s, "<li><a href=\"#terms\">Terms used</a></li>\n</ul>\n</nav>\n<main>\n");
}

static void
add_foot(report *r)
{
    fm_str *s = &r->page.html;

    fm_str_add(
        s, "</main>\n<footer>\n<p>Numbers in tables are rounded, each column to as many "
           "decimals as show how its values differ; the full value is in each "
           "cell\xe2\x80\x99s <code>data-value</code> and in the result file. This page "
           "needs no network and runs no script.</p>\n");
    for (size_t i = 0; i < r->n; i++) {
        fm_str_addf(s, "<p class=\"path\">Result %zu: digest <code>", i + 1);
        fm_html_text(s, fm_result_fact(r->results[i], "digest"));
        fm_str_add(s, "</code></p>\n");
    }
    fm_str_add(s, "</footer>\n</body>\n</html>\n");
}

/* ---- 4. the whole page ---------------------------------------------------------------
 */

static fm_status
load_glossary(report *r, fm_error *err)
{
    fm_diags *diags = fm_diags_create();

    if (diags == NULL)
        return FM_FAIL(err, FM_ENOMEM, "report: out of memory");
    fm_status st = fm_glossary_load(r->page.context, diags, &r->page.glossary);
    if (st != FM_OK) {
        size_t n = 0;
        size_t n_errors = 0;
        const fm_diag *list = fm_diags_list(diags, &n, &n_errors);
        (void)FM_FAIL(err, st == FM_ENOMEM ? st : FM_EDATA, "glossary: %.120s:%d: %.100s",
                      n > 0 ? list[0].file : "", n > 0 ? list[0].mark.line : 0,
                      n > 0 ? list[0].text : "cannot be read");
        st = st == FM_ENOMEM ? st : FM_EDATA;
    }
    fm_diags_free(diags);
    return st;
}

static fm_status
load_results(report *r, fm_error *err)
{
    r->verdicts = calloc(r->n + 1, sizeof(fm_result_verdict *));
    r->n_verdicts = calloc(r->n + 1, sizeof *r->n_verdicts);
    if (r->verdicts == NULL || r->n_verdicts == NULL)
        return FM_FAIL(err, FM_ENOMEM, "report: out of memory");
    for (size_t i = 0; i < r->n; i++) {
        const char *name = fm_result_fact(r->results[i], "study");
        const fm_study *study = fm_context_study(r->page.context, name);
        if (study == NULL)
            return FM_FAIL(err, FM_EDATA, "report: this program has no study '%.80s'",
                           name);
        fm_status st =
            fm_result_verdicts(r->results[i], &r->verdicts[i], &r->n_verdicts[i], err);
        if (st == FM_OK)
            st = choose_figures(r, i, study);
        if (st != FM_OK)
            return st;
    }
    return FM_OK;
}

static void
free_report(report *r)
{
    for (size_t i = 0; r->verdicts != NULL && r->n_verdicts != NULL && i < r->n; i++)
        fm_result_verdicts_free(r->verdicts[i], r->n_verdicts[i]);
    for (size_t i = 0; i < r->n_figures; i++) {
        free(r->figures[i].id);
        if (r->drawings == NULL)
            continue;
        free(r->drawings[i].svg_out);
        free(r->drawings[i].description_out);
        free(r->drawings[i].problem_out);
    }
    free(r->verdicts);
    free(r->n_verdicts);
    free(r->figures);
    free(r->drawings);
    fm_page_free(&r->page);
}

static fm_status
build(report *r, fm_error *err)
{
    fm_status st = load_glossary(r, err);

    if (st == FM_OK)
        st = load_results(r, err);
    if (st == FM_OK)
        st = draw_figures(r);
    if (st == FM_OK)
        st = add_head(r);
    if (st != FM_OK)
        return st;
    add_contents(r);
    fm_report_verdicts(r);
    for (size_t i = 0; i < r->n && r->page.st == FM_OK; i++) {
        if (i == 0 && fm_report_is_comparison(r))
            fm_report_whatif(r);
        add_result(r, i);
    }
    fm_page_glossary(&r->page);
    add_foot(r);
    if (r->page.html.failed)
        fm_page_fail(&r->page, FM_ENOMEM, "out of memory");
    return r->page.st;
}

fm_status
fm_report_write(const fm_context *context, const fm_result *const *results, size_t n,
                const char *path, fm_error *err)
{
    report r = {.results = results, .n = n};

    if (n == 0)
        return FM_FAIL(err, FM_EUSAGE, "report: no result given");
    r.page.context = context;
    r.page.err = err;
    fm_status st = build(&r, err);
    if (st == FM_OK)
        st = fm_output_write(path, r.page.html.data, r.page.html.length, err);
    free_report(&r);
    return st;
}
