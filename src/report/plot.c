/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The data behind one figure.
 *
 * Contents
 *   1. small helpers         3. series and panels      5. gnuplot data
 *   2. columns               4. loading
 */
#include "config.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "report/asked.h"
#include "report/plot.h"
#include "report/point_rows.h"
#include "report/unit_text.h"

enum {
    AXES_MAX = 16
};

/* ---- 1. small helpers ----------------------------------------------------------------
 */

static const char *const bookkeeping[] = {"point", "status", "message", "seconds"};

size_t
fm_result_axes(const fm_result *result, size_t *index_out, size_t max)
{
    const fm_result_table *points = fm_result_points(result);
    size_t n = 0;

    for (size_t k = 0; points != NULL && k < points->n_columns; k++) {
        bool own = false;
        for (size_t i = 0; i < FM_COUNT(bookkeeping); i++)
            own = own || strcmp(points->columns[k].name, bookkeeping[i]) == 0;
        if (!own && n < max)
            index_out[n++] = k;
    }
    return n;
}

void
fm_plot_label(const char *long_name, const char *unit, fm_str *out)
{
    char text[FM_UNIT_TEXT];
    const char *u = fm_unit_text(unit, text);

    fm_str_add(out, long_name);
    if (*u != '\0')
        fm_str_addf(out, " [%s]", u);
}

static bool
next_word(const char **p, char *out, size_t size)
{
    *p += strspn(*p, " ");
    size_t n = strcspn(*p, " ");
    if (n == 0 || n >= size)
        return false;
    memcpy(out, *p, n);
    out[n] = '\0';
    *p += n;
    return true;
}

/* ---- 2. columns ----------------------------------------------------------------------
 */

static void
free_words(char **words, size_t n)
{
    for (size_t i = 0; words != NULL && i < n; i++)
        free(words[i]);
    free(words);
}

static void
free_column(fm_plot_column *c)
{
    free(c->name);
    free(c->short_name);
    free(c->value);
    free_words(c->words, c->n_words);
    *c = (fm_plot_column){0};
}

/* Index of a word, added when new; SIZE_MAX when there are too many or memory ran out.
 * Rows often repeat the word before, so the last hit is tried first. */
static size_t
intern(char ***words, size_t *n, const char *word, size_t *last)
{
    if (*last < *n && strcmp((*words)[*last], word) == 0)
        return *last;
    for (size_t i = 0; i < *n; i++)
        if (strcmp((*words)[i], word) == 0)
            return *last = i;
    if (*n == FM_PLOT_WORDS)
        return SIZE_MAX;
    char **grown = realloc(*words, (*n + 1) * sizeof *grown);
    if (grown == NULL)
        return SIZE_MAX;
    *words = grown;
    grown[*n] = fm_strdup(word);
    if (grown[*n] == NULL)
        return SIZE_MAX;
    return *last = (*n)++;
}

static bool
take_words(fm_plot_column *c, const fm_result_column *decl)
{
    c->words = calloc(decl->n_words + 1, sizeof *c->words);
    if (c->words == NULL)
        return false;
    for (size_t i = 0; i < decl->n_words; i++) {
        c->words[i] = fm_strdup(decl->words[i]);
        if (c->words[i] == NULL)
            return false;
        c->n_words++;
    }
    return true;
}

/* Numbers from a slice: codes stay codes (-1: missing), texts become ordinals. */
static bool
take_values(fm_plot_column *c, const fm_slice *slice)
{
    size_t last = 0;

    for (size_t i = 0; i < slice->n; i++) {
        double x = (double)NAN;
        if (slice->type == FM_TYPE_REAL) {
            x = isinf(slice->real[i]) ? x : slice->real[i];
        } else if (slice->type == FM_TYPE_INTEGER) {
            x = (double)slice->integer[i];
        } else if (slice->type == FM_TYPE_CODE) {
            x = slice->code[i] < 0 ? x : (double)slice->code[i];
        } else if (slice->text[i] != NULL && *slice->text[i] != '\0') {
            size_t w = intern(&c->words, &c->n_words, slice->text[i], &last);
            if (w == SIZE_MAX)
                return false;
            x = (double)w;
        }
        c->value[i] = x;
    }
    return true;
}

/* Rows [first, first + n) of a table. */
typedef struct span {
    const fm_result *result;
    const fm_result_table *table;
    uint64_t first;
    size_t n;
} span;

