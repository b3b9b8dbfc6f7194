/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finished points in ascending order, block by block, out of a result file.
 *
 * Contents
 *   1. tables     where the study's columns are in the file
 *   2. points     which points the next block has
 *   3. rows       of tables with many rows per point
 *   4. the feed
 *   5. which points
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/feed.h"
#include "core/result_parts.h"
#include "core/sheet.h"

enum {
    BLOCK_POINTS = FM_CHUNK_ROWS, /* a chunk of the file is read once */
    BLOCK_ROWS = 2 * FM_CHUNK_ROWS
};

/* One table of the study in the file, and the rows of it that belong to the block. */
typedef struct page {
    const fm_result_table *table;
    size_t *columns;     /* [n_columns of the study's table] */
    size_t point;        /* column with the row's point; SIZE_MAX: none */
    uint64_t next;       /* row */
    size_t n;            /* rows of the block */
    size_t at;           /* of them taken */
    fm_slice points;     /* MANY_ROWS: points of the block's rows */
    fm_slice *values;    /* [n_columns] */
    const void **places; /* [n_columns]: values of the point in hand */
} page;

struct fm_feed {
    const fm_scenario *scenario;
    fm_result *result;
    page *pages; /* [study->n_tables] */
    const fm_result_table *table;
    size_t point, status, message, seconds; /* columns of the table of points */
    uint64_t next;                          /* row of the table of points */
    uint64_t beyond;                        /* no point below this may come */
    size_t n;                               /* points of the block */
    fm_slice points, statuses, messages, times;
    fm_out *out;
};

static fm_status
strange(const fm_result *result, const char *what, const char *name, fm_error *err)
{
    return FM_FAIL(err, FM_EDATA, "not a result of this study's version: %s '%s': '%s'",
                   what, name, result->path);
}

/* ---- 1. tables ------------------------------------------------------------------- */

/* The leading column that the store put in: the first one, an integer named "point" (or
 * "point_axis" where the study has a column of that name). */
static size_t
point_column(const fm_result_table *t)
{
    if (t->n_columns > 0 && t->columns[0].type == FM_TYPE_INTEGER &&
        strncmp(t->columns[0].name, "point", 5) == 0)
        return 0;
    return SIZE_MAX;
}

/* Swept parameters stand in front, so the last column of a name is the study's. */
static size_t
study_column(const fm_result_table *t, const fm_column *wanted)
{
    for (size_t i = t->n_columns; i-- > 0;)
        if (strcmp(t->columns[i].name, wanted->name) == 0)
            return t->columns[i].type == wanted->type ? i : SIZE_MAX;
    return SIZE_MAX;
}

static fm_status
map_table(fm_feed *f, const fm_table *decl, page *p, fm_error *err)
{
    p->table = fm_result_table_named(f->result, decl->name);
    if (p->table == NULL)
        return strange(f->result, "no table", decl->name, err);
    p->columns = calloc(decl->n_columns + 1, sizeof *p->columns);
    p->values = calloc(decl->n_columns + 1, sizeof *p->values);
    p->places = calloc(decl->n_columns + 1, sizeof *p->places);
    if (p->columns == NULL || p->values == NULL || p->places == NULL)
        return FM_FAIL(err, FM_ENOMEM, "out of memory");
    for (size_t c = 0; c < decl->n_columns; c++) {
        p->columns[c] = study_column(p->table, &decl->columns[c]);
        if (p->columns[c] == SIZE_MAX)
            return strange(f->result, "no such column", decl->columns[c].name, err);
    }
    p->point = SIZE_MAX;
    if (f->scenario->n_axes > 0 || f->result->listed)
        p->point = point_column(p->table);
    if (decl->shape == FM_ONE_ROW && p->table->n_rows != f->table->n_rows)
        return strange(f->result, "number of rows of table", decl->name, err);
    if (decl->shape == FM_MANY_ROWS && p->point == SIZE_MAX && f->table->n_rows > 1)
        return strange(f->result, "no column 'point' in table", decl->name, err);
    return FM_OK;
}

