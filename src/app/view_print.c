/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints a view as aligned text, CSV or JSON, a block of rows at a time. */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "app/view.h"
#include "core/text.h"

enum {
    BLOCK = 4096
};

/* ---- walking over the selected rows ---------------------------------------------- */

/* One block: the chosen columns of rows [first, first + n). */
struct block {
    uint64_t first;
    size_t n;
    fm_slice *slices; /* [n_columns of the view] */
};

static void
block_free(const fm_view *view, struct block *b)
{
    for (size_t c = 0; b->slices != NULL && c < view->n_columns; c++)
        fm_slice_free(&b->slices[c]);
    free(b->slices);
    b->slices = NULL;
}

static fm_status
block_read(const fm_view *view, uint64_t first, struct block *b, fm_error *err)
{
    uint64_t left = view->table->n_rows - first;

    *b = (struct block){.first = first,
                        .n = left < BLOCK ? (size_t)left : BLOCK,
                        .slices = calloc(view->n_columns + 1, sizeof(fm_slice))};
    if (b->slices == NULL)
        return FM_FAIL(err, FM_ENOMEM, "out of memory");
    for (size_t c = 0; c < view->n_columns; c++) {
        fm_status st = fm_result_read(view->result, view->table, view->columns[c], first,
                                      b->n, &b->slices[c], err);
        if (st != FM_OK) {
            block_free(view, b);
            return st;
        }
    }
    return FM_OK;
}

static bool
kept(const fm_view *view, const struct block *b, size_t i)
{
    return view->keep == NULL || view->keep[b->first + i];
}

static const char *
code_word(const fm_result_column *column, int8_t code)
{
    return code >= 0 && (size_t)code < column->n_words ? column->words[code] : "";
}

/* ---- JSON ------------------------------------------------------------------------ */

void
fm_json_text(const char *text, FILE *to)
{
    fm_str s = {0};

    fm_str_add_json(&s, text);
    if (s.data != NULL)
        fputs(s.data, to);
    fm_str_free(&s);
}

void
fm_json_number(double x, FILE *to)
{
    json_t *number = isfinite(x) ? json_real(x) : json_null();

    (void)json_dumpf(number, to, JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));
    json_decref(number);
}

static void
json_cell(const fm_result_column *column, const fm_slice *slice, size_t i, FILE *to)
{
    switch (slice->type) {
    case FM_TYPE_REAL:
        fm_json_number(slice->real[i], to);
        break;
    case FM_TYPE_INTEGER:
        fprintf(to, "%" PRId64, slice->integer[i]);
        break;
    case FM_TYPE_CODE:
        fm_json_text(code_word(column, slice->code[i]), to);
        break;
    default:
        fm_json_text(slice->text[i] != NULL ? slice->text[i] : "", to);
    }
}

static fm_status
json_column(const fm_view *view, size_t c, FILE *to, fm_error *err)
{
    const fm_result_column *column = &view->table->columns[view->columns[c]];
    bool comma = false;

    fm_json_text(column->name, to);
    fputs(":{\"units\":", to);
    fm_json_text(column->unit, to);
    fputs(",\"term\":", to);
    fm_json_text(column->term, to);
    fputs(",\"values\":[", to);
    for (uint64_t first = 0; first < view->table->n_rows; first += BLOCK) {
        uint64_t left = view->table->n_rows - first;
        fm_slice slice = {0};
        struct block b = {.first = first, .n = left < BLOCK ? (size_t)left : BLOCK};
        fm_status st = fm_result_read(view->result, view->table, view->columns[c], first,
                                      b.n, &slice, err);
        if (st != FM_OK)
            return st;
        for (size_t i = 0; i < b.n; i++) {
            if (!kept(view, &b, i))
                continue;
            if (comma)
                putc(',', to);
            comma = true;
            json_cell(column, &slice, i, to);
        }
        fm_slice_free(&slice);
    }
    fputs("]}", to);
    return FM_OK;
}

fm_status
fm_view_json(const fm_view *view, FILE *to, fm_error *err)
{
    fprintf(to, "{\"rows\":%" PRIu64 ",\"columns\":{", view->n_rows);
    for (size_t c = 0; c < view->n_columns; c++) {
        if (c > 0)
            fputs(",\n  ", to);
        fm_status st = json_column(view, c, to, err);
        if (st != FM_OK)
            return st;
    }
    fputs("}}", to);
    return FM_OK;
}

/* ---- CSV ------------------------------------------------------------------------- */

/* Quotes as RFC 4180 asks, and also what a spreadsheet would take for a formula. */
static void
csv_text(const char *text, FILE *to)
{
    if (*text == '\0' ||
        (strpbrk(text, ",\"\r\n") == NULL && strchr("=+-@", *text) == NULL)) {
        fputs(text, to);
        return;
    }
    putc('"', to);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            putc('"', to);
        putc(*text, to);
    }
    putc('"', to);
}

static void
csv_cell(const fm_result_column *column, const fm_slice *slice, size_t i, FILE *to)
{
    switch (slice->type) {
    case FM_TYPE_REAL:
        if (!isnan(slice->real[i])) {
            char number[FM_NUMBER_TEXT];
            fputs(fm_number_text(slice->real[i], number), to);
        }
        break;
    case FM_TYPE_INTEGER:
        fprintf(to, "%" PRId64, slice->integer[i]);
        break;
    case FM_TYPE_CODE:
        csv_text(code_word(column, slice->code[i]), to);
        break;
    default:
        csv_text(slice->text[i] != NULL ? slice->text[i] : "", to);
    }
}

