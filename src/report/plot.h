/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The data behind one figure: columns as numbers, rows split into panels and series. */
#ifndef FM_REPORT_PLOT_H
#define FM_REPORT_PLOT_H

#include "core/text.h"
#include "report/decimals.h"
#include "report/figure.h"

enum {
    FM_PLOT_PANELS = 6,
    FM_PLOT_WORDS = 500,
    FM_PLOT_ROWS = 4000
};

typedef struct fm_plot_column {
    char *name;                   /* as templates call it: column name, or "axis" */
    const char *long_name, *unit; /* borrowed from the result, or: */
    char *short_name;             /* of a swept parameter */
    const char *path_table, *path_column; /* where it is stored */
    const char *term;
    fm_type type;
    fm_role role;
    fm_decimals form; /* digits that show how the values differ */
    double *value;    /* [n_rows]; CODE: the code, TEXT: order of appearance */
    char **words;     /* CODE, TEXT: [n_words] */
    size_t n_words;
} fm_plot_column;

typedef struct fm_plot {
    fm_plot_column *columns; /* [n_columns], in the figure's order */
    size_t n_columns;
    size_t n_rows;
    uint64_t first;         /* row of the table that row 0 is */
    size_t *series, *panel; /* [n_rows] */
    char **series_names, **panel_names;
    size_t n_series, n_panels; /* at least 1 */
    const char *by_name; /* long name of the column that makes the series, or NULL */
    uint64_t hidden; /* bit i: the template does not draw series i (of the first 64) */
    size_t shown[FM_PLOT_PANELS]; /* panels that are drawn */
    size_t n_shown;
    size_t n_drawn; /* rows written so far by fm_plot_write */
    size_t n_kept;  /* rows of the shown panels */
} fm_plot;

/* Reads what the figure draws.
 * plot_out     out  fm_plot_free, also after an error
 * problem_out  out  malloc'ed: why there is nothing to draw; NULL when there is something
 * returns FM_OK (also with a problem); FM_EIO, FM_EDATA, FM_ENOMEM of the reader */
fm_status fm_plot_load(const fm_drawing *drawing, fm_plot *plot_out, char **problem_out,
                       fm_error *err);
void fm_plot_free(fm_plot *plot);

/* Adds one panel's rows as gnuplot data: series as blocks, missing values NaN.  A series
 * with more than its share of FM_PLOT_ROWS rows is thinned: the rows with the lowest and
 * the highest value of the second column of each block of rows stay. */
void fm_plot_write(fm_plot *plot, size_t shown, fm_str *out);

/* A template that names its series by number (`index 0`) may leave others to another
 * figure: notes which ones. */
void fm_plot_note_drawn(fm_plot *plot, const char *section);

/* Rows of the table from the first to the last that is drawn. */
void fm_plot_drawn_rows(const fm_plot *plot, uint64_t *first_out, uint64_t *n_out);

/* A few sentences about the data that are drawn, computed from them: how many points, how
 * many are flagged or missing, the extremes of the second column and where they are. */
void fm_plot_describe(const fm_plot *plot, fm_str *out);

/* "long name [unit]"; units as people write them (µm, °C). */
void fm_plot_label(const char *long_name, const char *unit, fm_str *out);

/* Value of a column in one row as people read it: a word, or a number. */
void fm_plot_cell(const fm_plot_column *column, size_t row, fm_str *out);

/* The swept parameters: columns of the table `points` that are no bookkeeping.
 * index_out  out  [max] column indices
 * returns their number */
size_t fm_result_axes(const fm_result *result, size_t *index_out, size_t max);

/* Rows of a table that belong to one point.
 * returns FM_OK and the range (n may be 0); what fm_result_read says */
fm_status fm_point_rows(const fm_result *result, const fm_result_table *table,
                        uint64_t point, uint64_t *first_out, uint64_t *n_out,
                        fm_error *err);

#endif
