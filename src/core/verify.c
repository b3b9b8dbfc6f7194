/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recomputes the digest of a result from its data, and compares two results. */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "core/result_parts.h"
#include "core/sheet.h"
#include "core/store.h"
#include "core/text.h"

/* ---- digest ---------------------------------------------------------------------- */

/* Wall-clock time is no part of what a run is about. */
static bool
is_timing(const fm_result *result, const fm_result_table *table, size_t column)
{
    return table == fm_result_points(result) &&
           strcmp(table->columns[column].name, "seconds") == 0;
}

static bool
is_grid_coordinate(const fm_result_table *table, size_t column)
{
    return table->columns[column].axis && table->n_dims > 1;
}

static void
hash_slice(fm_hash *hash, const fm_slice *s)
{
    if (s->type == FM_TYPE_REAL)
        fm_hash_reals(hash, s->real, s->n);
    else if (s->type == FM_TYPE_INTEGER)
        fm_hash_integers(hash, s->integer, s->n);
    else if (s->type == FM_TYPE_CODE)
        fm_hash_bytes(hash, s->code, s->n);
    else
        for (size_t i = 0; i < s->n; i++)
            fm_hash_text(hash, s->text[i]);
}

/* Reads rows [first, first + FM_CHUNK_ROWS) or as many as there are. */
static fm_status
read_chunk(const fm_result *r, const fm_result_table *t, size_t column, uint64_t first,
           fm_slice *out, fm_error *err)
{
    uint64_t left = t->n_rows - first;

    return fm_result_read(r, t, column, first,
                          (size_t)(left < FM_CHUNK_ROWS ? left : FM_CHUNK_ROWS), out,
                          err);
}

static fm_status
hash_column(const fm_result *r, const fm_result_table *t, size_t column,
            char hex_out[FM_HASH_TEXT], uint64_t *n_out, fm_error *err)
{
    fm_slice s = {0};
    fm_hash *hash = NULL;
    fm_status st = fm_hash_create(&hash);

    if (st != FM_OK)
        return FM_FAIL(err, st, "out of memory");
    *n_out = t->n_rows;
    if (is_grid_coordinate(t, column)) {
        st = fm_result_coordinate(r, t, column, &s, err);
        *n_out = s.n;
        hash_slice(hash, &s);
        fm_slice_free(&s);
    } else {
        for (uint64_t at = 0; at < t->n_rows && st == FM_OK; at += FM_CHUNK_ROWS) {
            st = read_chunk(r, t, column, at, &s, err);
            hash_slice(hash, &s);
            fm_slice_free(&s);
        }
    }
    fm_hash_done(hash, hex_out);
    fm_hash_free(hash);
    return st;
}

static fm_status
digest_table(const fm_result *r, const fm_result_table *t, fm_digest *digest,
             fm_error *err)
{
    size_t n = 0;

    for (size_t c = 0; c < t->n_columns; c++)
        n += !is_timing(r, t, c);
    fm_digest_table(digest, t->name, t->n_dims, t->dims, n);
    for (size_t c = 0; c < t->n_columns; c++) {
        const fm_result_column *column = &t->columns[c];
        char hash[FM_HASH_TEXT];
        fm_identity identity = {.name = column->name,
                                .unit = column->unit,
                                .type = column->type,
                                .words = column->words,
                                .n_words = column->n_words,
                                .hash = hash};
        fm_status st = hash_column(r, t, c, hash, &identity.n, err);
        if (st != FM_OK)
            return st;
        if (!is_timing(r, t, c))
            fm_digest_column(digest, &identity);
    }
    return FM_OK;
}

fm_status
fm_result_verify(const fm_result *result, char digest_out[FM_DIGEST_TEXT], fm_error *err)
{
    const char *stored = fm_result_fact(result, "digest");
    fm_status st = FM_OK;
    fm_digest digest;

    fm_digest_init(&digest);
    fm_digest_result(&digest, FM_SCHEMA_VERSION, fm_result_fact(result, "study"),
                     result->n_points, result->n_tables);
    for (size_t t = 0; t < result->n_tables && st == FM_OK; t++)
        st = digest_table(result, &result->tables[t], &digest, err);
    if (st != FM_OK)
        return st;
    fm_digest_done(&digest, digest_out);
    if (strcmp(stored, digest_out) != 0)
        return FM_FAIL(err, FM_EDATA, "the data do not have the stored digest: '%s'",
                       result->path);
    return FM_OK;
}