static void
csv_header(const fm_view *view, FILE *to)
{
    for (size_t c = 0; c < view->n_columns; c++) {
        const fm_result_column *column = &view->table->columns[view->columns[c]];
        fm_str s = {0};
        fm_str_add(&s, column->name);
        if (*column->unit != '\0' && strcmp(column->unit, "1") != 0)
            fm_str_addf(&s, " [%s]", column->unit);
        if (c > 0)
            putc(',', to);
        csv_text(s.data != NULL ? s.data : column->name, to);
        fm_str_free(&s);
    }
    putc('\n', to);
}

fm_status
fm_view_csv(const fm_view *view, FILE *to, fm_error *err)
{
    csv_header(view, to);
    for (uint64_t first = 0; first < view->table->n_rows; first += BLOCK) {
        struct block b;
        fm_status st = block_read(view, first, &b, err);
        if (st != FM_OK)
            return st;
        for (size_t i = 0; i < b.n; i++) {
            for (size_t c = 0; kept(view, &b, i) && c < view->n_columns; c++) {
                if (c > 0)
                    putc(',', to);
                csv_cell(&view->table->columns[view->columns[c]], &b.slices[c], i, to);
            }
            if (kept(view, &b, i))
                putc('\n', to);
        }
        block_free(view, &b);
    }
    return FM_OK;
}

/* ---- aligned text ---------------------------------------------------------------- */

static char *
text_cell(const fm_result_column *column, const fm_slice *slice, size_t i)
{
    fm_str s = {0};

    switch (slice->type) {
    case FM_TYPE_REAL:
        if (isnan(slice->real[i]))
            fm_str_add(&s, "-");
        else
            fm_str_addf(&s, "%.8g", slice->real[i]);
        break;
    case FM_TYPE_INTEGER:
        fm_str_addf(&s, "%" PRId64, slice->integer[i]);
        break;
    case FM_TYPE_CODE:
        fm_str_add(&s, code_word(column, slice->code[i]));
        break;
    default:
        fm_str_add_escaped(&s, slice->text[i] != NULL ? slice->text[i] : "");
    }
    return fm_str_take(&s);
}

/* Columns on a terminal count characters, not bytes. */
static int
text_width(const char *text)
{
    int n = 0;

    for (; *text != '\0'; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static void
pad(const char *text, int width, bool left, FILE *to)
{
    int blanks = width - text_width(text);

    if (left)
        fprintf(to, "%s%*s", text, blanks > 0 ? blanks : 0, "");
    else
        fprintf(to, "%*s%s", blanks > 0 ? blanks : 0, "", text);
}

static void
text_header(const fm_view *view, const int *widths, FILE *to)
{
    for (int units = 0; units < 2; units++) {
        for (size_t c = 0; c < view->n_columns; c++) {
            const fm_result_column *column = &view->table->columns[view->columns[c]];
            bool left = column->type == FM_TYPE_TEXT || column->type == FM_TYPE_CODE;
            pad(units ? column->unit : column->name, widths[c], left, to);
            fputs(c + 1 < view->n_columns ? "  " : "\n", to);
        }
    }
}

/* Widths come from the header and the first block; a longer cell later just sticks
 * out. */
static int *
text_widths(const fm_view *view, const struct block *b)
{
    int *widths = calloc(view->n_columns + 1, sizeof *widths);

    for (size_t c = 0; widths != NULL && c < view->n_columns; c++) {
        const fm_result_column *column = &view->table->columns[view->columns[c]];
        int unit = text_width(column->unit);
        widths[c] = text_width(column->name);
        widths[c] = unit > widths[c] ? unit : widths[c];
        for (size_t i = 0; i < b->n; i++) {
            char *cell = kept(view, b, i) ? text_cell(column, &b->slices[c], i) : NULL;
            int w = cell != NULL ? text_width(cell) : 0;
            widths[c] = w > widths[c] ? w : widths[c];
            free(cell);
        }
    }
    return widths;
}

static void
text_row(const fm_view *view, const struct block *b, size_t i, const int *widths,
         FILE *to)
{
    for (size_t c = 0; c < view->n_columns; c++) {
        const fm_result_column *column = &view->table->columns[view->columns[c]];
        bool left = column->type == FM_TYPE_TEXT || column->type == FM_TYPE_CODE;
        bool last = c + 1 == view->n_columns;
        char *cell = text_cell(column, &b->slices[c], i);
        pad(cell != NULL ? cell : "", left && last ? 0 : widths[c], left, to);
        fputs(last ? "\n" : "  ", to);
        free(cell);
    }
}

fm_status
fm_view_text(const fm_view *view, FILE *to, fm_error *err)
{
    int *widths = NULL;
    fm_status st = FM_OK;
    uint64_t first = 0;

    do {
        struct block b;
        st = block_read(view, first, &b, err);
        if (st != FM_OK)
            break;
        if (widths == NULL)
            widths = text_widths(view, &b);
        if (widths == NULL) {
            block_free(view, &b);
            st = FM_FAIL(err, FM_ENOMEM, "out of memory");
            break;
        }
        if (first == 0)
            text_header(view, widths, to);
        for (size_t i = 0; i < b.n; i++)
            if (kept(view, &b, i))
                text_row(view, &b, i, widths, to);
        block_free(view, &b);
        first += BLOCK;
    } while (st == FM_OK && first < view->table->n_rows);
    free(widths);
    return st;
}
