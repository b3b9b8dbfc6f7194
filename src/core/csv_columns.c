/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The wanted columns of a CSV file while it is read.
 *
 * Contents
 *   1. conversions            3. numbers      5. public
 *   2. header cells           4. labels
 */
#include "config.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/csv_columns.h"
#include "core/decimal.h"
#include "core/text.h"

enum {
    ROWS_MIN = 256,
    SLOTS_MIN = 64,      /* a power of two */
    UNIT_MAX = 128,      /* bytes of a unit in a header */
    INTEGER_DIGITS = 18, /* always fit into int64_t */
    MEMO_BITS = 14       /* numbers that a memo remembers: 2^14 */
};

/* Conversions done already.  fm_convert rounds by way of decimal text, which takes about
 * a microsecond; measured data repeat their values. */
typedef struct memo {
    uint64_t bits; /* of the number; the bits of a NaN: none */
    double converted;
} memo;

/* One conversion of a column's numbers. */
typedef struct scale {
    fm_conversion conversion;
    bool by_text; /* a pure power of ten: joins the decimal text */
    memo *memo;   /* [2^MEMO_BITS], or NULL when by_text */
} scale;

typedef struct column {
    const fm_csv_column *wanted;
    fm_data_column data;
    size_t cell; /* of the header, or SIZE_MAX */
    char *unit;  /* of data.real; becomes data.unit */
    char *name;  /* becomes data.name */
    scale to_si;
    scale to_declared;
    bool ranged;
    uint32_t *slots; /* [n_slots] label index + 1; 0: free */
    size_t n_slots;
    int32_t last; /* label of the row before */
} column;

struct fm_csv_columns {
    const fm_units *units;
    fm_decimals *decimals;
    column *list;
    size_t n;
    size_t capacity; /* rows */
};

/* ---- 1. conversions -------------------------------------------------------------- */

static bool
same_conversion(const fm_conversion *a, const fm_conversion *b)
{
    return a->decimal == b->decimal && !(a->factor < b->factor) &&
           !(a->factor > b->factor) && !(a->offset < b->offset) &&
           !(a->offset > b->offset);
}

static bool
is_identity(const fm_conversion *c)
{
    static const fm_conversion identity = {0, 1, 0};

    return same_conversion(c, &identity);
}

static fm_status
make_scale(const fm_conversion *conversion, scale *scale_out)
{
    const fm_conversion pure = {conversion->decimal, 1, 0};
    const size_t n = (size_t)1 << MEMO_BITS;

    scale_out->conversion = *conversion;
    scale_out->by_text = same_conversion(conversion, &pure);
    if (scale_out->by_text)
        return FM_OK;
    scale_out->memo = malloc(n * sizeof *scale_out->memo);
    if (scale_out->memo == NULL)
        return FM_ENOMEM;
    for (size_t i = 0; i < n; i++)
        scale_out->memo[i].bits = UINT64_MAX;
    return FM_OK;
}

/* ---- 2. header cells ------------------------------------------------------------- */

/* Splits "force [gf]" or "force (gf)": returns the length of the name, and the unit.  The
 * whole cell is the name when there is no unit. */
static size_t
split_header(const char *cell, char unit_out[UNIT_MAX])
{
    size_t length = strlen(cell);
    char close = length > 0 ? cell[length - 1] : '\0';

    unit_out[0] = '\0';
    if (close != ']' && close != ')')
        return length;
    const char *open = strrchr(cell, close == ']' ? '[' : '(');
    if (open == NULL)
        return length;
    size_t unit_length = (size_t)(cell + length - 1 - (open + 1));
    size_t name_length = (size_t)(open - cell);
    while (name_length > 0 && cell[name_length - 1] == ' ')
        name_length--;
    if (unit_length == 0 || unit_length >= UNIT_MAX || name_length == 0)
        return length;
    memcpy(unit_out, open + 1, unit_length);
    unit_out[unit_length] = '\0';
    return name_length;
}

static bool
is_name(const char *cell, size_t length, const char *wanted)
{
    return strlen(wanted) == length && strncmp(cell, wanted, length) == 0;
}

