/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A result in memory for tests: stands in for the reader of core/result.h. */
#ifndef FM_REPORT_FAKE_RESULT_H
#define FM_REPORT_FAKE_RESULT_H

#include "core/result.h"

/* An empty result; fm_result_close frees it. */
fm_result *fm_fake_create(void);
void fm_fake_fact(fm_result *result, const char *name, const char *value);

/* Begins a table; the columns that follow belong to it.  All texts are borrowed. */
void fm_fake_table(fm_result *result, const char *name, const char *long_name,
                   size_t n_rows, const char *signal);
/* Adds a column and copies its values x[n_rows]; returns it for changes. */
fm_result_column *fm_fake_real(fm_result *result, const char *name, const char *unit,
                               const char *long_name, const char *term, const double *x);
fm_result_column *fm_fake_integer(fm_result *result, const char *name,
                                  const char *long_name, const int64_t *x);
fm_result_column *fm_fake_text(fm_result *result, const char *name, const char *long_name,
                               const char *const *x);
fm_result_column *fm_fake_code(fm_result *result, const char *name, const char *long_name,
                               const char *const *words, size_t n_words, const int8_t *x);
void fm_fake_verdict(fm_result *result, const fm_result_verdict *verdict);

#endif