static fm_status
map_points(fm_feed *f, fm_error *err)
{
    const fm_result_table *t = fm_result_points(f->result);
    static const struct {
        const char *name;
        fm_type type;
    } wanted[] = {
        {"status", FM_TYPE_CODE}, {"message", FM_TYPE_TEXT}, {"seconds", FM_TYPE_REAL}};
    size_t *places[] = {&f->status, &f->message, &f->seconds};

    f->table = t;
    for (size_t i = 0; i < FM_COUNT(wanted); i++) {
        /* Swept parameters of these names stand in front. */
        *places[i] = t->n_columns >= 3 ? t->n_columns - 3 + i : SIZE_MAX;
        if (*places[i] == SIZE_MAX || t->columns[*places[i]].type != wanted[i].type)
            return strange(f->result, "column of points", wanted[i].name, err);
    }
    f->point = f->result->listed ? point_column(t) : SIZE_MAX;
    if (f->result->n_points != f->scenario->n_points ||
        t->n_rows != f->result->n_listed || (f->result->listed && f->point == SIZE_MAX))
        return strange(f->result, "number of rows of table", t->name, err);
    return FM_OK;
}

/* ---- 2. points ------------------------------------------------------------------- */

static bool
sound_points(const fm_feed *f)
{
    uint64_t beyond = f->beyond;

    for (size_t i = 0; i < f->n; i++) {
        uint64_t point = (uint64_t)f->points.integer[i];
        if (point < beyond || point >= f->scenario->n_points)
            return false;
        if (f->statuses.code[i] < 0 || f->statuses.code[i] > FM_EPENDING)
            return false;
        beyond = point + 1;
    }
    return true;
}

/* Indices of the points in rows [first, first + n). */
static fm_status
read_indices(const fm_result *r, const fm_result_table *t, size_t column, uint64_t first,
             size_t n, fm_slice *out, fm_error *err)
{
    if (column != SIZE_MAX)
        return fm_result_read(r, t, column, first, n, out, err);
    *out = (fm_slice){.type = FM_TYPE_INTEGER, .n = n};
    out->integer = calloc(n + 1, sizeof *out->integer);
    if (out->integer == NULL)
        return FM_FAIL(err, FM_ENOMEM, "out of memory");
    for (size_t i = 0; i < n; i++)
        out->integer[i] = (int64_t)(first + i);
    return FM_OK;
}

static fm_status
read_points(fm_feed *f, fm_error *err)
{
    const fm_result *r = f->result;
    uint64_t left = f->table->n_rows - f->next;

    f->n = left < BLOCK_POINTS ? (size_t)left : BLOCK_POINTS;
    fm_status st = read_indices(r, f->table, f->point, f->next, f->n, &f->points, err);
    if (st == FM_OK)
        st = fm_result_read(r, f->table, f->status, f->next, f->n, &f->statuses, err);
    if (st == FM_OK && !sound_points(f))
        st = FM_FAIL(err, FM_EDATA, "damaged result: table '%s': '%s'", f->table->name,
                     r->path);
    return st;
}

/* ---- 3. rows --------------------------------------------------------------------- */

/* Leaves only points below `point` in the block. */
static void
shorten(fm_feed *f, uint64_t point)
{
    while (f->n > 0 && (uint64_t)f->points.integer[f->n - 1] >= point)
        f->n--;
}

