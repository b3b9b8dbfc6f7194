/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parameter `rules` of the studies that have run rules: names and own rules mixed. */
#ifndef FM_SPC_RULE_SET_PARAM_H
#define FM_SPC_RULE_SET_PARAM_H

#include "core/study.h"
#include "spc/spc_rule_set.h"

enum {
    FM_SPC_RULE_FIELDS = 9
};

/* Fields of one item of `rules`: a parameter of kind FM_RECORDS with .fields =
 * fm_spc_rule_fields, .n_fields = FM_SPC_RULE_FIELDS, .shorthand = "rule", FM_FIXED. */
extern const fm_param fm_spc_rule_fields[FM_SPC_RULE_FIELDS];

/* Reads the value of such a parameter.
 * key      in   the parameter's key; messages begin with it
 * set_out  out  untouched on error
 * returns FM_OK; FM_ESCENARIO after saying which item is wrong and what is allowed */
fm_status fm_spc_rule_set_read(const fm_value *value, const char *key,
                               fm_spc_rule_set *set_out, fm_error *err);

#endif