/* ---- comparison ------------------------------------------------------------------ */

typedef struct difference { /* of one column */
    uint64_t n;             /* rows that differ by more than is allowed */
    uint64_t first;
    uint64_t largest; /* ulps; UINT64_MAX where there is no such number */
    char *a, *b;      /* values at `first` */
} difference;

/* Steps between two doubles on the line of all doubles; NaN equals NaN, -0 equals 0. */
static uint64_t
ulps_between(double x, double y)
{
    int64_t a, b;

    if (isnan(x) || isnan(y))
        return isnan(x) && isnan(y) ? 0 : UINT64_MAX;
    if (x == y)
        return 0;
    if (isinf(x) || isinf(y))
        return UINT64_MAX;
    memcpy(&a, &x, sizeof a);
    memcpy(&b, &y, sizeof b);
    a = a < 0 ? INT64_MIN - a : a;
    b = b < 0 ? INT64_MIN - b : b;
    return a > b ? (uint64_t)a - (uint64_t)b : (uint64_t)b - (uint64_t)a;
}

static uint64_t
distance(const fm_slice *a, const fm_slice *b, size_t i)
{
    if (a->type == FM_TYPE_REAL)
        return ulps_between(a->real[i], b->real[i]);
    if (a->type == FM_TYPE_INTEGER)
        return a->integer[i] == b->integer[i] ? 0 : UINT64_MAX;
    if (a->type == FM_TYPE_CODE)
        return a->code[i] == b->code[i] ? 0 : UINT64_MAX;
    return strcmp(a->text[i], b->text[i]) == 0 ? 0 : UINT64_MAX;
}

static char *
value_text(const fm_slice *s, const fm_result_column *column, size_t i)
{
    fm_str t = {0};

    if (s->type == FM_TYPE_REAL) {
        char number[FM_NUMBER_TEXT];
        fm_str_add(&t, fm_number_text(s->real[i], number));
    } else if (s->type == FM_TYPE_INTEGER)
        fm_str_addf(&t, "%lld", (long long)s->integer[i]);
    else if (s->type == FM_TYPE_TEXT)
        fm_str_add_json(&t, s->text[i]);
    else if (s->code[i] >= 0 && (size_t)s->code[i] < column->n_words)
        fm_str_add(&t, column->words[s->code[i]]);
    else
        fm_str_addf(&t, "%d", s->code[i]);
    return fm_str_take(&t);
}

static void
compare_slices(const fm_slice *a, const fm_slice *b, const fm_result_column *columns[2],
               uint64_t first, uint64_t ulps, difference *d)
{
    for (size_t i = 0; i < a->n; i++) {
        uint64_t u = distance(a, b, i);
        if (u <= ulps && u != UINT64_MAX)
            continue;
        if (d->n++ == 0) {
            d->first = first + i;
            d->a = value_text(a, columns[0], i);
            d->b = value_text(b, columns[1], i);
        }
        d->largest = u > d->largest ? u : d->largest;
    }
}

typedef struct comparison {
    const fm_result *a, *b;
    uint64_t ulps;
    fm_str report;
    fm_error *err;
} comparison;

static void
report_column(comparison *c, const fm_result_table *table, const char *name,
              const difference *d)
{
    fm_str_addf(&c->report, "%s.%s: %llu of %llu rows differ, first row %llu (%s, %s)",
                table->name, name, (unsigned long long)d->n,
                (unsigned long long)table->n_rows, (unsigned long long)d->first,
                d->a != NULL ? d->a : "", d->b != NULL ? d->b : "");
    if (d->largest != UINT64_MAX)
        fm_str_addf(&c->report, ", largest distance %llu ulps",
                    (unsigned long long)d->largest);
    fm_str_add(&c->report, "\n");
}

static bool
same_words(const fm_result_column *a, const fm_result_column *b)
{
    bool same = a->n_words == b->n_words;

    for (size_t i = 0; same && i < a->n_words; i++)
        same = strcmp(a->words[i], b->words[i]) == 0;
    return same;
}

