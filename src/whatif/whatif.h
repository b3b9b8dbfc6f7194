/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What-if: two runs of one study, the second with something changed, compared in pairs.
 *
 * Contents
 *   1. the study that stores a comparison      3. batches of draws
 *   2. cells: the numbers that are compared    4. the comparison
 */
#ifndef FM_WHATIF_WHATIF_H
#define FM_WHATIF_WHATIF_H

#include "core/result.h"
#include "core/rows.h"
#include "core/scenario.h"
#include "math/paired.h"

/* ---- 1. the study that stores a comparison ---------------------------------------- */

/* Tables of the study whatif.deltas and their columns, in stored order. */
enum {
    FM_WHATIF_DELTAS,
    FM_WHATIF_POINTS,
    FM_WHATIF_VERDICTS,
    FM_WHATIF_CHANGES,
    FM_WHATIF_VARIATIONS,
    FM_WHATIF_TORNADO,
    FM_WHATIF_RUNS,
    FM_WHATIF_TABLES
};
/* Columns that deltas, point_deltas and variations have in common. */
enum {
    FM_DELTA_UNITS,
    FM_DELTA_BASE,
    FM_DELTA_NEW,
    FM_DELTA_DELTA,
    FM_DELTA_SE,
    FM_DELTA_LOW,
    FM_DELTA_HIGH,
    FM_DELTA_RELATIVE,
    FM_DELTA_PAIRS,
    FM_DELTA_PAIRING,
    FM_DELTA_P,
    FM_DELTA_SIGNIFICANT,
    FM_DELTA_REMARK,
    FM_DELTA_COLUMNS
};
/* In front of them. */
enum {
    FM_DELTAS_QUANTITY, /* deltas: table, quantity */
    FM_DELTAS_TABLE,
    FM_DELTAS_LEAD
};
enum {
    FM_POINTS_POINT, /* point_deltas: at, at_text, quantity */
    FM_POINTS_SWEPT,
    FM_POINTS_QUANTITY,
    FM_POINTS_LEAD
};
enum {
    FM_VARIATIONS_PARAMETER, /* variations: parameter, value, quantity */
    FM_VARIATIONS_VALUE,
    FM_VARIATIONS_QUANTITY,
    FM_VARIATIONS_LEAD
};
enum {
    FM_VERDICTS_CHANGE,
    FM_VERDICTS_NAME,
    FM_VERDICTS_STATEMENT,
    FM_VERDICTS_BECAME,
    FM_VERDICTS_BASE,
    FM_VERDICTS_NEW,
    FM_VERDICTS_BASE_LIMIT,
    FM_VERDICTS_NEW_LIMIT,
    FM_VERDICTS_UNITS,
    FM_VERDICTS_COLUMNS
};
enum {
    FM_CHANGES_KEY,
    FM_CHANGES_BASE,
    FM_CHANGES_NEW,
    FM_CHANGES_COLUMNS
};
enum {
    FM_TORNADO_PARAMETER,
    FM_TORNADO_QUANTITY,
    FM_TORNADO_UNITS,
    FM_TORNADO_BASE,
    FM_TORNADO_LOW,
    FM_TORNADO_HIGH,
    FM_TORNADO_LOW_SE,
    FM_TORNADO_HIGH_SE,
    FM_TORNADO_LOW_AT,
    FM_TORNADO_HIGH_AT,
    FM_TORNADO_SWING,
    FM_TORNADO_COLUMNS
};
enum {
    FM_RUNS_RUN,
    FM_RUNS_DIGEST,
    FM_RUNS_VERSION,
    FM_RUNS_POINTS,
    FM_RUNS_FAILED,
    FM_RUNS_COLUMNS
};

typedef enum fm_pairing {
    FM_PAIRED_NONE,   /* one value with, one without the change */
    FM_PAIRED_POINTS, /* point by point of the sweep */
    FM_PAIRED_DRAWS   /* batch by batch of the draws */
} fm_pairing;

typedef enum fm_significance {
    FM_NO_STATEMENT,
    FM_NOT_SIGNIFICANT,
    FM_SIGNIFICANT
} fm_significance;

typedef enum fm_became { /* what became of a verdict */
    FM_BECAME_FAIL,
    FM_BECAME_PASS,
    FM_BECAME_STATED,  /* the base makes no such statement */
    FM_BECAME_UNSTATED /* the new run makes none */
} fm_became;

/* It has no run function: `fabmet what-if` makes its results. */
extern const fm_study fm_study_whatif_deltas;

/* ---- 2. cells: the numbers that are compared -------------------------------------- */

/* One run: what was asked and what came out. */
typedef struct fm_whatif_side {
    const fm_scenario *scenario; /* loaded */
    const fm_result *result;
} fm_whatif_side;

typedef struct fm_whatif_cell {
    size_t table, column; /* of the study's declarations */
    size_t row;           /* of tables with many rows, which rows they have: n_rows */
    size_t n_rows;
    char *name;             /* "mean", "share[wire]" */
    const char *unit;       /* borrowed from the base's result */
    bool over_draws;        /* batches of draws tell its error */
    double *base, *changed; /* [n_points]; NaN where there is no value */
} fm_whatif_cell;

