/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A study's declarations as text, JSON and Markdown (all from the same tables). */
#ifndef FM_APP_DESCRIBE_H
#define FM_APP_DESCRIBE_H

#include <jansson.h>

#include "core/study.h"
#include "core/text.h"

/* "real", "integer", "list of text", ... */
const char *fm_kind_name(const fm_param *param);

/* "20 ... 30", "> 0", "Au | Al", "true | false"; "" when anything goes.  Appends to s. */
void fm_describe_range(fm_str *s, const fm_param *param);

/* New reference; NULL if memory ran out. */
json_t *fm_describe_json(const fm_study *study);

/* A section of the manual's reference chapter.  Appends to s. */
void fm_describe_markdown(fm_str *s, const fm_study *study);

#endif
