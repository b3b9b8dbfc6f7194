/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units taken apart: what units.c and units_names.c share. */
#ifndef FM_CORE_UNITS_PARTS_H
#define FM_CORE_UNITS_PARTS_H

#include <udunits2.h>

#include "core/units.h"

/* x of the unit is scale * (x + offset) of the coherent unit (m, kg, s, ... products). */
typedef struct fm_unit_parts {
    ut_unit *coherent;
    double scale;
    double offset;
    bool logarithmic;
    bool done; /* `coherent` is a product of base units */
} fm_unit_parts;

/* The parsed unit (ut_free), or NULL.  "1" is the declared unit of pure numbers. */
ut_unit *fm_unit_parse(const fm_units *units, const char *text);

/* Takes a unit apart.  Returns false, with out->coherent NULL, where that fails.
 * out  out  out->coherent is owned by the caller: ut_free */
bool fm_unit_take_apart(const ut_unit *unit, fm_unit_parts *out);

bool fm_unit_same_dimension(const fm_unit_parts *a, const fm_unit_parts *b);

/* Say that `from` is no unit, or not one that converts to `to`, and what may be meant.
 * return FM_EDATA and FM_EDOM */
fm_status fm_unit_fail_unknown(const fm_units *units, const char *from,
                               const fm_unit_parts *to, fm_error *err);
fm_status fm_unit_fail_dimension(const fm_units *units, const char *from, const char *to,
                                 const fm_unit_parts *to_parts, fm_error *err);

#endif