/* Reads one column of the rows. */
static fm_status
load_column(const span *rows, size_t index, fm_plot_column *c, fm_error *err)
{
    const fm_result_column *decl = &rows->table->columns[index];
    fm_slice slice = {0};

    c->long_name = *decl->long_name != '\0' ? decl->long_name : decl->name;
    c->unit = decl->unit;
    c->term = decl->term;
    c->type = decl->type;
    c->role = decl->role;
    c->path_table = rows->table->name;
    c->path_column = decl->name;
    c->value = malloc((rows->n > 0 ? rows->n : 1) * sizeof *c->value);
    if (c->name == NULL)
        c->name = fm_strdup(decl->name);
    if (c->value == NULL || c->name == NULL ||
        (decl->type == FM_TYPE_CODE && !take_words(c, decl)))
        return FM_FAIL(err, FM_ENOMEM, "figure: out of memory");
    fm_status st = fm_result_read(rows->result, rows->table, index, rows->first, rows->n,
                                  &slice, err);
    if (st != FM_OK)
        return st;
    if (!take_values(c, &slice))
        st = FM_FAIL(err, FM_EDATA, "column '%s' has more than %d different texts",
                     decl->name, FM_PLOT_WORDS);
    c->form = fm_decimals_for(c->value, st == FM_OK ? rows->n : 0);
    fm_slice_free(&slice);
    return st;
}

void
fm_plot_cell(const fm_plot_column *column, size_t row, fm_str *out)
{
    double x = column->value[row];
    char text[FM_DECIMALS_TEXT];

    if (isnan(x))
        fm_str_add(out, "missing");
    else if (column->words != NULL && x >= 0 && x < (double)column->n_words)
        fm_str_add(out, column->words[(size_t)x]);
    else
        fm_str_add(out, fm_decimals_text(column->form, x, text));
}

/* ---- 3. series and panels ------------------------------------------------------------
 */

/* What rows are split by. */
typedef struct grouping {
    const fm_plot_column *keys;
    size_t n_keys;
    bool named; /* "name = value unit" instead of the value alone */
} grouping;

static void
add_key(const grouping *g, size_t row, fm_str *key)
{
    key->length = 0;
    fm_str_add(key, "");
    for (size_t k = 0; k < g->n_keys; k++) {
        char unit_text[FM_UNIT_TEXT];
        const char *unit = fm_unit_text(g->keys[k].unit, unit_text);
        if (g->named)
            fm_str_addf(key, "%s%s = ", k > 0 ? ", " : "", g->keys[k].long_name);
        fm_plot_cell(&g->keys[k], row, key);
        if (g->named && *unit != '\0')
            fm_str_addf(key, " %s", unit);
    }
}

/* Splits rows by the words of key columns; missing keys make a group of their own. */
static fm_status
group_rows(const grouping *g, size_t n_rows, size_t *group, char ***names,
           size_t *n_names, fm_error *err)
{
    size_t last = 0;
    size_t done = 0;
    fm_str key = {0};

    for (; done < n_rows; done++) {
        add_key(g, done, &key);
        group[done] = key.failed ? SIZE_MAX : intern(names, n_names, key.data, &last);
        if (group[done] == SIZE_MAX)
            break;
    }
    fm_str_free(&key);
    if (done < n_rows)
        return FM_FAIL(err, FM_EDATA, "more than %d groups to draw", FM_PLOT_WORDS);
    return FM_OK;
}

static fm_status
single_group(char ***names, size_t *n_names, const char *name, fm_error *err)
{
    size_t last = 0;

    if (*n_names == 0 && intern(names, n_names, name, &last) == SIZE_MAX)
        return FM_FAIL(err, FM_ENOMEM, "figure: out of memory");
    return FM_OK;
}

/* At most FM_PLOT_PANELS panels, evenly chosen, the first and the last among them. */
static void
choose_panels(fm_plot *plot)
{
    size_t n = plot->n_panels;

    if (n > FM_PLOT_PANELS)
        n = FM_PLOT_PANELS;
    plot->n_shown = n;
    for (size_t i = 1; i < n; i++) /* the first is panel 0 */
        plot->shown[i] = i * (plot->n_panels - 1) / (n - 1);
}

/* ---- 4. loading ----------------------------------------------------------------------
 */

typedef struct source {
    const fm_drawing *drawing;
    span rows;
    double *point; /* [rows.n] point of each row; NULL: row i of the table is point i */
} source;

