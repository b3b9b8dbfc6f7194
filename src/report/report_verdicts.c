/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verdicts of a report: what passed and what did not, before everything else. */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "report/decimals.h"
#include "report/report_parts.h"
#include "report/unit_text.h"

const char *
fm_report_title_of(const fm_result *result)
{
    const char *title = fm_result_fact(result, "title");

    return *title != '\0' ? title : fm_result_fact(result, "study");
}

void
fm_report_title(const report *r, size_t i, fm_str *s)
{
    size_t side = i > 0 ? fm_report_side(r, i) : 0;

    if (side > 0)
        fm_str_add(s, side == 1 ? "Base: " : "New: ");
    fm_str_add(s, fm_report_title_of(r->results[i]));
}

void
fm_report_title_html(const report *r, size_t i, fm_str *s)
{
    fm_str title = {0};

    fm_report_title(r, i, &title);
    fm_html_text(s, title.data != NULL ? title.data : "");
    s->failed = s->failed || title.failed;
    fm_str_free(&title);
}

static bool
says_nothing(const fm_result_verdict *v)
{
    return v->n_rows == 0 || isnan(v->limit) || (v->pass && isnan(v->value));
}

/* How far the worst value is on the good side; negative when it fails. */
static double
margin(const fm_result_verdict *v)
{
    return v->at_least ? v->value - v->limit : v->limit - v->value;
}

static void
add_outcome(fm_str *s, const fm_result_verdict *v)
{
    if (says_nothing(v))
        fm_str_add(s, "<td class=\"none\">– no statement</td>");
    else if (v->pass)
        fm_str_add(s, "<td class=\"pass\">✓ pass</td>");
    else
        fm_str_add(s, "<td class=\"fail\">✗ FAIL</td>");
}

static void
add_number(fm_str *s, double x, int digits)
{
    char text[FM_NUMBER_TEXT];

    if (isnan(x)) {
        fm_str_add(s, "<td class=\"num\"><span class=\"na\">not available</span></td>");
        return;
    }
    fm_str_addf(s, "<td class=\"num\" data-value=\"%s\">", fm_number_text(x, text));
    fm_html_short(s, x, digits);
    fm_str_add(s, "</td>");
}

static void
add_verdict(report *r, size_t i, const fm_result_verdict *v)
{
    fm_page *page = &r->page;
    fm_str *s = &page->html;
    char text[FM_NUMBER_TEXT];
    int digits = fm_digits_apart(v->value, v->limit);

    fm_str_add(s, "<tr>");
    add_outcome(s, v);
    fm_str_add(s, "<th scope=\"row\" data-path=\"/entry/verdicts\">");
    fm_page_term_text(page, v->term, v->statement);
    fm_str_add(s, "</th>");
    if (r->n > 1) {
        fm_str_addf(s, "<td><a href=\"#r%zu-result\">", i + 1);
        fm_report_title_html(r, i, s);
        fm_str_add(s, "</a></td>");
    }
    add_number(s, v->value, digits);
    fm_str_addf(s, "<td class=\"num\" data-value=\"%s\">%s ",
                fm_number_text(v->limit, text), v->at_least ? "≥" : "≤");
    if (isnan(v->limit))
        fm_str_add(s, "not available");
    else
        fm_html_short(s, v->limit, digits);
    fm_str_add(s, "</td><td>");
    fm_page_unit(page, v->unit, false);
    fm_str_add(s, "</td>");
    add_number(s, says_nothing(v) ? (double)NAN : margin(v), FM_VERDICT_DIGITS);
    fm_str_addf(s, "<td class=\"num\">%" PRIu64 " of %" PRIu64 "</td></tr>\n",
                v->n_failed, v->n_rows);
}

size_t
fm_report_count_outcome(const report *r, size_t i, bool fail)
{
    size_t n = 0;

    for (size_t k = 0; k < r->n_verdicts[i]; k++)
        n += !says_nothing(&r->verdicts[i][k]) && r->verdicts[i][k].pass != fail;
    return n;
}

static void
add_worst(fm_str *s, const fm_result_verdict *v)
{
    char unit_text[FM_UNIT_TEXT];
    const char *unit = fm_unit_text(v->unit, unit_text);
    int digits = fm_digits_apart(v->value, v->limit);

    fm_str_add(s, " <strong>");
    fm_html_text(s, v->statement);
    if (isnan(v->value)) {
        fm_str_addf(s, "</strong> is not available in %" PRIu64 " of %" PRIu64 " rows.",
                    v->n_failed, v->n_rows);
        return;
    }
    fm_str_add(s, "</strong> is ");
    fm_html_short(s, v->value, digits);
    fm_str_addf(s, ", where at %s ", v->at_least ? "least" : "most");
    fm_html_short(s, v->limit, digits);
    if (*unit != '\0') {
        fm_str_add(s, " ");
        fm_html_text(s, unit);
    }
    fm_str_addf(s, " is asked (%" PRIu64 " of %" PRIu64 " fail).", v->n_failed,
                v->n_rows);
}