static fm_status
compare_columns(comparison *c, const fm_result_table *ta, const fm_result_table *tb,
                size_t ia, size_t ib)
{
    const fm_result_column *columns[2] = {&ta->columns[ia], &tb->columns[ib]};
    difference d = {0};
    fm_status st = FM_OK;

    if (columns[0]->type != columns[1]->type || !same_words(columns[0], columns[1])) {
        fm_str_addf(&c->report, "%s.%s: different types\n", ta->name, columns[0]->name);
        return FM_OK;
    }
    if (strcmp(columns[0]->unit, columns[1]->unit) != 0)
        fm_str_addf(&c->report, "%s.%s: different units (%s, %s)\n", ta->name,
                    columns[0]->name, columns[0]->unit, columns[1]->unit);
    for (uint64_t at = 0; at < ta->n_rows && st == FM_OK; at += FM_CHUNK_ROWS) {
        fm_slice a = {0}, b = {0};
        st = read_chunk(c->a, ta, ia, at, &a, c->err);
        if (st == FM_OK)
            st = read_chunk(c->b, tb, ib, at, &b, c->err);
        if (st == FM_OK)
            compare_slices(&a, &b, columns, at, c->ulps, &d);
        fm_slice_free(&a);
        fm_slice_free(&b);
    }
    if (st == FM_OK && d.n > 0)
        report_column(c, ta, columns[0]->name, &d);
    free(d.a);
    free(d.b);
    return st;
}

static bool
same_shape(const fm_result_table *a, const fm_result_table *b)
{
    bool same = a->n_dims == b->n_dims;

    for (size_t k = 0; same && k < a->n_dims; k++)
        same = a->dims[k] == b->dims[k];
    return same;
}

static fm_status
compare_tables(comparison *c, const fm_result_table *ta, const fm_result_table *tb)
{
    fm_status st = FM_OK;

    if (!same_shape(ta, tb)) {
        fm_str_addf(&c->report, "%s: different sizes (%llu and %llu rows)\n", ta->name,
                    (unsigned long long)ta->n_rows, (unsigned long long)tb->n_rows);
        return FM_OK;
    }
    for (size_t i = 0; i < ta->n_columns && st == FM_OK; i++) {
        size_t k = fm_result_column_named(tb, ta->columns[i].name);
        if (is_timing(c->a, ta, i))
            continue;
        if (k == SIZE_MAX)
            fm_str_addf(&c->report, "%s.%s: only in the first\n", ta->name,
                        ta->columns[i].name);
        else
            st = compare_columns(c, ta, tb, i, k);
    }
    for (size_t k = 0; k < tb->n_columns && st == FM_OK; k++)
        if (fm_result_column_named(ta, tb->columns[k].name) == SIZE_MAX)
            fm_str_addf(&c->report, "%s.%s: only in the second\n", tb->name,
                        tb->columns[k].name);
    return st;
}

static fm_status
compare_all(comparison *c)
{
    fm_status st = FM_OK;

    if (strcmp(fm_result_fact(c->a, "study"), fm_result_fact(c->b, "study")) != 0)
        fm_str_addf(&c->report, "different studies (%s, %s)\n",
                    fm_result_fact(c->a, "study"), fm_result_fact(c->b, "study"));
    for (size_t t = 0; t < c->a->n_tables && st == FM_OK; t++) {
        const fm_result_table *ta = &c->a->tables[t];
        const fm_result_table *tb = fm_result_table_named(c->b, ta->name);
        if (tb == NULL)
            fm_str_addf(&c->report, "%s: only in the first\n", ta->name);
        else
            st = compare_tables(c, ta, tb);
    }
    for (size_t t = 0; t < c->b->n_tables && st == FM_OK; t++)
        if (fm_result_table_named(c->a, c->b->tables[t].name) == NULL)
            fm_str_addf(&c->report, "%s: only in the second\n", c->b->tables[t].name);
    return st;
}

fm_status
fm_result_compare(const fm_result *a, const fm_result *b, uint64_t ulps,
                  char **report_out, fm_error *err)
{
    comparison c = {.a = a, .b = b, .ulps = ulps, .err = err};
    fm_status st = compare_all(&c);

    if (st != FM_OK || c.report.failed) {
        fm_str_free(&c.report);
        return st != FM_OK ? st : FM_FAIL(err, FM_ENOMEM, "out of memory");
    }
    bool equal = c.report.length == 0;
    *report_out = fm_str_take(&c.report);
    if (*report_out == NULL)
        return FM_FAIL(err, FM_ENOMEM, "out of memory");
    return equal ? FM_OK : FM_FAIL(err, FM_EDATA, "the results differ");
}
