/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A result in memory for tests: stands in for the reader of core/result.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "report/fake_result.h"

enum {
    TABLES_MAX = 8,
    COLUMNS_MAX = 12,
    FACTS_MAX = 24,
    VERDICTS_MAX = 8
};

struct fm_result {
    const char *facts[FACTS_MAX][2];
    size_t n_facts;
    fm_result_table tables[TABLES_MAX];
    uint64_t rows[TABLES_MAX];
    fm_result_column columns[TABLES_MAX][COLUMNS_MAX];
    void *values[TABLES_MAX][COLUMNS_MAX];
    size_t n_tables;
    fm_result_verdict verdicts[VERDICTS_MAX];
    size_t n_verdicts;
};

fm_result *
fm_fake_create(void)
{
    fm_result *r = calloc(1, sizeof *r);

    if (r == NULL)
        abort();
    return r;
}

void
fm_fake_fact(fm_result *r, const char *name, const char *value)
{
    r->facts[r->n_facts][0] = name;
    r->facts[r->n_facts++][1] = value;
}

void
fm_fake_table(fm_result *r, const char *name, const char *long_name, size_t n_rows,
              const char *signal)
{
    size_t i = r->n_tables++;

    r->rows[i] = n_rows;
    r->tables[i] = (fm_result_table){.name = name,
                                     .long_name = long_name,
                                     .signal = signal,
                                     .n_rows = n_rows,
                                     .n_dims = 1,
                                     .dims = &r->rows[i],
                                     .columns = r->columns[i]};
}

static fm_result_column *
add_column(fm_result *r, fm_result_column column, const void *x, size_t size)
{
    size_t i = r->n_tables - 1;
    size_t k = r->tables[i].n_columns++;
    size_t n = (size_t)r->rows[i] * size;

    r->columns[i][k] = column;
    r->values[i][k] = malloc(n + 1);
    if (r->values[i][k] == NULL)
        abort();
    if (n > 0)
        memcpy(r->values[i][k], x, n);
    return &r->columns[i][k];
}

fm_result_column *
fm_fake_real(fm_result *r, const char *name, const char *unit, const char *long_name,
             const char *term, const double *x)
{
    fm_result_column c = {.name = name,
                          .type = FM_TYPE_REAL,
                          .unit = unit,
                          .long_name = long_name,
                          .term = term};

    return add_column(r, c, x, sizeof *x);
}

fm_result_column *
fm_fake_integer(fm_result *r, const char *name, const char *long_name, const int64_t *x)
{
    fm_result_column c = {.name = name,
                          .type = FM_TYPE_INTEGER,
                          .unit = "1",
                          .long_name = long_name,
                          .term = ""};

    return add_column(r, c, x, sizeof *x);
}

fm_result_column *
fm_fake_text(fm_result *r, const char *name, const char *long_name, const char *const *x)
{
    fm_result_column c = {.name = name,
                          .type = FM_TYPE_TEXT,
                          .unit = "",
                          .long_name = long_name,
                          .term = ""};

    return add_column(r, c, x, sizeof *x);
}

fm_result_column *
fm_fake_code(fm_result *r, const char *name, const char *long_name,
             const char *const *words, size_t n_words, const int8_t *x)
{
    fm_result_column c = {.name = name,
                          .type = FM_TYPE_CODE,
                          .unit = "1",
                          .long_name = long_name,
                          .term = "",
                          .words = words,
                          .n_words = n_words};

    return add_column(r, c, x, sizeof *x);
}

void
fm_fake_verdict(fm_result *r, const fm_result_verdict *verdict)
{
    r->verdicts[r->n_verdicts++] = *verdict;
}

/* ---- the reader ----------------------------------------------------------------------
 */

fm_status
fm_result_open(const char *path, fm_result **out, fm_error *err)
{
    (void)out;
    return FM_FAIL(err, FM_ENOINPUT, "fake: '%s'", path);
}

