/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measured data from CSV (libcsv): the file, its lines and records, and what is wrong
 * there.
 *
 * Contents
 *   1. state and messages      4. bytes and lines
 *   2. header                  5. input
 *   3. records                 6. public: row by row, and whole
 *
 * The parser gets whole lines, one at a time, so that every row knows its line; a line
 * that does not end a record ended inside a quoted cell.  The cells of a record are kept
 * until it ends, so that a ragged row gives one message, not one per shifted cell.
 */
#include "config.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <csv.h>
#include <nettle/sha2.h>

#include "core/csv.h"
#include "core/csv_columns.h"
#include "core/text.h"

enum {
    BLOCK = 1 << 20, /* bytes read at once; also the longest line and record */
    ROWS_MIN = 256,
    CELLS_MIN = 1024,
    PARSER_STEP = 1 << 16, /* bytes by which the parser's cell grows */
    NAMES_SHOWN = 20       /* of the columns found, in a hint */
};

/* ---- 1. state and messages ------------------------------------------------------- */

typedef struct kept_cell {
    size_t offset; /* in reader.cells */
    bool wanted;
} kept_cell;

typedef struct fm_csv_reader reader;

struct fm_csv_reader {
    const fm_csv_source *source;
    fm_csv_columns *columns;
    const fm_csv_column *wanted; /* [n_wanted] */
    size_t n_wanted;
    fm_diags *diags;
    const char *file; /* in messages */
    size_t n_errors;
    fm_status status; /* FM_OK until something ends the reading */

    FILE *stream; /* NULL: inline text */
    size_t text_read;
    struct sha256_ctx sha;
    char *buffer; /* [BLOCK]; bytes [begin, end) are not taken yet */
    size_t begin, end;
    size_t next_lf, next_cr; /* places in the buffer, or `end` */
    bool at_end;             /* the input has no more */

    struct csv_parser parser;
    uint64_t line;        /* being taken, from 1 */
    uint64_t record_line; /* on which the record began */
    size_t record_bytes;
    bool record_ended;
    bool record_open; /* the line before ended inside a quoted cell */

    char *cells; /* bytes of the record's wanted cells (all of the header's), with NULs */
    size_t cells_used, cells_size;
    kept_cell *cell; /* [cell_size] */
    size_t cell_size;
    size_t n_cells;  /* of the record so far */
    size_t n_header; /* cells of the header; 0: not taken yet */

    uint64_t *lines; /* [lines_size] line of each row that is held */
    size_t lines_size;
    size_t n_rows;       /* held */
    uint64_t n_rows_all; /* read so far */
    bool ended;
    char *bytes; /* what `buffer` points to */
};

/* Inline text stands in the scenario: its lines count from there. */
static uint64_t
place_of(const reader *r, uint64_t line)
{
    return line + (uint64_t)r->source->first_line - 1;
}

static fm_mark
mark_of(const reader *r, uint64_t line)
{
    uint64_t place = place_of(r, line);

    return (fm_mark){place < INT32_MAX ? (int)place : INT32_MAX, 0};
}

static void
out_of_memory(reader *r)
{
    if (r->status == FM_OK)
        fm_diag_error(r->diags, FM_ENOMEM, r->file, mark_of(r, r->line), NULL,
                      "out of memory while reading the data");
    r->status = FM_ENOMEM;
}

static void
report(reader *r, uint64_t line, const char *hint, const char *text)
{
    r->n_errors++;
    fm_diag_error(r->diags, FM_EDATA, r->file, mark_of(r, line), hint, "%s", text);
}

/* An error after which the rest of the file has no meaning. */
static void
report_last(reader *r, uint64_t line, const char *hint, const char *text)
{
    report(r, line, hint, text);
    r->status = FM_EDATA;
}

/* ---- 2. header ------------------------------------------------------------------- */

