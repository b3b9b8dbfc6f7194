/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of a result on the page.
 *
 * Contents
 *   1. which rows     2. cells     3. one table     4. all tables
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/page.h"
#include "report/plot.h"

enum {
    ROWS_WHOLE = 40,
    ROWS_END = 10,
    ROWS_EXTREME = 5,
    CHUNK = 65536,
    RUNS_MAX = 32,
    AXIS_DIGITS = 8
};

/* Consecutive rows that are shown. */
typedef struct run {
    uint64_t first;
    size_t n;
} run;

typedef struct layout {
    const fm_page_table *what;
    size_t columns[64];
    size_t n_columns;
    run runs[RUNS_MAX];
    size_t n_runs;
    fm_slice *cells;         /* [n_columns][n_runs] */
    const char *extremes_of; /* long name of the column whose extremes are shown */
} layout;

/* ---- 1. which rows -------------------------------------------------------------------
 */

typedef struct extreme {
    uint64_t row;
    double value;
} extreme;

typedef struct extremes {
    extreme low[ROWS_EXTREME], high[ROWS_EXTREME];
    size_t n_low, n_high;
} extremes;

/* Keeps the ROWS_EXTREME smallest of sign * value, in order. */
static void
keep_extreme(extreme *best, size_t *n, uint64_t row, double value)
{
    size_t i = *n;

    if (i == ROWS_EXTREME && !(value < best[i - 1].value))
        return;
    i = i == ROWS_EXTREME ? i - 1 : i;
    for (; i > 0 && value < best[i - 1].value; i--)
        best[i] = best[i - 1];
    best[i] = (extreme){row, value};
    *n += *n < ROWS_EXTREME;
}

static fm_status
find_extremes(const fm_page *page, const fm_page_table *what, size_t column, extremes *e)
{
    for (uint64_t first = 0; first < what->n_rows; first += CHUNK) {
        uint64_t left = what->n_rows - first;
        fm_slice slice = {0};
        fm_status st =
            fm_result_read(page->result, what->table, column, what->first + first,
                           left < CHUNK ? (size_t)left : CHUNK, &slice, page->err);
        if (st != FM_OK)
            return st;
        for (size_t i = 0; slice.real != NULL && i < slice.n; i++) {
            double x = slice.real[i];
            if (isnan(x))
                continue;
            keep_extreme(e->low, &e->n_low, what->first + first + i, x);
            keep_extreme(e->high, &e->n_high, what->first + first + i, -x);
        }
        fm_slice_free(&slice);
    }
    return FM_OK;
}

