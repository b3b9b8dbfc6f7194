/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of YAML scalars, decoded from the file's own bytes.
 *
 * libfyaml finds where a scalar stands; version 0.7.12 then loses text of quoted scalars
 * (the end behind two adjacent '' or behind some escapes) and takes the lines below an
 * empty block for its text, both without an error.
 */
#ifndef FM_CORE_YAML_SCALAR_H
#define FM_CORE_YAML_SCALAR_H

#include "core/text.h"

/* Where a scalar stands.  Positions are bytes of text[length]. */
typedef struct fm_yaml_span {
    const char *text;
    size_t length;
    size_t before; /* behind the token before: a block's header comes later */
    size_t start;  /* first byte: behind the quote, of a block's first line */
    size_t end;    /* behind the last byte: of the quote, of what follows a block */
    size_t parent; /* column of the list's '-' or the mapping's keys from 1; 0: none */
} fm_yaml_span;

/* Appends the decoded text of a scalar of one style (YAML 1.2.2, chapters 7.3 and 8.1).
 * span  in      where it stands
 * s     in/out  appended to; undefined after a refusal
 * returns NULL, or why the scalar is refused (constant text): above all when its end is
 *         not at span->end */
const char *fm_yaml_add_plain(const fm_yaml_span *span, fm_str *s);
const char *fm_yaml_add_single_quoted(const fm_yaml_span *span, fm_str *s);
const char *fm_yaml_add_double_quoted(const fm_yaml_span *span, fm_str *s);
const char *fm_yaml_add_block(const fm_yaml_span *span, fm_str *s);

#endif
