/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opens result files and describes them; nothing in the file is trusted.
 *
 * Contents
 *   1. facts       3. tables
 *   2. columns     4. open, close
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <hdf5.h>
#include <hdf5_hl.h>

#include "core/h5.h"
#include "core/result_parts.h"
#include "core/seal.h"
#include "core/store.h"
#include "core/text.h"

enum {
    MAX_NAMES = 4096, /* tables of a file, columns of a table */
    MAX_WORDS = 128
};

static fm_status
damaged(const fm_result *r, const char *what, const char *name, fm_error *err)
{
    return FM_FAIL(err, FM_EDATA, "damaged result: %s '%s': '%s'", what, name, r->path);
}

static char *
text_of_number(uint64_t x)
{
    fm_str s = {0};

    fm_str_addf(&s, "%llu", (unsigned long long)x);
    return fm_str_take(&s);
}

/* ---- 1. facts -------------------------------------------------------------------- */

/* What the file says of itself; those after the digest are texts of /provenance. */
static const char *const fact_names[FM_FACTS] = {
    "path",   "schema",   "study",         "title",       "points",   "points_table",
    "digest", "scenario", "overrides",     "argv",        "version",  "libraries",
    "seed",   "draws",    "host",          "started",     "finished", "processor",
    "libc",   "inputs",   "points_listed", "points_done", "identity"};
enum {
    FACT_PATH,
    FACT_SCHEMA,
    FACT_STUDY,
    FACT_TITLE,
    FACT_POINTS,
    FACT_POINTS_TABLE,
    FACT_DIGEST,
    FACT_POINTS_LISTED = 20,
    FACT_POINTS_DONE
};

const char *
fm_result_fact(const fm_result *result, const char *name)
{
    for (size_t i = 0; i < FM_FACTS; i++)
        if (strcmp(fact_names[i], name) == 0)
            return result->facts[i] != NULL ? result->facts[i] : "";
    return "";
}

static void
read_inputs(fm_result *r, hid_t group)
{
    static const char *const names[3] = {"input_name", "input_source", "input_sha256"};
    char ***lists = r->input_texts;
    size_t *n = r->n_input_texts;

    for (size_t i = 0; i < 3; i++)
        (void)fm_h5_read_list(group, names[i], MAX_NAMES, &lists[i], &n[i]);
    if (n[0] == 0 || n[0] != n[1] || n[0] != n[2])
        return;
    r->inputs = calloc(n[0], sizeof *r->inputs);
    for (size_t k = 0; r->inputs != NULL && k < n[0]; k++) {
        r->inputs[k] = (fm_result_input){lists[0][k], lists[1][k], lists[2][k]};
        r->n_inputs = k + 1;
    }
}

const fm_result_input *
fm_result_inputs(const fm_result *result, size_t *n_out)
{
    *n_out = result->n_inputs;
    return result->inputs;
}

/* "NAME SOURCE SHA256" lines. */
static char *
inputs_text(const fm_result *r)
{
    fm_str s = {0};

    for (size_t k = 0; k < r->n_inputs; k++)
        fm_str_addf(&s, "%s %s %s\n", r->inputs[k].name, r->inputs[k].source,
                    r->inputs[k].sha256);
    return fm_str_take(&s);
}

static void
read_provenance(fm_result *r)
{
    uint64_t number;

    if (!fm_h5_has(r->file, "provenance"))
        return;
    hid_t group = H5Gopen2(r->file, "provenance", H5P_DEFAULT);
    if (group < 0)
        return;
    r->facts[FACT_DIGEST] = fm_h5_get_text(group, "digest");
    read_inputs(r, group);
    for (size_t i = FACT_DIGEST + 1; i < FM_FACTS; i++) {
        const char *name = fact_names[i];
        if (i == FACT_POINTS_LISTED || i == FACT_POINTS_DONE)
            continue;
        if (strcmp(name, "inputs") == 0)
            r->facts[i] = inputs_text(r);
        else if (strcmp(name, "seed") != 0 && strcmp(name, "draws") != 0)
            r->facts[i] = fm_h5_read_text(group, name);
        else if (fm_h5_read_unsigned(group, name, &number))
            r->facts[i] = text_of_number(number);
    }
    fm_h5_close(group);
}

