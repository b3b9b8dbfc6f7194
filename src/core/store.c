/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes one result file (schema 1, doc/file-format.md), write-once.
 *
 * Contents
 *   1. create        3. verdicts        5. size
 *   2. append        4. finish
 */
#include "config.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <hdf5.h>

#include "core/h5.h"
#include "core/provenance.h"
#include "core/publish.h"
#include "core/result.h"
#include "core/seal.h"
#include "core/sheet.h"
#include "core/store.h"
#include "core/text.h"
#include "core/verdicts.h"

enum {
    PENDING_AT_ONCE = 4096 /* points */
};

struct fm_store {
    const fm_scenario *scenario;
    fm_store_options options; /* texts are copies */
    char *argv, *started, *version;
    fm_draft draft;
    hid_t file, entry;
    fm_schema *schema;
    fm_sheet **sheets; /* [schema->n_tables] */
    fm_seal seal;
    fm_judge *judges;             /* [study->n_verdicts] */
    fm_cursor *cursor;            /* swept values where the sampling is no grid */
    uint64_t next;                /* first point that may come next */
    uint64_t n_stored, n_pending; /* points */
    char digest[FM_DIGEST_TEXT];
    bool broken; /* a write failed: only fm_store_free is left */
};

/* ---- 1. create ------------------------------------------------------------------- */

/* HDF5 leaves the reason in errno when the system refused. */
static fm_status
write_failure(fm_store *store, fm_status st, fm_error *err)
{
    int reason = errno;

    store->broken = true;
    /* Closing writes once more, and HDF5 does not get over it when that fails: give back
     * the space that a full disk needs for it. */
    if (store->draft.temporary != NULL && truncate(store->draft.temporary, 0) != 0)
        reason = reason != 0 ? reason : errno;
    if (st == FM_ENOMEM)
        return FM_FAIL(err, st, "out of memory");
    return FM_FAIL(err, st, "cannot write: %s: '%s'",
                   reason != 0 ? strerror(reason) : "refused by HDF5", store->draft.path);
}

static bool
create_file(fm_store *store)
{
    unsigned order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
    hid_t create = H5Pcreate(H5P_FILE_CREATE);
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);

    /* Format 1.10 has checksums on all its metadata and needs no B-tree for one chunk. */
    if (create >= 0 && access >= 0 && H5Pset_obj_track_times(create, false) >= 0 &&
        H5Pset_link_creation_order(create, order) >= 0 &&
        H5Pset_attr_creation_order(create, order) >= 0 &&
        H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0 &&
        H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110) >= 0)
        store->file = H5Fcreate(store->draft.temporary, H5F_ACC_TRUNC, create, access);
    fm_h5_close(access);
    fm_h5_close(create);
    return store->file >= 0;
}

static bool
create_entry(fm_store *store)
{
    const fm_study *study = store->scenario->study;
    const char *title = store->scenario->title;

    if (!fm_h5_put_integer(store->file, "fabmet_schema", FM_SCHEMA_VERSION) ||
        !fm_h5_put_text(store->file, "Conventions", "CF-1.10") ||
        !fm_h5_put_text(store->file, "NX_class", "NXroot") ||
        !fm_h5_put_text(store->file, "default", "entry"))
        return false;
    store->entry = fm_h5_create_group(store->file, "entry");
    return store->entry >= 0 && fm_h5_put_text(store->entry, "NX_class", "NXentry") &&
           fm_h5_put_text(store->entry, "title", title != NULL ? title : "") &&
           fm_h5_put_text(store->entry, "study", study->name) &&
           fm_h5_put_text(store->entry, "default", store->schema->tables[0].name) &&
           fm_h5_put_text(store->entry, "points_table", fm_points_table_name(study)) &&
           fm_h5_put_integer(store->entry, "points",
                             (int64_t)store->scenario->n_points) &&
           (!store->schema->listed ||
            fm_h5_put_integer(store->entry, "points_listed",
                              (int64_t)store->schema->n_points));
}

