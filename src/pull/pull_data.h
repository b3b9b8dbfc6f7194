/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks up wires and limits in the tables that a scenario or the shipped data give. */
#ifndef FM_PULL_PULL_DATA_H
#define FM_PULL_PULL_DATA_H

#include "core/study.h"

/* Columns of the input `limits`, in declared order. */
enum {
    FM_PULL_LIMITS_DIAMETER,
    FM_PULL_LIMITS_MATERIAL,
    FM_PULL_LIMITS_STANDARD,
    FM_PULL_LIMITS_PRESEAL,
    FM_PULL_LIMITS_POSTSEAL,
    FM_PULL_LIMITS_STATUS,
    FM_PULL_LIMITS_SOURCE,
    FM_PULL_LIMITS_COLUMNS
};
extern const fm_input_column fm_pull_limits_columns[FM_PULL_LIMITS_COLUMNS];

/* Columns of the input `wires`, in declared order. */
enum {
    FM_PULL_WIRES_MATERIAL,
    FM_PULL_WIRES_TENSILE,
    FM_PULL_WIRES_COLUMNS
};
extern const fm_input_column fm_pull_wires_columns[FM_PULL_WIRES_COLUMNS];

/* Tensile strength of a material.
 * wires     in   data of the input `wires`
 * material  in   label to look for
 * pa_out    out  [Pa]; untouched on error
 * returns FM_OK; FM_ESCENARIO if the material is missing (the text lists what there
 *         is); FM_EDATA if it is given twice or not positive
 * source  own   terms: bond.breaking-load */
fm_status fm_pull_wires_get(const fm_data *wires, const char *material, double *pa_out,
                            fm_error *err);

typedef struct fm_pull_limit_query {
    const char *standard; /* label; ignored when the data have no such column */
    const char *material;
    size_t condition; /* FM_PULL_LIMITS_PRESEAL or FM_PULL_LIMITS_POSTSEAL */
    double diameter_m;
} fm_pull_limit_query;

enum {
    FM_PULL_SOURCE_TEXT = 240
};

/* Double-bond limit of a standard at a wire diameter, and where it comes from.
 * limits       in   data of the input `limits`
 * query        in   what is asked for
 * limit_n_out  out  [N]; untouched unless FM_OK
 * source_out   out  FM_PULL_SOURCE_TEXT bytes: rows used and their source; untouched
 *                   unless FM_OK
 * returns FM_OK; FM_EVALID if the table is silent (material, condition or diameter is
 *         not covered; the text says which); FM_ESCENARIO if the standard is unknown;
 *         FM_EDATA if rows contradict each other or are not positive; FM_ENOMEM
 * source  own   terms: bond.pull-limit bond.wire-diameter */
fm_status fm_pull_limits_get(const fm_data *limits, const fm_pull_limit_query *query,
                             double *limit_n_out, char *source_out, fm_error *err);

#endif
