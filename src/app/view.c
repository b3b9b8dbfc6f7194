/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A selection of a result's table: columns by name, rows by an expression. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "app/view.h"
#include "app/view_where.h"
#include "core/text.h"

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

/* ---- public ---------------------------------------------------------------------- */

fm_status
fm_view_create(const fm_result *result, const fm_result_table *table, const char *columns,
               const char *where, fm_view *view_out, fm_error *err)
{
    fm_view view = {.result = result, .table = table, .n_rows = table->n_rows};
    fm_status st = choose_columns(&view, columns, err);

    if (st == FM_OK && where != NULL)
        st = fm_view_where(&view, where, err);
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
