/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One table on its way into a result file.
 *
 * Contents
 *   1. shape        chunks of consecutive rows
 *   2. datasets     made with the first chunk: only then is the extent of open-ended
 * tables known, and all their attributes are written in one order
 *   3. writing      hash and write one chunk
 *   4. the sheet
 *   5. digest
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <hdf5_hl.h>

#include "core/chunk.h"
#include "core/h5.h"
#include "core/hash.h"
#include "core/sheet.h"
#include "core/text.h"

typedef struct pane { /* one column's rows of the chunk */
    char *data;       /* [capacity] values of `size` bytes; TEXT: offsets into `texts`,
                         pointers when the chunk is written */
    size_t size;
    bool something; /* the chunk is worth writing: HDF5 fills in what is not there */
    fm_str texts;   /* TEXT: the texts with their NULs; offset 0 is "" */
    hid_t dataset;
    fm_hash *hash;
} pane;

struct fm_sheet {
    const fm_schema *schema;
    const fm_schema_table *table;
    fm_seal *seal;
    hid_t group;
    bool made;                             /* the datasets exist */
    uint64_t written;                      /* rows in the file */
    size_t n;                              /* rows in the panes */
    size_t capacity;                       /* of the panes */
    size_t split;                          /* dimension that the chunks divide */
    uint64_t inner;                        /* rows per step of that dimension */
    uint64_t piece;                        /* steps per chunk */
    size_t chunk;                          /* rows of a chunk in the file */
    pane *panes;                           /* [table->n_columns] */
    char (*coordinate_hash)[FM_HASH_TEXT]; /* BY_GRID: [n_dims] */
};

/* ---- 1. shape -------------------------------------------------------------------- */

/* Chunks of at most FM_CHUNK_ROWS consecutive rows: full in the last dimensions, one step
 * in the first ones, even pieces of the dimension between. */
static void
choose_chunks(fm_sheet *sheet)
{
    const fm_schema_table *t = sheet->table;

    sheet->inner = 1;
    sheet->split = t->n_dims - 1;
    if (t->open_ended) {
        sheet->piece = FM_CHUNK_ROWS;
        return;
    }
    while (sheet->split > 0 && sheet->inner * t->dims[sheet->split] <= FM_CHUNK_ROWS)
        sheet->inner *= t->dims[sheet->split--];
    uint64_t n = t->dims[sheet->split];
    uint64_t most = FM_CHUNK_ROWS / sheet->inner;
    uint64_t pieces = n > most ? (n + most - 1) / most : 1;
    sheet->piece = n > 0 ? (n + pieces - 1) / pieces : 1;
}

/* Rows of the chunk that begins at row `written`. */
static size_t
chunk_rows(const fm_sheet *sheet)
{
    const fm_schema_table *t = sheet->table;

    if (t->open_ended)
        return FM_CHUNK_ROWS;
    uint64_t n = t->dims[sheet->split];
    uint64_t step = n > 0 ? sheet->written / sheet->inner % n : 0;
    uint64_t left = n - step;
    return (size_t)((left < sheet->piece ? left : sheet->piece) * sheet->inner);
}

size_t
fm_sheet_room(const fm_sheet *sheet)
{
    return chunk_rows(sheet) - sheet->n;
}

/* ---- 2. datasets ----------------------------------------------------------------- */

static hid_t
file_type(fm_type type)
{
    if (type == FM_TYPE_REAL)
        return H5T_IEEE_F64LE;
    return type == FM_TYPE_INTEGER ? H5T_STD_I64LE : H5T_STD_I8LE;
}

static hid_t
memory_type(fm_type type)
{
    if (type == FM_TYPE_REAL)
        return H5T_NATIVE_DOUBLE;
    return type == FM_TYPE_INTEGER ? H5T_NATIVE_INT64 : H5T_NATIVE_INT8;
}

