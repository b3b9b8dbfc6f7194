/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small strict YAML tree with positions, read by libfyaml.
 *
 * Refused with place and advice: NUL and other control bytes, invalid UTF-8, UTF-16, a
 * second document, anchors, aliases, tags, merge keys, duplicate keys, nesting deeper
 * than 16. All scalars are text; plain and quoted mean the same.
 */
#ifndef FM_CORE_YAML_H
#define FM_CORE_YAML_H

#include <stddef.h>

#include "core/diag.h"

typedef enum fm_node_kind {
    FM_NODE_SCALAR,
    FM_NODE_LIST,
    FM_NODE_MAP
} fm_node_kind;

typedef struct fm_node fm_node;
struct fm_node {
    fm_node_kind kind;
    fm_mark mark;     /* of the value */
    fm_mark key_mark; /* of the key, in a map */
    char *key;        /* in a map */
    char *text;       /* SCALAR; NULL for an empty value (`key:`) */
    bool quoted;      /* quoted or block scalar: "" is then a given empty text */
    fm_node *items;   /* LIST and MAP, in file order */
    size_t n_items;
};

/* Reads a file ("-": stdin) or a text.
 * name      in   how messages call the file
 * root_out  out  owned by the caller: fm_yaml_free; NULL for an empty file (which is an
 *                error in diags) and where nothing could be understood.  May be set beside
 *                an error (a duplicate key), so that checks can go on: free it in any case
 * returns FM_OK or the first error's status (FM_ENOINPUT when it cannot be opened) */
fm_status fm_yaml_read_file(const char *path, fm_diags *diags, fm_node **root_out);
fm_status fm_yaml_read_text(const char *name, const char *text, size_t length,
                            fm_diags *diags, fm_node **root_out);
/* The same for one value (of the command line): the root may be a single text, or
 * NULL. */
fm_status fm_yaml_read_value(const char *name, const char *text, size_t length,
                             fm_diags *diags, fm_node **root_out);
void fm_yaml_free(fm_node *root);

/* Child of a map by key, or NULL. */
const fm_node *fm_yaml_get(const fm_node *map, const char *key);

/* Reports each key of `map` that is not in keys[n], with a did-you-mean.
 * what  in  "the scenario", "data.pulls": where, in words */
void fm_yaml_only(const fm_node *map, const char *file, const char *what,
                  const char *const *keys, size_t n, fm_status code, fm_diags *diags);

#endif
