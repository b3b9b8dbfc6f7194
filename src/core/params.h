/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of declared parameters, read from YAML nodes: kinds, units, ranges, choices.
 *
 * Contents
 *   1. arena      owns the texts and items of a scenario's values
 *   2. reader     where values come from and where problems go
 *   3. values     one value, the default, a map of parameters
 */
#ifndef FM_CORE_PARAMS_H
#define FM_CORE_PARAMS_H

#include "core/diag.h"
#include "core/study.h"
#include "core/text.h"
#include "core/units.h"
#include "core/yaml.h"

/* ---- 1. arena -------------------------------------------------------------------- */

typedef struct fm_arena fm_arena;

/* Returns NULL if memory ran out.  Pair: fm_arena_free, which frees all that it gave. */
fm_arena *fm_arena_create(void);
void fm_arena_free(fm_arena *arena);

/* Zeroed memory, n items of `size` bytes; NULL if memory ran out, which the arena
 * remembers. */
void *fm_arena_get(fm_arena *arena, size_t n, size_t size);
char *fm_arena_text(fm_arena *arena, const char *text); /* a copy; NULL for NULL */
bool fm_arena_failed(const fm_arena *arena);

/* ---- 2. reader ------------------------------------------------------------------- */

typedef struct fm_reader {
    const fm_units *units;
    fm_arena *arena;
    fm_diags *diags;
    const char *file;   /* as messages call it */
    const char *folder; /* relative paths start here; NULL: the current folder */
    bool recorded;      /* files need not exist: the scenario comes out of a result */
    const char *set; /* the --set text that values come from (no marks then), or NULL */
} fm_reader;

/* Adds an error; behind values of the command line the --set text is shown. */
void fm_reader_error(const fm_reader *r, fm_status code, fm_mark mark, const char *hint,
                     const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Errors that were reported so far, kept or not. */
size_t fm_reader_errors(const fm_reader *r);

/* `path` seen from the reader's folder; lives in the arena. */
char *fm_reader_path(const fm_reader *r, const char *path);

/* Whether `path` can be read; reports FM_ENOINPUT otherwise.
 * name  in  as the user wrote it */
bool fm_reader_find(const fm_reader *r, fm_mark mark, const char *what, const char *path,
                    const char *name);

/* The text of a scalar node, or NULL after reporting that one was needed.
 * what    in  whose value, for messages
 * needed  in  "a number" */
const char *fm_reader_scalar(const fm_reader *r, const fm_node *node, const char *what,
                             const char *needed);

/* ---- 3. values ------------------------------------------------------------------- */

/* Reads and checks one value.
 * name       in   its key in messages ("limits[2].share")
 * value_out  out  texts and items live in the arena
 * returns false after reporting a problem */
bool fm_value_read(const fm_reader *r, const fm_param *param, const char *name,
                   const fm_node *node, fm_value *value_out);

/* A value of the command line or of a declaration as a node: quotes, '[' and '{' begin
 * YAML, anything else is one plain text as it stands ('#' and ':' included).
 * node_out  out  fm_yaml_free; may be set beside an error */
fm_status fm_value_node(const char *name, const char *text, fm_diags *diags,
                        fm_node **node_out);

/* The declared default, by the same way; a wrong one is reported as FM_EINTERNAL. */
bool fm_value_default(const fm_reader *r, const fm_param *param, const char *name,
                      fm_value *value_out);

/* A value that is not there (NaN, NULL, 0). */
fm_value fm_value_absent(const fm_param *param);

/* Checks a real or integer against the declared range; reports. */
bool fm_value_check(const fm_reader *r, const fm_param *param, const char *name,
                    fm_mark mark, double x, const char *typed);

/* Finds the parameter that each key of `map` means: nested maps or dotted keys.
 * what   in   "params of pull.simulate", for messages
 * nodes  out  [n] node of each parameter, NULL where not given */
void fm_params_collect(const fm_reader *r, const fm_param *params, size_t n,
                       const char *what, const fm_node *map, const fm_node **nodes);

/* What fm_params_resolve needs besides the nodes. */
typedef struct fm_resolving {
    const char *prefix;    /* put before keys in messages ("limits[2].") */
    fm_mark place;         /* where a missing one is reported */
    const bool *satisfied; /* [n] another source gives it: it is not missing; or NULL */
} fm_resolving;

/* Values of all parameters: given, default or absent.
 * nodes   in   [n] as fm_params_collect found them
 * values  out  [n]
 * returns false after reporting a problem */
bool fm_params_resolve(const fm_reader *r, const fm_param *params, size_t n,
                       const fm_resolving *how, const fm_node *const *nodes,
                       fm_value *values);

/* Index of a key in params[n], or SIZE_MAX. */
size_t fm_params_index(const fm_param *params, size_t n, const char *key);

/* Adds the allowed range ("10 ... 500 um", "more than 0") or nothing when all is
 * allowed. */
void fm_range_text(fm_str *s, const fm_param *param);
bool fm_has_range(const fm_param *param);

#endif