/* `a b` is one word of a blank-separated list. */
static bool
put_flags(hid_t dataset, const fm_schema_column *column)
{
    fm_str meanings = {0};

    for (size_t i = 0; i < column->n_words; i++) {
        fm_str_add(&meanings, i > 0 ? " " : "");
        for (const char *p = column->words[i]; *p != '\0'; p++)
            fm_str_add_bytes(&meanings, *p == ' ' ? "_" : p, 1);
    }
    bool ok = !meanings.failed && column->n_words > 0 &&
              fm_h5_put_codes(dataset, "flag_values", column->n_words) &&
              fm_h5_put_text(dataset, "flag_meanings", meanings.data) &&
              fm_h5_put_texts(dataset, "words", column->words, column->n_words);
    fm_str_free(&meanings);
    return ok;
}

static bool
put_attributes(hid_t dataset, const fm_schema_column *column)
{
    static const char *const roles[] = {
        [FM_VALUE] = "value", [FM_AXIS] = "axis", [FM_STATUS] = "status"};

    const char *unit = column->type != FM_TYPE_TEXT ? column->unit : "";

    if (!fm_h5_put_text(dataset, "units", unit) ||
        !fm_h5_put_text(dataset, "long_name", column->long_name) ||
        !fm_h5_put_text(dataset, "role", roles[column->role]))
        return false;
    if (*column->term != '\0' && !fm_h5_put_text(dataset, "term", column->term))
        return false;
    if (column->type == FM_TYPE_REAL && column->role != FM_AXIS &&
        !fm_h5_put_real(dataset, "_FillValue", NAN))
        return false;
    return column->type != FM_TYPE_CODE || put_flags(dataset, column);
}

/* A dataset with its attributes.  dims, most, chunk  in  [n_dims] */
static hid_t
make_dataset(hid_t group, const fm_schema_column *column, size_t n_dims,
             const hsize_t *dims, const hsize_t *most, const hsize_t *chunk)
{
    const double missing = NAN;
    hid_t dataset = -1;
    hid_t text = column->type == FM_TYPE_TEXT ? fm_h5_text_type() : -1;
    hid_t type = column->type == FM_TYPE_TEXT ? text : file_type(column->type);
    hid_t space = H5Screate_simple((int)n_dims, dims, most);
    hid_t plist = fm_h5_dataset_properties();
    hid_t access = H5Pcreate(H5P_DATASET_ACCESS);

    if (type < 0 || space < 0 || plist < 0 || access < 0)
        goto done;
    if (H5Pset_chunk(plist, (int)n_dims, chunk) < 0)
        goto done;
    if (text < 0 && H5Pset_fletcher32(plist) < 0) /* HDF5 filters no texts */
        goto done;
    /* Only whole chunks are written, once: a cache would only copy them. */
    if (H5Pset_chunk_cache(access, 0, 0, 1.0) < 0)
        goto done;
    if (column->type == FM_TYPE_REAL &&
        H5Pset_fill_value(plist, H5T_NATIVE_DOUBLE, &missing) < 0)
        goto done;
    dataset = H5Dcreate2(group, column->name, type, space, H5P_DEFAULT, plist, access);
    if (dataset >= 0 && !put_attributes(dataset, column)) {
        fm_h5_close(dataset);
        dataset = -1;
    }
done:
    fm_h5_close(access);
    fm_h5_close(plist);
    fm_h5_close(space);
    fm_h5_close(text);
    return dataset;
}

static void
hash_values(fm_hash *hash, fm_type type, const void *data, size_t n)
{
    if (type == FM_TYPE_REAL)
        fm_hash_reals(hash, data, n);
    else if (type == FM_TYPE_INTEGER)
        fm_hash_integers(hash, data, n);
    else if (type == FM_TYPE_CODE)
        fm_hash_bytes(hash, data, n);
    else
        for (size_t i = 0; i < n; i++)
            fm_hash_text(hash, ((const char *const *)data)[i]);
}