/* How many of the points are in the file, and computed; older files have them all. */
static bool
read_coverage(fm_result *r, hid_t entry)
{
    int64_t listed = (int64_t)r->n_points, done = 0;

    r->listed = H5Aexists(entry, "points_listed") > 0;
    if (r->listed && (!fm_h5_get_integer(entry, "points_listed", &listed) || listed < 0 ||
                      (uint64_t)listed > r->n_points))
        return false;
    done = listed;
    if (H5Aexists(entry, "points_done") > 0 &&
        (!fm_h5_get_integer(entry, "points_done", &done) || done < 0 || done > listed))
        return false;
    r->n_listed = (uint64_t)listed;
    r->n_done = (uint64_t)done;
    if (r->listed)
        r->facts[FACT_POINTS_LISTED] = text_of_number(r->n_listed);
    r->facts[FACT_POINTS_DONE] = text_of_number(r->n_done);
    return true;
}

static fm_status
read_facts(fm_result *r, hid_t entry, fm_error *err)
{
    int64_t points = 0;

    r->facts[FACT_PATH] = fm_strdup(r->path);
    r->facts[FACT_SCHEMA] = text_of_number(FM_SCHEMA_VERSION);
    r->facts[FACT_STUDY] = fm_h5_get_text(entry, "study");
    r->facts[FACT_TITLE] = fm_h5_get_text(entry, "title");
    r->facts[FACT_POINTS_TABLE] = fm_h5_get_text(entry, "points_table");
    if (r->facts[FACT_POINTS_TABLE] == NULL)
        return damaged(r, "attribute", "points_table", err);
    if (r->facts[FACT_STUDY] == NULL)
        return damaged(r, "attribute", "study", err);
    if (!fm_h5_get_integer(entry, "points", &points) || points < 0)
        return damaged(r, "attribute", "points", err);
    r->n_points = (uint64_t)points;
    r->facts[FACT_POINTS] = text_of_number(r->n_points);
    if (!read_coverage(r, entry))
        return damaged(r, "attribute", "points_listed or points_done", err);
    read_provenance(r);
    return FM_OK;
}

const fm_result_table *
fm_result_points(const fm_result *result)
{
    return fm_result_table_named(result, result->facts[FACT_POINTS_TABLE]);
}

/* ---- 2. columns ------------------------------------------------------------------ */

static bool
plain_number(hid_t type, size_t size)
{
    return H5Tget_size(type) == size &&
           (H5Tget_class(type) == H5T_FLOAT || H5Tget_sign(type) == H5T_SGN_2);
}

/* REAL: float64, INTEGER: int64, CODE: int8 with words, TEXT: variable-length string. */
static bool
column_type(hid_t dataset, fm_type *type_out)
{
    hid_t type = H5Dget_type(dataset);
    H5T_class_t class = type >= 0 ? H5Tget_class(type) : H5T_NO_CLASS;
    bool ok = true;

    if (class == H5T_FLOAT && plain_number(type, 8))
        *type_out = FM_TYPE_REAL;
    else if (class == H5T_INTEGER && plain_number(type, 8))
        *type_out = FM_TYPE_INTEGER;
    else if (class == H5T_INTEGER && plain_number(type, 1))
        *type_out = FM_TYPE_CODE;
    else if (class == H5T_STRING && H5Tis_variable_str(type) > 0)
        *type_out = FM_TYPE_TEXT;
    else
        ok = false;
    fm_h5_close(type);
    return ok;
}

/* The data are in this very file, and each row has at least a byte of it: a damaged
 * extent cannot make us read for ever. */
static bool
sound_storage(const fm_result *r, hid_t dataset, uint64_t n)
{
    hid_t plist = H5Dget_create_plist(dataset);
    bool ok =
        plist >= 0 && H5Pget_external_count(plist) == 0 &&
        (H5Pget_layout(plist) == H5D_CHUNKED || H5Pget_layout(plist) == H5D_CONTIGUOUS ||
         H5Pget_layout(plist) == H5D_COMPACT) &&
        n <= r->size;

    fm_h5_close(plist);
    return ok;
}

static bool
get_dims(hid_t dataset, size_t *rank_out, hsize_t dims_out[H5S_MAX_RANK])
{
    hid_t space = H5Dget_space(dataset);
    int rank = space >= 0 ? H5Sget_simple_extent_ndims(space) : -1;
    bool ok = rank >= 1 && rank <= H5S_MAX_RANK &&
              H5Sget_simple_extent_dims(space, dims_out, NULL) == rank;

    fm_h5_close(space);
    *rank_out = ok ? (size_t)rank : 0;
    return ok;
}

/* Coordinates give a dimension's size, or it must be the one seen before. */
static bool
agree(fm_result_parts *p, size_t k, uint64_t n)
{
    if (!p->known[k]) {
        p->known[k] = true;
        p->dims[k] = n;
    }
    return p->dims[k] == n;
}