static void
add_file_hint(const reader *r, fm_str *s, const fm_csv_header *header)
{
    const char *first = header->names[0];

    if (header->n == 1 && strchr(first, ';') != NULL)
        fm_str_add(s,
                   "the header is separated by ';': save the file with ',' between cells "
                   "and '.' as decimal sign; ");
    else if (header->n == 1 && strchr(first, '\t') != NULL)
        fm_str_add(s, "the header is separated by tabs: save the file with ',' between "
                      "cells; ");
    else if (fm_csv_is_number(r->columns, first))
        fm_str_add(s, "the first line must name the columns; ");
}

/* What may be wrong with the name or the file, and the columns that were found. */
static char *
header_hint(const reader *r, const fm_csv_header *header, const char *wanted)
{
    fm_str s = {0};
    const char *nearest = fm_csv_nearest(header, wanted);

    add_file_hint(r, &s, header);
    if (nearest != NULL)
        fm_str_addf(&s, "did you mean '%s'? ", nearest);
    fm_str_add(&s, "columns found: ");
    for (size_t i = 0; i < header->n && i < NAMES_SHOWN; i++)
        fm_str_addf(&s, "%s'%.60s'", i > 0 ? ", " : "", header->names[i]);
    if (header->n > NAMES_SHOWN)
        fm_str_addf(&s, " and %zu more", header->n - NAMES_SHOWN);
    return fm_str_take(&s);
}

/* A column that the scenario names is missed there, others in the header of the file. */
static void
report_missing(reader *r, const fm_csv_header *header, const fm_csv_column *wanted)
{
    bool in_scenario = wanted->mark.line > 0 && r->source->scenario != NULL;
    char *hint = header_hint(r, header, wanted->name);

    r->n_errors++;
    fm_diag_error(r->diags, FM_EDATA, in_scenario ? r->source->scenario : r->file,
                  in_scenario ? wanted->mark : mark_of(r, header->line), hint,
                  "no column '%s' in '%s'", wanted->name, r->source->name);
    free(hint);
}

static void
match_column(reader *r, size_t k, const fm_csv_header *header)
{
    const char *name = r->wanted[k].name;
    fm_error err = FM_ERROR_INIT;
    char text[512];

    switch (fm_csv_columns_match(r->columns, k, header, &err)) {
    case FM_CSV_FOUND:
        r->cell[fm_csv_columns_cell(r->columns, k)].wanted = true;
        break;
    case FM_CSV_ABSENT:
        break;
    case FM_CSV_MISSING:
        report_missing(r, header, &r->wanted[k]);
        break;
    case FM_CSV_TWICE:
        (void)snprintf(text, sizeof text,
                       "column '%.100s' stands more than once in the header", name);
        report(r, header->line, "rename one of them", text);
        break;
    case FM_CSV_UNIT:
        (void)snprintf(text, sizeof text, "column '%.100s': %s", name, err.text);
        report(r, header->line, NULL, text);
        break;
    case FM_CSV_NOMEM:
        out_of_memory(r);
        break;
    }
}

/* Without a single column there is no use in going on. */
static void
take_header(reader *r)
{
    const char **names = calloc(r->n_cells, sizeof *names);
    size_t errors_before = r->n_errors;
    size_t n_found = 0;

    if (names == NULL) {
        out_of_memory(r);
        return;
    }
    for (size_t i = 0; i < r->n_cells; i++)
        names[i] = r->cells + r->cell[i].offset;
    fm_csv_header header = {names, r->n_cells, r->record_line};
    for (size_t k = 0; k < r->n_wanted && r->status == FM_OK; k++) {
        match_column(r, k, &header);
        n_found += fm_csv_columns_cell(r->columns, k) != SIZE_MAX;
    }
    r->n_header = r->n_cells;
    if (n_found == 0 && r->n_errors > errors_before && r->status == FM_OK)
        r->status = FM_EDATA;
    free(names);
}

/* ---- 3. records ------------------------------------------------------------------ */

static const char *
cell_hint(const reader *r, const char *cell)
{
    size_t n = strspn(cell, "+-0123456789");

    if (n > 0 && cell[n] == ',')
        return "write the decimal sign as a point: 1.5, not 1,5";
    if (fm_csv_is_number(r->columns, cell))
        return NULL;
    n = strspn(cell, "+-.0123456789");
    if (n > 0 && strchr(" %abcdfghijklmnopqrstuvwxyzABCDFGHIJKLMNOPQRSTUVWXYZ", cell[n]))
        return cell[n] != '\0' ? "a unit belongs into the header: force [gf]" : NULL;
    return NULL;
}