/* Swept parameter `axis` (a column of `points`) for each row of the source. */
static fm_status
load_axis_values(const source *from, size_t axis, fm_plot_column *c, fm_error *err)
{
    const fm_result *result = from->drawing->result;
    const fm_result_table *points = fm_result_points(result);
    fm_plot_column all = {0};
    fm_point_index index = {0};

    if (from->point == NULL)
        return load_column(&(span){result, points, from->rows.first, from->rows.n}, axis,
                           c, err);
    fm_status st =
        load_column(&(span){result, points, 0, (size_t)points->n_rows}, axis, &all, err);
    double *value = malloc((from->rows.n > 0 ? from->rows.n : 1) * sizeof *value);
    if (st == FM_OK && value == NULL)
        st = FM_FAIL(err, FM_ENOMEM, "figure: out of memory");
    if (st == FM_OK)
        st = fm_point_index_read(result, &index, err);
    for (size_t i = 0; st == FM_OK && value != NULL && i < from->rows.n; i++) {
        double p = from->point[i];
        uint64_t row = p >= 0 ? fm_point_index_row(&index, (uint64_t)p) : UINT64_MAX;
        value[i] = row < points->n_rows ? all.value[row] : (double)NAN;
    }
    fm_point_index_free(&index);
    if (st != FM_OK) {
        free(value);
        free_column(&all);
        return st;
    }
    free(all.value);
    all.value = value;
    char *name = c->name;
    if (name != NULL) {
        free(all.name);
        all.name = name;
    }
    *c = all;
    return FM_OK;
}

static fm_status
load_axis(const source *from, size_t axis, fm_plot_column *c, fm_error *err)
{
    const fm_result_table *points = fm_result_points(from->drawing->result);
    fm_str name = {0};
    fm_status st = load_axis_values(from, axis, c, err);

    if (st != FM_OK)
        return st;
    fm_asked_axis_name(&points->columns[axis], &name);
    c->short_name = fm_str_take(&name);
    if (c->short_name == NULL)
        return FM_FAIL(err, FM_ENOMEM, "figure: out of memory");
    c->long_name = c->short_name;
    return FM_OK;
}

static size_t
numeric_axis(const fm_result *result, const size_t *axes, size_t n)
{
    const fm_result_table *points = fm_result_points(result);

    for (size_t k = 0; k < n; k++)
        if (points->columns[axes[k]].type == FM_TYPE_REAL ||
            points->columns[axes[k]].type == FM_TYPE_INTEGER)
            return k;
    return SIZE_MAX;
}

fm_status
fm_point_rows(const fm_result *result, const fm_result_table *table, uint64_t point,
              uint64_t *first_out, uint64_t *n_out, fm_error *err)
{
    const fm_result_table *points = fm_result_points(result);
    size_t column = fm_result_column_named(table, "point");
    uint64_t n_points = points != NULL ? points->n_rows : 1;
    fm_slice slice = {0};

    *first_out = 0;
    *n_out = table->n_rows;
    if (n_points <= 1)
        return FM_OK;
    if (column == SIZE_MAX || table->columns[column].type != FM_TYPE_INTEGER) {
        *first_out = point;
        *n_out = point < table->n_rows ? 1 : 0;
        return FM_OK;
    }
    fm_status st =
        fm_result_read(result, table, column, 0, (size_t)table->n_rows, &slice, err);
    if (st != FM_OK)
        return st;
    size_t first = 0;
    while (first < slice.n && slice.integer[first] != (int64_t)point)
        first++;
    size_t end = first;
    while (end < slice.n && slice.integer[end] == (int64_t)point)
        end++;
    *first_out = first;
    *n_out = end - first;
    fm_slice_free(&slice);
    return FM_OK;
}

static fm_status
choose_rows(source *from, fm_error *err)
{
    const fm_drawing *d = from->drawing;
    size_t column = fm_result_column_named(from->rows.table, "point");
    uint64_t n = 0;

    if ((d->figure->flags & FM_FIG_SWEEP) == 0) {
        fm_status st = fm_point_rows(d->result, from->rows.table, d->point,
                                     &from->rows.first, &n, err);
        from->rows.n = (size_t)n;
        return st;
    }
    from->rows.n = (size_t)from->rows.table->n_rows;
    if (column == SIZE_MAX)
        return FM_OK;
    fm_plot_column point = {0};
    fm_status st = load_column(&from->rows, column, &point, err);
    if (st == FM_OK) {
        from->point = point.value;
        point.value = NULL;
    }
    free_column(&point);
    return st;
}