static int
by_row(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static void
add_row(layout *l, uint64_t row)
{
    run *last = l->n_runs > 0 ? &l->runs[l->n_runs - 1] : NULL;

    if (last != NULL && row < last->first + last->n)
        return;
    if (last != NULL && row == last->first + last->n)
        last->n++;
    else if (l->n_runs < RUNS_MAX)
        l->runs[l->n_runs++] = (run){row, 1};
}

/* The column whose extremes matter: the table's signal, or else its first real value. */
static size_t
signal_column(const fm_result_table *t)
{
    size_t k = t->signal != NULL ? fm_result_column_named(t, t->signal) : SIZE_MAX;

    if (k != SIZE_MAX && t->columns[k].type == FM_TYPE_REAL)
        return k;
    for (k = 0; k < t->n_columns; k++)
        if (t->columns[k].type == FM_TYPE_REAL && t->columns[k].role == FM_VALUE &&
            !t->columns[k].axis)
            return k;
    return SIZE_MAX;
}

static fm_status
choose_rows(const fm_page *page, layout *l)
{
    uint64_t rows[2 * (ROWS_END + ROWS_EXTREME)];
    size_t n = 0;
    const fm_page_table *w = l->what;
    extremes e = {.n_low = 0};

    if (w->n_rows <= ROWS_WHOLE) {
        l->runs[0] = (run){w->first, (size_t)w->n_rows};
        l->n_runs = w->n_rows > 0;
        return FM_OK;
    }
    size_t column = signal_column(w->table);
    if (column != SIZE_MAX) {
        l->extremes_of = w->table->columns[column].long_name;
        fm_status st = find_extremes(page, w, column, &e);
        if (st != FM_OK)
            return st;
    }
    for (size_t i = 0; i < ROWS_END; i++) {
        rows[n++] = w->first + i;
        rows[n++] = w->first + w->n_rows - 1 - i;
    }
    for (size_t i = 0; i < e.n_low; i++)
        rows[n++] = e.low[i].row;
    for (size_t i = 0; i < e.n_high; i++)
        rows[n++] = e.high[i].row;
    qsort(rows, n, sizeof *rows, by_row);
    for (size_t i = 0; i < n; i++)
        add_row(l, rows[i]);
    return FM_OK;
}

static fm_status
read_cells(const fm_page *page, layout *l)
{
    l->cells = calloc(l->n_columns * l->n_runs + 1, sizeof *l->cells);
    if (l->cells == NULL)
        return FM_FAIL(page->err, FM_ENOMEM, "report: out of memory");
    for (size_t k = 0; k < l->n_columns; k++)
        for (size_t r = 0; r < l->n_runs; r++) {
            fm_status st = fm_result_read(page->result, l->what->table, l->columns[k],
                                          l->runs[r].first, l->runs[r].n,
                                          &l->cells[k * l->n_runs + r], page->err);
            if (st != FM_OK)
                return st;
        }
    return FM_OK;
}

/* ---- 2. cells ------------------------------------------------------------------------
 */

/* Status of the point that a row belongs to: code 0 when not known. */
static fm_status
row_status(const fm_page *page, const layout *l, size_t r, size_t i)
{
    const fm_result_table *t = l->what->table;
    uint64_t point = l->runs[r].first + i;
    size_t column = fm_result_column_named(t, "point");

    for (size_t k = 0; column != SIZE_MAX && k < l->n_columns; k++)
        if (l->columns[k] == column &&
            l->cells[k * l->n_runs + r].type == FM_TYPE_INTEGER)
            point = (uint64_t)l->cells[k * l->n_runs + r].integer[i];
    bool by_point = column != SIZE_MAX || t->n_rows == page->status.n;
    if (!by_point || point >= page->status.n)
        return FM_OK;
    if (page->status.type == FM_TYPE_CODE)
        return (fm_status)page->status.code[point];
    return page->status.type == FM_TYPE_INTEGER ? (fm_status)page->status.integer[point]
                                                : FM_OK;
}

static void
add_missing(fm_page *page, const layout *l, size_t r, size_t i)
{
    fm_status st = row_status(page, l, r, i);

    fm_str_add(&page->html, "<span class=\"na\">not available");
    if (st != FM_OK) {
        fm_str_add(&page->html, ": ");
        fm_html_text(&page->html, fm_status_name(st));
    }
    fm_str_add(&page->html, "</span>");
}

static void
add_real(fm_page *page, const fm_result_column *c, double x)
{
    if (c->axis || c->role == FM_AXIS) {
        char text[FM_NUMBER_TEXT];
        fm_str_addf(&page->html, "<data value=\"%s\">", fm_number_text(x, text));
        fm_text_real(&page->html, x, AXIS_DIGITS);
        fm_str_add(&page->html, "</data>");
        return;
    }
    fm_html_data(&page->html, x, FM_PAGE_DIGITS);
}

static void
add_cell(fm_page *page, const layout *l, size_t k, size_t r, size_t i)
{
    const fm_result_column *c = &l->what->table->columns[l->columns[k]];
    const fm_slice *s = &l->cells[k * l->n_runs + r];

    if (s->type == FM_TYPE_REAL && (s->real == NULL || isnan(s->real[i]))) {
        add_missing(page, l, r, i);
    } else if (s->type == FM_TYPE_REAL) {
        add_real(page, c, s->real[i]);
    } else if (s->type == FM_TYPE_INTEGER) {
        fm_str_addf(&page->html, "<data value=\"%lld\">", (long long)s->integer[i]);
        fm_html_integer(&page->html, s->integer[i]);
        fm_str_add(&page->html, "</data>");
    } else if (s->type == FM_TYPE_CODE) {
        if (s->code[i] >= 0 && (size_t)s->code[i] < c->n_words)
            fm_html_text(&page->html, c->words[s->code[i]]);
        else
            add_missing(page, l, r, i);
    } else {
        fm_html_text(&page->html, s->text[i] != NULL ? s->text[i] : "");
    }
}

static const char *
cell_class(const fm_result_column *c)
{
    return c->type == FM_TYPE_REAL || c->type == FM_TYPE_INTEGER ? " class=\"num\"" : "";
}

static void
add_data_value(fm_page *page, const fm_slice *s, size_t i)
{
    if (s->type == FM_TYPE_REAL && s->real != NULL && !isnan(s->real[i])) {
        char text[FM_NUMBER_TEXT];
        fm_str_addf(&page->html, " data-value=\"%s\"", fm_number_text(s->real[i], text));
    } else if (s->type == FM_TYPE_INTEGER) {
        fm_str_addf(&page->html, " data-value=\"%lld\"", (long long)s->integer[i]);
    }
}

/* ---- 3. one table --------------------------------------------------------------------
 */

static void
add_data_path(fm_page *page, const layout *l, const fm_result_column *c)
{
    fm_str_add(&page->html, " data-path=\"/entry/");
    fm_html_text(&page->html, l->what->table->name);
    fm_str_add(&page->html, "/");
    fm_html_text(&page->html, c->name);
    fm_str_add(&page->html, "\"");
}

static void
add_name(fm_page *page, const fm_result_column *c)
{
    fm_page_term_text(page, c->term, *c->long_name != '\0' ? c->long_name : c->name);
}

static void
add_head(fm_page *page, const layout *l)
{
    fm_str_add(&page->html, "<thead><tr>");
    for (size_t k = 0; k < l->n_columns; k++) {
        const fm_result_column *c = &l->what->table->columns[l->columns[k]];
        const char *unit = fm_unit_text(c->unit);
        fm_str_addf(&page->html, "<th scope=\"col\"%s", cell_class(c));
        add_data_path(page, l, c);
        fm_str_add(&page->html, ">");
        add_name(page, c);
        if (*unit != '\0') {
            fm_str_add(&page->html, " <span class=\"unit\">[");
            fm_html_text(&page->html, unit);
            fm_str_add(&page->html, "]</span>");
        }
        fm_str_add(&page->html, "</th>");
    }
    fm_str_add(&page->html, "</tr></thead>\n");
}

static void
add_gap(fm_page *page, const layout *l, size_t r)
{
    uint64_t end = r > 0 ? l->runs[r - 1].first + l->runs[r - 1].n : 0;

    if (r == 0 || l->runs[r].first == end)
        return;
    fm_str_addf(&page->html, "<tr class=\"gap\"><td colspan=\"%zu\">… ", l->n_columns);
    fm_html_integer(&page->html, (int64_t)(l->runs[r].first - end));
    fm_str_add(&page->html, " more rows …</td></tr>\n");
}

static void
add_body(fm_page *page, const layout *l)
{
    fm_str_add(&page->html, "<tbody>\n");
    for (size_t r = 0; r < l->n_runs; r++) {
        add_gap(page, l, r);
        for (size_t i = 0; i < l->runs[r].n; i++) {
            fm_str_add(&page->html, "<tr>");
            for (size_t k = 0; k < l->n_columns; k++) {
                const fm_result_column *c = &l->what->table->columns[l->columns[k]];
                fm_str_addf(&page->html, "<td%s", cell_class(c));
                add_data_value(page, &l->cells[k * l->n_runs + r], i);
                fm_str_add(&page->html, ">");
                add_cell(page, l, k, r, i);
                fm_str_add(&page->html, "</td>");
            }
            fm_str_add(&page->html, "</tr>\n");
        }
    }
    fm_str_add(&page->html, "</tbody>\n");
}

/* One row stands upright: name, value, unit. */
static void
add_upright(fm_page *page, const layout *l)
{
    fm_str_add(&page->html, "<thead><tr><th scope=\"col\">Quantity</th><th scope=\"col\" "
                            "class=\"num\">Value</th><th scope=\"col\">Unit</th></tr>"
                            "</thead>\n<tbody>\n");
    for (size_t k = 0; k < l->n_columns; k++) {
        const fm_result_column *c = &l->what->table->columns[l->columns[k]];
        fm_str_add(&page->html, "<tr><th scope=\"row\"");
        add_data_path(page, l, c);
        fm_str_add(&page->html, ">");
        add_name(page, c);
        fm_str_add(&page->html, "</th><td class=\"num\"");
        add_data_value(page, &l->cells[k], 0);
        fm_str_add(&page->html, ">");
        add_cell(page, l, k, 0, 0);
        fm_str_add(&page->html, "</td><td>");
        fm_html_text(&page->html, fm_unit_text(c->unit));
        fm_str_add(&page->html, "</td></tr>\n");
    }
    fm_str_add(&page->html, "</tbody>\n");
}

/* What is shown of a long table, in words. */
static void
add_rule(fm_page *page, const layout *l)
{
    size_t shown = 0;

    if (l->what->n_rows <= ROWS_WHOLE)
        return;
    for (size_t r = 0; r < l->n_runs; r++)
        shown += l->runs[r].n;
    fm_str_addf(&page->html, "<p class=\"rule\">Shown are %zu of ", shown);
    fm_html_integer(&page->html, (int64_t)l->what->n_rows);
    fm_str_addf(&page->html, " rows: the first %d, the last %d", ROWS_END, ROWS_END);
    if (l->extremes_of != NULL) {
        fm_str_addf(&page->html,
                    ", and those with the %d lowest and %d highest values of ",
                    ROWS_EXTREME, ROWS_EXTREME);
        fm_html_text(&page->html, l->extremes_of);
    }
    fm_str_add(&page->html, ".</p>\n");
}

static void
add_layout(fm_page *page, const layout *l)
{
    const fm_result_table *t = l->what->table;
    const char *caption = l->what->caption != NULL ? l->what->caption : t->long_name;
    fm_str label = {0};

    page->n_tables++;
    fm_str_addf(&label, "%s", l->what->caption != NULL ? "" : t->name);
    const char *id = fm_page_id(page, "table", label.data != NULL ? label.data : "");
    fm_str_free(&label);
    (void)snprintf(page->place_anchor, sizeof page->place_anchor, "%s", id);
    (void)snprintf(page->place_label, sizeof page->place_label, "table %zu",
                   page->n_tables);
    fm_str_addf(&page->html,
                "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
                "aria-labelledby=\"%s-c\">\n<table id=\"%s\"%s>\n<caption id=\"%s-c\">"
                "<b>Table %zu.</b> ",
                id, id, l->what->n_rows == 1 ? " class=\"upright\"" : "", id,
                page->n_tables);
    fm_html_text(&page->html, *caption != '\0' ? caption : t->name);
    fm_str_add(&page->html, "</caption>\n");
    if (l->what->n_rows == 1) {
        add_upright(page, l);
    } else {
        add_head(page, l);
        add_body(page, l);
    }
    fm_str_add(&page->html, "</table>\n</div>\n");
    add_rule(page, l);
    fm_page_path(page, t->name);
}

void
fm_page_add_table(fm_page *page, const fm_page_table *what)
{
    layout l = {.what = what};
    size_t n = what->columns != NULL ? what->n_columns : what->table->n_columns;

    for (size_t k = 0; k < n && l.n_columns < FM_COUNT(l.columns); k++)
        l.columns[l.n_columns++] = what->columns != NULL ? what->columns[k] : k;
    if (what->n_rows == 0 || page->st != FM_OK) {
        fm_str_add(&page->html, "<p class=\"note\">The table \xe2\x80\x9c");
        fm_html_text(&page->html, what->table->name);
        fm_str_add(&page->html, "\xe2\x80\x9d has no rows.</p>\n");
        return;
    }
    fm_status st = choose_rows(page, &l);
    if (st == FM_OK)
        st = read_cells(page, &l);
    if (st == FM_OK)
        add_layout(page, &l);
    else
        fm_page_fail(page, st, "cannot read a table");
    for (size_t i = 0; l.cells != NULL && i < l.n_columns * l.n_runs; i++)
        fm_slice_free(&l.cells[i]);
    free(l.cells);
}

/* ---- 4. all tables -------------------------------------------------------------------
 */

void
fm_page_tables(fm_page *page)
{
    size_t n = 0;
    const fm_result_table *tables = fm_result_tables(page->result, &n);

    fm_page_section(page, 3, fm_page_id(page, "tables", ""), "Tables");
    for (size_t i = 0; i < n; i++) {
        if (&tables[i] == fm_result_points(page->result) ||
            strcmp(tables[i].name, "verdicts") == 0)
            continue;
        fm_page_table what = {.table = &tables[i], .n_rows = tables[i].n_rows};
        fm_page_add_table(page, &what);
    }
    fm_page_section_end(page);
}