/* Once the list of messages is full, errors are only counted. */
static void
put_cell(reader *r, size_t k, const char *cell)
{
    bool tell = r->n_errors < FM_DIAG_MAX;
    fm_error err = FM_ERROR_INIT;
    char text[512];

    fm_status st = fm_csv_columns_put(r->columns, k, r->n_rows, cell, tell ? &err : NULL);
    if (st == FM_OK)
        return;
    if (st == FM_ENOMEM) {
        out_of_memory(r);
        return;
    }
    if (!tell) {
        report(r, r->record_line, NULL, "");
        return;
    }
    const fm_csv_column *wanted = &r->wanted[k];
    bool renamed = wanted->key != NULL && strcmp(wanted->key, wanted->name) != 0;
    (void)snprintf(text, sizeof text, "column '%.100s'%s%.60s%s: %s", wanted->name,
                   renamed ? " (" : "", renamed ? wanted->key : "", renamed ? ")" : "",
                   err.text);
    report(r, r->record_line, cell_hint(r, cell), text);
}

static void
report_ragged(reader *r)
{
    char text[128];

    (void)snprintf(text, sizeof text, "this row has %zu cell%s, the header has %zu",
                   r->n_cells, r->n_cells == 1 ? "" : "s", r->n_header);
    report(r, r->record_line,
           r->n_cells > r->n_header
               ? "is there a decimal comma, or a ',' in a text without quotes?"
               : NULL,
           text);
}

static bool
reserve_row(reader *r)
{
    if (r->n_rows == r->lines_size) {
        size_t n = r->lines_size < ROWS_MIN ? ROWS_MIN : r->lines_size * 2;
        uint64_t *lines = realloc(r->lines, n * sizeof *lines);
        if (lines == NULL)
            return false;
        r->lines = lines;
        r->lines_size = n;
    }
    return fm_csv_columns_reserve(r->columns, r->n_rows) == FM_OK;
}

static void
take_row(reader *r)
{
    if (r->n_cells != r->n_header) {
        report_ragged(r);
        return;
    }
    if (!reserve_row(r)) {
        out_of_memory(r);
        return;
    }
    for (size_t k = 0; k < r->n_wanted; k++) {
        size_t cell = fm_csv_columns_cell(r->columns, k);
        if (cell != SIZE_MAX)
            put_cell(r, k, r->cells + r->cell[cell].offset);
    }
    r->lines[r->n_rows++] = place_of(r, r->record_line);
    r->n_rows_all++;
}

/* Keeps a copy of a cell: the parser reuses its memory. */
static void
keep_cell(reader *r, const char *bytes, size_t length)
{
    if (r->cells_used + length + 1 > r->cells_size) {
        size_t size = r->cells_size < CELLS_MIN ? CELLS_MIN : r->cells_size;
        while (size < r->cells_used + length + 1)
            size *= 2;
        char *cells = realloc(r->cells, size);
        if (cells == NULL) {
            out_of_memory(r);
            return;
        }
        r->cells = cells;
        r->cells_size = size;
    }
    memcpy(r->cells + r->cells_used, bytes, length);
    r->cells[r->cells_used + length] = '\0';
    r->cell[r->n_cells].offset = r->cells_used;
    r->cells_used += length + 1;
}

static void
on_cell(void *bytes, size_t length, void *arg)
{
    reader *r = arg;

    if (r->status != FM_OK)
        return;
    if (r->n_header == 0 && r->n_cells == r->cell_size) {
        size_t n = r->cell_size * 2 + 16;
        kept_cell *cell = realloc(r->cell, n * sizeof *cell);
        if (cell == NULL) {
            out_of_memory(r);
            return;
        }
        memset(cell + r->cell_size, 0, (n - r->cell_size) * sizeof *cell);
        r->cell = cell;
        r->cell_size = n;
    }
    if (r->n_header == 0 || (r->n_cells < r->n_header && r->cell[r->n_cells].wanted))
        keep_cell(r, bytes, length);
    r->n_cells++;
}

