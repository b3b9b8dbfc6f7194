/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report: one self-contained HTML file from result files alone. */
#ifndef FM_REPORT_REPORT_H
#define FM_REPORT_REPORT_H

#include "core/result.h"
#include "core/scenario.h"

/* Writes the report of results[n] to `path` (temporary name, fsync, rename).
 * returns FM_OK; FM_ECREATE, FM_EIO, FM_EDATA (unknown study, unknown glossary term),
 *         FM_ENOMEM.  A missing gnuplot leaves a note in place of each figure. */
fm_status fm_report_write(const fm_context *context, const fm_result *const *results,
                          size_t n, const char *path, fm_error *err);

#endif
