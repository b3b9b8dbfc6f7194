/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Diagnostics: all problems of a user's file in one pass, sorted by place. */
#include "config.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/diag.h"
#include "core/text.h"

struct fm_diags {
    fm_diag list[FM_DIAG_MAX];
    int order[FM_DIAG_MAX]; /* file's order of first mention */
    size_t n;
    size_t n_errors;
    fm_status status;
};

fm_diags *
fm_diags_create(void)
{
    return calloc(1, sizeof(fm_diags));
}

void
fm_diags_free(fm_diags *diags)
{
    if (diags == NULL)
        return;
    for (size_t i = 0; i < diags->n; i++) {
        free(diags->list[i].file);
        free(diags->list[i].text);
        free(diags->list[i].hint);
    }
    free(diags);
}

static char *
format_escaped(const char *format, va_list args)
{
    char raw[1024];
    fm_str s = {0};

    (void)vsnprintf(raw, sizeof raw, format, args);
    fm_str_add_escaped(&s, raw);
    return fm_str_take(&s);
}

static char *
copy_escaped(const char *text)
{
    if (text == NULL)
        return NULL;
    fm_str s = {0};
    fm_str_add_escaped(&s, text);
    return fm_str_take(&s);
}

static int
file_order(const fm_diags *diags, const char *file)
{
    int last = -1;

    for (size_t i = 0; i < diags->n; i++) {
        if (diags->list[i].file != NULL && strcmp(diags->list[i].file, file) == 0)
            return diags->order[i];
        if (diags->order[i] > last)
            last = diags->order[i];
    }
    return last + 1;
}

/* Keeps one entry; beyond the limit the text is dropped (the count stays). */
static void
keep(fm_diags *diags, const char *file, fm_mark mark, bool warning, const char *hint,
     char *text)
{
    if (diags->n == FM_DIAG_MAX || text == NULL) {
        free(text);
        return;
    }
    int order = file_order(diags, file);
    diags->order[diags->n] = order;
    diags->list[diags->n++] = (fm_diag){.file = copy_escaped(file),
                                        .mark = mark,
                                        .warning = warning,
                                        .text = text,
                                        .hint = copy_escaped(hint)};
}

void
fm_diag_error(fm_diags *diags, fm_status code, const char *file, fm_mark mark,
              const char *hint, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    keep(diags, file, mark, false, hint, format_escaped(format, args));
    va_end(args);
    diags->n_errors++;
    if (diags->status == FM_OK)
        diags->status = code;
}

void
fm_diag_warning(fm_diags *diags, const char *file, fm_mark mark, const char *hint,
                const char *format, ...)
{
    va_list args;

    va_start(args, format);
    keep(diags, file, mark, true, hint, format_escaped(format, args));
    va_end(args);
}

fm_status
fm_diags_status(const fm_diags *diags)
{
    return diags->status;
}

/* Insertion sort keeps entries of one place in the order they were found. */
void
fm_diags_sort(fm_diags *diags)
{
    for (size_t i = 1; i < diags->n; i++) {
        fm_diag entry = diags->list[i];
        int order = diags->order[i];
        size_t j = i;
        for (; j > 0; j--) {
            const fm_diag *before = &diags->list[j - 1];
            int d = diags->order[j - 1] - order;
            if (d == 0)
                d = before->mark.line - entry.mark.line;
            if (d == 0)
                d = before->mark.column - entry.mark.column;
            if (d <= 0)
                break;
            diags->list[j] = *before;
            diags->order[j] = diags->order[j - 1];
        }
        diags->list[j] = entry;
        diags->order[j] = order;
    }
}

const fm_diag *
fm_diags_list(const fm_diags *diags, size_t *n_out, size_t *n_errors_out)
{
    *n_out = diags->n;
    if (n_errors_out != NULL)
        *n_errors_out = diags->n_errors;
    return diags->list;
}