/* The parser reports each line end, that of blank lines too. */
static void
on_record(int end, void *arg)
{
    reader *r = arg;

    (void)end;
    r->record_ended = true;
    if (r->n_cells > 0 && r->status == FM_OK) {
        if (r->n_header == 0)
            take_header(r);
        else
            take_row(r);
    }
    r->n_cells = 0;
    r->cells_used = 0;
}

/* ---- 4. bytes and lines ---------------------------------------------------------- */

/* Index of the first byte that may be wrong: a control byte other than tab, or not ASCII.
 * Eight bytes at a time: the high bit of w - 0x20 is set by bytes below 0x20. */
static size_t
first_odd_byte(const char *bytes, size_t n)
{
    const uint64_t high = UINT64_C(0x8080808080808080);
    const uint64_t space = UINT64_C(0x2020202020202020);
    size_t i = 0;

    for (; i + 8 <= n; i += 8) {
        uint64_t w;
        memcpy(&w, bytes + i, sizeof w);
        if (((w | (w - space)) & high) != 0)
            break;
    }
    while (i < n && (unsigned char)bytes[i] >= 0x20 && (unsigned char)bytes[i] < 0x80)
        i++;
    return i;
}

/* True when the line is text; else says what is not. */
static bool
check_text(reader *r, const char *bytes, size_t n)
{
    char text[80];

    for (size_t i = first_odd_byte(bytes, n); i < n;
         i += first_odd_byte(bytes + i, n - i)) {
        const unsigned char *p = (const unsigned char *)bytes + i;
        size_t step = fm_utf8_length(p, n - i);
        if (step == 0) {
            (void)snprintf(text, sizeof text, "byte 0x%02x is not UTF-8 text", *p);
            report(r, r->line, "save the file as UTF-8", text);
            return false;
        }
        if (*p < 0x20 && *p != '\t' && *p != '\r' && *p != '\n') {
            (void)snprintf(text, sizeof text, "control byte 0x%02x in the text", *p);
            report(r, r->line, *p == 0 ? "is this a CSV file in UTF-8?" : NULL, text);
            return false;
        }
        i += step;
    }
    return true;
}

static void
report_quote(reader *r)
{
    report_last(r, r->line,
                "a cell with a quote inside is written \"5\"\" wafer\": in quotes, and "
                "the quote doubled",
                "a quote stands in the middle of a cell");
}

/* Gives the parser one line with its end. */
static void
take_line(reader *r, const char *bytes, size_t n)
{
    r->line++;
    if (!r->record_open) {
        r->record_line = r->line;
        r->record_bytes = 0;
        if (n > 0 && bytes[0] == '#')
            return;
    }
    r->record_bytes += n;
    if (r->record_bytes > BLOCK) {
        report_last(r, r->record_line, "is a closing quote missing?",
                    "the record that begins here has more than 1 MiB");
        return;
    }
    if (!check_text(r, bytes, n))
        return;
    r->record_ended = false;
    if (csv_parse(&r->parser, bytes, n, on_cell, on_record, r) != n) {
        if (csv_error(&r->parser) == CSV_EPARSE)
            report_quote(r);
        else
            out_of_memory(r);
    }
    r->record_open = !r->record_ended;
}

/* Length of the next line with its end, LF, CR LF or CR; 0 when the buffer has no whole
 * line. */
static size_t
next_line(reader *r)
{
    if (r->next_lf < r->begin)
        r->next_lf = r->begin;
    if (r->next_cr < r->begin)
        r->next_cr = r->begin;
    const char *lf = r->buffer + r->next_lf;
    const char *cr = r->buffer + r->next_cr;
    if (r->next_lf < r->end && *lf != '\n') {
        lf = memchr(lf, '\n', r->end - r->next_lf);
        r->next_lf = lf != NULL ? (size_t)(lf - r->buffer) : r->end;
    }
    if (r->next_cr < r->end && *cr != '\r') {
        cr = memchr(cr, '\r', r->end - r->next_cr);
        r->next_cr = cr != NULL ? (size_t)(cr - r->buffer) : r->end;
    }
    size_t last = r->next_lf < r->next_cr ? r->next_lf : r->next_cr;
    if (last == r->end || (last == r->next_cr && last + 1 == r->end && !r->at_end))
        return 0;
    if (last == r->next_cr && r->next_lf == last + 1 && r->next_lf < r->end)
        last++;
    return last + 1 - r->begin;
}