static fm_status
copy_options(fm_store *store, const fm_store_options *options)
{
    store->options = *options;
    store->argv = fm_strdup(options->argv != NULL ? options->argv : "");
    store->started = fm_strdup(options->started != NULL ? options->started : "");
    store->version = fm_strdup(options->version != NULL ? options->version : "");
    store->options.argv = store->argv;
    store->options.started = store->started;
    store->options.version = store->version;
    return store->argv != NULL && store->started != NULL && store->version != NULL
               ? FM_OK
               : FM_ENOMEM;
}

/* Units of columns that follow data which are not at hand. */
static fm_status
adopt_units(fm_schema *schema, const fm_result *like)
{
    for (size_t t = 0; t < schema->n_tables; t++) {
        const fm_schema_table *table = &schema->tables[t];
        const fm_result_table *from = fm_result_table_named(like, table->name);
        for (size_t c = 0; from != NULL && c < table->n_columns; c++) {
            fm_schema_column *column = &table->columns[c];
            size_t k = fm_result_column_named(from, column->name);
            if (k == SIZE_MAX || column->type == FM_TYPE_TEXT ||
                strcmp(column->unit, from->columns[k].unit) == 0)
                continue;
            char *unit = fm_strdup(from->columns[k].unit);
            if (unit == NULL)
                return FM_ENOMEM;
            free(column->unit);
            column->unit = unit;
        }
    }
    return FM_OK;
}

/* What is needed before the file is touched. */
static fm_status
prepare(fm_store *store, const fm_store_options *options, fm_error *err)
{
    const fm_scenario *scenario = store->scenario;
    fm_status st = copy_options(store, options);

    if (st != FM_OK)
        return FM_FAIL(err, st, "out of memory");
    st = fm_schema_create(scenario, options->listed ? &options->n_listed : NULL,
                          &store->schema, err);
    if (st == FM_OK && options->like != NULL &&
        adopt_units(store->schema, options->like) != FM_OK)
        return FM_FAIL(err, FM_ENOMEM, "out of memory");
    if (st == FM_OK)
        st = fm_judges_create(store->schema, &store->judges, err);
    if (st == FM_OK && scenario->sampling != FM_GRID && scenario->n_axes > 0) {
        st = fm_cursor_create(scenario, &store->cursor);
        if (st != FM_OK)
            return FM_FAIL(err, st, "cannot make the points again");
    }
    return st;
}

static fm_status
create_sheets(fm_store *store)
{
    size_t n = store->schema->n_tables;
    fm_status st = FM_OK;

    store->sheets = calloc(n, sizeof(fm_sheet *));
    if (store->sheets == NULL)
        return FM_ENOMEM;
    for (size_t i = 0; i < n && st == FM_OK; i++)
        st = fm_sheet_create(store->entry, store->schema, &store->schema->tables[i],
                             &store->seal, &store->sheets[i]);
    return st;
}

fm_status
fm_store_create(const char *path, const fm_scenario *scenario,
                const fm_store_options *options, fm_store **out, fm_error *err)
{
    fm_status st = FM_ENOMEM;
    fm_store *store = calloc(1, sizeof *store);

    if (store == NULL)
        return FM_FAIL(err, st, "out of memory");
    store->scenario = scenario;
    store->file = store->entry = -1;
    st = prepare(store, options, err);
    if (st == FM_OK)
        st = fm_draft_create(path, options->replace, &store->draft, err);
    if (st != FM_OK)
        goto done;
    fm_h5_start();
    errno = 0;
    st = create_file(store) && create_entry(store) ? create_sheets(store) : FM_EIO;
    if (st != FM_OK) {
        st = write_failure(store, st, err);
        goto done;
    }
    *out = store;
    store = NULL; /* ownership moved to the caller */
done:
    fm_store_free(store);
    return st;
}

static void
close_file(fm_store *store)
{
    for (size_t i = 0; store->sheets != NULL && i < store->schema->n_tables; i++) {
        fm_sheet_free(store->sheets[i]);
        store->sheets[i] = NULL;
    }
    fm_h5_close(store->entry);
    store->entry = -1;
}

