/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One table on its way into a result file: rows are gathered until a chunk is full,
 * hashed, and written with one call per column.
 *
 * The file's chunks are consecutive rows of the table also when it has several
 * dimensions, so what is written does not depend on how many rows come at a time.
 */
#ifndef FM_CORE_SHEET_H
#define FM_CORE_SHEET_H

#include <hdf5.h>

#include "core/digest.h"
#include "core/schema.h"
#include "core/seal.h"

enum {
    FM_CHUNK_ROWS = 131072
}; /* 1 MiB of numbers */

typedef struct fm_sheet fm_sheet;

/* Makes the table's (empty) group.
 * entry      in   group that gets it
 * table      in   must outlive the sheet, as must the schema and the seal
 * seal       in/out  gets the blocks of numbers that have sums of their own
 * sheet_out  out  owned by the caller: fm_sheet_free
 * returns FM_OK; FM_EIO, FM_ENOMEM */
fm_status fm_sheet_create(hid_t entry, const fm_schema *schema,
                          const fm_schema_table *table, fm_seal *seal,
                          fm_sheet **sheet_out);
void fm_sheet_free(fm_sheet *sheet);

/* Rows that may be added before the next fm_sheet_commit: at least 1. */
size_t fm_sheet_room(const fm_sheet *sheet);

/* Places for n <= room rows in each column.  returns FM_OK or FM_ENOMEM */
fm_status fm_sheet_reserve(fm_sheet *sheet, size_t n);

/* Where the next rows of a column go, by the column's type; after fm_sheet_reserve. */
double *fm_sheet_reals(fm_sheet *sheet, size_t column);
int64_t *fm_sheet_integers(fm_sheet *sheet, size_t column);
int8_t *fm_sheet_codes(fm_sheet *sheet, size_t column);
/* Text of the next row + `row`; NULL counts as "".  Invalid UTF-8 is stored escaped.
 * returns FM_OK or FM_ENOMEM */
fm_status fm_sheet_text(fm_sheet *sheet, size_t column, size_t row, const char *text);

/* Takes n filled rows; writes the chunk if it is full.  returns FM_OK; FM_EIO,
 * FM_ENOMEM */
fm_status fm_sheet_commit(fm_sheet *sheet, size_t n);

/* Writes the rest.  Afterwards only fm_sheet_digest and fm_sheet_free are allowed.
 * returns FM_OK; FM_EIO, FM_ENOMEM */
fm_status fm_sheet_finish(fm_sheet *sheet);

/* Adds what the table is and the hashes of its columns (doc/file-format.md, "Digest"). */
void fm_sheet_digest(fm_sheet *sheet, fm_digest *digest);

/* What both sides add for one dataset; hash is the hexadecimal digest of its values.
 * unit, words[n_words]  in  as stored */
typedef struct fm_identity {
    const char *name, *unit;
    fm_type type;
    const char *const *words;
    size_t n_words;
    uint64_t n;
    const char *hash;
} fm_identity;
void fm_digest_result(fm_digest *digest, int schema, const char *study, uint64_t n_points,
                      size_t n_tables);
void fm_digest_table(fm_digest *digest, const char *name, size_t n_dims,
                     const uint64_t *dims, size_t n_datasets);
void fm_digest_column(fm_digest *digest, const fm_identity *column);

#endif
