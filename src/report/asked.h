/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was asked: values in the scenario that a result stores. */
#ifndef FM_REPORT_ASKED_H
#define FM_REPORT_ASKED_H

#include "core/result.h"
#include "core/text.h"
#include "core/yaml.h"

/* The resolved scenario of a result; NULL when there is none or it cannot be read.
 * The caller frees it with fm_yaml_free. */
fm_node *fm_asked_scenario(const fm_result *result);

/* Value of a parameter in the scenario, NULL when it was not given. */
const fm_node *fm_asked_param(const fm_node *scenario, const char *key);

/* A value on one line, as a scenario would spell it. */
void fm_asked_text(const fm_node *node, fm_str *out);

/* What a swept parameter is called in short: its help up to the first ";", "(" or ",",
 * or its name when that still explains more than it names. */
void fm_asked_axis_name(const fm_result_column *column, fm_str *out);

#endif