/* Number of header cells that fit; *cell_out is the first one. */
static size_t
count_cells(const fm_csv_header *header, const char *wanted, bool whole, size_t *cell_out)
{
    char unit[UNIT_MAX];
    size_t found = 0;

    for (size_t i = 0; i < header->n; i++) {
        const char *cell = header->names[i];
        size_t length = whole ? strlen(cell) : split_header(cell, unit);
        if (is_name(cell, length, wanted) && found++ == 0)
            *cell_out = i;
    }
    return found;
}

/* The unit of the data: what the header or the scenario says, else the declared one. */
static fm_status
choose_unit(const fm_csv_columns *columns, const fm_csv_column *wanted,
            const char *in_header, const char **unit_out, fm_error *err)
{
    fm_conversion c;

    if (*in_header == '\0') {
        *unit_out = wanted->data_unit != NULL ? wanted->data_unit : wanted->unit;
        return FM_OK;
    }
    *unit_out = in_header;
    if (wanted->data_unit == NULL || strcmp(wanted->data_unit, in_header) == 0)
        return FM_OK;
    fm_status st =
        fm_units_conversion(columns->units, in_header, wanted->data_unit, false, &c, err);
    if (st == FM_OK && !is_identity(&c))
        st = FM_FAIL(err, FM_EDATA,
                     "the header says '%.40s', the scenario's units '%.40s'", in_header,
                     wanted->data_unit);
    return st;
}

/* The unit of the values of a column that is declared without one. */
static fm_status
keep_unit(const fm_units *units, const char *from, char **unit_out, fm_error *err)
{
    if (from != NULL && strcmp(from, "1") != 0 && !fm_units_known(units, from))
        return FM_FAIL(err, FM_EDATA, "unknown unit '%.60s'", from);
    *unit_out = fm_strdup(from != NULL ? from : "1");
    return *unit_out != NULL ? FM_OK : FM_ENOMEM;
}

/* Sets conversions and the unit of the values; `from` is the data's unit or NULL. */
static fm_status
set_scales(const fm_csv_columns *columns, column *c, const char *from, fm_error *err)
{
    const char *declared = c->wanted->unit;
    fm_conversion to_si;
    fm_conversion to_declared;

    if (declared == NULL)
        return keep_unit(columns->units, from, &c->unit, err);
    fm_status st =
        fm_units_conversion(columns->units, from, declared, false, &to_declared, err);
    if (st == FM_OK)
        st = fm_units_to_si(columns->units, from, false, &to_si, err);
    if (st == FM_OK)
        st = fm_units_si_name(columns->units, from, &c->unit, err);
    if (st == FM_OK)
        st = make_scale(&to_si, &c->to_si);
    if (st == FM_OK && c->ranged)
        st = make_scale(&to_declared, &c->to_declared);
    return st;
}

static fm_status
set_unit(const fm_csv_columns *columns, column *c, const char *in_header, fm_error *err)
{
    const char *from = NULL;

    c->name = fm_strdup(c->wanted->name);
    if (c->name == NULL)
        return FM_ENOMEM;
    if (c->wanted->type == FM_TYPE_TEXT) {
        if (c->wanted->data_unit != NULL)
            return FM_FAIL(err, FM_EDATA,
                           "labels take no unit, the scenario's units say '%.40s'",
                           c->wanted->data_unit);
        c->unit = fm_strdup("");
        return c->unit != NULL ? FM_OK : FM_ENOMEM;
    }
    fm_status st = choose_unit(columns, c->wanted, in_header, &from, err);
    if (st == FM_OK)
        st = set_scales(columns, c, from, err);
    if (st == FM_OK && c->wanted->type == FM_TYPE_INTEGER &&
        !is_identity(&c->to_si.conversion))
        st = FM_FAIL(err, FM_EDATA, "whole numbers are not converted; give them in %s",
                     c->wanted->unit);
    return st;
}

/* ---- 3. numbers ------------------------------------------------------------------ */

