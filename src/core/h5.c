/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the store and the reader both need of HDF5: attributes, texts, scalar datasets. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hdf5_hl.h>

#include "core/h5.h"

void
fm_h5_start(void)
{
    (void)H5dont_atexit(); /* fails, and means nothing, when HDF5 is in use already */
}

hid_t
fm_h5_text_type(void)
{
    hid_t type = H5Tcopy(H5T_C_S1);

    if (type >= 0 &&
        (H5Tset_size(type, H5T_VARIABLE) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0)) {
        (void)H5Tclose(type);
        return -1;
    }
    return type;
}

void
fm_h5_close(hid_t id)
{
    if (id >= 0)
        (void)H5Idec_ref(id);
}

/* ---- writing --------------------------------------------------------------------- */

/* All links and attributes of our objects fit into the object's header: the thresholds
 * are far above what a study declares, and no heaps are made. */
enum {
    COMPACT_LINKS = 512,
    COMPACT_ATTRIBUTES = 64
};

hid_t
fm_h5_create_group(hid_t parent, const char *name)
{
    hid_t plist = H5Pcreate(H5P_GROUP_CREATE);
    hid_t group = -1;
    unsigned order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;

    if (plist >= 0 && H5Pset_obj_track_times(plist, false) >= 0 &&
        H5Pset_link_creation_order(plist, order) >= 0 &&
        H5Pset_attr_creation_order(plist, order) >= 0 &&
        H5Pset_link_phase_change(plist, COMPACT_LINKS, COMPACT_LINKS / 2) >= 0 &&
        H5Pset_attr_phase_change(plist, COMPACT_ATTRIBUTES, COMPACT_ATTRIBUTES / 2) >= 0)
        group = H5Gcreate2(parent, name, H5P_DEFAULT, plist, H5P_DEFAULT);
    fm_h5_close(plist);
    return group;
}

hid_t
fm_h5_dataset_properties(void)
{
    hid_t plist = H5Pcreate(H5P_DATASET_CREATE);
    unsigned order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;

    if (plist >= 0 && (H5Pset_obj_track_times(plist, false) < 0 ||
                       H5Pset_attr_creation_order(plist, order) < 0 ||
                       H5Pset_attr_phase_change(plist, COMPACT_ATTRIBUTES,
                                                COMPACT_ATTRIBUTES / 2) < 0)) {
        fm_h5_close(plist);
        return -1;
    }
    return plist;
}

/* n = 0: a scalar. */
static bool
put(hid_t object, const char *name, hid_t file_type, hid_t memory_type, size_t n,
    const void *data)
{
    hsize_t dims[1] = {n};
    hid_t space = n == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, dims, NULL);
    hid_t attribute = -1;

    if (space >= 0)
        attribute = H5Acreate2(object, name, file_type, space, H5P_DEFAULT, H5P_DEFAULT);
    bool ok = attribute >= 0 && H5Awrite(attribute, memory_type, data) >= 0;
    fm_h5_close(attribute);
    fm_h5_close(space);
    return ok;
}

bool
fm_h5_put_text(hid_t object, const char *name, const char *text)
{
    hid_t type = fm_h5_text_type();
    bool ok = type >= 0 && put(object, name, type, type, 0, &text);

    fm_h5_close(type);
    return ok;
}

bool
fm_h5_put_texts(hid_t object, const char *name, const char *const *texts, size_t n)
{
    hid_t type = fm_h5_text_type();
    bool ok = type >= 0 && put(object, name, type, type, n, texts);

    fm_h5_close(type);
    return ok;
}

bool
fm_h5_put_real(hid_t object, const char *name, double x)
{
    return put(object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 1, &x);
}

bool
fm_h5_put_integer(hid_t object, const char *name, int64_t x)
{
    return put(object, name, H5T_STD_I64LE, H5T_NATIVE_INT64, 0, &x);
}

bool
fm_h5_put_codes(hid_t object, const char *name, size_t n)
{
    int8_t codes[INT8_MAX + 1];

    if (n > sizeof codes)
        return false;
    for (size_t i = 0; i < n; i++)
        codes[i] = (int8_t)i;
    return put(object, name, H5T_STD_I8LE, H5T_NATIVE_INT8, n, codes);
}

