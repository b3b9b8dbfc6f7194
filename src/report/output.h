/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole files in and out: written under a temporary name, synced, renamed. */
#ifndef FM_REPORT_OUTPUT_H
#define FM_REPORT_OUTPUT_H

#include <stddef.h>

#include <fabmet/error.h>

/* Writes n bytes to `path`; an older file is replaced at the end or not at all.
 * returns FM_OK; FM_ECREATE when the folder does not take a file, FM_EIO, FM_ENOMEM */
fm_status fm_output_write(const char *path, const char *bytes, size_t n, fm_error *err);

/* Reads a whole file of at most 64 MB, with a NUL behind its bytes.
 * bytes_out  out  malloc'ed; untouched on error
 * returns FM_OK; FM_ENOINPUT, FM_EIO, FM_EDATA (larger), FM_ENOMEM */
fm_status fm_output_read(const char *path, char **bytes_out, size_t *n_out,
                         fm_error *err);

#endif
