/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text as one word of a POSIX shell command (POSIX.1-2017, XCU 2.2.2 Single-Quotes). */
#include "config.h"

#include <string.h>

#include "app/shell.h"

/* '=' and '~' are harmless only inside a word: not as its first character, where they
 * would begin an assignment's value or a home folder. */
static bool
is_plain(const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_./,:+@%-=";

    return *text != '\0' && *text != '=' && text[strspn(text, plain)] == '\0';
}

void
fm_shell_add(fm_str *s, const char *text)
{
    if (is_plain(text)) {
        fm_str_add(s, text);
        return;
    }
    fm_str_add(s, "'");
    for (const char *p = text; *p != '\0'; p++)
        if (*p == '\'')
            fm_str_add(s, "'\\''");
        else
            fm_str_add_bytes(s, p, 1);
    fm_str_add(s, "'");
}

void
fm_shell_add_word(fm_str *s, const char *text)
{
    fm_str_add(s, " ");
    fm_shell_add(s, text);
}
