/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of one result: what a study declares, made concrete by a scenario.
 *
 * A declaration leaves open how many dimensions a table has, which unit a column that
 * follows the user's data has, and which swept parameters stand beside the values.  A
 * schema says it. It has the study's tables in declared order, then `points`, then
 * `verdicts`.
 */
#ifndef FM_CORE_SCHEMA_H
#define FM_CORE_SCHEMA_H

#include "core/scenario.h"

typedef enum fm_layout {
    FM_BY_GRID,   /* a dimension per sweep axis, with coordinates */
    FM_BY_COLUMN, /* one dimension, whose coordinate is the first column */
    FM_BY_ROW     /* one dimension without coordinate */
} fm_layout;

typedef enum fm_origin {
    FM_FROM_STUDY, /* column `index` of the study's declaration */
    FM_FROM_POINT, /* the index of the row's point */
    FM_FROM_AXIS,  /* the row's value on sweep axis `index` */
    FM_FROM_STORE  /* FM_POINT_* or FM_VERDICT_* */
} fm_origin;

enum {
    FM_POINT_STATUS,
    FM_POINT_MESSAGE,
    FM_POINT_SECONDS
};
enum {
    FM_VERDICT_NAME,
    FM_VERDICT_STATEMENT,
    FM_VERDICT_PASS,
    FM_VERDICT_VALUE,
    FM_VERDICT_LIMIT,
    FM_VERDICT_DIRECTION,
    FM_VERDICT_UNITS,
    FM_VERDICT_TERM,
    FM_VERDICT_ROWS,
    FM_VERDICT_FAILED,
    FM_VERDICT_POINT,
    FM_VERDICT_COLUMNS
};

typedef struct fm_schema_column {
    char *name;
    fm_type type;
    char *unit;                   /* "" for text, never "" for anything else */
    const char *long_name, *term; /* "" when there is none */
    fm_role role;
    const char *const *words; /* CODE: [n_words] */
    size_t n_words;
    fm_origin origin;
    size_t index;
} fm_schema_column;

typedef struct fm_schema_table {
    const char *name, *long_name;
    const char *signal; /* one of the columns */
    fm_layout layout;
    bool one_row;    /* per point */
    bool open_ended; /* the number of rows is not known beforehand; dims[0] is 0 */
    size_t n_dims;
    uint64_t *dims;
    fm_schema_column *coordinates; /* BY_GRID: [n_dims] */
    char *dimension;               /* BY_ROW: its name */
    fm_schema_column *columns;     /* in stored order */
    size_t n_columns;
} fm_schema_table;

/* A sweep axis.  Words (choices, flags, texts) are codes in columns, texts as
 * coordinates. */
typedef struct fm_schema_axis {
    size_t param;
    fm_type
        type; /* in columns: REAL, INTEGER, CODE, or TEXT beyond 127 different words */
    const char **words; /* CODE: [n_words] */
    size_t n_words;
    uint64_t n;        /* values; 0 unless the sampling is a grid */
    uint64_t stride;   /* points from one value to the next */
    double *real;      /* REAL: [n] */
    int64_t *integer;  /* INTEGER, CODE: [n] */
    const char **text; /* words and texts: [n] */
} fm_schema_axis;

typedef struct fm_schema {
    const fm_scenario *scenario;
    bool listed;       /* some of the points, as a list; otherwise all of them */
    uint64_t n_points; /* in the tables */
    fm_schema_axis *axes;
    size_t n_axes;
    fm_schema_table *tables; /* the study's, points, verdicts */
    size_t n_tables;
    const char *status_words[FM_EPENDING + 1]; /* words of points.status */
} fm_schema;

/* Name of the table with one row per point of the sweep: "points", or "sweep_points" when
 * the study has a table `points` of its own. */
const char *fm_points_table_name(const fm_study *study);

/* Describes the tables that a run of the scenario writes.
 * scenario    in   loaded (columns may take their unit from its data); must outlive the
 *                  schema
 * n_listed    in   points of a result that lists some of them; NULL: all points
 * schema_out  out  owned by the caller: fm_schema_free; untouched on error
 * returns FM_OK; FM_ENOMEM; FM_EINTERNAL when a declaration contradicts itself */
fm_status fm_schema_create(const fm_scenario *scenario, const uint64_t *n_listed,
                           fm_schema **schema_out, fm_error *err);
void fm_schema_free(fm_schema *schema);

/* What a point's value on an axis is in a column: the code or integer, or (TEXT) the
 * text. value  in  as fm_cursor_seek gives it */
int64_t fm_schema_code(const fm_schema_axis *axis, const fm_value *value);
const char *fm_schema_text(const fm_value *value);

#endif