/* A coordinate of a grid: made, written and hashed at once. */
static hid_t
make_coordinate(fm_sheet *sheet, size_t k)
{
    const fm_schema_column *column = &sheet->table->coordinates[k];
    const fm_schema_axis *axis = &sheet->schema->axes[column->index];
    const void *values = axis->real != NULL   ? (const void *)axis->real
                         : axis->text != NULL ? (const void *)axis->text
                                              : (const void *)axis->integer;
    hsize_t n = axis->n;
    fm_hash *hash = NULL;
    hid_t text = column->type == FM_TYPE_TEXT ? fm_h5_text_type() : -1;
    hid_t type = column->type == FM_TYPE_TEXT ? text : memory_type(column->type);
    hid_t scale = make_dataset(sheet->group, column, 1, &n, &n, &n);

    if (scale >= 0 &&
        (type < 0 || fm_hash_create(&hash) != FM_OK ||
         H5DSset_scale(scale, column->name) < 0 ||
         H5Dwrite(scale, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0)) {
        fm_h5_close(scale);
        scale = -1;
    }
    if (hash != NULL) {
        hash_values(hash, column->type, values, axis->n);
        fm_hash_done(hash, sheet->coordinate_hash[k]);
    }
    fm_hash_free(hash);
    fm_h5_close(text);
    return scale;
}

static const char *
dimension_name(const fm_schema_table *t, size_t k)
{
    if (t->layout == FM_BY_GRID)
        return t->coordinates[k].name;
    return t->layout == FM_BY_COLUMN ? t->columns[0].name : t->dimension;
}

/* Attaches the scales of all dimensions to all columns. */
static bool
attach_scales(fm_sheet *sheet, const hid_t *scales)
{
    const fm_schema_table *t = sheet->table;
    bool ok = true;

    for (size_t i = 0; i < t->n_columns && ok; i++) {
        hid_t dataset = sheet->panes[i].dataset;
        if (t->layout == FM_BY_COLUMN && i == 0)
            continue; /* a scale cannot have scales */
        for (size_t k = 0; k < t->n_dims && ok; k++)
            ok = H5DSattach_scale(dataset, scales[k], (unsigned)k) >= 0 &&
                 H5DSset_label(dataset, (unsigned)k, dimension_name(t, k)) >= 0;
    }
    return ok;
}

/* What NeXus viewers look for. */
static bool
put_group_attributes(const fm_sheet *sheet)
{
    const fm_schema_table *t = sheet->table;
    const char *axes[H5S_MAX_RANK];
    bool ok = true;

    for (size_t k = 0; k < t->n_dims; k++)
        axes[k] = t->layout == FM_BY_ROW ? "." : dimension_name(t, k);
    for (size_t k = 0; k < t->n_dims && ok && t->layout != FM_BY_ROW; k++) {
        fm_str name = {0};
        fm_str_addf(&name, "%s_indices", axes[k]);
        ok = !name.failed && fm_h5_put_integer(sheet->group, name.data, (int64_t)k);
        fm_str_free(&name);
    }
    return ok && fm_h5_put_text(sheet->group, "signal", t->signal) &&
           fm_h5_put_texts(sheet->group, "axes", axes, t->n_dims);
}

/* The scales, then the columns, in this order; all with the extent known now. */
static bool
make_objects(fm_sheet *sheet, bool unlimited, hid_t *scales)
{
    const fm_schema_table *t = sheet->table;
    hsize_t dims[H5S_MAX_RANK], most[H5S_MAX_RANK], chunk[H5S_MAX_RANK];

    assert(t->n_dims > 0);
    for (size_t k = 0; k < t->n_dims; k++) {
        dims[k] = t->open_ended ? sheet->n : t->dims[k];
        most[k] = unlimited ? H5S_UNLIMITED : dims[k];
        chunk[k] = k < sheet->split ? 1 : k > sheet->split ? dims[k] : sheet->piece;
        if (t->open_ended && !unlimited)
            chunk[k] = dims[k];
        chunk[k] = chunk[k] == 0 ? 1 : chunk[k];
    }
    if (t->open_ended && sheet->n == 0)
        chunk[0] = 1;
    sheet->chunk = 1;
    for (size_t k = 0; k < t->n_dims; k++)
        sheet->chunk *= chunk[k];
    for (size_t k = 0; k < t->n_dims && t->layout == FM_BY_GRID; k++)
        if ((scales[k] = make_coordinate(sheet, k)) < 0)
            return false;
    if (t->layout == FM_BY_ROW &&
        (scales[0] =
             fm_h5_create_bare_scale(sheet->group, t->dimension, dims[0], unlimited)) < 0)
        return false;
    for (size_t i = 0; i < t->n_columns; i++) {
        hid_t dataset =
            make_dataset(sheet->group, &t->columns[i], t->n_dims, dims, most, chunk);
        if (dataset < 0)
            return false;
        sheet->panes[i].dataset = dataset;
        if (t->layout == FM_BY_COLUMN && i == 0 &&
            H5DSset_scale(dataset, t->columns[0].name) < 0)
            return false;
    }
    return true;
}

/* Makes all datasets; an open-ended table keeps growing when its first chunk was
 * filled. */
static bool
make_datasets(fm_sheet *sheet)
{
    const fm_schema_table *t = sheet->table;
    bool empty = t->open_ended ? sheet->n == 0 : t->dims[0] == 0;
    bool unlimited = empty || (t->open_ended && sheet->n == FM_CHUNK_ROWS);
    hid_t scales[H5S_MAX_RANK];

    for (size_t k = 0; k < H5S_MAX_RANK; k++)
        scales[k] = -1;
    bool ok = make_objects(sheet, unlimited, scales);
    if (ok && t->layout == FM_BY_COLUMN) {
        scales[0] = sheet->panes[0].dataset;
        (void)H5Iinc_ref(scales[0]);
    }
    ok = ok && attach_scales(sheet, scales) && put_group_attributes(sheet);
    for (size_t k = 0; k < t->n_dims; k++)
        fm_h5_close(scales[k]);
    sheet->made = ok;
    return ok;
}

/* ---- 3. writing ------------------------------------------------------------------ */

/* Offsets become pointers in place.  Returns whether any text is not empty. */
static bool
point_at_texts(pane *p, size_t n)
{
    bool any = false;

    for (size_t i = 0; i < n; i++) {
        size_t offset;
        memcpy(&offset, p->data + i * sizeof offset, sizeof offset);
        const char *text = p->texts.data + offset;
        memcpy(p->data + i * sizeof text, &text, sizeof text);
        any = any || offset > 0;
    }
    return any;
}

static bool
any_number(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i]))
            return true;
    return false;
}

