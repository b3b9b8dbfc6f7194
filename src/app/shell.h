/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text as one word of a POSIX shell command. */
#ifndef FM_APP_SHELL_H
#define FM_APP_SHELL_H

#include "core/text.h"

/* Appends `text` such that a shell reads it back as one word, byte for byte: as it is when
 * it holds only harmless characters, else in single quotes. */
void fm_shell_add(fm_str *s, const char *text);

/* The same after a blank. */
void fm_shell_add_word(fm_str *s, const char *text);

#endif