static size_t
axis_of(const fm_result_parts *p, const char *name)
{
    for (size_t k = 0; k < p->n_axes; k++)
        if (strcmp(p->axes[k], name) == 0)
            return k;
    return SIZE_MAX;
}

static bool
check_shape(const fm_result *r, fm_result_parts *p, hid_t dataset, fm_result_owned *owned)
{
    hsize_t dims[H5S_MAX_RANK];
    size_t rank = 0;
    uint64_t rows = 1;

    if (!get_dims(dataset, &rank, dims))
        return false;
    owned->dimension = axis_of(p, owned->name);
    if (owned->dimension != SIZE_MAX)
        return rank == 1 && sound_storage(r, dataset, dims[0]) &&
               agree(p, owned->dimension, dims[0]);
    if (rank != p->n_axes)
        return false;
    for (size_t k = 0; k < rank; k++) {
        if (!agree(p, k, dims[k]) || (dims[k] > 0 && rows > UINT64_MAX / dims[k]))
            return false;
        rows *= dims[k];
    }
    return sound_storage(r, dataset, rows);
}

/* Text attribute that may be missing; NULL only when memory ran out. */
static char *
text_or_empty(hid_t object, const char *name)
{
    char *text = fm_h5_get_text(object, name);

    return text != NULL ? text : fm_strdup("");
}

static bool
describe(hid_t dataset, fm_type type, fm_result_owned *owned, fm_result_column *column)
{
    owned->unit = text_or_empty(dataset, "units");
    owned->long_name = text_or_empty(dataset, "long_name");
    owned->term = text_or_empty(dataset, "term");
    char *role = text_or_empty(dataset, "role");
    if (owned->unit == NULL || owned->long_name == NULL || owned->term == NULL ||
        role == NULL) {
        free(role);
        return false;
    }
    *column = (fm_result_column){.name = owned->name,
                                 .type = type,
                                 .unit = owned->unit,
                                 .long_name = owned->long_name,
                                 .term = owned->term,
                                 .axis = owned->dimension != SIZE_MAX};
    column->role = strcmp(role, "axis") == 0     ? FM_AXIS
                   : strcmp(role, "status") == 0 ? FM_STATUS
                                                 : FM_VALUE;
    free(role);
    if (type != FM_TYPE_CODE)
        return true;
    if (!fm_h5_get_texts(dataset, "words", MAX_WORDS, &owned->words, &owned->n_words))
        return false;
    column->words = (const char *const *)owned->words;
    column->n_words = owned->n_words;
    return true;
}

/* A dimension without values is no column. */
static bool
is_bare_dimension(hid_t dataset)
{
    char name[80] = "";

    return H5DSis_scale(dataset) > 0 &&
           H5DSget_scale_name(dataset, name, sizeof name) > 0 &&
           strncmp(name, FM_H5_BARE_DIMENSION, strlen(FM_H5_BARE_DIMENSION)) == 0;
}

static fm_status
read_column(const fm_result *r, fm_result_parts *p, hid_t group, const char *name,
            fm_error *err)
{
    fm_type type = FM_TYPE_REAL;
    fm_status st = FM_OK;
    hid_t dataset = fm_h5_has(group, name) ? H5Dopen2(group, name, H5P_DEFAULT) : -1;

    if (dataset < 0)
        return damaged(r, "dataset", name, err);
    if (is_bare_dimension(dataset))
        goto done;
    fm_result_owned *owned = &p->owned[p->n];
    owned->name = fm_strdup(name);
    p->n++;
    if (owned->name == NULL || !column_type(dataset, &type) ||
        !check_shape(r, p, dataset, owned) ||
        !describe(dataset, type, owned, &p->columns[p->n - 1]))
        st = damaged(r, "dataset", name, err);
done:
    fm_h5_close(dataset);
    return st;
}

/* ---- 3. tables ------------------------------------------------------------------- */

typedef struct names {
    char **texts;
    size_t n;
} names;

static herr_t
collect(hid_t group, const char *name, const H5L_info_t *info, void *arg)
{
    names *list = arg;

    (void)group;
    (void)info;
    if (list->n == MAX_NAMES)
        return -1;
    list->texts[list->n] = strdup(name);
    return list->texts[list->n++] != NULL ? 0 : -1;
}

/* Names of a group's members in the order they were made. */
static bool
list_members(hid_t group, names *list)
{
    hsize_t at = 0;

    list->n = 0;
    list->texts = calloc(MAX_NAMES, sizeof *list->texts);
    return list->texts != NULL &&
           H5Literate(group, H5_INDEX_CRT_ORDER, H5_ITER_INC, &at, collect, list) >= 0;
}