/* Numbers have a sum of their own in each chunk: the seal leaves them out. */
static bool
skip_in_seal(fm_seal *seal, hid_t dataset, hid_t space)
{
    hsize_t start[H5S_MAX_RANK], stop[H5S_MAX_RANK], size = 0;
    haddr_t address = HADDR_UNDEF;

    return H5Sget_select_bounds(space, start, stop) >= 0 &&
           H5Dget_chunk_info_by_coord(dataset, start, NULL, &address, &size) >= 0 &&
           (address == HADDR_UNDEF || fm_seal_skip(seal, address, size) == FM_OK);
}

/* Numbers as they are in memory, a chunk at a time; what the chunk has beyond the last row
 * is filled. */
static bool
write_chunk(const fm_sheet *sheet, pane *p, fm_type type, const hsize_t *start)
{
    assert(sheet->n <= sheet->chunk && sheet->chunk <= sheet->capacity);
    if (type == FM_TYPE_REAL)
        for (size_t i = sheet->n; i < sheet->chunk; i++)
            ((double *)(void *)p->data)[i] = (double)NAN;
    else
        memset(p->data + sheet->n * p->size, 0, (sheet->chunk - sheet->n) * p->size);
    return fm_chunk_write(p->dataset, start, p->data, sheet->chunk * p->size);
}

/* The rows [written, written + n) as one block of the dataset's space. */
static bool
select_rows(const fm_sheet *sheet, hid_t space, hsize_t *start)
{
    const fm_schema_table *t = sheet->table;
    hsize_t count[H5S_MAX_RANK];
    uint64_t row = sheet->written;

    if (t->open_ended) {
        start[0] = row;
        count[0] = sheet->n;
    }
    for (size_t k = t->n_dims; k-- > 0 && !t->open_ended;) {
        start[k] = row % t->dims[k];
        row /= t->dims[k];
        count[k] = k < sheet->split   ? 1
                   : k > sheet->split ? t->dims[k]
                                      : sheet->n / sheet->inner;
    }
    return H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0;
}