void
fm_store_free(fm_store *store)
{
    if (store == NULL)
        return;
    close_file(store);
    fm_h5_close(store->file);
    free(store->sheets);
    free(store->seal.ranges);
    free(store->judges);
    fm_cursor_free(store->cursor);
    fm_schema_free(store->schema);
    fm_draft_clear(&store->draft);
    free(store->argv);
    free(store->started);
    free(store->version);
    free(store);
}

/* ---- 2. append ------------------------------------------------------------------- */

/* Points of the rows that are being moved: those of rows, or of the table `points`. */
typedef struct span {
    const uint64_t *rows;
    const fm_point_row *points;
    size_t n;
} span;

static uint64_t
span_at(const span *s, size_t i)
{
    return s->rows != NULL ? s->rows[i] : s->points[i].point;
}

static void
copy_points(fm_sheet *sheet, size_t column, const span *s)
{
    int64_t *to = fm_sheet_integers(sheet, column);

    for (size_t i = 0; i < s->n; i++)
        to[i] = (int64_t)span_at(s, i);
}

/* Swept values on a grid come from the axes' own values. */
static fm_status
copy_grid_axis(fm_sheet *sheet, size_t column, const fm_schema_axis *axis, const span *s)
{
    double *real = axis->type == FM_TYPE_REAL ? fm_sheet_reals(sheet, column) : NULL;
    int8_t *code = axis->type == FM_TYPE_CODE ? fm_sheet_codes(sheet, column) : NULL;
    int64_t *integer =
        axis->type == FM_TYPE_INTEGER ? fm_sheet_integers(sheet, column) : NULL;
    fm_status st = FM_OK;

    for (size_t i = 0; i < s->n && st == FM_OK; i++) {
        uint64_t step = span_at(s, i) / axis->stride % axis->n;
        if (real != NULL)
            real[i] = axis->real[step];
        else if (code != NULL)
            code[i] = (int8_t)axis->integer[step];
        else if (integer != NULL)
            integer[i] = axis->integer[step];
        else
            st = fm_sheet_text(sheet, column, i, axis->text[step]);
    }
    return st;
}

static fm_status
put_value(fm_sheet *sheet, size_t column, size_t row, const fm_schema_axis *axis,
          const fm_value *value)
{
    if (axis->type == FM_TYPE_TEXT)
        return fm_sheet_text(sheet, column, row, fm_schema_text(value));
    if (axis->type == FM_TYPE_REAL)
        fm_sheet_reals(sheet, column)[row] = value->real;
    else if (axis->type == FM_TYPE_CODE)
        fm_sheet_codes(sheet, column)[row] = (int8_t)fm_schema_code(axis, value);
    else
        fm_sheet_integers(sheet, column)[row] = value->integer;
    return FM_OK;
}

/* Swept values of other samplings: each point is made once more. */
static fm_status
copy_sampled_axes(fm_store *store, const fm_schema_table *table, fm_sheet *sheet,
                  const span *s)
{
    fm_point point = {0};
    fm_status st = FM_OK;

    for (size_t i = 0; i < s->n && st == FM_OK; i++) {
        st = fm_cursor_seek(store->cursor, span_at(s, i), &point);
        for (size_t c = 0; c < table->n_columns && st == FM_OK; c++) {
            if (table->columns[c].origin != FM_FROM_AXIS)
                continue;
            const fm_schema_axis *axis = &store->schema->axes[table->columns[c].index];
            st = put_value(sheet, c, i, axis, &point.values[axis->param]);
        }
    }
    return st;
}

/* The columns that the store itself puts in front. */
static fm_status
copy_leading(fm_store *store, size_t t, const span *s)
{
    const fm_schema_table *table = &store->schema->tables[t];
    fm_sheet *sheet = store->sheets[t];
    bool sampled = false;
    fm_status st = FM_OK;

    for (size_t c = 0; c < table->n_columns && st == FM_OK; c++) {
        const fm_schema_column *column = &table->columns[c];
        if (column->origin == FM_FROM_POINT)
            copy_points(sheet, c, s);
        else if (column->origin == FM_FROM_AXIS && store->cursor == NULL)
            st = copy_grid_axis(sheet, c, &store->schema->axes[column->index], s);
        else if (column->origin == FM_FROM_AXIS)
            sampled = true;
    }
    return st == FM_OK && sampled ? copy_sampled_axes(store, table, sheet, s) : st;
}

