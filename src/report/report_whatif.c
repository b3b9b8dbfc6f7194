/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pages of a what-if: what changed, and base and new side by side.
 *
 * Contents
 *   1. rows of the comparison      3. side by side
 *   2. what changed                4. the sections
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/decimals.h"
#include "report/report_parts.h"
#include "report/unit_text.h"

enum {
    COLUMNS_MAX = 10,
    UNCERTAINTY_DIGITS = 2
};

/* ---- 1. rows of the comparison --------------------------------------------------- */

/* Some columns of one table of the comparison. */
typedef struct rows {
    const fm_result_table *table;
    size_t n;
    size_t n_columns;
    size_t column[COLUMNS_MAX];
    fm_slice slice[COLUMNS_MAX];
} rows;

static void
free_rows(rows *t)
{
    for (size_t k = 0; k < t->n_columns; k++)
        fm_slice_free(&t->slice[k]);
    *t = (rows){0};
}

/* returns false, and no rows, when the table has none of that kind */
static bool
read_rows(const report *r, const char *table, const char *const *names, size_t n,
          rows *out)
{
    const fm_result *result = r->results[0];
    fm_status st = FM_OK;

    *out = (rows){.table = fm_result_table_named(result, table), .n_columns = n};
    if (out->table == NULL || out->table->n_rows == 0 || n > COLUMNS_MAX)
        return false;
    out->n = (size_t)out->table->n_rows;
    for (size_t k = 0; k < n && st == FM_OK; k++) {
        out->column[k] = fm_result_column_named(out->table, names[k]);
        st = out->column[k] == SIZE_MAX
                 ? FM_EDATA
                 : fm_result_read(result, out->table, out->column[k], 0, out->n,
                                  &out->slice[k], NULL);
    }
    if (st != FM_OK)
        free_rows(out);
    return st == FM_OK;
}

bool
fm_report_is_comparison(const report *r)
{
    const fm_study *study =
        fm_context_study(r->page.context, fm_result_fact(r->results[0], "study"));

    return study != NULL && study->run == NULL;
}

size_t
fm_report_side(const report *r, size_t i)
{
    static const char *const names[] = {"run", "digest"};
    rows runs;
    size_t side = 0;

    if (i == 0 || !fm_report_is_comparison(r) || !read_rows(r, "runs", names, 2, &runs))
        return 0;
    const char *digest = fm_result_fact(r->results[i], "digest");
    for (size_t k = 0; k < runs.n && side == 0; k++) {
        bool base = strcmp(runs.slice[0].text[k], "base") == 0;
        bool changed = strcmp(runs.slice[0].text[k], "new") == 0;
        if ((base || changed) && strcmp(runs.slice[1].text[k], digest) == 0)
            side = base ? 1 : 2;
    }
    free_rows(&runs);
    return side;
}

/* Index of the result on a side; r->n when it is not given. */
static size_t
result_of_side(const report *r, size_t side)
{
    size_t i = 1;

    /* A run that changed nothing has the base's digest: the last one is the new run. */
    while (i < r->n && fm_report_side(r, i) != side)
        i++;
    return i;
}

/* ---- 2. what changed ------------------------------------------------------------- */

static void
begin_table(fm_page *page, const char *id, const char *caption, const char *head)
{
    page->n_tables++;
    fm_str_addf(&page->html,
                "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
                "aria-labelledby=\"%s\">\n<table>\n<caption id=\"%s\"><b>Table %zu.</b> "
                "%s</caption>\n<thead><tr>%s</tr></thead>\n<tbody>\n",
                id, id, page->n_tables, caption, head);
}

static void
add_cell(fm_str *s, const char *text)
{
    fm_str_add(s, "<td>");
    fm_html_text(s, text);
    fm_str_add(s, "</td>");
}

static void
add_number(fm_str *s, double x, int digits)
{
    char text[FM_NUMBER_TEXT];

    if (isnan(x)) {
        fm_str_add(s, "<td class=\"num\"><span class=\"na\">–</span></td>");
        return;
    }
    fm_str_addf(s, "<td class=\"num\" data-value=\"%s\">", fm_number_text(x, text));
    fm_html_short(s, x, digits);
    fm_str_add(s, "</td>");
}