static bool
is_missing(const char *text)
{
    return *text == '\0' || strcmp(text, "NA") == 0 || strcmp(text, "NaN") == 0 ||
           strcmp(text, "nan") == 0 || strcmp(text, "-") == 0;
}

/* Length of a clip of `text` for messages, not inside a character. */
static int
clip(const char *text)
{
    const size_t most = 60;
    size_t length = strlen(text);
    size_t used = 0;

    while (used < length) {
        size_t step = fm_utf8_length((const unsigned char *)text + used, length - used);
        step = step == 0 ? 1 : step;
        if (used + step > most)
            break;
        used += step;
    }
    return (int)used;
}

/* Says what is wrong with a cell that is no number, with the reader of scenarios'
 * words. */
static fm_status
fail_number(const char *text, bool whole, fm_error *err)
{
    fm_error why = FM_ERROR_INIT;
    double x;
    int64_t i;

    if (err == NULL)
        return FM_EDATA;
    if (*text == '\0')
        return FM_FAIL(err, FM_EDATA, "empty cell, a number is needed");
    fm_status st = whole ? fm_integer_read(text, &i, &why) : fm_real_read(text, &x, &why);
    if (st == FM_OK)
        return FM_FAIL(err, FM_EDATA, "'%.*s' cannot be represented", clip(text), text);
    char value[80];
    (void)snprintf(value, sizeof value, "%.*s", clip(text), text);
    if (strstr(why.text, value) != NULL)
        return FM_FAIL(err, FM_EDATA, "%s", why.text);
    return FM_FAIL(err, FM_EDATA, "'%s': %s", value, why.text);
}

static fm_status
fail_range(const fm_csv_column *wanted, const char *text, fm_error *err)
{
    bool bare = wanted->unit == NULL || strcmp(wanted->unit, "1") == 0;

    return FM_FAIL(err, FM_EDATA, "'%.*s' is outside [%.15g, %.15g]%s%s", clip(text),
                   text, wanted->min, wanted->max, bare ? "" : " ",
                   bare ? "" : wanted->unit);
}

static bool
outside(const fm_csv_column *wanted, double x)
{
    return !(x >= wanted->min && x <= wanted->max);
}

static double
convert(const scale *s, double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    memo *m = &s->memo[bits * UINT64_C(0x9e3779b97f4a7c15) >> (64 - MEMO_BITS)];
    if (m->bits != bits) {
        m->converted = fm_convert(&s->conversion, x);
        m->bits = bits;
    }
    return m->converted;
}

/* One number in the unit of a conversion, rounded once where that is possible. */
static bool
read_scaled(const fm_csv_columns *columns, const char *text, const scale *s,
            double *value_out)
{
    double x;

    if (s->by_text)
        return fm_decimal_read(columns->decimals, text, s->conversion.decimal, value_out);
    if (!fm_decimal_read(columns->decimals, text, 0, &x))
        return false;
    *value_out = convert(s, x);
    return isfinite(*value_out);
}

static fm_status
put_real(const fm_csv_columns *columns, const column *c, const char *text,
         double *value_out, fm_error *err)
{
    double declared;

    if (!read_scaled(columns, text, &c->to_si, value_out)) {
        if ((c->wanted->flags & FM_COL_MISSING) == 0 || !is_missing(text))
            return fail_number(text, false, err);
        *value_out = (double)NAN;
        return FM_OK;
    }
    if (!c->ranged)
        return FM_OK;
    if (!read_scaled(columns, text, &c->to_declared, &declared) ||
        outside(c->wanted, declared))
        return fail_range(c->wanted, text, err);
    return FM_OK;
}

static bool
read_integer(const char *text, int64_t *value_out)
{
    const char *p = text + (*text == '-' || *text == '+');
    size_t n = strspn(p, "0123456789");
    int64_t x = 0;

    if (n == 0 || p[n] != '\0' || (n > 1 && *p == '0'))
        return false;
    if (n > INTEGER_DIGITS)
        return fm_integer_read(text, value_out, NULL) == FM_OK;
    for (size_t i = 0; i < n; i++)
        x = x * 10 + (p[i] - '0');
    *value_out = *text == '-' ? -x : x;
    return true;
}

