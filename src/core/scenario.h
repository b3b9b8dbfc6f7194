/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scenario: one study with its parameters resolved and checked, its data, its points.
 *
 * Contents
 *   1. context      what the readers need from outside
 *   2. scenario     read, load the data
 *   3. points       grid, zip, Latin hypercube, Sobol: counted, and made one at a time
 */
#ifndef FM_CORE_SCENARIO_H
#define FM_CORE_SCENARIO_H

#include <stdint.h>

#include "core/diag.h"
#include "core/study.h"
#include "core/units.h"

/* ---- 1. context ------------------------------------------------------------------ */

typedef struct fm_context {
    const fm_units *units;
    const fm_study *const *studies; /* the registry */
    size_t n_studies;
    const char
        *data_path; /* folders of shipped data (limits, templates, glossary), ':' */
    bool recorded;  /* scenarios come out of results: files they name need not exist */
    const char *scratch_path; /* folder of temporary files of long inputs; NULL: /tmp */
} fm_context;

/* The study of that name, or NULL. */
const fm_study *fm_context_study(const fm_context *context, const char *name);

/* Path of a shipped file such as "pull/limits.csv": the first folder of data_path that
 * has it.  malloc'ed; NULL when none has. */
char *fm_context_find(const fm_context *context, const char *name);

/* ---- 2. scenario ----------------------------------------------------------------- */

typedef enum fm_sampling {
    FM_GRID,
    FM_ZIP,
    FM_LHS,
    FM_SOBOL
} fm_sampling;

typedef enum fm_axis_kind {
    FM_AXIS_VALUES, /* a list; any scalar kind */
    FM_AXIS_LINEAR, /* n values from ... to, both included */
    FM_AXIS_LOG
} fm_axis_kind;

typedef struct fm_axis {
    size_t param; /* index of the swept parameter */
    fm_axis_kind kind;
    double from, to;  /* declared unit; LINEAR, LOG; the range for lhs and sobol */
    uint64_t n;       /* values on this axis (0 for lhs and sobol: the sampling says) */
    fm_value *values; /* VALUES: [n] */
    fm_conversion to_si;
} fm_axis;

typedef struct fm_naming { /* one entry of a map of names */
    char *key;
    char *value;
    fm_mark mark; /* of the value, in the scenario */
} fm_naming;

typedef struct fm_source { /* where one input comes from */
    char *path;            /* path to open; NULL: inline or not given */
    char *name;            /* as the user wrote it; "inline" */
    char *inside;          /* HDF5: table inside the file; NULL: CSV */
    char *text;            /* inline CSV */
    int text_line;         /* line of the scenario on which it begins */
    bool shipped;          /* the input's own default file: the scenario names none */
    fm_naming *columns;    /* the scenario's `columns:` map: declared name -> CSV name */
    size_t n_columns;
    fm_naming *units; /* its `units:` map: declared name (or, for columns that a parameter
                         names, the CSV name) -> unit */
    size_t n_units;
    char hash[65]; /* SHA-256 of the bytes read; "" before loading */
    fm_data *data; /* NULL before loading, or when the input was not given */
} fm_source;

typedef struct fm_scenario {
    const fm_context *context;
    const fm_study *study;
    char *file;  /* as the user named it */
    char *title; /* "" when not given */
    uint64_t seed;
    uint64_t draws;
    fm_value *values; /* [study->n_params], the base point */
    fm_sampling sampling;
    fm_axis *axes;
    size_t n_axes;
    uint64_t n_points;
    fm_source *sources;     /* [study->n_inputs] */
    char *overrides;        /* the --set texts, one per line; "" for none */
    struct fm_arena *arena; /* owns the texts and items of the values */
} fm_scenario;

/* Reads and checks a scenario and its --set overrides; reports all problems in one pass.
 * Data files are looked for (FM_ENOINPUT when missing) but not read.
 * path   in   file, or "-" for stdin
 * sets   in   [n_sets] "KEY=VALUE": a parameter's key, title, seed, draws, data.NAME.csv.
 *             Setting a swept parameter replaces its axis by the one value.
 * out    out  owned by the caller: fm_scenario_free; untouched on error
 * returns FM_OK; FM_ESCENARIO, FM_ENOINPUT, FM_ENOMEM */
fm_status fm_scenario_read(const fm_context *context, const char *path,
                           const char *const *sets, size_t n_sets, fm_diags *diags,
                           fm_scenario **out);
/* The same from text (tests, what-if). */
fm_status fm_scenario_read_text(const fm_context *context, const char *name,
                                const char *text, size_t length, const char *const *sets,
                                size_t n_sets, fm_diags *diags, fm_scenario **out);
void fm_scenario_free(fm_scenario *scenario);

/* Frees what fm_scenario_load put into one source (data.c); NULL-safe. */
void fm_data_free(fm_data *data);

/* Reads the data files, then calls the study's own check on the first point.
 * returns FM_OK; FM_EDATA, FM_ENOINPUT, FM_ESCENARIO (the study's check), FM_ENOMEM */
fm_status fm_scenario_load(fm_scenario *scenario, fm_diags *diags);

/* The resolved scenario as YAML: every parameter, in declared order; reads back to the
 * same scenario.  malloc'ed; NULL if memory ran out. */
char *fm_scenario_text(const fm_scenario *scenario);

/* A commented scenario with every parameter at its default (`fabmet init`). */
char *fm_scenario_template(const fm_study *study);

/* The same tree a user may ask for with --set or sweep: dotted key -> parameter index, or
 * SIZE_MAX. */
size_t fm_study_param(const fm_study *study, const char *key);

/* ---- 3. points ------------------------------------------------------------------- */

/* A cursor makes points in any order; each thread has its own.  Needs O(parameters)
 * memory. Grid order: the last axis runs fastest. */
typedef struct fm_cursor fm_cursor;

fm_status fm_cursor_create(const fm_scenario *scenario, fm_cursor **out);
void fm_cursor_free(fm_cursor *cursor);

/* Fills *point_out for point `index`; its values live until the next seek.
 * returns FM_OK; FM_ERANGE if index >= n_points */
fm_status fm_cursor_seek(fm_cursor *cursor, uint64_t index, fm_point *point_out);

/* Value of axis `axis` at its step `step` (0 ... n - 1), for grids: also the coordinate
 * that the store writes.  Bit-equal to what the cursor gives. */
void fm_axis_value(const fm_scenario *scenario, size_t axis, uint64_t step,
                   fm_value *value_out);

/* Axis name in results: the key with '.' as '_'.  malloc'ed. */
char *fm_axis_name(const fm_scenario *scenario, size_t axis);

#endif
