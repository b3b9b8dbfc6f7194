/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The declaration tables of a study, and what its run function sees.
 *
 * Contents
 *   1. parameters          4. figures and verdicts
 *   2. inputs              5. the study
 *   3. tables              6. inside run: the point, its parameters, inputs, streams
 *
 * A study is plain constant data plus one function.  From the declarations alone come:
 * scenario checking, --set, sweep axes, describe, init, the manual's reference chapter,
 * HDF5 attributes, report tables and shell completion.  Nothing is written twice.
 */
#ifndef FM_CORE_STUDY_H
#define FM_CORE_STUDY_H

#include <assert.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fabmet/error.h>

#include "core/rng.h"

#define FM_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- 1. parameters --------------------------------------------------------------- */

typedef enum fm_kind {
    FM_REAL,    /* a number with the declared unit */
    FM_INTEGER, /* a whole number */
    FM_CHOICE,  /* one of a list of words */
    FM_TEXT,    /* any text */
    FM_FLAG,    /* true or false */
    FM_FILE,    /* path of a file, relative to the scenario */
    FM_LIST,    /* list of items of one scalar kind */
    FM_RECORDS  /* list of mappings with declared fields */
} fm_kind;

enum {
    FM_REQUIRED =
        1 << 0, /* the scenario must give it; `example` says how `init` writes it */
    FM_OPTIONAL = 1 << 1,   /* may be absent: value.present is false */
    FM_FIXED = 1 << 2,      /* cannot be swept (it names columns, files, lists) */
    FM_OPEN_MIN = 1 << 3,   /* min itself is not allowed */
    FM_OPEN_MAX = 1 << 4,   /* max itself is not allowed */
    FM_DIFFERENCE = 1 << 5, /* a difference: 5 degC is 5 K */
    FM_COLUMN_NAME = 1 << 6 /* text that names a column of an input */
};

typedef struct fm_param {
    const char *key; /* dotted: "wire.diameter" */
    fm_kind kind;
    fm_kind item;        /* FM_LIST: kind of the items (REAL, INTEGER, TEXT, CHOICE) */
    const char *unit;    /* REAL: declared unit, "1" for a pure number */
    const char *def;     /* default as a scenario spells it: "25", "[0, 1]", "Au" */
    const char *example; /* REQUIRED: what `init` writes; OPTIONAL: shown as a comment */
    double min, max;     /* REAL, INTEGER (and list items): allowed range */
    const char *const *choices;    /* CHOICE: NULL-terminated */
    const struct fm_param *fields; /* RECORDS: declared like parameters */
    size_t n_fields;
    /* RECORDS: key of the field that an item stands for when it is no mapping: with
     * "rule", `[we1, { of: 3, ... }]` means `[{ rule: we1 }, { of: 3, ... }]`, and a
     * single text means a list of one; or NULL */
    const char *shorthand;
    unsigned flags;
    const char *term; /* glossary id, or NULL with `no_term` saying why */
    const char *no_term;
    const char *help; /* one line, no full stop */
} fm_param;

/* ---- 2. inputs ------------------------------------------------------------------- */

typedef enum fm_type {
    FM_TYPE_REAL,
    FM_TYPE_INTEGER, /* int64_t */
    FM_TYPE_CODE, /* small int with declared words (`words`), int8_t in memory and file */
    FM_TYPE_TEXT
} fm_type;

enum {
    FM_COL_REQUIRED = 1 << 0, /* the column must be there */
    FM_COL_MISSING = 1 << 1   /* cells may be empty: NaN, or label "" */
};

/* A column that an input knows.  Its CSV name is `name`, what the scenario's `columns:`
 * map says, or, with `from_param`, the text (or each text of the list) of that
 * parameter. */
typedef struct fm_input_column {
    const char *name;
    fm_type type; /* REAL, INTEGER or TEXT (labels) */
    const char
        *unit; /* values are converted to its SI unit; NULL: kept as the data say */
    const char *from_param; /* key of a FM_COLUMN_NAME parameter, or NULL */
    unsigned flags;
    double min, max; /* both 0: no range; in the declared unit */
    const char *term;
    const char *help;
} fm_input_column;

typedef struct fm_input_decl {
    const char *name; /* key below `data:` */
    const fm_input_column *columns;
    size_t n_columns;
    const char
        *def_file; /* shipped CSV below the data folder used when not given; or NULL */
    const char *example; /* small CSV text that `init` writes inline; or NULL */
    const char *help;
    unsigned flags; /* FM_INPUT_* */
} fm_input_decl;

enum {
    /* The study reads the rows through core/data.h only: long series of numbers may then
     * lie on disk instead of in memory. */
    FM_INPUT_STREAM = 1 << 0
};