void
fm_result_close(fm_result *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < r->n_tables; i++)
        for (size_t k = 0; k < r->tables[i].n_columns; k++)
            free(r->values[i][k]);
    free(r);
}

const char *
fm_result_fact(const fm_result *r, const char *name)
{
    for (size_t i = 0; i < r->n_facts; i++)
        if (strcmp(r->facts[i][0], name) == 0)
            return r->facts[i][1];
    return "";
}

const fm_result_table *
fm_result_tables(const fm_result *r, size_t *n_out)
{
    *n_out = r->n_tables;
    return r->tables;
}

const fm_result_table *
fm_result_table_named(const fm_result *r, const char *name)
{
    for (size_t i = 0; i < r->n_tables; i++)
        if (strcmp(r->tables[i].name, name) == 0)
            return &r->tables[i];
    return NULL;
}

const fm_result_table *
fm_result_points(const fm_result *r)
{
    return fm_result_table_named(r, "points");
}

size_t
fm_result_column_named(const fm_result_table *table, const char *name)
{
    for (size_t k = 0; k < table->n_columns; k++)
        if (strcmp(table->columns[k].name, name) == 0)
            return k;
    return SIZE_MAX;
}

static void *
copy_part(const void *values, uint64_t first, size_t n, size_t size)
{
    void *part = malloc(n * size + 1);

    if (part == NULL)
        abort();
    memcpy(part, (const char *)values + first * size, n * size);
    return part;
}

fm_status
fm_result_read(const fm_result *r, const fm_result_table *table, size_t column,
               uint64_t first, size_t n, fm_slice *out, fm_error *err)
{
    size_t i = (size_t)(table - r->tables);
    const void *values = r->values[i][column];

    if (first + n > r->rows[i])
        return FM_FAIL(err, FM_EINTERNAL, "fake: rows out of range");
    *out = (fm_slice){.type = table->columns[column].type, .n = n};
    if (out->type == FM_TYPE_REAL) {
        out->real = copy_part(values, first, n, sizeof *out->real);
    } else if (out->type == FM_TYPE_INTEGER) {
        out->integer = copy_part(values, first, n, sizeof *out->integer);
    } else if (out->type == FM_TYPE_CODE) {
        out->code = copy_part(values, first, n, sizeof *out->code);
    } else {
        const char *const *texts = values;
        out->text = calloc(n + 1, sizeof *out->text);
        if (out->text == NULL)
            abort();
        for (size_t k = 0; k < n; k++)
            out->text[k] = fm_strdup(texts[first + k]);
    }
    return FM_OK;
}

void
fm_slice_free(fm_slice *slice)
{
    for (size_t i = 0; slice->text != NULL && i < slice->n; i++)
        free(slice->text[i]);
    free(slice->text);
    free(slice->real);
    free(slice->integer);
    free(slice->code);
    *slice = (fm_slice){0};
}

fm_status
fm_result_verdicts(const fm_result *r, fm_result_verdict **out, size_t *n_out,
                   fm_error *err)
{
    (void)err;
    *out = copy_part(r->verdicts, 0, r->n_verdicts, sizeof **out);
    *n_out = r->n_verdicts;
    return FM_OK;
}

void
fm_result_verdicts_free(fm_result_verdict *verdicts, size_t n)
{
    (void)n;
    free(verdicts);
}

fm_status
fm_result_verify(const fm_result *r, char digest_out[FM_DIGEST_TEXT], fm_error *err)
{
    (void)err;
    (void)snprintf(digest_out, FM_DIGEST_TEXT, "%s", fm_result_fact(r, "digest"));
    return FM_OK;
}

fm_status
fm_result_compare(const fm_result *a, const fm_result *b, uint64_t ulps,
                  char **report_out, fm_error *err)
{
    (void)a;
    (void)b;
    (void)ulps;
    (void)err;
    *report_out = fm_strdup("");
    return FM_OK;
}