static void
free_parts(fm_result_parts *p)
{
    for (size_t i = 0; p->owned != NULL && i < p->n; i++) {
        free(p->owned[i].name);
        free(p->owned[i].unit);
        free(p->owned[i].long_name);
        free(p->owned[i].term);
        fm_h5_free_texts(p->owned[i].words, p->owned[i].n_words);
    }
    free(p->owned);
    free(p->columns);
    fm_h5_free_texts(p->axes, p->n_axes);
    free(p->dims);
    free(p->known);
    free(p->name);
    free(p->long_name);
    free(p->signal);
}

static fm_status
prepare_parts(const fm_result *r, hid_t group, const char *name, size_t n,
              fm_result_parts *p, fm_error *err)
{
    p->name = fm_strdup(name);
    p->long_name = text_or_empty(group, "long_name");
    p->signal = text_or_empty(group, "signal");
    if (!fm_h5_get_texts(group, "axes", H5S_MAX_RANK, &p->axes, &p->n_axes))
        return damaged(r, "table", name, err);
    p->dims = calloc(p->n_axes, sizeof *p->dims);
    p->known = calloc(p->n_axes, sizeof *p->known);
    p->owned = calloc(n + 1, sizeof *p->owned);
    p->columns = calloc(n + 1, sizeof *p->columns);
    if (p->name == NULL || p->long_name == NULL || p->signal == NULL || p->dims == NULL ||
        p->known == NULL || p->owned == NULL || p->columns == NULL)
        return FM_FAIL(err, FM_ENOMEM, "out of memory");
    return FM_OK;
}

/* Every dimension's size is known, and the table has a row count that fits. */
static fm_status
finish_table(const fm_result *r, const fm_result_parts *p, fm_result_table *t,
             fm_error *err)
{
    uint64_t rows = 1;

    for (size_t k = 0; k < p->n_axes; k++) {
        if (!p->known[k] || (p->dims[k] > 0 && rows > UINT64_MAX / p->dims[k]))
            return damaged(r, "table", p->name, err);
        rows *= p->dims[k];
    }
    if (p->n == 0 || rows > r->size)
        return damaged(r, "table", p->name, err);
    *t = (fm_result_table){.name = p->name,
                           .long_name = p->long_name,
                           .signal = p->signal,
                           .n_rows = rows,
                           .n_dims = p->n_axes,
                           .dims = p->dims,
                           .n_columns = p->n,
                           .columns = p->columns};
    return FM_OK;
}

static fm_status
read_table(const fm_result *r, hid_t entry, const char *name, fm_result_parts *p,
           fm_result_table *t, fm_error *err)
{
    names list = {0};
    hid_t group = fm_h5_has(entry, name) ? H5Gopen2(entry, name, H5P_DEFAULT) : -1;
    fm_status st = FM_OK;

    if (group < 0 || !list_members(group, &list)) {
        st = damaged(r, "table", name, err);
        goto done;
    }
    st = prepare_parts(r, group, name, list.n, p, err);
    for (size_t i = 0; i < list.n && st == FM_OK; i++)
        st = read_column(r, p, group, list.texts[i], err);
    if (st == FM_OK)
        st = finish_table(r, p, t, err);
done:
    fm_h5_free_texts(list.texts, list.n);
    fm_h5_close(group);
    return st;
}

static fm_status
read_tables(fm_result *r, hid_t entry, fm_error *err)
{
    names list = {0};
    fm_status st = FM_OK;

    if (!list_members(entry, &list)) {
        st = damaged(r, "group", "entry", err);
        goto done;
    }
    r->tables = calloc(list.n + 1, sizeof *r->tables);
    r->parts = calloc(list.n + 1, sizeof *r->parts);
    if (r->tables == NULL || r->parts == NULL) {
        st = FM_FAIL(err, FM_ENOMEM, "out of memory");
        goto done;
    }
    for (size_t i = 0; i < list.n && st == FM_OK; i++) {
        r->n_tables++;
        st = read_table(r, entry, list.texts[i], &r->parts[i], &r->tables[i], err);
    }
done:
    fm_h5_free_texts(list.texts, list.n);
    return st;
}

const fm_result_table *
fm_result_tables(const fm_result *result, size_t *n_out)
{
    *n_out = result->n_tables;
    return result->tables;
}