static fm_status
copy_column(fm_sheet *sheet, size_t column, fm_type type, const fm_buffer *from,
            size_t first, size_t n)
{
    fm_status st = FM_OK;

    if (type == FM_TYPE_REAL)
        memcpy(fm_sheet_reals(sheet, column), from->real + first, n * sizeof(double));
    else if (type == FM_TYPE_INTEGER)
        memcpy(fm_sheet_integers(sheet, column), from->integer + first,
               n * sizeof(int64_t));
    else if (type == FM_TYPE_CODE)
        memcpy(fm_sheet_codes(sheet, column), from->code + first, n);
    else
        for (size_t i = 0; i < n && st == FM_OK; i++)
            st = fm_sheet_text(sheet, column, i, from->text[first + i]);
    return st;
}

static fm_status
move_rows(fm_store *store, size_t t, const fm_rows *rows, size_t first, size_t n)
{
    const fm_schema_table *table = &store->schema->tables[t];
    span s = {.rows = rows->point + first, .n = n};
    fm_status st = fm_sheet_reserve(store->sheets[t], n);

    if (st == FM_OK)
        st = copy_leading(store, t, &s);
    for (size_t c = 0; c < table->n_columns && st == FM_OK; c++) {
        const fm_schema_column *column = &table->columns[c];
        if (column->origin == FM_FROM_STUDY)
            st = copy_column(store->sheets[t], c, column->type,
                             &rows->columns[column->index], first, n);
    }
    return st == FM_OK ? fm_sheet_commit(store->sheets[t], n) : st;
}

static fm_status
move_points(fm_store *store, const fm_out *chunk, size_t first, size_t n)
{
    size_t t = store->scenario->study->n_tables;
    const fm_schema_table *table = &store->schema->tables[t];
    fm_sheet *sheet = store->sheets[t];
    size_t at = table->n_columns - 3; /* status, message, seconds */
    span s = {.points = chunk->points + first, .n = n};
    fm_status st = fm_sheet_reserve(sheet, n);

    if (st == FM_OK)
        st = copy_leading(store, t, &s);
    if (st != FM_OK)
        return st;
    int8_t *status = fm_sheet_codes(sheet, at + FM_POINT_STATUS);
    double *seconds = fm_sheet_reals(sheet, at + FM_POINT_SECONDS);
    for (size_t i = 0; i < n && st == FM_OK; i++) {
        const fm_point_row *row = &chunk->points[first + i];
        status[i] = (int8_t)row->status;
        seconds[i] = store->options.record_times ? row->seconds : (double)NAN;
        st = fm_sheet_text(sheet, at + FM_POINT_MESSAGE, i, row->message);
    }
    return st == FM_OK ? fm_sheet_commit(sheet, n) : st;
}

/* How far a range of points has been taken over. */
typedef struct progress {
    const fm_out *chunk;
    size_t *taken; /* [n_tables + 1]: next row of each table, then next point */
    size_t *end;   /* [n_tables + 1] */
    size_t n;      /* n_tables + 1 */
} progress;

static size_t
rows_left(const progress *p, size_t t)
{
    return p->end[t] - p->taken[t];
}

static fm_status
move(fm_store *store, progress *p, size_t t, size_t n)
{
    size_t first = p->taken[t];

    p->taken[t] += n;
    if (n == 0)
        return FM_OK;
    return t + 1 < p->n ? move_rows(store, t, &p->chunk->tables[t], first, n)
                        : move_points(store, p->chunk, first, n);
}

/* The table whose chunk of the file is full first, in order of points: so the order of
 * writes, and with it every byte, does not depend on how many points come at a time. */