static fm_status
put_integer(const column *c, const char *text, int64_t *value_out, fm_error *err)
{
    if (!read_integer(text, value_out)) {
        if ((c->wanted->flags & FM_COL_MISSING) == 0 || !is_missing(text))
            return fail_number(text, true, err);
        *value_out = FM_CSV_NO_INTEGER;
        return FM_OK;
    }
    if (c->ranged && outside(c->wanted, (double)*value_out))
        return fail_range(c->wanted, text, err);
    return FM_OK;
}

/* ---- 4. labels ------------------------------------------------------------------- */

/* Slot that holds `text`, or the free one where it belongs. */
static size_t
find_slot(const column *c, const char *text)
{
    size_t mask = c->n_slots - 1;
    size_t i = (size_t)fm_fnv1a_64(text, strlen(text)) & mask;

    while (c->slots[i] != 0 && strcmp(c->data.labels[c->slots[i] - 1], text) != 0)
        i = (i + 1) & mask;
    return i;
}

/* Doubles the table, which stays at most half full, and the list of labels with it. */
static fm_status
grow_labels(column *c)
{
    size_t n = c->n_slots > 0 ? c->n_slots * 2 : SLOTS_MIN;
    char **labels = realloc(c->data.labels, n / 2 * sizeof *labels);

    if (labels == NULL)
        return FM_ENOMEM;
    c->data.labels = labels;
    uint32_t *slots = calloc(n, sizeof *slots);
    if (slots == NULL)
        return FM_ENOMEM;
    free(c->slots);
    c->slots = slots;
    c->n_slots = n;
    for (size_t i = 0; i < c->data.n_labels; i++)
        slots[find_slot(c, labels[i])] = (uint32_t)i + 1;
    return FM_OK;
}

static fm_status
put_label(column *c, const char *text, int32_t *code_out, fm_error *err)
{
    if (*text == '\0') {
        *code_out = -1;
        if ((c->wanted->flags & FM_COL_MISSING) != 0)
            return FM_OK;
        return FM_FAIL(err, FM_EDATA, "empty cell, a label is needed");
    }
    if (c->data.n_labels > 0 && strcmp(c->data.labels[c->last], text) == 0) {
        *code_out = c->last;
        return FM_OK;
    }
    if (c->data.n_labels >= c->n_slots / 2) {
        if (c->data.n_labels >= INT32_MAX / 2 || grow_labels(c) != FM_OK)
            return FM_ENOMEM;
    }
    size_t slot = find_slot(c, text);
    if (c->slots[slot] == 0) {
        char *label = fm_strdup(text);
        if (label == NULL)
            return FM_ENOMEM;
        c->data.labels[c->data.n_labels++] = label;
        c->slots[slot] = (uint32_t)c->data.n_labels;
    }
    c->last = (int32_t)(c->slots[slot] - 1);
    *code_out = c->last;
    return FM_OK;
}

/* ---- 5. public ------------------------------------------------------------------- */

fm_csv_columns *
fm_csv_columns_create(const fm_units *units, const fm_csv_column *wanted, size_t n)
{
    fm_csv_columns *columns = calloc(1, sizeof *columns);

    if (columns == NULL)
        return NULL;
    columns->units = units;
    columns->decimals = fm_decimals_create();
    columns->list = calloc(n + 1, sizeof *columns->list);
    if (columns->decimals == NULL || columns->list == NULL) {
        fm_csv_columns_free(columns);
        return NULL;
    }
    columns->n = n;
    for (size_t k = 0; k < n; k++) {
        column *c = &columns->list[k];
        c->wanted = &wanted[k];
        c->cell = SIZE_MAX;
        c->data.type = wanted[k].type;
        c->to_si = c->to_declared = (scale){{0, 1, 0}, true, NULL};
        c->ranged = wanted[k].min < 0 || wanted[k].min > 0 || wanted[k].max < 0 ||
                    wanted[k].max > 0;
    }
    return columns;
}