void
fm_report_read_status(fm_page *page)
{
    const fm_result_table *points = fm_result_points(page->result);
    size_t column = points != NULL ? fm_result_column_named(points, "status") : SIZE_MAX;

    fm_slice_free(&page->status);
    page->status = (fm_slice){0};
    if (column == SIZE_MAX || (points->columns[column].type != FM_TYPE_CODE &&
                               points->columns[column].type != FM_TYPE_INTEGER))
        return;
    fm_status st = fm_result_read(page->result, points, column, 0, (size_t)points->n_rows,
                                  &page->status, page->err);
    if (st != FM_OK)
        fm_page_fail(page, st, "cannot read the points");
}

/* "8 of 10 points computed; 2 pending, 3 without a result": takes the result as the page's
 * own. */
static size_t
add_points(report *r, size_t i)
{
    fm_page *page = &r->page;
    size_t n_failed = 0;

    page->result = r->results[i];
    fm_report_read_status(page);
    for (size_t k = 0; k < page->status.n; k++)
        n_failed += page->status.code != NULL ? page->status.code[k] != FM_OK
                                              : page->status.integer[k] != FM_OK;
    fm_page_coverage(page);
    if (n_failed > 0)
        fm_str_addf(&page->html, ", <strong>%zu without a result</strong>", n_failed);
    return n_failed;
}

/* One or two sentences from the numbers. */
static void
add_summary(report *r, size_t i)
{
    fm_str *s = &r->page.html;
    size_t pass = fm_report_count_outcome(r, i, false);
    size_t fail = fm_report_count_outcome(r, i, true);
    size_t silent = r->n_verdicts[i] - pass - fail;

    fm_str_add(s, "<p class=\"summary\"><b>");
    fm_report_title_html(r, i, s);
    fm_str_add(s, "</b> (<code>");
    fm_html_text(s, fm_result_fact(r->results[i], "study"));
    fm_str_add(s, "</code>, ");
    size_t n_failed = add_points(r, i);
    fm_str_add(s, "): ");
    if (r->n_verdicts[i] == 0)
        fm_str_add(s, n_failed > 0 && n_failed == r->page.status.n
                          ? "nothing could be judged."
                          : "the study states no verdicts.");
    else if (fail == 0 && silent == 0)
        fm_str_addf(s, pass == 1 ? "its verdict passes." : "all %zu verdicts pass.",
                    pass);
    else if (r->n_verdicts[i] == 1)
        fm_str_addf(s, "its verdict %s.", fail > 0 ? "fails" : "could not be judged");
    else
        fm_str_addf(s, "%zu of %zu verdicts %s%s.", fail > 0 ? fail : pass,
                    r->n_verdicts[i], fail > 0 ? "fail" : "pass",
                    silent > 0 ? ", some could not be judged" : "");
    for (size_t k = 0; k < r->n_verdicts[i]; k++)
        if (!says_nothing(&r->verdicts[i][k]) && !r->verdicts[i][k].pass)
            add_worst(s, &r->verdicts[i][k]);
    fm_str_add(s, "</p>\n");
}

size_t
fm_report_count_verdicts(const report *r)
{
    size_t n = 0;

    for (size_t i = 0; i < r->n; i++)
        n += r->n_verdicts[i];
    return n;
}

void
fm_report_verdicts(report *r)
{
    fm_page *page = &r->page;

    fm_page_section(page, 2, fm_page_id(page, "verdicts", ""), "Verdicts");
    for (size_t i = fm_report_is_comparison(r) ? 1 : 0; i < r->n; i++)
        add_summary(r, i);
    if (fm_report_count_verdicts(r) > 0) {
        page->n_tables++;
        fm_str_addf(
            &page->html,
            "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
            "aria-labelledby=\"verdicts-c\">\n<table class=\"verdicts\">\n<caption "
            "id=\"verdicts-c\"><b>Table %zu.</b> Verdicts, each for its worst "
            "row</caption>\n<thead><tr><th scope=\"col\">Outcome</th><th "
            "scope=\"col\">Statement</th>%s<th scope=\"col\" class=\"num\">Value</th>"
            "<th scope=\"col\" class=\"num\">Limit</th><th scope=\"col\">Unit</th><th "
            "scope=\"col\" class=\"num\">Margin</th><th scope=\"col\" "
            "class=\"num\">Rows that fail</th></tr></thead>\n<tbody>\n",
            page->n_tables, r->n > 1 ? "<th scope=\"col\">Result</th>" : "");
        for (size_t i = 0; i < r->n; i++)
            for (size_t k = 0; k < r->n_verdicts[i]; k++)
                add_verdict(r, i, &r->verdicts[i][k]);
        fm_str_add(&page->html,
                   "</tbody>\n</table>\n</div>\n<p class=\"path\">Data: "
                   "<code>/entry/verdicts</code> of each result; the margin is "
                   "the distance to the limit, negative when the verdict "
                   "fails.</p>\n");
    }
    fm_page_section_end(page);
}
