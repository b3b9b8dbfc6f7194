/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A selection of a result's table: columns by name, rows by a muParser expression. */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <muParserDLL.h>

#include "app/view.h"
#include "core/text.h"

enum {
    BLOCK = 65536
};

/* ---- columns --------------------------------------------------------------------- */

static fm_status
no_column(const fm_result_table *table, const char *name, fm_error *err)
{
    fm_str names = {0};

    for (size_t k = 0; k < table->n_columns; k++)
        fm_str_addf(&names, "%s%s", k > 0 ? ", " : "", table->columns[k].name);
    (void)FM_FAIL(err, FM_EUSAGE, "table %s has no column '%s'; it has %s", table->name,
                  name, names.data != NULL ? names.data : "none");
    fm_str_free(&names);
    return FM_EUSAGE;
}

static fm_status
choose_columns(fm_view *view, const char *columns, fm_error *err)
{
    const fm_result_table *table = view->table;
    char *copy = fm_strdup(columns != NULL ? columns : "");
    char *save = NULL;

    view->columns = calloc(strlen(columns != NULL ? columns : "") + table->n_columns + 1,
                           sizeof *view->columns);
    if (copy == NULL || view->columns == NULL) {
        free(copy);
        return FM_FAIL(err, FM_ENOMEM, "out of memory");
    }
    for (size_t k = 0; columns == NULL && k < table->n_columns; k++)
        view->columns[view->n_columns++] = k;
    fm_status st = FM_OK;
    for (char *name = strtok_r(copy, ",", &save); name != NULL && st == FM_OK;
         name = strtok_r(NULL, ",", &save)) {
        size_t k = fm_result_column_named(table, name);
        if (k == SIZE_MAX)
            st = no_column(table, name, err);
        else
            view->columns[view->n_columns++] = k;
    }
    free(copy);
    return st;
}

/* ---- rows ------------------------------------------------------------------------ */

/* The variables of one expression: a slot per number or code column that it uses. */
struct filter {
    muParserHandle_t parser;
    double *slots;    /* [n_columns] */
    fm_slice *slices; /* [n_columns] the block in hand */
    bool *used;       /* [n_columns] */
};

static void
ignore_error(muParserHandle_t parser)
{
    (void)parser; /* mupError tells; nothing must be printed here */
}

static bool
is_identifier(const char *text)
{
    if (!isalpha((unsigned char)*text) && *text != '_')
        return false;
    for (; *text != '\0'; text++)
        if (!isalnum((unsigned char)*text) && *text != '_')
            return false;
    return true;
}

/* Words of code columns become constants: `mode == heel_1` for the word heel-1. */
static void
define_words(struct filter *f, const fm_result_table *table, size_t k)
{
    const fm_result_column *column = &table->columns[k];

    for (size_t w = 0; w < column->n_words; w++) {
        char *name = fm_strdup(column->words[w]);
        for (char *p = name; p != NULL && *p != '\0'; p++)
            if (*p == '-' || *p == ' ')
                *p = '_';
        if (name != NULL && is_identifier(name) &&
            fm_result_column_named(table, name) == SIZE_MAX)
            mupDefineConst(f->parser, name, (double)w);
        free(name);
    }
}

/* An expression uses a column when its name stands in the text as a whole word. */
static bool
mentions(const char *text, const char *name)
{
    size_t n = strlen(name);

    for (const char *p = strstr(text, name); p != NULL; p = strstr(p + 1, name)) {
        bool starts = p == text || (!isalnum((unsigned char)p[-1]) && p[-1] != '_');
        bool ends = !isalnum((unsigned char)p[n]) && p[n] != '_';
        if (starts && ends)
            return true;
    }
    return false;
}

static fm_status
define_columns(struct filter *f, const fm_result_table *table, const char *where,
               fm_error *err)
{
    for (size_t k = 0; k < table->n_columns; k++) {
        const fm_result_column *column = &table->columns[k];
        f->used[k] = mentions(where, column->name);
        if (f->used[k] && column->type == FM_TYPE_TEXT)
            return FM_FAIL(
                err, FM_EUSAGE,
                "--where: column '%s' is text; only number and code columns can be "
                "compared",
                column->name);
        if (column->type != FM_TYPE_TEXT)
            mupDefineVar(f->parser, column->name, &f->slots[k]);
        if (column->type == FM_TYPE_CODE)
            define_words(f, table, k);
    }
    return FM_OK;
}