static void
free_data(fm_data_column *data)
{
    for (size_t i = 0; i < data->n_labels; i++)
        free(data->labels[i]);
    free(data->labels);
    free(data->real);
    free(data->integer);
    free(data->code);
}

void
fm_csv_columns_free(fm_csv_columns *columns)
{
    if (columns == NULL)
        return;
    for (size_t k = 0; k < columns->n; k++) {
        free_data(&columns->list[k].data);
        free(columns->list[k].unit);
        free(columns->list[k].name);
        free(columns->list[k].slots);
        free(columns->list[k].to_si.memo);
        free(columns->list[k].to_declared.memo);
    }
    free(columns->list);
    fm_decimals_free(columns->decimals);
    free(columns);
}

/* The nearest name, compared with and without units; the cell as the file has it. */
const char *
fm_csv_nearest(const fm_csv_header *header, const char *wanted)
{
    fm_str name = {0};
    char unit[UNIT_MAX];
    const char *nearest = fm_nearest(wanted, header->names, header->n);

    for (size_t i = 0; i < header->n && nearest == NULL; i++) {
        fm_str_add_bytes(&name, header->names[i], split_header(header->names[i], unit));
        const char *bare = name.failed ? "" : name.data;
        if (fm_nearest(wanted, &bare, 1) != NULL)
            nearest = header->names[i];
        fm_str_free(&name);
    }
    return nearest;
}

fm_csv_match
fm_csv_columns_match(fm_csv_columns *columns, size_t k, const fm_csv_header *header,
                     fm_error *err)
{
    column *c = &columns->list[k];
    const char *name = c->wanted->name;
    char unit[UNIT_MAX] = "";
    size_t cell = SIZE_MAX;

    size_t found = count_cells(header, name, true, &cell);
    if (found == 0) {
        found = count_cells(header, name, false, &cell);
        if (found == 1)
            (void)split_header(header->names[cell], unit);
    } else if (split_header(header->names[cell], unit) > 0 &&
               !fm_units_known(columns->units, unit)) {
        unit[0] = '\0'; /* "width (left)" asked for in full */
    }
    if (found == 0)
        return (c->wanted->flags & FM_COL_REQUIRED) != 0 ? FM_CSV_MISSING : FM_CSV_ABSENT;
    if (found > 1)
        return FM_CSV_TWICE;
    fm_status st = set_unit(columns, c, unit, err);
    if (st == FM_ENOMEM)
        return FM_CSV_NOMEM;
    if (st != FM_OK)
        return FM_CSV_UNIT;
    c->cell = cell;
    return FM_CSV_FOUND;
}

size_t
fm_csv_columns_cell(const fm_csv_columns *columns, size_t k)
{
    return columns->list[k].cell;
}

/* Gives the array that the column's type uses `rows` elements; the old one stays valid
 * when memory runs out. */
static fm_status
resize(fm_data_column *data, size_t rows)
{
    if (rows > SIZE_MAX / sizeof(double))
        return FM_ENOMEM;
    if (data->type == FM_TYPE_REAL) {
        double *real = realloc(data->real, rows * sizeof *real);
        if (real == NULL)
            return FM_ENOMEM;
        data->real = real;
        return FM_OK;
    }
    if (data->type == FM_TYPE_INTEGER) {
        int64_t *integer = realloc(data->integer, rows * sizeof *integer);
        if (integer == NULL)
            return FM_ENOMEM;
        data->integer = integer;
        return FM_OK;
    }
    int32_t *code = realloc(data->code, rows * sizeof *code);
    if (code == NULL)
        return FM_ENOMEM;
    data->code = code;
    return FM_OK;
}

fm_status
fm_csv_columns_reserve(fm_csv_columns *columns, size_t row)
{
    if (row < columns->capacity)
        return FM_OK;
    size_t rows = columns->capacity < ROWS_MIN ? ROWS_MIN : columns->capacity * 2;
    rows = row < rows ? rows : row + 1;
    for (size_t k = 0; k < columns->n; k++)
        if (columns->list[k].cell != SIZE_MAX &&
            resize(&columns->list[k].data, rows) != FM_OK)
            return FM_ENOMEM;
    columns->capacity = rows;
    return FM_OK;
}

