/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pieces of HTML: escaping, slugs, numbers, Markdown. */
#ifndef FM_REPORT_HTML_H
#define FM_REPORT_HTML_H

#include <stdbool.h>
#include <stdint.h>

#include "core/text.h"

/* Adds text as HTML or XML character data, also right inside a quoted attribute: & < > "
 * ' become references; control characters and invalid UTF-8 become U+FFFD; line breaks
 * and tabs stay. */
void fm_html_text(fm_str *s, const char *text);

/* Adds the text's slug: ASCII letters in lower case, digits, '-' for each run of anything
 * else; "x" for nothing. */
void fm_html_slug(fm_str *s, const char *text);

/* Number for people: `digits` significant digits with trailing zeros, powers of ten
 * written out ("1.5000 × 10^-7" with a superscript), a real minus sign.  Infinities
 * become ∞.  The value must not be NaN. */
void fm_html_real(fm_str *s, double x, int digits);
/* The same in <data value="...">, the value with all digits. */
void fm_html_data(fm_str *s, double x, int digits);
/* Integer with thin blanks between groups of three digits. */
void fm_html_integer(fm_str *s, int64_t x);

/* Number for plain text (descriptions): %.*g, "−" for minus is not used. */
void fm_text_real(fm_str *s, double x, int digits);

/* Adds Markdown rendered to HTML (raw HTML in it is dropped).
 * inline_only  in  without the <p> of a single paragraph
 * returns false if memory ran out */
bool fm_html_markdown(fm_str *s, const char *markdown, bool inline_only);

#endif