/* ---- 5. input -------------------------------------------------------------------- */

static size_t
read_bytes(reader *r, char *place, size_t room)
{
    if (r->stream != NULL)
        return fread(place, 1, room, r->stream);
    size_t left = r->source->length - r->text_read;
    size_t n = left < room ? left : room;
    memcpy(place, r->source->text + r->text_read, n);
    r->text_read += n;
    return n;
}

/* Moves what is left to the front and reads on. */
static void
fill(reader *r)
{
    size_t left = r->end - r->begin;

    if (left > 0)
        memmove(r->buffer, r->buffer + r->begin, left);
    r->begin = 0;
    r->next_lf = r->next_cr = 0;
    size_t n = read_bytes(r, r->buffer + left, BLOCK - left);
    r->end = left + n;
    r->at_end = r->end < BLOCK;
    sha256_update(&r->sha, n, (const uint8_t *)r->buffer + left);
    if (r->stream != NULL && ferror(r->stream)) {
        fm_diag_error(r->diags, FM_EIO, r->file, (fm_mark){0, 0}, NULL,
                      "reading '%s' failed: %s", r->source->name, strerror(errno));
        r->status = FM_EIO;
    }
}

/* A byte-order mark: UTF-8's is skipped, UTF-16's refused. */
static void
take_mark(reader *r)
{
    if (r->end >= 3 && memcmp(r->buffer, "\xef\xbb\xbf", 3) == 0)
        r->begin = 3;
    if (r->end >= 2 &&
        (memcmp(r->buffer, "\xff\xfe", 2) == 0 || memcmp(r->buffer, "\xfe\xff", 2) == 0))
        report_last(r, 1, "save the file as UTF-8", "the file is UTF-16 text");
}

static void
take_end(reader *r)
{
    if (r->status != FM_OK)
        return;
    if (csv_fini(&r->parser, on_cell, on_record, r) != 0) {
        report_last(r, r->record_line, "write a second '\"' at the end of the cell",
                    "a quoted cell of the record that begins here is not closed");
        return;
    }
    if (r->status != FM_OK || r->n_errors > 0)
        return;
    if (r->n_header == 0)
        report_last(r, 1, "the first line names the columns",
                    "the file is empty: there is no header line");
    else if (r->n_rows_all == 0)
        report_last(r, r->line, NULL, "there is a header line but no row of data");
}

/* Takes lines until `most` rows are held or the input ends. */
static void
read_rows(reader *r, size_t most)
{
    while (r->status == FM_OK && !r->ended && r->n_rows < most) {
        size_t n = next_line(r);
        if (n == 0 && !r->at_end && r->end - r->begin < BLOCK) {
            fill(r);
            continue;
        }
        if (n == 0 && !r->at_end) {
            report_last(r, r->line + 1, "is this a CSV file?",
                        "a line has more than 1 MiB");
            break;
        }
        if (n == 0)
            n = r->end - r->begin;
        r->ended = n == 0;
        if (r->ended)
            break;
        take_line(r, r->buffer + r->begin, n);
        r->begin += n;
    }
    if (r->ended)
        take_end(r);
}

static void
open_source(reader *r)
{
    if (r->source->path == NULL)
        return;
    r->stream = fopen(r->source->path, "rb");
    if (r->stream != NULL)
        return;
    fm_diag_error(r->diags, FM_ENOINPUT, r->file, (fm_mark){0, 0}, NULL,
                  "cannot open '%s': %s", r->source->name, strerror(errno));
    r->status = FM_ENOINPUT;
}

/* ---- 6. public ------------------------------------------------------------------- */

