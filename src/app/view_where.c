/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of a table for which an expression holds.
 *
 * Contents
 *   1. texts     words in the expression that texts are compared with
 *   2. columns   variables and constants of the expression
 *   3. rows
 *
 * muParser knows numbers only.  A code column is its number, and its words are constants.
 * A text column is the number of its text among those that the expression compares with, 0
 * for any other: enough for == and !=.
 */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <muParserDLL.h>

#include "app/view_where.h"
#include "core/text.h"

enum {
    BLOCK = 65536 /* rows read at a time */
};

/* The variables of one expression: a slot per column that it uses. */
struct filter {
    muParserHandle_t parser;
    double *slots;     /* [n_columns] */
    fm_slice *slices;  /* [n_columns] the block in hand */
    bool *used;        /* [n_columns] */
    fm_str expression; /* with a number in place of each text */
    char **texts;      /* [n_texts] that texts are compared with */
    size_t n_texts;
};

/* ---- 1. texts -------------------------------------------------------------------- */

static fm_status
add_text(struct filter *f, const char *text, size_t length)
{
    char **texts = realloc(f->texts, (f->n_texts + 1) * sizeof *texts);

    if (texts == NULL)
        return FM_ENOMEM;
    f->texts = texts;
    f->texts[f->n_texts] = calloc(length + 1, 1);
    if (f->texts[f->n_texts] == NULL)
        return FM_ENOMEM;
    memcpy(f->texts[f->n_texts++], text, length);
    return FM_OK;
}

/* Its number, from 1; 0 when the expression does not mention it.  A word stands for texts
 * with - or a blank where it has _. */
static double
text_number(const struct filter *f, const char *text)
{
    for (size_t k = 0; k < f->n_texts; k++) {
        const char *a = f->texts[k], *b = text != NULL ? text : "";
        while (*a != '\0' && (*a == *b || (*a == '_' && (*b == '-' || *b == ' '))))
            a++, b++;
        if (*a == '\0' && *b == '\0')
            return (double)(k + 1);
    }
    return 0;
}

static size_t
word_length(const char *text)
{
    size_t n = 0;

    while (isalnum((unsigned char)text[n]) || text[n] == '_')
        n++;
    return n;
}

static const fm_result_column *
text_column(const fm_result_table *table, const char *word, size_t length)
{
    for (size_t k = 0; k < table->n_columns; k++)
        if (table->columns[k].type == FM_TYPE_TEXT &&
            strlen(table->columns[k].name) == length &&
            strncmp(table->columns[k].name, word, length) == 0)
            return &table->columns[k];
    return NULL;
}

/* What a text column at *at is compared with; both become names of numbers. */
static fm_status
take_comparison(struct filter *f, const char **at, size_t length, fm_error *err)
{
    const char *p = *at + length;

    p += strspn(p, " ");
    const char *operator= p;
    if (strncmp(p, "==", 2) != 0 && strncmp(p, "!=", 2) != 0)
        return FM_FAIL(err, FM_EUSAGE,
                       "--where: column '%.*s' is text: compare it as in %.*s == \"%s\"",
                       (int)length, *at, (int)length, *at, "some text");
    p += 2 + strspn(p + 2, " ");
    bool quoted = *p == '\'' || *p == '"';
    const char *end = quoted ? strchr(p + 1, *p) : p + word_length(p);
    if (end == NULL || end == p)
        return FM_FAIL(err, FM_EUSAGE,
                       "--where: a word or \"a text\" is missing here: %s", *at);
    if (add_text(f, p + quoted, (size_t)(end - p) - quoted) != FM_OK)
        return FM_FAIL(err, FM_ENOMEM, "out of memory");
    fm_str_addf(&f->expression, "%.*s %.2s %zu", (int)length, *at, operator, f->n_texts);
    *at = end + quoted;
    return FM_OK;
}

/* Copies the expression with each comparison of texts as one of numbers. */
static fm_status
take_texts(struct filter *f, const fm_result_table *table, const char *where,
           fm_error *err)
{
    fm_status st = FM_OK;

    for (const char *p = where; *p != '\0' && st == FM_OK;) {
        size_t n = word_length(p);
        if (n > 0 && text_column(table, p, n) != NULL) {
            st = take_comparison(f, &p, n, err);
            continue;
        }
        n = n > 0 ? n : 1;
        fm_str_add_bytes(&f->expression, p, n);
        p += n;
    }
    if (st == FM_OK && f->expression.failed)
        st = FM_FAIL(err, FM_ENOMEM, "out of memory");
    return st;
}

/* ---- 2. columns ------------------------------------------------------------------ */

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

static void
define_columns(struct filter *f, const fm_result_table *table)
{
    const char *text = f->expression.data != NULL ? f->expression.data : "";

    for (size_t k = 0; k < table->n_columns; k++) {
        const fm_result_column *column = &table->columns[k];
        f->used[k] = mentions(text, column->name);
        mupDefineVar(f->parser, column->name, &f->slots[k]);
        if (column->type == FM_TYPE_CODE)
            define_words(f, table, k);
    }
}

/* ---- 3. rows --------------------------------------------------------------------- */

static double
slice_number(const struct filter *f, const fm_slice *slice, size_t i)
{
    switch (slice->type) {
    case FM_TYPE_TEXT:
        return text_number(f, slice->text[i]);
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
                    f->slots[k] = slice_number(f, &f->slices[k], i);
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
filter_rows(fm_view *view, struct filter *f, const char *where, fm_error *err)
{
    fm_status st = take_texts(f, view->table, where, err);

    if (st != FM_OK)
        return st;
    mupSetErrorHandler(f->parser, ignore_error);
    define_columns(f, view->table);
    mupSetExpr(f->parser, f->expression.data != NULL ? f->expression.data : "");
    (void)mupEval(f->parser);
    if (mupError(f->parser))
        return FM_FAIL(err, FM_EUSAGE, "--where: %s", mupGetErrorMsg(f->parser));
    return evaluate(view, f, err);
}

fm_status
fm_view_where(fm_view *view, const char *where, fm_error *err)
{
    size_t n = view->table->n_columns;
    struct filter f = {.parser = mupCreate(muBASETYPE_FLOAT),
                       .slots = calloc(n + 1, sizeof(double)),
                       .slices = calloc(n + 1, sizeof(fm_slice)),
                       .used = calloc(n + 1, sizeof(bool))};

    view->keep = calloc((size_t)view->table->n_rows + 1, 1);
    fm_status st = f.parser == NULL || f.slots == NULL || f.slices == NULL ||
                           f.used == NULL || view->keep == NULL
                       ? FM_FAIL(err, FM_ENOMEM, "out of memory")
                       : filter_rows(view, &f, where, err);
    for (size_t k = 0; f.slices != NULL && k < n; k++)
        fm_slice_free(&f.slices[k]);
    for (size_t k = 0; k < f.n_texts; k++)
        free(f.texts[k]);
    if (f.parser != NULL)
        mupRelease(f.parser);
    free(f.texts);
    fm_str_free(&f.expression);
    free(f.slots);
    free(f.slices);
    free(f.used);
    return st;
}