/* ---- 3. tables ------------------------------------------------------------------- */

typedef enum fm_role {
    FM_VALUE,
    FM_AXIS,
    FM_STATUS
} fm_role;

typedef struct fm_column {
    const char *name; /* ASCII identifier; becomes the dataset's name */
    fm_type type;
    /* UDUNITS spelling; "@INPUT.COLUMN" takes the unit that the data of input column
     * COLUMN have, "@INPUT.COLUMN^2" its square, and "@INPUT.COLUMN unless PARAM=a b" is a
     * pure number where the choice PARAM is one of the words; "" for text */
    const char *unit;
    const char *long_name; /* starts with a small letter, no unit */
    fm_role role;
    const char *const *words; /* CODE: NULL-terminated; code i is words[i] */
    const char *term;         /* glossary id, or NULL with `no_term` saying why */
    const char *no_term;
} fm_column;

typedef enum fm_shape {
    FM_ONE_ROW,  /* exactly one row per point: follows the axes of a grid */
    FM_MANY_ROWS /* any number of rows per point */
} fm_shape;

typedef struct fm_table {
    const char *name;
    const char *long_name;
    fm_shape shape;
    const fm_column *columns;
    size_t n_columns;
    const char *signal; /* column shown first by NeXus viewers */
} fm_table;

/* ---- 4. figures and verdicts ----------------------------------------------------- */

/* A figure draws columns of one table with one section of a gnuplot template; see
 * src/report/figure.h for what the section finds. */
typedef struct fm_figure {
    const char *name;
    const char *caption;
    const char *table;
    const char *columns; /* blank-separated, in the order the template counts them;
                            "@axis" is the first numeric sweep axis */
    const char *by;      /* text or code column whose values make the series; or NULL */
    /* blank-separated "table.column" of one-row tables that become gnuplot variables
     * table_column (limits, centre lines); or NULL */
    const char *scalars;
    const char *script; /* template file below the data folder: "spc/spc_chart.gp" */
    unsigned flags;
} fm_figure;

enum {
    FM_FIG_SWEEP =
        1 << 0, /* drawn over the sweep, not for one point; needs a numeric axis */
    FM_FIG_POINT = 1 << 1,  /* drawn for one point (the first, or the one asked for) */
    FM_FIG_IF_ROWS = 1 << 2 /* left out of reports when its table has no rows */
};

typedef enum fm_direction {
    FM_AT_MOST,
    FM_AT_LEAST
} fm_direction;

/* A statement value <= limit (or >=) over all rows of a table; the report shows the worst
 * row and how many fail.  Rows whose limit is NaN make no statement. */
typedef struct fm_verdict {
    const char *name;      /* slug: "below-limit" */
    const char *statement; /* "share of pulls below the limit" */
    const char *table, *column;
    fm_direction direction;
    double limit;             /* used when limit_column is NULL */
    const char *limit_column; /* in the same table */
    const char *term;
} fm_verdict;

/* ---- 5. the study ---------------------------------------------------------------- */

typedef struct fm_point fm_point;
typedef struct fm_out fm_out; /* core/rows.h */

typedef struct fm_study {
    const char *name;    /* "pull.simulate" */
    const char *summary; /* one line */
    const char *about;   /* a paragraph: method, assumptions, sources (Markdown) */
    const fm_param *params;
    size_t n_params;
    const fm_input_decl *inputs;
    size_t n_inputs;
    const fm_table *tables;
    size_t n_tables;
    const fm_figure *figures;
    size_t n_figures;
    const fm_verdict *verdicts;
    size_t n_verdicts;
    const char *const *streams; /* names of its random streams */
    size_t n_streams;
    uint64_t draws; /* default of the scenario's `draws`; 0: the study draws nothing */
    /* Blank-separated "table.column": averages over a point's draws, and smooth functions
     * of such.  A share of the draws estimates the same, so batches of draws tell the
     * error of a difference (what-if).  No extremes, counts, bounds or errors; nothing
     * that is computed without draws.  May be NULL. */
    const char *over_draws;
    /* Checks that need several parameters or the data together; called once per scenario
     * on the first point, after everything else was right.  A message that begins with a
     * parameter's key is shown with that parameter's place.  May be NULL. */
    fm_status (*check)(const fm_point *point, fm_error *err);
    /* Rows that tables[table] will get for one point: for `check`'s size estimate.  May
     * be NULL (one row per point, 0 for the others). */
    uint64_t (*rows)(const fm_point *point, size_t table);
    /* NULL: a command makes the results of this study, no scenario does (`check` says so).
     * Computes one point and puts its rows.  Thread-safe; nothing but `out` is written.
     * On an error status the point's rows are dropped and the message is kept. */
    fm_status (*run)(const fm_point *point, fm_out *out, fm_error *err);
} fm_study;