static size_t
fills_first(const fm_store *store, const progress *p)
{
    size_t best = SIZE_MAX;
    uint64_t best_point = 0;

    for (size_t t = 0; t < p->n; t++) {
        size_t room = fm_sheet_room(store->sheets[t]);
        if (rows_left(p, t) < room)
            continue;
        size_t last = p->taken[t] + room - 1;
        uint64_t point =
            t + 1 < p->n ? p->chunk->tables[t].point[last] : p->chunk->points[last].point;
        if (best == SIZE_MAX || point < best_point) {
            best = t;
            best_point = point;
        }
    }
    return best;
}

/* Do the points go on where the ones before ended? */
static bool
follows(const fm_store *store, const fm_out *out, size_t first, size_t n)
{
    const fm_schema *schema = store->schema;

    if (out->study != store->scenario->study || n > schema->n_points - store->n_stored)
        return false;
    if (n == 0)
        return true;
    uint64_t from = out->points[first].point, last = out->points[first + n - 1].point;
    if (schema->listed)
        return from >= store->next && last < store->scenario->n_points;
    return from == store->next && last - from == n - 1;
}

/* A sheet whose extent is known must not get more rows than it has. */
static bool
fits(const fm_store *store, const progress *p, size_t n)
{
    const fm_study *study = store->scenario->study;

    for (size_t t = 0; t < study->n_tables; t++)
        if (study->tables[t].shape == FM_ONE_ROW && rows_left(p, t) != n)
            return false;
    return true;
}

/* Where the range begins and ends in each table. */
static fm_status
set_range(const fm_out *out, size_t first, size_t n, progress *p)
{
    *p = (progress){.chunk = out, .n = out->study->n_tables + 1};
    p->taken = calloc(2 * p->n, sizeof *p->taken);
    if (p->taken == NULL)
        return FM_ENOMEM;
    p->end = p->taken + p->n;
    for (size_t t = 0; n > 0 && t + 1 < p->n; t++) {
        const fm_rows *rows = &out->tables[t];
        p->taken[t] = first == 0 ? 0 : fm_rows_from(rows, out->points[first].point);
        p->end[t] = fm_rows_from(rows, out->points[first + n - 1].point + 1);
    }
    p->taken[p->n - 1] = first;
    p->end[p->n - 1] = first + n;
    return FM_OK;
}

static void
note_points(fm_store *store, const fm_out *out, size_t first, size_t n)
{
    for (size_t v = 0; v < store->scenario->study->n_verdicts; v++)
        fm_judge_points(&store->judges[v], out, first, n);
    for (size_t i = first; i < first + n; i++)
        store->n_pending += out->points[i].status == FM_EPENDING;
    store->n_stored += n;
    if (n > 0)
        store->next = out->points[first + n - 1].point + 1;
}

fm_status
fm_store_append(fm_store *store, const fm_out *out, size_t first, size_t n, fm_error *err)
{
    progress p = {0};
    fm_status st = FM_OK;

    if (store->broken || !follows(store, out, first, n))
        return FM_FAIL(err, FM_EINTERNAL, "store: points do not follow %llu",
                       (unsigned long long)store->next);
    if (set_range(out, first, n, &p) != FM_OK)
        return FM_FAIL(err, FM_ENOMEM, "out of memory");
    if (!fits(store, &p, n)) {
        free(p.taken);
        return FM_FAIL(err, FM_EINTERNAL, "store: not one row for each of %zu points", n);
    }
    errno = 0;
    for (;;) {
        size_t t = n > 0 && st == FM_OK ? fills_first(store, &p) : SIZE_MAX;
        if (t == SIZE_MAX)
            break;
        st = move(store, &p, t, fm_sheet_room(store->sheets[t]));
    }
    for (size_t t = 0; t < p.n && st == FM_OK; t++)
        st = move(store, &p, t, rows_left(&p, t));
    free(p.taken);
    if (st != FM_OK)
        return write_failure(store, st, err);
    note_points(store, out, first, n);
    return FM_OK;
}