/* Writes the gathered rows of a column whose dataset has room for them. */
static bool
write_pane(fm_sheet *sheet, pane *p, fm_type type, hid_t space)
{
    hsize_t start[H5S_MAX_RANK];
    hsize_t n = sheet->n;

    if (!select_rows(sheet, space, start))
        return false;
    if (type != FM_TYPE_TEXT && fm_chunk_native())
        return write_chunk(sheet, p, type, start) &&
               skip_in_seal(sheet->seal, p->dataset, space);
    hid_t text = type == FM_TYPE_TEXT ? fm_h5_text_type() : -1;
    hid_t of = type == FM_TYPE_TEXT ? text : memory_type(type);
    hid_t memory = H5Screate_simple(1, &n, NULL);
    bool ok = of >= 0 && memory >= 0 &&
              H5Dwrite(p->dataset, of, memory, space, H5P_DEFAULT, p->data) >= 0;
    fm_h5_close(memory);
    fm_h5_close(text);
    return ok && (type == FM_TYPE_TEXT || skip_in_seal(sheet->seal, p->dataset, space));
}

static bool
write_column(fm_sheet *sheet, size_t i)
{
    pane *p = &sheet->panes[i];
    hsize_t extent = sheet->written + sheet->n;

    if (sheet->table->open_ended && sheet->written > 0 &&
        H5Dset_extent(p->dataset, &extent) < 0)
        return false;
    if (!p->something)
        return true;
    hid_t space = H5Dget_space(p->dataset);
    bool ok = space >= 0 && write_pane(sheet, p, sheet->table->columns[i].type, space);
    fm_h5_close(space);
    return ok;
}

/* Looks at, hashes and writes one column while it is in the cache. */
static bool
take_column(fm_sheet *sheet, size_t i)
{
    pane *p = &sheet->panes[i];
    fm_type type = sheet->table->columns[i].type;

    p->something = true;
    if (type == FM_TYPE_TEXT)
        p->something = point_at_texts(p, sheet->n);
    else if (type == FM_TYPE_REAL)
        p->something = any_number((const double *)(void *)p->data, sheet->n);
    hash_values(p->hash, type, p->data, sheet->n);
    bool ok = write_column(sheet, i);
    if (type == FM_TYPE_TEXT)
        p->texts.length = 1;
    return ok;
}

static fm_status
flush(fm_sheet *sheet)
{
    if (!sheet->made && !make_datasets(sheet))
        return FM_EIO;
    if (sheet->n == 0)
        return FM_OK;
    bool ok = true;
    for (size_t i = 0; i < sheet->table->n_columns && ok; i++)
        ok = take_column(sheet, i);
    sheet->written += sheet->n;
    sheet->n = 0;
    return ok ? FM_OK : FM_EIO;
}

/* The bare scale of a table that grew gets its final extent. */
static bool
extend_scale(const fm_sheet *sheet)
{
    const fm_schema_table *t = sheet->table;
    hsize_t extent = sheet->written;

    if (!t->open_ended || t->layout != FM_BY_ROW || sheet->written <= FM_CHUNK_ROWS)
        return true;
    hid_t scale = H5Dopen2(sheet->group, t->dimension, H5P_DEFAULT);
    bool ok = scale >= 0 && H5Dset_extent(scale, &extent) >= 0;
    fm_h5_close(scale);
    return ok;
}

/* ---- 4. the sheet ---------------------------------------------------------------- */

static fm_status
create_panes(fm_sheet *sheet)
{
    const fm_schema_table *t = sheet->table;

    sheet->panes = calloc(t->n_columns, sizeof *sheet->panes);
    sheet->coordinate_hash = calloc(t->n_dims, sizeof *sheet->coordinate_hash);
    if (sheet->panes == NULL || sheet->coordinate_hash == NULL)
        return FM_ENOMEM;
    for (size_t i = 0; i < t->n_columns; i++) {
        pane *p = &sheet->panes[i];
        p->dataset = -1;
        p->size = t->columns[i].type == FM_TYPE_CODE ? 1 : 8;
        if (fm_hash_create(&p->hash) != FM_OK)
            return FM_ENOMEM;
    }
    for (size_t i = 0; i < t->n_columns; i++) {
        if (t->columns[i].type != FM_TYPE_TEXT)
            continue;
        fm_str_add_bytes(&sheet->panes[i].texts, "", 1);
        if (sheet->panes[i].texts.failed)
            return FM_ENOMEM;
    }
    return FM_OK;
}

