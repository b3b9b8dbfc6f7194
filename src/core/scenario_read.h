/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the scenario reader: what its source files share. */
#ifndef FM_CORE_SCENARIO_READ_H
#define FM_CORE_SCENARIO_READ_H

#include "core/params.h"
#include "core/scenario.h"

#define FM_POINTS_MAX UINT64_C(1000000000000)

/* One --set text, taken apart. */
typedef struct fm_set {
    const char *text;
    char *key;         /* arena */
    const char *value; /* inside text */
    size_t param;      /* index, or SIZE_MAX */
    size_t input;      /* data.NAME.csv: index, or SIZE_MAX */
} fm_set;

typedef struct fm_sets {
    fm_set *list;
    size_t n;
} fm_sets;

/* Adds the axes and the sampling, counts the points.
 * sweep, sampling  in  nodes, NULL when not given
 * replaced         in  [n_params] true: --set gives one value, so its axis goes */
void fm_sweep_read(const fm_reader *r, fm_scenario *s, const fm_node *sweep,
                   const fm_node *sampling, const bool *replaced);

/* Fills s->sources.
 * data   in  node, NULL when not given
 * place  in  where missing inputs are reported */
void fm_sources_read(const fm_reader *r, fm_scenario *s, const fm_node *data,
                     fm_mark place, const fm_sets *sets);

/* Whether two values of a parameter are written alike. */
bool fm_value_same(const fm_param *param, const fm_value *a, const fm_value *b);

/* Checks that the node is a list (map); a node without a value counts as absent.
 * returns the node, or NULL after reporting a wrong kind */
const fm_node *fm_reader_kind(const fm_reader *r, const fm_node *node, const char *what,
                              fm_node_kind kind);

#endif