static void
add_scenario_changes(report *r)
{
    static const char *const names[] = {"key", "base", "new"};
    fm_page *page = &r->page;
    rows t;

    if (!read_rows(r, "scenario_changes", names, 3, &t))
        return;
    begin_table(page, fm_page_id(page, "asked", ""), "What differs in the scenarios",
                "<th scope=\"col\">Key</th><th scope=\"col\">Base</th>"
                "<th scope=\"col\">New</th>");
    for (size_t i = 0; i < t.n; i++) {
        fm_str_add(&page->html, "<tr><th scope=\"row\"><code>");
        fm_html_text(&page->html, t.slice[0].text[i]);
        fm_str_add(&page->html, "</code></th>");
        add_cell(&page->html, t.slice[1].text[i]);
        add_cell(&page->html, t.slice[2].text[i]);
        fm_str_add(&page->html, "</tr>\n");
    }
    fm_str_add(&page->html, "</tbody>\n</table>\n</div>\n");
    fm_page_path(page, "scenario_changes");
    free_rows(&t);
}

static const char *
word(const rows *t, size_t k, size_t i)
{
    const fm_result_column *column = &t->table->columns[t->column[k]];
    int8_t code = t->slice[k].code[i];

    return code >= 0 && (size_t)code < column->n_words ? column->words[code] : "";
}

/* One sentence per verdict that changed; one when none did. */
static void
add_verdict_changes(report *r)
{
    static const char *const names[] = {"change", "statement", "became"};
    fm_page *page = &r->page;
    rows t;

    if (!read_rows(r, "verdict_changes", names, 3, &t)) {
        fm_str_add(&page->html, "<p>No verdict changed.</p>\n");
        return;
    }
    fm_str_add(&page->html, "<ul>\n");
    for (size_t i = 0; i < t.n; i++) {
        fm_str_add(&page->html, "<li>Verdict changed, <strong>");
        fm_html_text(&page->html, word(&t, 2, i));
        fm_str_add(&page->html, "</strong>: ");
        fm_html_text(&page->html, t.slice[1].text[i]);
        fm_str_add(&page->html, " (<code>");
        fm_html_text(&page->html, t.slice[0].text[i]);
        fm_str_add(&page->html, "</code>)</li>\n");
    }
    fm_str_add(&page->html, "</ul>\n");
    free_rows(&t);
}

enum {
    D_QUANTITY,
    D_TABLE,
    D_UNITS,
    D_BASE,
    D_NEW,
    D_DELTA,
    D_HIGH,
    D_PAIRS,
    D_PAIRING,
    D_SIGNIFICANT,
    D_COLUMNS
};

/* Rows of one table stand below its name: a column for it would push the answer out of
 * sight. */
static void
add_group(fm_page *page, const rows *t, size_t i, const char **group)
{
    if (*group != NULL && strcmp(*group, t->slice[D_TABLE].text[i]) == 0)
        return;
    *group = t->slice[D_TABLE].text[i];
    fm_str_add(&page->html, "<tr class=\"group\"><th scope=\"rowgroup\" "
                            "colspan=\"7\">Table ");
    fm_html_text(&page->html, *group);
    fm_str_add(&page->html, "</th></tr>\n");
}

/* "yes (32 draws)" */
static void
add_significance(fm_str *s, const rows *t, size_t i)
{
    fm_str_add(s, "<td>");
    fm_html_text(s, word(t, D_SIGNIFICANT, i));
    if (strcmp(word(t, D_PAIRING, i), "none") == 0)
        fm_str_add(s, " (one value)");
    else
        fm_str_addf(s, " (%lld&nbsp;%s)", (long long)t->slice[D_PAIRS].integer[i],
                    word(t, D_PAIRING, i));
    fm_str_add(s, "</td>");
}

static void
add_delta(fm_page *page, const rows *t, size_t i)
{
    char unit[FM_UNIT_TEXT];
    double delta = t->slice[D_DELTA].real[i];
    fm_str *s = &page->html;

    fm_str_add(s, "<tr><th scope=\"row\">");
    fm_html_text(s, t->slice[D_QUANTITY].text[i]);
    fm_str_add(s, "</th>");
    add_number(s, t->slice[D_BASE].real[i], FM_VERDICT_DIGITS);
    add_number(s, t->slice[D_NEW].real[i], FM_VERDICT_DIGITS);
    add_number(s, delta, FM_VERDICT_DIGITS);
    add_number(s, t->slice[D_HIGH].real[i] - delta, UNCERTAINTY_DIGITS);
    add_cell(s, fm_unit_text(t->slice[D_UNITS].text[i], unit));
    add_significance(s, t, i);
    fm_str_add(s, "</tr>\n");
}