typedef struct fm_whatif_cells {
    const fm_study *study;
    fm_whatif_cell *list; /* [n] */
    size_t n;
    size_t n_points;
} fm_whatif_cells;

/* Reads all numbers of both results that can be compared: columns of tables with one row
 * per point; without a sweep also of other tables of at most 64 rows, whose texts, words
 * and axes agree row by row.
 * out        in   gets a remark for each table that cannot be compared
 * cells_out  out  owned by the caller: fm_whatif_cells_free, also after an error
 * returns FM_OK; FM_EUSAGE when the points of the two are not the same in number;
 *         FM_EDATA, FM_EIO, FM_ENOMEM */
fm_status fm_whatif_cells_read(const fm_whatif_side *base, const fm_whatif_side *changed,
                               fm_out *out, fm_whatif_cells *cells_out, fm_error *err);
void fm_whatif_cells_free(fm_whatif_cells *cells);

/* The cell of that name ("mean" or "summary.mean"); NULL: the first table's signal.
 * index_out  out  untouched on error
 * returns FM_OK; FM_EUSAGE with a did-you-mean */
fm_status fm_whatif_cells_find(const fm_whatif_cells *cells, const char *name,
                               size_t *index_out, fm_error *err);

/* ---- 3. batches of draws ---------------------------------------------------------- */

typedef struct fm_whatif_options {
    size_t pairs;      /* batches of draws, >= 2 */
    double confidence; /* of the intervals, in (0, 1); significant: p < 1 - confidence */
    const char *quantity; /* for points and variations; NULL: the first signal */
    int threads;
    const volatile sig_atomic_t *stop;
} fm_whatif_options;

/* Estimates from each batch, both sides; only cells over draws have numbers. */
typedef struct fm_whatif_batches {
    size_t n;            /* batches; 0: the study draws nothing, or too little */
    double *mean[2];     /* [cells->n][n] mean over the points that both sides have */
    double *at_point[2]; /* [n_points][n] of the chosen cell */
} fm_whatif_batches;

/* Runs the points of both sides once more, each batch of draws by itself.
 * chosen       in   cell whose batches are kept for each point
 * batches_out  out  owned by the caller: fm_whatif_batches_free, also after an error
 * returns FM_OK; FM_EINTERRUPT, FM_ENOMEM */
fm_status fm_whatif_batches_run(const fm_whatif_side *base, const fm_whatif_side *changed,
                                const fm_whatif_cells *cells, size_t chosen,
                                const fm_whatif_options *options,
                                fm_whatif_batches *batches_out, fm_error *err);
void fm_whatif_batches_free(fm_whatif_batches *batches);

/* ---- 4. the comparison ------------------------------------------------------------ */

/* A difference and what can be said of it. */
typedef struct fm_whatif_delta {
    double base, changed;
    fm_math_paired paired;
    double half; /* of the confidence interval; NaN: none */
    fm_pairing pairing;
    fm_significance significant;
    const char *unit; /* borrowed from the base's result */
    char remark[160];
} fm_whatif_delta;

/* Compares two runs.
 * out        in   gets the rows of deltas, point_deltas and changes; NULL: only
 *                 the chosen quantity is compared, into delta_out
 * name_out   out  the chosen quantity, malloc'ed; may be NULL
 * delta_out  out  of the chosen quantity; untouched on error
 * returns FM_OK; FM_EUSAGE (unknown quantity, points that do not pair), FM_EDATA, FM_EIO,
 *         FM_EINTERRUPT, FM_ENOMEM */
fm_status fm_whatif_compare(const fm_whatif_side *base, const fm_whatif_side *changed,
                            const fm_whatif_options *options, fm_out *out,
                            char **name_out, fm_whatif_delta *delta_out, fm_error *err);

/* Fills the columns that deltas, point_deltas and variations have in common. */
void fm_whatif_delta_cells(const fm_whatif_delta *delta,
                           fm_cell cells_out[FM_DELTA_COLUMNS]);

/* Adds rows to verdict_changes.
 * change           in   what was changed, for people
 * n_to_fail_out    in/out  grows by the verdicts that fail now and did not before
 * returns FM_OK; FM_EDATA, FM_EIO, FM_ENOMEM */
fm_status fm_whatif_verdicts(const fm_whatif_side *base, const fm_whatif_side *changed,
                             const char *change, fm_out *out, size_t *n_to_fail_out,
                             fm_error *err);

/* Adds a row per value of the scenario that differs. */
fm_status fm_whatif_changes(const fm_whatif_side *base, const fm_whatif_side *changed,
                            fm_out *out, fm_error *err);

/* Adds a row to runs.  run  in  "base", "new", or what was changed */
fm_status fm_whatif_run_row(const fm_whatif_side *side, const char *run, fm_out *out,
                            fm_error *err);

/* One parameter varied alone. */
typedef struct fm_whatif_variation {
    const char *parameter, *value;
    fm_whatif_delta delta;
} fm_whatif_variation;

/* Adds rows to variations, and to tornado: a bar for each parameter, longest first.
 * variations  in  [n], those of one parameter together */
fm_status fm_whatif_tornado(const fm_whatif_variation *variations, size_t n,
                            const char *quantity, fm_out *out, fm_error *err);

#endif
