/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of the reader of result files share. */
#ifndef FM_CORE_RESULT_PARTS_H
#define FM_CORE_RESULT_PARTS_H

#include <hdf5.h>

#include "core/result.h"

typedef struct fm_result_owned { /* the texts behind one fm_result_column */
    char *name, *unit, *long_name, *term;
    char **words;
    size_t n_words;
    size_t dimension; /* of a coordinate; SIZE_MAX: an ordinary column */
} fm_result_owned;

typedef struct fm_result_parts { /* what is behind one fm_result_table */
    char *name, *long_name, *signal;
    char **axes;
    size_t n_axes;
    uint64_t *dims; /* [n_axes] */
    bool *known;    /* [n_axes]: the dimension's size has been seen */
    fm_result_owned *owned;
    fm_result_column *columns;
    size_t n;
} fm_result_parts;

enum {
    FM_FACTS = 23
};

struct fm_result {
    char *path;
    hid_t file;
    uint64_t size;     /* bytes of the file */
    uint64_t n_points; /* of the whole sweep */
    bool listed;       /* some of them, as a list */
    uint64_t n_listed; /* in the file */
    uint64_t n_done;   /* not pending */
    char *facts[FM_FACTS];
    char **input_texts[3]; /* names, sources, sums: [n_input_texts[k]] */
    size_t n_input_texts[3];
    fm_result_input *inputs; /* [n_inputs] */
    size_t n_inputs;
    fm_result_table *tables;
    fm_result_parts *parts;
    size_t n_tables;
};

/* Opens the dataset behind a column; negative on failure. */
hid_t fm_result_dataset(const fm_result *result, const fm_result_table *table,
                        size_t column);

#endif