static bool
write_scalar(hid_t group, const char *name, hid_t file_type, hid_t memory_type,
             const void *data)
{
    hid_t plist = fm_h5_dataset_properties();
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t dataset = -1;

    if (plist >= 0 && space >= 0)
        dataset =
            H5Dcreate2(group, name, file_type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    bool ok = dataset >= 0 &&
              H5Dwrite(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0;
    fm_h5_close(dataset);
    fm_h5_close(space);
    fm_h5_close(plist);
    return ok;
}

bool
fm_h5_write_text(hid_t group, const char *name, const char *text)
{
    hid_t type = fm_h5_text_type();
    bool ok = type >= 0 && write_scalar(group, name, type, type, &text);

    fm_h5_close(type);
    return ok;
}

bool
fm_h5_write_unsigned(hid_t group, const char *name, uint64_t x)
{
    return write_scalar(group, name, H5T_STD_U64LE, H5T_NATIVE_UINT64, &x);
}

hid_t
fm_h5_create_bare_scale(hid_t group, const char *name, uint64_t n, bool unlimited)
{
    char label[80];
    hid_t scale = -1;
    hsize_t extent = n, most = unlimited ? H5S_UNLIMITED : n, chunk = 1024;
    hid_t space = H5Screate_simple(1, &extent, &most);
    hid_t plist = fm_h5_dataset_properties();

    (void)snprintf(label, sizeof label, "%s%10llu", FM_H5_BARE_DIMENSION,
                   (unsigned long long)n);
    if (space < 0 || plist < 0)
        goto done;
    if (unlimited && H5Pset_chunk(plist, 1, &chunk) < 0)
        goto done;
    scale = H5Dcreate2(group, name, H5T_STD_I8LE, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    if (scale >= 0 && H5DSset_scale(scale, label) < 0) {
        fm_h5_close(scale);
        scale = -1;
    }
done:
    fm_h5_close(plist);
    fm_h5_close(space);
    return scale;
}

/* ---- reading --------------------------------------------------------------------- */

bool
fm_h5_has(hid_t group, const char *name)
{
    H5L_info_t info;

    return H5Lexists(group, name, H5P_DEFAULT) > 0 &&
           H5Lget_info(group, name, &info, H5P_DEFAULT) >= 0 &&
           info.type == H5L_TYPE_HARD;
}

/* The type in memory that takes a variable-length text of the file: HDF5 does not convert
 * between character sets, so it follows the file's. */
static hid_t
memory_text_type(hid_t file_type)
{
    if (H5Tget_class(file_type) != H5T_STRING || H5Tis_variable_str(file_type) <= 0)
        return -1;
    hid_t type = fm_h5_text_type();
    if (type >= 0 && H5Tset_cset(type, H5Tget_cset(file_type)) < 0) {
        fm_h5_close(type);
        return -1;
    }
    return type;
}

static void
forget(hid_t type, hid_t space, char **texts)
{
    (void)H5Dvlen_reclaim(type, space, H5P_DEFAULT, texts);
}

/* Moves texts out of HDF5's memory into ours. */
static bool
keep_texts(char *const *texts, size_t n, char **texts_out)
{
    for (size_t i = 0; i < n; i++) {
        texts_out[i] = strdup(texts[i] != NULL ? texts[i] : "");
        if (texts_out[i] == NULL) {
            while (i > 0)
                free(texts_out[--i]);
            memset(texts_out, 0, n * sizeof *texts_out);
            return false;
        }
    }
    return true;
}

bool
fm_h5_get_texts(hid_t object, const char *name, size_t max, char ***texts_out,
                size_t *n_out)
{
    hid_t attribute = -1, space = -1, file_type = -1, type = -1;
    char **raw = NULL, **texts = NULL;
    bool ok = false;

    if (H5Aexists(object, name) <= 0)
        return false;
    attribute = H5Aopen(object, name, H5P_DEFAULT);
    if (attribute < 0)
        goto done;
    space = H5Aget_space(attribute);
    file_type = H5Aget_type(attribute);
    if (space < 0 || file_type < 0)
        goto done;
    type = memory_text_type(file_type);
    hssize_t n = H5Sget_simple_extent_npoints(space);
    if (type < 0 || n < 1 || (size_t)n > max)
        goto done;
    raw = calloc((size_t)n, sizeof *raw);
    texts = calloc((size_t)n, sizeof *texts);
    if (raw == NULL || texts == NULL || H5Aread(attribute, type, raw) < 0)
        goto done;
    ok = keep_texts(raw, (size_t)n, texts);
    forget(type, space, raw);
    if (ok) {
        *texts_out = texts;
        *n_out = (size_t)n;
        texts = NULL;
    }
done:
    free(raw);
    free(texts);
    fm_h5_close(type);
    fm_h5_close(file_type);
    fm_h5_close(space);
    fm_h5_close(attribute);
    return ok;
}

void
fm_h5_free_texts(char **texts, size_t n)
{
    for (size_t i = 0; texts != NULL && i < n; i++)
        free(texts[i]);
    free(texts);
}

char *
fm_h5_get_text(hid_t object, const char *name)
{
    char **texts = NULL;
    size_t n = 0;

    if (!fm_h5_get_texts(object, name, 1, &texts, &n))
        return NULL;
    char *text = texts[0];
    free(texts);
    return text;
}

bool
fm_h5_get_integer(hid_t object, const char *name, int64_t *x_out)
{
    bool ok = false;

    if (H5Aexists(object, name) <= 0)
        return false;
    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    if (attribute < 0)
        return false;
    hid_t space = H5Aget_space(attribute);
    hid_t type = H5Aget_type(attribute);
    if (space >= 0 && type >= 0 && H5Sget_simple_extent_npoints(space) == 1 &&
        H5Tget_class(type) == H5T_INTEGER)
        ok = H5Aread(attribute, H5T_NATIVE_INT64, x_out) >= 0;
    fm_h5_close(type);
    fm_h5_close(space);
    fm_h5_close(attribute);
    return ok;
}

bool
fm_h5_read_texts(hid_t dataset, hid_t memory, hid_t space, size_t n, char **texts_out)
{
    bool ok = false;
    hid_t file_type = H5Dget_type(dataset);
    hid_t type = file_type >= 0 ? memory_text_type(file_type) : -1;
    char **raw = calloc(n, sizeof *raw);

    memset(texts_out, 0, n * sizeof *texts_out);
    if (type >= 0 && raw != NULL) {
        if (H5Dread(dataset, type, memory, space, H5P_DEFAULT, raw) >= 0)
            ok = keep_texts(raw, n, texts_out);
        forget(type, memory, raw);
    }
    free(raw);
    fm_h5_close(type);
    fm_h5_close(file_type);
    return ok;
}

bool
fm_h5_read_list(hid_t group, const char *name, size_t max, char ***texts_out,
                size_t *n_out)
{
    bool ok = false;
    hid_t dataset =
        fm_h5_has(group, name) ? H5Dopen2(group, name, H5P_DEFAULT) : H5I_INVALID_HID;
    hid_t space = dataset >= 0 ? H5Dget_space(dataset) : H5I_INVALID_HID;
    hssize_t n = space >= 0 ? H5Sget_simple_extent_npoints(space) : -1;

    if (n > 0 && (size_t)n <= max) {
        char **texts = calloc((size_t)n, sizeof *texts);
        ok = texts != NULL && fm_h5_read_texts(dataset, space, space, (size_t)n, texts);
        if (ok) {
            *texts_out = texts;
            *n_out = (size_t)n;
        } else {
            free(texts);
        }
    }
    fm_h5_close(space);
    fm_h5_close(dataset);
    return ok;
}

/* Opens a dataset of exactly one element. */
static hid_t
open_scalar(hid_t group, const char *name, hid_t *space_out)
{
    if (!fm_h5_has(group, name))
        return -1;
    hid_t dataset = H5Dopen2(group, name, H5P_DEFAULT);
    if (dataset < 0)
        return -1;
    *space_out = H5Dget_space(dataset);
    if (*space_out < 0 || H5Sget_simple_extent_npoints(*space_out) != 1) {
        fm_h5_close(*space_out);
        fm_h5_close(dataset);
        return -1;
    }
    return dataset;
}

char *
fm_h5_read_text(hid_t group, const char *name)
{
    hid_t space = -1;
    char *text = NULL;
    hid_t dataset = open_scalar(group, name, &space);

    if (dataset < 0)
        return NULL;
    if (!fm_h5_read_texts(dataset, space, space, 1, &text))
        text = NULL;
    fm_h5_close(space);
    fm_h5_close(dataset);
    return text;
}

bool
fm_h5_read_unsigned(hid_t group, const char *name, uint64_t *x_out)
{
    hid_t space = -1;
    hid_t dataset = open_scalar(group, name, &space);

    if (dataset < 0)
        return false;
    hid_t type = H5Dget_type(dataset);
    bool ok =
        type >= 0 && H5Tget_class(type) == H5T_INTEGER &&
        H5Dread(dataset, H5T_NATIVE_UINT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, x_out) >= 0;
    fm_h5_close(type);
    fm_h5_close(space);
    fm_h5_close(dataset);
    return ok;
}