/* One word of the figure's `columns`: a column of the table, or the sweep axis. */
static fm_status
load_word(const source *from, const char *word, fm_plot_column *c, fm_error *err)
{
    const fm_result *result = from->drawing->result;

    if (strcmp(word, "@axis") == 0) {
        size_t axes[AXES_MAX];
        size_t n = fm_result_axes(result, axes, AXES_MAX);
        size_t k = numeric_axis(result, axes, n);
        if (k == SIZE_MAX)
            return FM_FAIL(err, FM_EDATA, "no numeric sweep axis");
        c->name = fm_strdup("axis");
        return load_axis(from, axes[k], c, err);
    }
    size_t index = fm_result_column_named(from->rows.table, word);
    if (index == SIZE_MAX)
        return FM_FAIL(err, FM_EDATA, "the table '%s' has no column '%s'",
                       from->rows.table->name, word);
    return load_column(&from->rows, index, c, err);
}

static fm_status
load_columns(const source *from, fm_plot *plot, fm_error *err)
{
    const char *p = from->drawing->figure->columns;
    char word[80];

    while (next_word(&p, word, sizeof word)) {
        fm_plot_column *grown =
            realloc(plot->columns, (plot->n_columns + 1) * sizeof *plot->columns);
        if (grown == NULL)
            return FM_FAIL(err, FM_ENOMEM, "figure: out of memory");
        plot->columns = grown;
        grown[plot->n_columns] = (fm_plot_column){0};
        plot->n_columns++;
        fm_status st = load_word(from, word, &grown[plot->n_columns - 1], err);
        if (st != FM_OK)
            return st;
    }
    return FM_OK;
}

static fm_status
load_series(const source *from, fm_plot *plot, fm_error *err)
{
    const char *by = from->drawing->figure->by;
    fm_plot_column key = {0};

    if (by == NULL)
        return single_group(&plot->series_names, &plot->n_series, "", err);
    fm_status st = load_word(from, by, &key, err);
    if (st == FM_OK) {
        plot->by_name = key.long_name;
        {
            const grouping g = {&key, 1, false};
            st = group_rows(&g, from->rows.n, plot->series, &plot->series_names,
                            &plot->n_series, err);
        }
    }
    free_column(&key);
    return st == FM_OK ? single_group(&plot->series_names, &plot->n_series, "", err) : st;
}

/* The axes of a sweep besides the one that is drawn make the panels. */
static fm_status
load_panels(const source *from, fm_plot *plot, fm_error *err)
{
    size_t axes[AXES_MAX];
    fm_plot_column keys[AXES_MAX] = {{0}};
    const fm_result *result = from->drawing->result;
    size_t n = fm_result_axes(result, axes, AXES_MAX);
    size_t drawn = numeric_axis(result, axes, n);
    size_t n_keys = 0;
    fm_status st = FM_OK;

    for (size_t k = 0; k < n && st == FM_OK; k++)
        if (k != drawn)
            st = load_axis(from, axes[k], &keys[n_keys++], err);
    const grouping g = {keys, n_keys, true};
    if (st == FM_OK && n_keys > 0)
        st = group_rows(&g, from->rows.n, plot->panel, &plot->panel_names,
                        &plot->n_panels, err);
    for (size_t k = 0; k < n_keys; k++)
        free_column(&keys[k]);
    return st;
}

/* A picture needs a row whose first column and another one are numbers. */
static bool
has_data(const fm_plot *plot)
{
    for (size_t i = 0; i < plot->n_rows; i++)
        for (size_t k = plot->n_columns > 1 ? 1 : 0; k < plot->n_columns; k++)
            if (!isnan(plot->columns[0].value[i]) && !isnan(plot->columns[k].value[i]))
                return true;
    return false;
}

static fm_status
load_rows(source *from, fm_plot *plot, fm_error *err)
{
    fm_status st = choose_rows(from, err);

    if (st == FM_OK)
        st = load_columns(from, plot, err);
    if (st != FM_OK)
        return st;
    plot->n_rows = from->rows.n;
    plot->first = from->rows.first;
    plot->series = calloc(from->rows.n + 1, sizeof *plot->series);
    plot->panel = calloc(from->rows.n + 1, sizeof *plot->panel);
    if (plot->series == NULL || plot->panel == NULL)
        return FM_FAIL(err, FM_ENOMEM, "figure: out of memory");
    st = load_series(from, plot, err);
    if (st == FM_OK && (from->drawing->figure->flags & FM_FIG_SWEEP) != 0)
        st = load_panels(from, plot, err);
    if (st == FM_OK)
        st = single_group(&plot->panel_names, &plot->n_panels, "", err);
    choose_panels(plot);
    return st;
}

