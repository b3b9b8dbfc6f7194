/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the store and the reader both need of HDF5: attributes, texts, scalar datasets.
 *
 * Texts are variable-length UTF-8 everywhere.  Functions return false when HDF5
 * refused. */
#ifndef FM_CORE_H5_H
#define FM_CORE_H5_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hdf5.h>

/* Name attribute of a dimension that has no values of its own (netCDF-4's convention). */
#define FM_H5_BARE_DIMENSION "This is a netCDF dimension but not a netCDF variable."

/* To be called before anything else of HDF5: after a file could not be closed (full
 * disk), HDF5's own cleaning up at the end of the process crashes; everything is closed
 * by hand. */
void fm_h5_start(void);

/* Type of a variable-length UTF-8 text; closed with H5Tclose.  Negative on failure. */
hid_t fm_h5_text_type(void);

/* Closes an object of any kind; negative identifiers are ignored. */
void fm_h5_close(hid_t id);

/* ---- writing --------------------------------------------------------------------- */

/* A group in creation order, without times.  Negative on failure. */
hid_t fm_h5_create_group(hid_t parent, const char *name);

/* Dataset creation properties that all our datasets share: creation order of attributes,
 * no times.  Negative on failure. */
hid_t fm_h5_dataset_properties(void);

/* Attributes: one text, texts[n] (n > 0), a real (array of one), a number, codes 0 ...
 * n-1. */
bool fm_h5_put_text(hid_t object, const char *name, const char *text);
bool fm_h5_put_texts(hid_t object, const char *name, const char *const *texts, size_t n);
bool fm_h5_put_real(hid_t object, const char *name, double x);
bool fm_h5_put_integer(hid_t object, const char *name, int64_t x);
bool fm_h5_put_codes(hid_t object, const char *name, size_t n);

/* Scalar datasets. */
bool fm_h5_write_text(hid_t group, const char *name, const char *text);
bool fm_h5_write_unsigned(hid_t group, const char *name, uint64_t x);

/* A dimension scale without values, as netCDF-4 makes it: no space is allocated. Negative
 * on failure. */
hid_t fm_h5_create_bare_scale(hid_t group, const char *name, uint64_t n, bool unlimited);

/* ---- reading: nothing in the file is trusted ------------------------------------- */

/* Is there an object of that name (no path) in this very file?  Links that lead elsewhere
 * do not count. */
bool fm_h5_has(hid_t group, const char *name);

/* Text attribute or scalar text dataset, malloc'ed; NULL when it is missing, no text, or
 * damaged. */
char *fm_h5_get_text(hid_t object, const char *name);
char *fm_h5_read_text(hid_t group, const char *name);

/* Attribute of texts.  texts_out[n_out]  out  free with fm_h5_free_texts
 * returns false when it is missing, no list of texts, damaged or longer than `max` */
bool fm_h5_get_texts(hid_t object, const char *name, size_t max, char ***texts_out,
                     size_t *n_out);
/* The same for a one-dimensional dataset. */
bool fm_h5_read_list(hid_t group, const char *name, size_t max, char ***texts_out,
                     size_t *n_out);
void fm_h5_free_texts(char **texts, size_t n);

/* Scalar whole number: attribute, dataset. */
bool fm_h5_get_integer(hid_t object, const char *name, int64_t *x_out);
bool fm_h5_read_unsigned(hid_t group, const char *name, uint64_t *x_out);

/* Reads `space` of a text dataset into texts_out[n], each malloc'ed ("" for nothing).
 * memory  in  simple space of n elements
 * returns false when it is no text or damaged; then texts_out holds only NULL */
bool fm_h5_read_texts(hid_t dataset, hid_t memory, hid_t space, size_t n,
                      char **texts_out);

#endif