const fm_result_table *
fm_result_table_named(const fm_result *result, const char *name)
{
    for (size_t i = 0; i < result->n_tables; i++)
        if (result->parts[i].name != NULL && strcmp(result->parts[i].name, name) == 0)
            return &result->tables[i];
    return NULL;
}

size_t
fm_result_column_named(const fm_result_table *table, const char *name)
{
    for (size_t i = 0; i < table->n_columns; i++)
        if (strcmp(table->columns[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

/* ---- 4. open, close --------------------------------------------------------------- */

static fm_status
check_file(fm_result *r, fm_error *err)
{
    struct stat info;

    if (stat(r->path, &info) != 0)
        return FM_FAIL(err, FM_ENOINPUT, "cannot open: %s: '%s'", strerror(errno),
                       r->path);
    if (!S_ISREG(info.st_mode))
        return FM_FAIL(err, FM_ENOINPUT, "cannot open: no regular file: '%s'", r->path);
    r->size = (uint64_t)info.st_size;
    return FM_OK;
}

/* Reading needs no lock: a result is complete from the moment it has its name. */
static hid_t
open_file(const char *path)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    hid_t file = -1;

    if (access >= 0 && H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0 &&
#if H5_VERSION_GE(1, 10, 7)
        H5Pset_file_locking(access, false, true) >= 0 &&
#endif
        H5Pset_cache(access, 0, 521, (size_t)8 << 20, 1.0) >= 0)
        file = H5Fopen(path, H5F_ACC_RDONLY, access);
    fm_h5_close(access);
    return file;
}

static fm_status
check_schema(const fm_result *r, fm_error *err)
{
    int64_t schema = 0;

    if (!fm_h5_get_integer(r->file, "fabmet_schema", &schema) || schema < 1)
        return FM_FAIL(err, FM_EDATA, "not a fabmet result: '%s'", r->path);
    if (schema > FM_SCHEMA_VERSION)
        return FM_FAIL(err, FM_EDATA,
                       "made by a newer fabmet (schema %lld, known: 1 ... %d): '%s'",
                       (long long)schema, FM_SCHEMA_VERSION, r->path);
    return FM_OK;
}

static fm_status
read_all(fm_result *r, fm_error *err)
{
    fm_status st = check_schema(r, err);

    if (st != FM_OK)
        return st;
    hid_t entry =
        fm_h5_has(r->file, "entry") ? H5Gopen2(r->file, "entry", H5P_DEFAULT) : -1;
    if (entry < 0)
        return damaged(r, "group", "entry", err);
    st = read_facts(r, entry, err);
    if (st == FM_OK)
        st = read_tables(r, entry, err);
    fm_h5_close(entry);
    if (st == FM_OK &&
        (fm_result_points(r) == NULL || fm_result_table_named(r, "verdicts") == NULL))
        st = damaged(r, "table", "points or verdicts", err);
    return st;
}

fm_status
fm_result_open(const char *path, fm_result **out, fm_error *err)
{
    fm_status st = FM_ENOMEM;
    fm_result *r = calloc(1, sizeof *r);

    if (r != NULL)
        r->path = fm_strdup(path);
    if (r == NULL || r->path == NULL) {
        free(r);
        return FM_FAIL(err, st, "out of memory");
    }
    r->file = -1;
    st = check_file(r, err);
    if (st != FM_OK)
        goto done;
    fm_h5_start();
    st = fm_seal_check(path);
    if (st != FM_OK) {
        st = FM_FAIL(err, st, "%s: '%s'",
                     st == FM_EDATA ? "damaged result: the bytes are not those written"
                                    : "cannot read",
                     path);
        goto done;
    }
    r->file = open_file(path);
    if (r->file < 0) {
        st = FM_FAIL(err, FM_EDATA, "no HDF5 file, or damaged: '%s'", path);
        goto done;
    }
    st = read_all(r, err);
    if (st != FM_OK)
        goto done;
    *out = r;
    r = NULL; /* ownership moved to the caller */
done:
    fm_result_close(r);
    return st;
}

void
fm_result_close(fm_result *result)
{
    if (result == NULL)
        return;
    for (size_t i = 0; result->parts != NULL && i < result->n_tables; i++)
        free_parts(&result->parts[i]);
    free(result->parts);
    free(result->tables);
    for (size_t i = 0; i < FM_FACTS; i++)
        free(result->facts[i]);
    for (size_t i = 0; i < 3; i++)
        fm_h5_free_texts(result->input_texts[i], result->n_input_texts[i]);
    free(result->inputs);
    free(result->path);
    fm_h5_close(result->file);
    free(result);
}
