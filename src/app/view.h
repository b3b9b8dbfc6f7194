/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A selection of a result's table: some columns, the rows for which an expression
 * holds. */
#ifndef FM_APP_VIEW_H
#define FM_APP_VIEW_H

#include <stdio.h>

#include "core/result.h"

typedef struct fm_view {
    const fm_result *result;
    const fm_result_table *table;
    size_t *columns; /* [n_columns] indices into table->columns */
    size_t n_columns;
    unsigned char *keep; /* [table->n_rows] 1 for a selected row; NULL: all */
    uint64_t n_rows;     /* selected */
} fm_view;

/* columns  in  "a,b,c", or NULL for all
 * where    in  an expression (app/view_where.h), or NULL
 * returns FM_OK; FM_EUSAGE with the names there are, or muParser's words; FM_EIO,
 * FM_ENOMEM. Pair: fm_view_free */
fm_status fm_view_create(const fm_result *result, const fm_result_table *table,
                         const char *columns, const char *where, fm_view *view_out,
                         fm_error *err);
void fm_view_free(fm_view *view);

/* Prints the view: aligned text with units; RFC 4180 with units in the header and empty
 * cells for NaN; a JSON object {"rows","columns":{...}} with 17 digits and null for
 * NaN. */
fm_status fm_view_text(const fm_view *view, FILE *to, fm_error *err);
fm_status fm_view_csv(const fm_view *view, FILE *to, fm_error *err);
fm_status fm_view_json(const fm_view *view, FILE *to, fm_error *err);

/* Prints one JSON text or number (17 digits, null for NaN and infinities). */
void fm_json_text(const char *text, FILE *to);
void fm_json_number(double x, FILE *to);

#endif