/* Fills `out` with n points that have no values. */
static fm_status
make_pending(fm_out *out, uint64_t first, size_t n)
{
    fm_status st = FM_OK;

    fm_out_reset(out, first);
    for (size_t i = 0; i < n && st == FM_OK; i++) {
        st = fm_out_begin(out, first + i);
        if (st == FM_OK)
            st = fm_out_end(out, FM_EPENDING, NULL, (double)NAN);
    }
    return st;
}

fm_status
fm_store_append_pending(fm_store *store, uint64_t n, fm_error *err)
{
    fm_out *out = NULL;
    fm_status st = fm_out_create(store->scenario->study, &out);

    while (n > 0 && st == FM_OK) {
        size_t some = n < PENDING_AT_ONCE ? (size_t)n : PENDING_AT_ONCE;
        st = make_pending(out, store->next, some);
        if (st == FM_OK)
            st = fm_store_append(store, out, 0, some, err);
        n -= some;
    }
    fm_out_free(out);
    return st == FM_ENOMEM ? FM_FAIL(err, st, "out of memory") : st;
}

/* ---- 3. verdicts ----------------------------------------------------------------- */

static fm_status
put_verdict(fm_sheet *sheet, const fm_judge *judge)
{
    const fm_verdict *v = judge->verdict;
    const struct {
        size_t column;
        const char *text;
    } texts[] = {
        {FM_VERDICT_NAME, v->name},
        {FM_VERDICT_STATEMENT, v->statement},
        {FM_VERDICT_DIRECTION, v->direction == FM_AT_MOST ? "at most" : "at least"},
        {FM_VERDICT_UNITS, judge->unit},
        {FM_VERDICT_TERM, v->term},
    };
    fm_status st = fm_sheet_reserve(sheet, 1);

    for (size_t i = 0; i < FM_COUNT(texts) && st == FM_OK; i++)
        st = fm_sheet_text(sheet, texts[i].column, 0, texts[i].text);
    if (st != FM_OK)
        return st;
    fm_sheet_codes(sheet, FM_VERDICT_PASS)[0] = judge->n_failed == 0;
    fm_sheet_reals(sheet, FM_VERDICT_VALUE)[0] = judge->value;
    fm_sheet_reals(sheet, FM_VERDICT_LIMIT)[0] = judge->limit;
    fm_sheet_integers(sheet, FM_VERDICT_ROWS)[0] = (int64_t)judge->n_rows;
    fm_sheet_integers(sheet, FM_VERDICT_FAILED)[0] = (int64_t)judge->n_failed;
    fm_sheet_integers(sheet, FM_VERDICT_POINT)[0] = (int64_t)judge->point;
    return fm_sheet_commit(sheet, 1);
}

static fm_status
write_verdicts(fm_store *store)
{
    fm_sheet *sheet = store->sheets[store->schema->n_tables - 1];
    fm_status st = FM_OK;

    for (size_t v = 0; v < store->scenario->study->n_verdicts && st == FM_OK; v++)
        if (fm_judge_finish(&store->judges[v]))
            st = put_verdict(sheet, &store->judges[v]);
    return st;
}

/* ---- 4. finish ------------------------------------------------------------------- */

static void
content_digest(fm_store *store, char hex_out[FM_DIGEST_TEXT])
{
    fm_digest digest;

    fm_digest_init(&digest);
    fm_digest_result(&digest, FM_SCHEMA_VERSION, store->scenario->study->name,
                     store->scenario->n_points, store->schema->n_tables);
    for (size_t t = 0; t < store->schema->n_tables; t++)
        fm_sheet_digest(store->sheets[t], &digest);
    fm_digest_done(&digest, hex_out);
}

static bool
write_coverage(fm_store *store)
{
    return fm_h5_put_integer(store->entry, "points_done",
                             (int64_t)(store->n_stored - store->n_pending));
}