fm_status
fm_sheet_create(hid_t entry, const fm_schema *schema, const fm_schema_table *table,
                fm_seal *seal, fm_sheet **sheet_out)
{
    fm_status st = FM_ENOMEM;
    fm_sheet *sheet = calloc(1, sizeof *sheet);

    if (sheet == NULL)
        return FM_ENOMEM;
    sheet->schema = schema;
    sheet->table = table;
    sheet->seal = seal;
    sheet->group = -1;
    st = create_panes(sheet);
    if (st != FM_OK)
        goto done;
    choose_chunks(sheet);
    sheet->group = fm_h5_create_group(entry, table->name);
    if (sheet->group < 0 || !fm_h5_put_text(sheet->group, "NX_class", "NXdata") ||
        !fm_h5_put_text(sheet->group, "long_name", table->long_name)) {
        st = FM_EIO;
        goto done;
    }
    *sheet_out = sheet;
    sheet = NULL; /* ownership moved to the caller */
done:
    fm_sheet_free(sheet);
    return st;
}

void
fm_sheet_free(fm_sheet *sheet)
{
    if (sheet == NULL)
        return;
    for (size_t i = 0; sheet->panes != NULL && i < sheet->table->n_columns; i++) {
        free(sheet->panes[i].data);
        fm_str_free(&sheet->panes[i].texts);
        fm_hash_free(sheet->panes[i].hash);
        fm_h5_close(sheet->panes[i].dataset);
    }
    free(sheet->panes);
    free(sheet->coordinate_hash);
    fm_h5_close(sheet->group);
    free(sheet);
}

fm_status
fm_sheet_reserve(fm_sheet *sheet, size_t n)
{
    size_t need = sheet->n + n;

    if (need <= sheet->capacity)
        return FM_OK;
    size_t capacity = sheet->capacity < 16 ? 16 : 2 * sheet->capacity;
    size_t most = chunk_rows(sheet);
    capacity = capacity < need ? need : capacity;
    capacity = capacity > most ? most : capacity;
    assert(capacity >= need);
    for (size_t i = 0; i < sheet->table->n_columns; i++) {
        pane *p = &sheet->panes[i];
        char *data = realloc(p->data, capacity * p->size + FM_CHUNK_SUM);
        if (data == NULL)
            return FM_ENOMEM;
        p->data = data;
    }
    sheet->capacity = capacity;
    return FM_OK;
}

static void *
place(fm_sheet *sheet, size_t column, fm_type type)
{
    assert(sheet->table->columns[column].type == type);
    (void)type;
    return sheet->panes[column].data + sheet->n * sheet->panes[column].size;
}

double *
fm_sheet_reals(fm_sheet *sheet, size_t column)
{
    return place(sheet, column, FM_TYPE_REAL);
}

int64_t *
fm_sheet_integers(fm_sheet *sheet, size_t column)
{
    return place(sheet, column, FM_TYPE_INTEGER);
}

int8_t *
fm_sheet_codes(fm_sheet *sheet, size_t column)
{
    return place(sheet, column, FM_TYPE_CODE);
}

static bool
valid_utf8(const char *text, size_t n)
{
    const unsigned char *p = (const unsigned char *)text;

    while (n > 0) {
        size_t length = fm_utf8_length(p, n);
        if (length == 0)
            return false;
        p += length;
        n -= length;
    }
    return true;
}

fm_status
fm_sheet_text(fm_sheet *sheet, size_t column, size_t row, const char *text)
{
    pane *p = &sheet->panes[column];
    size_t offset = 0;

    assert(sheet->table->columns[column].type == FM_TYPE_TEXT);
    if (text != NULL && *text != '\0') {
        size_t n = strlen(text);
        offset = p->texts.length;
        if (valid_utf8(text, n))
            fm_str_add_bytes(&p->texts, text, n);
        else
            fm_str_add_escaped(&p->texts, text);
        fm_str_add_bytes(&p->texts, "", 1);
    }
    memcpy(p->data + (sheet->n + row) * sizeof offset, &offset, sizeof offset);
    return p->texts.failed ? FM_ENOMEM : FM_OK;
}