fm_status
fm_plot_load(const fm_drawing *drawing, fm_plot *plot_out, char **problem_out,
             fm_error *err)
{
    source from = {.drawing = drawing, .rows = {.result = drawing->result}};
    fm_error mine = FM_ERROR_INIT;

    *plot_out = (fm_plot){0};
    *problem_out = NULL;
    from.rows.table = fm_result_table_named(drawing->result, drawing->figure->table);
    if (from.rows.table == NULL) {
        *problem_out = fm_strdup("the result has no such table");
        return FM_OK;
    }
    fm_status st = load_rows(&from, plot_out, &mine);
    free(from.point);
    if (st == FM_EDATA) {
        *problem_out = fm_strdup(mine.text);
        return FM_OK;
    }
    if (st != FM_OK)
        return FM_FAIL(err, st, "%s", mine.text);
    if (plot_out->n_rows == 0)
        *problem_out = fm_strdup("the table has no rows");
    else if (!has_data(plot_out))
        *problem_out = fm_strdup("all values are missing");
    return FM_OK;
}

void
fm_plot_free(fm_plot *plot)
{
    for (size_t k = 0; k < plot->n_columns; k++)
        free_column(&plot->columns[k]);
    free(plot->columns);
    free(plot->series);
    free(plot->panel);
    free_words(plot->series_names, plot->n_series);
    free_words(plot->panel_names, plot->n_panels);
    *plot = (fm_plot){0};
}

/* ---- 5. gnuplot data -----------------------------------------------------------------
 */

static void
write_row(const fm_plot *plot, size_t row, fm_str *out)
{
    char text[FM_NUMBER_TEXT];

    for (size_t k = 0; k < plot->n_columns; k++)
        fm_str_addf(out, "%s%s", k > 0 ? " " : "",
                    fm_number_text(plot->columns[k].value[row], text));
    fm_str_add(out, "\n");
}

static void
write_empty(const fm_plot *plot, fm_str *out)
{
    for (size_t k = 0; k < plot->n_columns; k++)
        fm_str_add(out, k > 0 ? " NaN" : "NaN");
    fm_str_add(out, "\n");
}

/* Rows rows[n] in blocks: the lowest and the highest of each block, in order. */
static void
write_thinned(fm_plot *plot, const size_t *rows, size_t n, size_t block, fm_str *out)
{
    const double *y = plot->columns[plot->n_columns > 1 ? 1 : 0].value;

    for (size_t start = 0; start < n; start += block) {
        size_t end = start + block < n ? start + block : n;
        size_t low = start;
        size_t high = start;
        for (size_t i = start; i < end; i++) {
            if (isnan(y[rows[low]]) || y[rows[i]] < y[rows[low]])
                low = i;
            if (isnan(y[rows[high]]) || y[rows[i]] > y[rows[high]])
                high = i;
        }
        write_row(plot, rows[low < high ? low : high], out);
        plot->n_drawn++;
        if (low != high) {
            write_row(plot, rows[low < high ? high : low], out);
            plot->n_drawn++;
        }
    }
}

void
fm_plot_write(fm_plot *plot, size_t shown, fm_str *out)
{
    size_t blocks = 1; /* of a series that is thinned: two rows each */
    size_t *rows = malloc((plot->n_rows + 1) * sizeof *rows);

    if (rows == NULL) {
        out->failed = true;
        return;
    }
    if (plot->n_series > 0 && plot->n_series < FM_PLOT_ROWS / 2)
        blocks = FM_PLOT_ROWS / 2 / plot->n_series;
    for (size_t s = 0; s < plot->n_series; s++) {
        size_t n = 0;
        for (size_t i = 0; i < plot->n_rows; i++)
            if (plot->series[i] == s && plot->panel[i] == plot->shown[shown])
                rows[n++] = i;
        if (s > 0)
            fm_str_add(out, "\n\n"); /* two blank lines: gnuplot's next index */
        plot->n_kept += n;
        if (n == 0) {
            write_empty(plot, out);
        } else if (n > 2 * blocks + 2) {
            write_thinned(plot, rows, n, n / blocks + 1, out);
        } else {
            for (size_t i = 0; i < n; i++)
                write_row(plot, rows[i], out);
            plot->n_drawn += n;
        }
    }
    free(rows);
}