static size_t
rows_below(const fm_slice *points, uint64_t end)
{
    size_t low = 0, high = points->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((uint64_t)points->integer[middle] < end)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Points of the rows that belong to the block; a block with too many rows is made
 * shorter, but keeps one point. */
static fm_status
find_rows(fm_feed *f, page *p, fm_error *err)
{
    uint64_t left = p->table->n_rows - p->next;

    for (size_t want = BLOCK_ROWS;; want *= 2) {
        size_t n = left < want ? (size_t)left : want;
        fm_slice_free(&p->points);
        fm_status st = p->point != SIZE_MAX
                           ? fm_result_read(f->result, p->table, p->point, p->next, n,
                                            &p->points, err)
                           : FM_OK;
        if (st != FM_OK || p->point == SIZE_MAX)
            return st;
        uint64_t last = n > 0 ? (uint64_t)p->points.integer[n - 1] : 0;
        if (n == left || last > (uint64_t)f->points.integer[f->n - 1])
            return FM_OK;
        if (last > (uint64_t)f->points.integer[0]) {
            shorten(f, last);
            return FM_OK;
        }
    }
}

static fm_status
read_values(fm_feed *f, const fm_table *decl, page *p, uint64_t first, fm_error *err)
{
    fm_status st = FM_OK;

    p->at = 0;
    for (size_t c = 0; c < decl->n_columns && st == FM_OK; c++)
        st = fm_result_read(f->result, p->table, p->columns[c], first, p->n,
                            &p->values[c], err);
    return st;
}

static fm_status
read_tables(fm_feed *f, fm_error *err)
{
    const fm_study *study = f->scenario->study;
    fm_status st = FM_OK;

    for (size_t t = 0; t < study->n_tables && st == FM_OK; t++)
        if (study->tables[t].shape == FM_MANY_ROWS)
            st = find_rows(f, &f->pages[t], err);
    for (size_t t = 0; t < study->n_tables && st == FM_OK; t++) {
        page *p = &f->pages[t];
        bool one = study->tables[t].shape == FM_ONE_ROW;
        if (one)
            p->n = f->n;
        else if (p->point == SIZE_MAX)
            p->n = (size_t)p->table->n_rows;
        else
            p->n = rows_below(&p->points, (uint64_t)f->points.integer[f->n - 1] + 1);
        st = read_values(f, &study->tables[t], p, one ? f->next : p->next, err);
        p->next += p->n;
    }
    return st;
}

static void
forget_block(fm_feed *f)
{
    for (size_t t = 0; f->pages != NULL && t < f->scenario->study->n_tables; t++) {
        fm_slice_free(&f->pages[t].points);
        for (size_t c = 0;
             f->pages[t].values != NULL && c < f->scenario->study->tables[t].n_columns;
             c++)
            fm_slice_free(&f->pages[t].values[c]);
    }
    fm_slice_free(&f->points);
    fm_slice_free(&f->statuses);
    fm_slice_free(&f->messages);
    fm_slice_free(&f->times);
}

/* ---- 4. the feed ----------------------------------------------------------------- */

static const void *
values_at(const fm_slice *s, size_t row)
{
    if (s->type == FM_TYPE_REAL)
        return s->real + row;
    if (s->type == FM_TYPE_INTEGER)
        return s->integer + row;
    if (s->type == FM_TYPE_CODE)
        return s->code + row;
    return s->text + row;
}

/* Rows of one table of the block's i-th point. */
static fm_status
put_rows(fm_feed *f, size_t t, size_t i)
{
    const fm_table *decl = &f->scenario->study->tables[t];
    page *p = &f->pages[t];
    size_t n = 1;

    if (decl->shape == FM_ONE_ROW)
        p->at = i;
    else if (p->point == SIZE_MAX)
        n = p->n;
    else
        for (n = 0; p->at + n < p->n; n++)
            if (p->points.integer[p->at + n] != f->points.integer[i])
                break;
    for (size_t c = 0; c < decl->n_columns; c++)
        p->places[c] = values_at(&p->values[c], p->at);
    fm_status st = fm_out_block(f->out, t, n, p->places);
    p->at += n;
    return st;
}

static fm_status
put_point(fm_feed *f, size_t i)
{
    fm_status status = (fm_status)f->statuses.code[i];
    fm_status st = fm_out_begin(f->out, (uint64_t)f->points.integer[i]);

    for (size_t t = 0; t < f->scenario->study->n_tables && st == FM_OK; t++)
        if (status == FM_OK)
            st = put_rows(f, t, i);
    if (st != FM_OK)
        return st;
    return fm_out_end(f->out, status, f->messages.text[i], f->times.real[i]);
}

static fm_status
fill(fm_feed *f, fm_error *err)
{
    const fm_result *r = f->result;
    fm_status st =
        fm_result_read(r, f->table, f->message, f->next, f->n, &f->messages, err);

    if (st == FM_OK)
        st = fm_result_read(r, f->table, f->seconds, f->next, f->n, &f->times, err);
    if (st != FM_OK)
        return st;
    fm_out_reset(f->out, f->beyond);
    for (size_t i = 0; i < f->n && st == FM_OK; i++)
        if (f->statuses.code[i] != FM_EPENDING)
            st = put_point(f, i);
    f->next += f->n;
    f->beyond = (uint64_t)f->points.integer[f->n - 1] + 1;
    return st == FM_OK ? st : FM_FAIL(err, st, "%s", fm_status_name(st));
}

fm_status
fm_feed_next(fm_feed *feed, const fm_out **out_out, fm_error *err)
{
    fm_status st = FM_OK;

    *out_out = NULL;
    while (st == FM_OK && feed->next < feed->table->n_rows) {
        forget_block(feed);
        st = read_points(feed, err);
        if (st == FM_OK)
            st = read_tables(feed, err);
        if (st == FM_OK)
            st = fill(feed, err);
        if (st == FM_OK && feed->out->n_points > 0) {
            *out_out = feed->out;
            break;
        }
    }
    return st;
}

fm_status
fm_feed_open(const char *path, const fm_scenario *scenario, fm_feed **feed_out,
             fm_error *err)
{
    const fm_study *study = scenario->study;
    fm_feed *f = calloc(1, sizeof *f);
    fm_status st = FM_ENOMEM;

    if (f == NULL)
        return FM_FAIL(err, st, "out of memory");
    f->scenario = scenario;
    f->pages = calloc(study->n_tables + 1, sizeof *f->pages);
    if (f->pages == NULL || fm_out_create(study, &f->out) != FM_OK) {
        st = FM_FAIL(err, FM_ENOMEM, "out of memory");
        goto done;
    }
    st = fm_result_open(path, &f->result, err);
    if (st == FM_OK && strcmp(fm_result_fact(f->result, "study"), study->name) != 0)
        st = strange(f->result, "study", fm_result_fact(f->result, "study"), err);
    if (st == FM_OK)
        st = map_points(f, err);
    for (size_t t = 0; t < study->n_tables && st == FM_OK; t++)
        st = map_table(f, &study->tables[t], &f->pages[t], err);
    if (st != FM_OK)
        goto done;
    *feed_out = f;
    f = NULL; /* ownership moved to the caller */
done:
    fm_feed_close(f);
    return st;
}

void
fm_feed_close(fm_feed *feed)
{
    if (feed == NULL)
        return;
    forget_block(feed);
    for (size_t t = 0; feed->pages != NULL && t < feed->scenario->study->n_tables; t++) {
        free(feed->pages[t].columns);
        free(feed->pages[t].values);
        free(feed->pages[t].places);
    }
    free(feed->pages);
    fm_out_free(feed->out);
    fm_result_close(feed->result);
    free(feed);
}

/* ---- 5. which points ------------------------------------------------------------- */

static fm_status
add_block(const fm_slice *points, const fm_slice *statuses, fm_ranges *good,
          fm_ranges *failed)
{
    fm_status st = FM_OK;

    for (size_t i = 0; i < points->n && st == FM_OK; i++) {
        uint64_t point = (uint64_t)points->integer[i];
        if (statuses->code[i] == FM_OK)
            st = fm_ranges_add(good, point, point + 1);
        else if (statuses->code[i] != FM_EPENDING)
            st = fm_ranges_add(failed, point, point + 1);
    }
    return st;
}

fm_status
fm_feed_points(const fm_result *result, fm_ranges *good_io, fm_ranges *failed_io,
               fm_error *err)
{
    const fm_result_table *t = fm_result_points(result);
    size_t point = result->listed ? point_column(t) : SIZE_MAX;
    size_t status = t->n_columns >= 3 ? t->n_columns - 3 : SIZE_MAX;
    fm_status st = FM_OK;

    if (status == SIZE_MAX || t->columns[status].type != FM_TYPE_CODE ||
        (result->listed && point == SIZE_MAX))
        return strange(result, "table", t->name, err);
    for (uint64_t at = 0; at < t->n_rows && st == FM_OK; at += BLOCK_POINTS) {
        fm_slice points = {0}, statuses = {0};
        uint64_t left = t->n_rows - at;
        size_t n = left < BLOCK_POINTS ? (size_t)left : BLOCK_POINTS;
        st = read_indices(result, t, point, at, n, &points, err);
        if (st == FM_OK)
            st = fm_result_read(result, t, status, at, n, &statuses, err);
        if (st == FM_OK && add_block(&points, &statuses, good_io, failed_io) != FM_OK)
            st = FM_FAIL(err, FM_ENOMEM, "out of memory");
        fm_slice_free(&points);
        fm_slice_free(&statuses);
    }
    return st;
}
