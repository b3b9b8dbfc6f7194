/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of a result on the page.
 *
 * Contents
 *   1. which rows     2. columns     3. cells     4. one table     5. all tables
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/asked.h"
#include "report/decimals.h"
#include "report/page.h"
#include "report/plot.h"

enum {
    ROWS_WHOLE = 40,
    ROWS_END = 10,
    ROWS_EXTREME = 5,
    CHUNK = 65536,
    RUNS_MAX = 32,
    COLUMNS_MAX = 64,
    AXES_MAX = 8,
    WORDY = 30
};

/* Consecutive rows that are shown. */
typedef struct run {
    uint64_t first;
    size_t n;
} run;

/* A column that is shown: of the table, or a swept value from the table of points. */
typedef struct shown_column {
    const fm_result_table *owner;
    const fm_result_column *decl;
    size_t index;
    fm_decimals form;
    bool wordy; /* long texts: the column must not be narrow */
} shown_column;

typedef struct layout {
    const fm_page_table *what;
    shown_column columns[COLUMNS_MAX];
    size_t n_columns, n_wanted; /* wanted: also those that are cut off */
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
        for (size_t i = 0; i < slice.n; i++) {
            double x = slice.real != NULL      ? slice.real[i]
                       : slice.integer != NULL ? (double)slice.integer[i]
                                               : (double)NAN;
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

static bool
is_measured(const shown_column *c, fm_type type)
{
    return c->decl->type == type && c->decl->role == FM_VALUE && !c->decl->axis &&
           strcmp(c->decl->name, "point") != 0;
}

/* The column whose extremes matter, of those that are shown: the table's signal, or else
 * its first real value, or else its first count. */
static size_t
signal_column(const layout *l)
{
    static const fm_type types[] = {FM_TYPE_REAL, FM_TYPE_INTEGER};
    const fm_result_table *t = l->what->table;

    for (size_t k = 0; k < l->n_columns && t->signal != NULL; k++)
        if (l->columns[k].owner == t && l->columns[k].decl->type == FM_TYPE_REAL &&
            strcmp(l->columns[k].decl->name, t->signal) == 0)
            return l->columns[k].index;
    for (size_t i = 0; i < FM_COUNT(types); i++)
        for (size_t k = 0; k < l->n_columns; k++)
            if (l->columns[k].owner == t && is_measured(&l->columns[k], types[i]))
                return l->columns[k].index;
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
    size_t column = signal_column(l);
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

/* ---- 2. columns ----------------------------------------------------------------------
 */

static void
add_column(layout *l, const fm_result_table *owner, size_t index)
{
    l->n_wanted++;
    if (l->n_columns < COLUMNS_MAX)
        l->columns[l->n_columns++] = (shown_column){
            .owner = owner, .decl = &owner->columns[index], .index = index};
}

/* Points of the rows of a run: their column `point`, or their own numbers.
 * point_out  out  [run->n]  */
static fm_status
read_points(const fm_page *page, const fm_result_table *t, const run *rows,
            uint64_t *point_out)
{
    size_t column = fm_result_column_named(t, "point");
    fm_slice s = {0};

    for (size_t i = 0; i < rows->n; i++)
        point_out[i] = rows->first + i;
    if (column == SIZE_MAX || t->columns[column].type != FM_TYPE_INTEGER)
        return FM_OK;
    fm_status st =
        fm_result_read(page->result, t, column, rows->first, rows->n, &s, page->err);
    for (size_t i = 0; i < s.n; i++)
        point_out[i] = s.integer[i] < 0 ? UINT64_MAX : (uint64_t)s.integer[i];
    fm_slice_free(&s);
    return st;
}

/* Row i of `out` becomes row point[i] of `all`, missing where there is none. */
static bool
pick_rows(const fm_slice *all, const uint64_t *point, size_t n, fm_slice *out)
{
    out->real = calloc(n + 1, sizeof *out->real);
    out->integer = calloc(n + 1, sizeof *out->integer);
    out->code = calloc(n + 1, sizeof *out->code);
    out->text = calloc(n + 1, sizeof *out->text);
    if (out->real == NULL || out->integer == NULL || out->code == NULL ||
        out->text == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        bool known = point[i] < all->n;
        out->real[i] = known && all->real != NULL ? all->real[point[i]] : (double)NAN;
        out->integer[i] = known && all->integer != NULL ? all->integer[point[i]] : 0;
        out->code[i] = (int8_t)(known && all->code != NULL ? all->code[point[i]] : -1);
        out->text[i] = fm_strdup(known && all->text != NULL ? all->text[point[i]] : "");
    }
    out->n = n;
    return true;
}

/* Swept values of a run's rows: those of their points. */
static fm_status
read_swept(const fm_page *page, const layout *l, const shown_column *c, const run *rows,
           fm_slice *out)
{
    uint64_t *point = calloc(rows->n + 1, sizeof *point);
    fm_slice all = {0};

    if (point == NULL)
        return FM_FAIL(page->err, FM_ENOMEM, "report: out of memory");
    out->type = c->decl->type;
    fm_status st = read_points(page, l->what->table, rows, point);
    if (st == FM_OK)
        st = fm_result_read(page->result, c->owner, c->index, 0, (size_t)c->owner->n_rows,
                            &all, page->err);
    if (st == FM_OK && !pick_rows(&all, point, rows->n, out))
        st = FM_FAIL(page->err, FM_ENOMEM, "report: out of memory");
    fm_slice_free(&all);
    free(point);
    return st;
}

/* The swept parameters come first, unless the table has them itself. */
static void
choose_columns(const fm_page *page, layout *l)
{
    const fm_page_table *what = l->what;
    const fm_result_table *points = fm_result_points(page->result);
    size_t n = what->columns != NULL ? what->n_columns : what->table->n_columns;
    size_t axes[AXES_MAX];
    bool has_points = points != NULL && points != what->table && points->n_rows > 1 &&
                      (fm_result_column_named(what->table, "point") != SIZE_MAX ||
                       what->table->n_rows == points->n_rows);
    size_t n_axes =
        what->axes && has_points ? fm_result_axes(page->result, axes, AXES_MAX) : 0;

    for (size_t k = 0; k < n_axes; k++)
        if (fm_result_column_named(what->table, points->columns[axes[k]].name) ==
            SIZE_MAX)
            add_column(l, points, axes[k]);
    for (size_t k = 0; k < n; k++)
        add_column(l, what->table, what->columns != NULL ? what->columns[k] : k);
}

static bool
is_wordy(const fm_slice *s)
{
    for (size_t i = 0; s->type == FM_TYPE_TEXT && i < s->n; i++)
        if (s->text[i] != NULL && strlen(s->text[i]) > WORDY)
            return true;
    return false;
}

/* Digits for the numbers of a column that are shown; whether its texts are long. */
static fm_status
choose_form(const fm_page *page, layout *l, size_t k)
{
    size_t n = 0;

    for (size_t r = 0; r < l->n_runs; r++)
        n += l->cells[k * l->n_runs + r].n;
    double *x = malloc((n + 1) * sizeof *x);
    if (x == NULL)
        return FM_FAIL(page->err, FM_ENOMEM, "report: out of memory");
    n = 0;
    for (size_t r = 0; r < l->n_runs; r++) {
        const fm_slice *s = &l->cells[k * l->n_runs + r];
        for (size_t i = 0; s->type == FM_TYPE_REAL && s->real != NULL && i < s->n; i++)
            x[n++] = s->real[i];
        l->columns[k].wordy = l->columns[k].wordy || is_wordy(s);
    }
    l->columns[k].form = fm_decimals_for(x, n);
    free(x);
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
            const shown_column *c = &l->columns[k];
            fm_slice *out = &l->cells[k * l->n_runs + r];
            fm_status st =
                c->owner == l->what->table
                    ? fm_result_read(page->result, c->owner, c->index, l->runs[r].first,
                                     l->runs[r].n, out, page->err)
                    : read_swept(page, l, c, &l->runs[r], out);
            if (st != FM_OK)
                return st;
        }
    fm_status st = FM_OK;
    for (size_t k = 0; k < l->n_columns && st == FM_OK; k++)
        st = choose_form(page, l, k);
    return st;
}

/* ---- 3. cells ------------------------------------------------------------------------
 */

/* Status of the point that a row belongs to: code 0 when not known. */
static fm_status
row_status(const fm_page *page, const layout *l, size_t r, size_t i)
{
    const fm_result_table *t = l->what->table;
    uint64_t point = l->runs[r].first + i;
    size_t column = fm_result_column_named(t, "point");

    for (size_t k = 0; column != SIZE_MAX && k < l->n_columns; k++)
        if (l->columns[k].owner == t && l->columns[k].index == column &&
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

static bool
is_missing(const shown_column *c, const fm_slice *s, size_t i)
{
    if (s->type == FM_TYPE_REAL)
        return s->real == NULL || isnan(s->real[i]);
    return s->type == FM_TYPE_CODE &&
           (s->code[i] < 0 || (size_t)s->code[i] >= c->decl->n_words);
}

static void
add_missing(fm_page *page, const layout *l, size_t k, size_t r, size_t i)
{
    fm_status st = row_status(page, l, r, i);

    for (size_t m = 0; m < k; m++) /* the cause once in each row */
        if (is_missing(&l->columns[m], &l->cells[m * l->n_runs + r], i))
            st = FM_OK;

    fm_str_add(&page->html, st != FM_OK ? "<span class=\"na cause\">not available: "
                                        : "<span class=\"na\">not available");
    if (st != FM_OK)
        fm_html_text(&page->html, fm_status_name(st));
    fm_str_add(&page->html, "</span>");
}

static void
add_cell(fm_page *page, const layout *l, size_t k, size_t r, size_t i)
{
    const fm_result_column *c = l->columns[k].decl;
    const fm_slice *s = &l->cells[k * l->n_runs + r];
    char text[FM_DECIMALS_TEXT];

    if (is_missing(&l->columns[k], s, i)) {
        add_missing(page, l, k, r, i);
    } else if (s->type == FM_TYPE_REAL) {
        fm_html_data(&page->html, s->real[i],
                     fm_decimals_text(l->columns[k].form, s->real[i], text));
    } else if (s->type == FM_TYPE_INTEGER) {
        fm_str_addf(&page->html, "<data value=\"%lld\">", (long long)s->integer[i]);
        fm_html_integer(&page->html, s->integer[i]);
        fm_str_add(&page->html, "</data>");
    } else if (s->type == FM_TYPE_CODE) {
        fm_html_text(&page->html, c->words[s->code[i]]);
    } else {
        fm_html_text(&page->html, s->text[i] != NULL ? s->text[i] : "");
    }
}

static const char *
cell_class(const shown_column *c)
{
    bool number = c->decl->type == FM_TYPE_REAL || c->decl->type == FM_TYPE_INTEGER;

    return number ? " class=\"num\"" : c->wordy ? " class=\"wordy\"" : "";
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

/* ---- 4. one table --------------------------------------------------------------------
 */

static void
add_data_path(fm_page *page, const shown_column *c)
{
    fm_str_add(&page->html, " data-path=\"/entry/");
    fm_html_text(&page->html, c->owner->name);
    fm_str_add(&page->html, "/");
    fm_html_text(&page->html, c->decl->name);
    fm_str_add(&page->html, "\"");
}

static bool
is_swept(const fm_page *page, const shown_column *c)
{
    const fm_result_table *points = fm_result_points(page->result);

    return points != NULL &&
           (c->owner == points ||
            (c->decl->axis && fm_result_column_named(points, c->decl->name) != SIZE_MAX));
}

static void
add_name(fm_page *page, const shown_column *c)
{
    fm_str name = {0};

    if (is_swept(page, c))
        fm_asked_axis_name(c->decl, &name);
    else
        fm_str_add(&name,
                   *c->decl->long_name != '\0' ? c->decl->long_name : c->decl->name);
    fm_page_term_text(page, c->decl->term, name.data != NULL ? name.data : "");
    fm_str_free(&name);
}

static void
add_head(fm_page *page, const layout *l)
{
    fm_str_add(&page->html, "<thead><tr>");
    for (size_t k = 0; k < l->n_columns; k++) {
        const fm_result_column *c = l->columns[k].decl;
        fm_str_addf(&page->html, "<th scope=\"col\"%s", cell_class(&l->columns[k]));
        add_data_path(page, &l->columns[k]);
        fm_str_add(&page->html, ">");
        add_name(page, &l->columns[k]);
        fm_page_unit(page, c->unit, true);
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
                fm_str_addf(&page->html, "<td%s", cell_class(&l->columns[k]));
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
        const fm_result_column *c = l->columns[k].decl;
        fm_str_add(&page->html, "<tr><th scope=\"row\"");
        add_data_path(page, &l->columns[k]);
        fm_str_add(&page->html, ">");
        add_name(page, &l->columns[k]);
        fm_str_add(&page->html,
                   c->type == FM_TYPE_TEXT ? "</th><td" : "</th><td class=\"num\"");
        add_data_value(page, &l->cells[k], 0);
        fm_str_add(&page->html, ">");
        add_cell(page, l, k, 0, 0);
        fm_str_add(&page->html, "</td><td>");
        fm_page_unit(page, c->unit, false);
        fm_str_add(&page->html, "</td></tr>\n");
    }
    fm_str_add(&page->html, "</tbody>\n");
}

/* What is shown of a long table, in words. */
static void
add_rule(fm_page *page, const layout *l)
{
    size_t shown = 0;

    if (l->n_wanted > l->n_columns)
        fm_str_addf(&page->html,
                    "<p class=\"rule\">Shown are the first %zu of %zu columns; the "
                    "result file has all.</p>\n",
                    l->n_columns, l->n_wanted);
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

    choose_columns(page, &l);
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

/* ---- 5. all tables -------------------------------------------------------------------
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
        fm_page_table what = {
            .table = &tables[i], .n_rows = tables[i].n_rows, .axes = true};
        fm_page_add_table(page, &what);
    }
    fm_page_section_end(page);
}