static double
slice_number(const fm_slice *slice, size_t i)
{
    switch (slice->type) {
    case FM_TYPE_REAL:
        return slice->real[i];
    case FM_TYPE_INTEGER:
        return (double)slice->integer[i];
    default:
        return (double)slice->code[i];
    }
}

static fm_status
read_block(const fm_view *view, struct filter *f, uint64_t first, size_t n, fm_error *err)
{
    for (size_t k = 0; k < view->table->n_columns; k++) {
        if (!f->used[k])
            continue;
        fm_slice_free(&f->slices[k]);
        fm_status st =
            fm_result_read(view->result, view->table, k, first, n, &f->slices[k], err);
        if (st != FM_OK)
            return st;
    }
    return FM_OK;
}

static fm_status
evaluate(fm_view *view, struct filter *f, fm_error *err)
{
    const fm_result_table *table = view->table;

    view->n_rows = 0;
    for (uint64_t first = 0; first < table->n_rows; first += BLOCK) {
        size_t n =
            table->n_rows - first < BLOCK ? (size_t)(table->n_rows - first) : BLOCK;
        fm_status st = read_block(view, f, first, n, err);
        if (st != FM_OK)
            return st;
        for (size_t i = 0; i < n; i++) {
            for (size_t k = 0; k < table->n_columns; k++)
                if (f->used[k])
                    f->slots[k] = slice_number(&f->slices[k], i);
            double value = mupEval(f->parser);
            if (mupError(f->parser))
                return FM_FAIL(err, FM_EUSAGE, "--where: %s", mupGetErrorMsg(f->parser));
            view->keep[first + i] = value != 0.0 && value == value;
            view->n_rows += view->keep[first + i];
        }
    }
    return FM_OK;
}

/* Also evaluates once on an empty table, so that a wrong expression is always told. */
static fm_status
choose_rows(fm_view *view, const char *where, fm_error *err)
{
    size_t n = view->table->n_columns;
    struct filter f = {.parser = mupCreate(muBASETYPE_FLOAT),
                       .slots = calloc(n + 1, sizeof(double)),
                       .slices = calloc(n + 1, sizeof(fm_slice)),
                       .used = calloc(n + 1, sizeof(bool))};
    fm_status st = FM_OK;

    view->keep = calloc((size_t)view->table->n_rows + 1, 1);
    if (f.parser == NULL || f.slots == NULL || f.slices == NULL || f.used == NULL ||
        view->keep == NULL) {
        st = FM_FAIL(err, FM_ENOMEM, "out of memory");
        goto done;
    }
    mupSetErrorHandler(f.parser, ignore_error);
    st = define_columns(&f, view->table, where, err);
    if (st != FM_OK)
        goto done;
    mupSetExpr(f.parser, where);
    (void)mupEval(f.parser);
    if (mupError(f.parser))
        st = FM_FAIL(err, FM_EUSAGE, "--where: %s", mupGetErrorMsg(f.parser));
    else
        st = evaluate(view, &f, err);
done:
    for (size_t k = 0; f.slices != NULL && k < n; k++)
        fm_slice_free(&f.slices[k]);
    if (f.parser != NULL)
        mupRelease(f.parser);
    free(f.slots);
    free(f.slices);
    free(f.used);
    return st;
}

/* ---- public ---------------------------------------------------------------------- */

fm_status
fm_view_create(const fm_result *result, const fm_result_table *table, const char *columns,
               const char *where, fm_view *view_out, fm_error *err)
{
    fm_view view = {.result = result, .table = table, .n_rows = table->n_rows};
    fm_status st = choose_columns(&view, columns, err);

    if (st == FM_OK && where != NULL)
        st = choose_rows(&view, where, err);
    if (st != FM_OK) {
        fm_view_free(&view);
        return st;
    }
    *view_out = view;
    return FM_OK;
}

void
fm_view_free(fm_view *view)
{
    free(view->columns);
    free(view->keep);
    *view = (fm_view){0};
}