fm_status
fm_sheet_commit(fm_sheet *sheet, size_t n)
{
    assert(n <= fm_sheet_room(sheet));
    sheet->n += n;
    return sheet->n == chunk_rows(sheet) ? flush(sheet) : FM_OK;
}

fm_status
fm_sheet_finish(fm_sheet *sheet)
{
    fm_status st = sheet->n > 0 || !sheet->made ? flush(sheet) : FM_OK;

    if (st == FM_OK && !extend_scale(sheet))
        st = FM_EIO;
    return st;
}

/* ---- 5. digest ------------------------------------------------------------------- */

void
fm_digest_result(fm_digest *digest, int schema, const char *study, uint64_t n_points,
                 size_t n_tables)
{
    int64_t numbers[2] = {(int64_t)n_points, (int64_t)n_tables};
    int64_t version = schema;

    fm_digest_integers(digest, &version, 1);
    fm_digest_text(digest, study);
    fm_digest_integers(digest, numbers, 2);
}

void
fm_digest_table(fm_digest *digest, const char *name, size_t n_dims, const uint64_t *dims,
                size_t n_datasets)
{
    int64_t numbers[2] = {(int64_t)n_dims, (int64_t)n_datasets};

    fm_digest_text(digest, name);
    fm_digest_integers(digest, numbers, 2);
    for (size_t k = 0; k < n_dims; k++) {
        int64_t n = (int64_t)dims[k];
        fm_digest_integers(digest, &n, 1);
    }
}

void
fm_digest_column(fm_digest *digest, const fm_identity *column)
{
    static const char *const types[] = {[FM_TYPE_REAL] = "real",
                                        [FM_TYPE_INTEGER] = "integer",
                                        [FM_TYPE_CODE] = "code",
                                        [FM_TYPE_TEXT] = "text"};
    int64_t n_words = (int64_t)column->n_words, n = (int64_t)column->n;

    fm_digest_text(digest, column->name);
    fm_digest_text(digest, types[column->type]);
    fm_digest_text(digest, column->unit);
    fm_digest_integers(digest, &n_words, 1);
    for (size_t i = 0; i < column->n_words; i++)
        fm_digest_text(digest, column->words[i]);
    fm_digest_integers(digest, &n, 1);
    fm_digest_text(digest, column->hash);
}

/* Wall-clock time is no part of what a run is about. */
static bool
is_timing(const fm_schema_column *column)
{
    return column->origin == FM_FROM_STORE && strcmp(column->name, "seconds") == 0;
}

static void
digest_one(fm_digest *digest, const fm_schema_column *column, uint64_t n,
           const char *hash)
{
    fm_identity identity = {.name = column->name,
                            .unit = column->unit,
                            .type = column->type,
                            .words = column->words,
                            .n_words = column->n_words,
                            .n = n,
                            .hash = hash};

    fm_digest_column(digest, &identity);
}

void
fm_sheet_digest(fm_sheet *sheet, fm_digest *digest)
{
    const fm_schema_table *t = sheet->table;
    size_t n_coordinates = t->layout == FM_BY_GRID ? t->n_dims : 0;
    size_t n_datasets = n_coordinates;
    uint64_t rows = sheet->written;

    for (size_t i = 0; i < t->n_columns; i++)
        n_datasets += !is_timing(&t->columns[i]);
    fm_digest_table(digest, t->name, t->n_dims, t->open_ended ? &rows : t->dims,
                    n_datasets);
    for (size_t k = 0; k < n_coordinates; k++)
        digest_one(digest, &t->coordinates[k], t->dims[k], sheet->coordinate_hash[k]);
    for (size_t i = 0; i < t->n_columns; i++) {
        char hash[FM_HASH_TEXT];
        fm_hash_done(sheet->panes[i].hash, hash);
        if (!is_timing(&t->columns[i]))
            digest_one(digest, &t->columns[i], rows, hash);
    }
}