fm_status
fm_csv_columns_put(fm_csv_columns *columns, size_t k, size_t row, const char *text,
                   fm_error *err)
{
    column *c = &columns->list[k];

    if (c->data.type == FM_TYPE_REAL)
        return put_real(columns, c, text, &c->data.real[row], err);
    if (c->data.type == FM_TYPE_INTEGER)
        return put_integer(c, text, &c->data.integer[row], err);
    return put_label(c, text, &c->data.code[row], err);
}

/* A number by the scale; 10^decimal is exact decimal scaling where fm_convert is. */
static double
scaled(const scale *s, double x)
{
    if (s->by_text)
        return s->conversion.decimal == 0 ? x : fm_convert(&s->conversion, x);
    return convert(s, x);
}

fm_status
fm_csv_columns_put_real(fm_csv_columns *columns, size_t k, size_t row, double x,
                        fm_error *err)
{
    column *c = &columns->list[k];
    char text[32];

    if (isnan(x)) {
        if ((c->wanted->flags & FM_COL_MISSING) == 0)
            return FM_FAIL(err, FM_EDATA, "no value, a number is needed");
        c->data.real[row] = x;
        return FM_OK;
    }
    if (isinf(x))
        return FM_FAIL(err, FM_EDATA, "the value is infinite");
    c->data.real[row] = scaled(&c->to_si, x);
    if (!c->ranged || !outside(c->wanted, scaled(&c->to_declared, x)))
        return FM_OK;
    (void)snprintf(text, sizeof text, "%.17g", x);
    return fail_range(c->wanted, text, err);
}

fm_status
fm_csv_columns_put_integer(fm_csv_columns *columns, size_t k, size_t row, int64_t x,
                           fm_error *err)
{
    column *c = &columns->list[k];
    char text[32];

    (void)snprintf(text, sizeof text, "%" PRId64, x);
    if (c->data.type == FM_TYPE_TEXT)
        return put_label(c, text, &c->data.code[row], err);
    c->data.integer[row] = x;
    return c->ranged && outside(c->wanted, (double)x) ? fail_range(c->wanted, text, err)
                                                      : FM_OK;
}

bool
fm_csv_is_number(const fm_csv_columns *columns, const char *text)
{
    double x;

    return fm_decimal_read(columns->decimals, text, 0, &x);
}

void
fm_csv_columns_view(const fm_csv_columns *columns, fm_data_column *columns_out)
{
    for (size_t k = 0; k < columns->n; k++) {
        const column *c = &columns->list[k];
        columns_out[k] = c->data;
        columns_out[k].name = c->cell != SIZE_MAX ? c->name : NULL;
        columns_out[k].unit = c->cell != SIZE_MAX ? c->unit : NULL;
    }
}

void
fm_csv_columns_take(fm_csv_columns *columns, size_t n_rows, fm_data_column *columns_out)
{
    for (size_t k = 0; k < columns->n; k++) {
        column *c = &columns->list[k];
        if (c->cell != SIZE_MAX && n_rows > 0)
            (void)resize(&c->data, n_rows);
        columns_out[k] = c->data;
        columns_out[k].name = c->cell != SIZE_MAX ? c->name : NULL;
        columns_out[k].unit = c->cell != SIZE_MAX ? c->unit : NULL;
        c->data = (fm_data_column){.type = c->data.type};
        c->name = NULL;
        c->unit = NULL;
    }
}

/* The texts were allocated here and are constant only for the studies. */
static void
free_text(const char *text)
{
    void *owned;

    memcpy(&owned, &text, sizeof owned);
    free(owned);
}

void
fm_csv_free(fm_data_column *columns, size_t n)
{
    for (size_t k = 0; columns != NULL && k < n; k++) {
        free_data(&columns[k]);
        free_text(columns[k].name);
        free_text(columns[k].unit);
        columns[k] = (fm_data_column){.type = columns[k].type};
    }
}