/* All rows that differ: none is left out here. */
static void
add_deltas(report *r)
{
    static const char *const names[D_COLUMNS] = {
        "quantity", "table", "units",   "base",    "new",
        "delta",    "high",  "n_pairs", "pairing", "significant"};
    fm_page *page = &r->page;
    const char *group = NULL;
    rows t;
    size_t same = 0;

    if (!read_rows(r, "deltas", names, D_COLUMNS, &t))
        return;
    begin_table(page, fm_page_id(page, "changed", ""), "Quantities that differ",
                "<th scope=\"col\">Quantity</th><th "
                "scope=\"col\" class=\"num\">Base</th><th scope=\"col\" "
                "class=\"num\">New</th><th scope=\"col\" class=\"num\">Change</th><th "
                "scope=\"col\" class=\"num\">±</th><th scope=\"col\">Unit</th><th "
                "scope=\"col\">More than chance?</th>");
    for (size_t i = 0; i < t.n; i++) {
        double delta = t.slice[D_DELTA].real[i];
        if (delta < 0 || delta > 0) {
            add_group(page, &t, i, &group);
            add_delta(page, &t, i);
        } else {
            same++;
        }
    }
    fm_str_addf(
        &page->html,
        "</tbody>\n</table>\n</div>\n<p class=\"rule\">± is half the confidence "
        "interval of the change. <i>draws</i>: batches of simulated draws, each "
        "with and without the change; <i>points</i>: points of the sweep. <i>No "
        "statement</i>: one value on each side, or the same change in every pair, "
        "says nothing about chance. %zu more rows do not differ or have no "
        "value.</p>\n",
        same);
    fm_page_path(page, "deltas");
    free_rows(&t);
}

/* ---- 3. side by side ------------------------------------------------------------- */

/* The figure of a result, by what it draws; r->n_figures when it has none. */
static size_t
find_figure(const report *r, size_t result, const fm_figure *figure)
{
    size_t i = 0;

    while (i < r->n_figures &&
           (r->figures[i].result != result || r->figures[i].figure != figure))
        i++;
    return i;
}

static void
add_pair(report *r, const size_t at[2])
{
    fm_str *s = &r->page.html;

    fm_str_add(s, "<div class=\"pair\">\n");
    for (size_t side = 0; side < 2; side++) {
        fm_str_addf(s, "<div><p class=\"side\">%s</p>\n", side == 0 ? "Base" : "New");
        if (at[side] < r->n_figures) {
            fm_report_enter(r, r->figures[at[side]].result);
            fm_report_figure(r, at[side]);
        }
        fm_str_add(s, "</div>\n");
    }
    fm_str_add(s, "</div>\n");
}

/* Each figure of the base beside the same figure of the new run. */
static void
add_side_by_side(report *r)
{
    size_t base = result_of_side(r, 1), changed = result_of_side(r, 2);
    fm_page *page = &r->page;

    if (base == r->n || changed == r->n)
        return;
    fm_page_section(page, 2, fm_page_id(page, "side-by-side", ""),
                    "Base and new, side by side");
    for (size_t i = 0; i < r->n_figures; i++) {
        if (r->figures[i].result != base)
            continue;
        const size_t at[2] = {i, find_figure(r, changed, r->figures[i].figure)};
        add_pair(r, at);
    }
    page->number = 0;
    fm_page_section_end(page);
}

/* ---- 4. the sections ------------------------------------------------------------- */

void
fm_report_whatif(report *r)
{
    fm_page *page = &r->page;

    page->result = r->results[0];
    fm_page_section(page, 2, fm_page_id(page, "what-changed", ""), "What changed");
    add_scenario_changes(r);
    add_verdict_changes(r);
    add_deltas(r);
    fm_page_section_end(page);
    add_side_by_side(r);
}

void
fm_report_whatif_tables(report *r)
{
    static const char *const names[] = {"tornado", "variations", "point_deltas", "runs"};
    fm_page *page = &r->page;

    fm_page_section(page, 3, fm_page_id(page, "tables", ""), "Tables");
    for (size_t i = 0; i < FM_COUNT(names); i++) {
        const fm_result_table *table = fm_result_table_named(page->result, names[i]);
        if (table != NULL && table->n_rows > 0)
            fm_page_add_table(page,
                              &(fm_page_table){.table = table, .n_rows = table->n_rows});
    }
    fm_page_section_end(page);
}