static fm_status
write_rest(fm_store *store, const char *finished)
{
    fm_status st = write_verdicts(store);

    for (size_t t = 0; t < store->schema->n_tables && st == FM_OK; t++)
        st = fm_sheet_finish(store->sheets[t]);
    if (st != FM_OK)
        return st;
    content_digest(store, store->digest);
    st = fm_provenance_write(store->file, store->scenario, &store->options, finished,
                             store->digest);
    if (st == FM_OK && !write_coverage(store))
        st = FM_EIO;
    close_file(store);
    hid_t file = store->file;
    store->file = -1;
    if (st != FM_OK) {
        fm_h5_close(file);
        return st;
    }
    if (H5Fclose(file) < 0)
        return FM_EIO;
    return fm_seal_write(store->draft.temporary, &store->seal);
}

fm_status
fm_store_close(fm_store *store, const char *finished, char digest_out[FM_DIGEST_TEXT],
               fm_error *err)
{
    if (store->broken || store->n_stored != store->schema->n_points)
        return FM_FAIL(err, FM_EINTERNAL, "store: %llu of %llu points",
                       (unsigned long long)store->n_stored,
                       (unsigned long long)store->schema->n_points);
    errno = 0;
    fm_status st = write_rest(store, finished);
    if (st != FM_OK)
        return write_failure(store, st, err);
    store->broken = true; /* nothing more can be added */
    memcpy(digest_out, store->digest, FM_DIGEST_TEXT);
    return FM_OK;
}

fm_status
fm_store_publish(fm_store *store, fm_error *err)
{
    return fm_draft_publish(&store->draft, err);
}

fm_status
fm_store_finish(fm_store *store, const char *finished, char digest_out[FM_DIGEST_TEXT],
                fm_error *err)
{
    char digest[FM_DIGEST_TEXT];
    fm_status st = fm_store_close(store, finished, digest, err);

    if (st == FM_OK)
        st = fm_store_publish(store, err);
    if (st == FM_OK)
        memcpy(digest_out, digest, FM_DIGEST_TEXT);
    return st;
}

/* ---- 5. size --------------------------------------------------------------------- */

/* Bytes of the file that do not grow with the rows: a fixed part, a part per dataset
 * (measured with HDF5 1.10). */
enum {
    FIXED_BYTES = 16384,
    DATASET_BYTES = 1024,
    TEXT_BYTES = 48
};

static double
rows_expected(const fm_scenario *scenario, const fm_point *point, size_t t)
{
    const fm_study *study = scenario->study;

    if (t >= study->n_tables)
        return t == study->n_tables ? (double)scenario->n_points
                                    : (double)study->n_verdicts;
    if (study->tables[t].shape == FM_ONE_ROW)
        return (double)scenario->n_points;
    if (study->rows == NULL || point == NULL)
        return 0;
    return (double)scenario->n_points * (double)study->rows(point, t);
}

static double
row_bytes(const fm_schema_table *table)
{
    double bytes = 0;

    for (size_t c = 0; c < table->n_columns; c++) {
        fm_type type = table->columns[c].type;
        bool message = table->columns[c].origin == FM_FROM_STORE &&
                       strcmp(table->columns[c].name, "message") == 0;
        bytes += message || type == FM_TYPE_CODE ? 1
                 : type == FM_TYPE_TEXT          ? TEXT_BYTES
                                                 : 8;
    }
    return bytes;
}

double
fm_store_size(const fm_scenario *scenario)
{
    fm_schema *schema = NULL;
    fm_cursor *cursor = NULL;
    fm_point point = {0};
    double bytes = FIXED_BYTES;

    if (fm_schema_create(scenario, NULL, &schema, NULL) != FM_OK)
        return NAN;
    bool have_point = scenario->n_points > 0 &&
                      fm_cursor_create(scenario, &cursor) == FM_OK &&
                      fm_cursor_seek(cursor, 0, &point) == FM_OK;
    for (size_t t = 0; t < schema->n_tables; t++) {
        double rows = rows_expected(scenario, have_point ? &point : NULL, t);
        bytes += (double)schema->tables[t].n_columns * DATASET_BYTES;
        bytes += rows * row_bytes(&schema->tables[t]);
    }
    fm_cursor_free(cursor);
    fm_schema_free(schema);
    return bytes;
}