static void
finish_hash(reader *r, char hash_out[65])
{
    uint8_t sum[SHA256_DIGEST_SIZE];

    sha256_digest(&r->sha, sizeof sum, sum);
    for (size_t i = 0; i < sizeof sum; i++)
        (void)snprintf(hash_out + 2 * i, 3, "%02x", sum[i]);
}

static fm_status
status_of(const reader *r)
{
    return r->status == FM_OK && r->n_errors > 0 ? FM_EDATA : r->status;
}

void
fm_csv_close(fm_csv_reader *r)
{
    if (r == NULL)
        return;
    if (r->stream != NULL)
        (void)fclose(r->stream);
    csv_free(&r->parser);
    fm_csv_columns_free(r->columns);
    free(r->cells);
    free(r->cell);
    free(r->lines);
    free(r->bytes);
    free(r);
}

fm_status
fm_csv_open(const fm_units *units, const fm_csv_source *source,
            const fm_csv_column *columns, size_t n, fm_diags *diags, fm_csv_reader **out)
{
    const unsigned char options =
        CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL | CSV_APPEND_NULL;
    reader *r = calloc(1, sizeof *r);

    assert(source->path != NULL || source->text != NULL);
    if (r == NULL || csv_init(&r->parser, options) != 0) {
        free(r);
        return FM_ENOMEM;
    }
    r->source = source;
    r->wanted = columns;
    r->n_wanted = n;
    r->diags = diags;
    r->file = source->path == NULL && source->scenario != NULL ? source->scenario
                                                               : source->name;
    csv_set_blk_size(&r->parser, PARSER_STEP);
    sha256_init(&r->sha);
    r->columns = fm_csv_columns_create(units, columns, n);
    r->bytes = r->buffer = malloc(BLOCK);
    if (r->columns == NULL || r->buffer == NULL)
        out_of_memory(r);
    if (r->status == FM_OK)
        open_source(r);
    if (r->status == FM_OK)
        fill(r);
    if (r->status == FM_OK)
        take_mark(r);
    fm_status st = status_of(r);
    if (st == FM_OK)
        *out = r;
    else
        fm_csv_close(r);
    return st;
}

fm_status
fm_csv_next(fm_csv_reader *r, size_t most, size_t *n_rows_out, bool *ended_out)
{
    read_rows(r, most);
    *n_rows_out = r->n_rows;
    *ended_out = r->ended || r->status != FM_OK;
    return status_of(r);
}

void
fm_csv_view(const fm_csv_reader *r, fm_data_column *columns_out,
            const uint64_t **lines_out)
{
    fm_csv_columns_view(r->columns, columns_out);
    *lines_out = r->lines;
}

void
fm_csv_drop(fm_csv_reader *r)
{
    r->n_rows = 0;
}

void
fm_csv_hash(fm_csv_reader *r, char hash_out[65])
{
    finish_hash(r, hash_out);
}

void
fm_csv_take(fm_csv_reader *r, fm_data_column *columns_out, uint64_t **lines_out)
{
    fm_csv_columns_take(r->columns, r->n_rows, columns_out);
    *lines_out = r->lines;
    r->lines = NULL;
    r->lines_size = r->n_rows = 0;
}

fm_status
/* NOLINTNEXTLINE(readability-function-size): the interface is agreed; one result each */
fm_csv_read(const fm_units *units, const fm_csv_source *source,
            const fm_csv_column *columns, size_t n, fm_diags *diags,
            fm_data_column *columns_out, size_t *n_rows_out, uint64_t **line_out,
            char hash_out[65])
{
    fm_csv_reader *r = NULL;
    size_t n_rows = 0;
    bool ended;

    fm_status st = fm_csv_open(units, source, columns, n, diags, &r);
    if (st == FM_OK)
        st = fm_csv_next(r, SIZE_MAX, &n_rows, &ended);
    if (st == FM_OK) {
        fm_csv_hash(r, hash_out);
        fm_csv_take(r, columns_out, line_out);
        *n_rows_out = n_rows;
    }
    fm_csv_close(r);
    return st;
}
