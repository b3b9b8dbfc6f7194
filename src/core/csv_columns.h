/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The wanted columns of a CSV file while it is read: found by name, converted, filled.
 *
 * Internal to csv.c, which knows the file; this part knows names, units, numbers,
 * labels. */
#ifndef FM_CORE_CSV_COLUMNS_H
#define FM_CORE_CSV_COLUMNS_H

#include "core/csv.h"

typedef struct fm_csv_columns fm_csv_columns;

typedef struct fm_csv_header {
    const char *const *names; /* [n] cells of the header line */
    size_t n;
    uint64_t line;
} fm_csv_header;

typedef enum fm_csv_match {
    FM_CSV_FOUND,
    FM_CSV_ABSENT,  /* not there, and need not be */
    FM_CSV_MISSING, /* not there, and required */
    FM_CSV_TWICE,   /* more than one cell of the header fits */
    FM_CSV_UNIT,    /* its unit is unknown, contradicted, or of another dimension */
    FM_CSV_NOMEM
} fm_csv_match;

/* wanted  in  [n] borrowed until fm_csv_columns_free
 * Returns NULL if memory ran out. */
fm_csv_columns *fm_csv_columns_create(const fm_units *units, const fm_csv_column *wanted,
                                      size_t n);
void fm_csv_columns_free(fm_csv_columns *columns);

/* Looks for wanted column k in the header: first by the whole cell, then by the cell
 * without its unit.  err gets a text for FM_CSV_UNIT. */
fm_csv_match fm_csv_columns_match(fm_csv_columns *columns, size_t k,
                                  const fm_csv_header *header, fm_error *err);

/* The header cell whose name is nearest to `wanted`, or NULL. */
const char *fm_csv_nearest(const fm_csv_header *header, const char *wanted);

/* Cell of the header in which wanted column k was found, or SIZE_MAX. */
size_t fm_csv_columns_cell(const fm_csv_columns *columns, size_t k);

/* Makes room for rows 0 ... row.  FM_OK or FM_ENOMEM */
fm_status fm_csv_columns_reserve(fm_csv_columns *columns, size_t row);

/* Reads one cell of wanted column k into row `row`.
 * err  in/out  may be NULL: no text is made
 * returns FM_OK; FM_EDATA (the text names what is wrong, not the column); FM_ENOMEM */
fm_status fm_csv_columns_put(fm_csv_columns *columns, size_t k, size_t row,
                             const char *text, fm_error *err);

/* The same from a number that is one already (HDF5); NaN says nothing. */
fm_status fm_csv_columns_put_real(fm_csv_columns *columns, size_t k, size_t row, double x,
                                  fm_error *err);
/* An INTEGER column's cell, or the label of a TEXT column's. */
fm_status fm_csv_columns_put_integer(fm_csv_columns *columns, size_t k, size_t row,
                                     int64_t x, fm_error *err);

/* True when `text` is a number by the strict grammar. */
bool fm_csv_is_number(const fm_csv_columns *columns, const char *text);

/* Shows the columns as they are; a column that was not found has name NULL. */
void fm_csv_columns_view(const fm_csv_columns *columns, fm_data_column *columns_out);

/* Gives the filled columns to the caller; a column that was not found has name NULL. */
void fm_csv_columns_take(fm_csv_columns *columns, size_t n_rows,
                         fm_data_column *columns_out);

#endif