/* ---- 6. inside run --------------------------------------------------------------- */

typedef struct fm_value {
    fm_kind kind;
    int line, column; /* place in the scenario; 0: a default, or from --set */
    bool given;       /* --set says it, or the scenario and it is not the default */
    bool present;     /* false: optional and absent */
    double real;      /* REAL: in the declared unit (NaN when absent) */
    double si;        /* REAL: in SI */
    int64_t integer;  /* INTEGER; CHOICE: index; FLAG: 0 or 1 */
    const char *text; /* TEXT, FILE (path to open), CHOICE (the word); the literal as
                         typed for REAL and INTEGER, NULL for a computed axis value */
    size_t n;         /* LIST: items; RECORDS: records */
    const struct fm_value *items; /* LIST [n]; RECORDS [n][n_fields] */
} fm_value;

/* One loaded column.  Labels are interned: codes index `labels`, in order of
 * appearance. */
typedef struct fm_data_column {
    const char *name; /* as the user's file calls it */
    fm_type type;
    const char *unit; /* of `real`: SI of the declared unit, or the data's own */
    double *real;     /* REAL: [n_rows] */
    int64_t *integer; /* INTEGER: [n_rows] */
    int32_t *code;    /* TEXT: [n_rows]; -1 for an empty cell */
    char **labels;
    size_t n_labels;
} fm_data_column;

typedef struct fm_data {
    const fm_input_decl *decl;
    const char *source; /* as the user named it */
    size_t n_rows;
    const uint64_t *line;          /* [n_rows] line in the file, for messages */
    const fm_data_column *columns; /* declared order; a list parameter's columns stand
                                      together, [first[k], first[k + 1]) for declared k */
    const size_t *first;           /* [decl->n_columns + 1] */
    /* Not NULL (FM_INPUT_STREAM only): the values and lines are on disk; the columns have
     * name, type and unit but no values, and `line` is NULL.  See core/data.h. */
    const struct fm_spool *spool;
} fm_data;

struct fm_point {
    const fm_study *study;
    const fm_value *values;     /* [study->n_params] */
    const fm_data *const *data; /* [study->n_inputs]; NULL where not given */
    uint64_t index;             /* 0 ... n_points - 1 */
    uint64_t n_points;
    uint64_t seed;
    uint64_t draws;
    uint64_t first_draw; /* the streams begin here: 0, or where a batch of draws begins */
    int threads; /* threads that this run may use inside; results must not depend on it */
    const volatile sig_atomic_t
        *stop; /* non-zero: give up with FM_EINTERRUPT; may be NULL */
};

/* Values by parameter index (an enum beside the table keeps them in step). */
static inline const fm_value *
fm_value_at(const fm_point *point, size_t param)
{
    assert(param < point->study->n_params);
    return &point->values[param];
}

static inline double
fm_si(const fm_point *point, size_t param)
{
    assert(point->study->params[param].kind == FM_REAL);
    return fm_value_at(point, param)->si;
}

static inline double
fm_real(const fm_point *point, size_t param)
{
    assert(point->study->params[param].kind == FM_REAL);
    return fm_value_at(point, param)->real;
}

static inline int64_t
fm_integer(const fm_point *point, size_t param)
{
    assert(point->study->params[param].kind == FM_INTEGER ||
           point->study->params[param].kind == FM_CHOICE ||
           point->study->params[param].kind == FM_FLAG);
    return fm_value_at(point, param)->integer;
}

static inline const char *
fm_text(const fm_point *point, size_t param)
{
    return fm_value_at(point, param)->text;
}

static inline bool
fm_present(const fm_point *point, size_t param)
{
    return fm_value_at(point, param)->present;
}

/* The scenario or --set asks for a value, and for another one than the default. */
static inline bool
fm_given(const fm_point *point, size_t param)
{
    return fm_value_at(point, param)->given && fm_value_at(point, param)->present;
}

static inline const fm_data *
fm_input(const fm_point *point, size_t input)
{
    assert(input < point->study->n_inputs);
    return point->data[input];
}

/* The n-th stream of the study at this point. */
static inline fm_stream
fm_point_stream(const fm_point *point, size_t stream)
{
    assert(stream < point->study->n_streams);
    fm_stream s = fm_stream_make(
        point->seed, point->index,
        fm_stream_selector(point->study->name, point->study->streams[stream]));
    s.first = (uint32_t)point->first_draw;
    return s;
}

static inline bool
fm_should_stop(const fm_point *point)
{
    return point->stop != NULL && *point->stop != 0;
}

#endif
