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

/* The same with `words` between backticks as <code>. */
void fm_html_ticked(fm_str *s, const char *text);

/* Adds the text's slug: ASCII letters in lower case, digits, '-' for each run of anything
 * else; "x" for nothing. */
void fm_html_slug(fm_str *s, const char *text);

/* Text of a number ("-1.5e-07") for people: a real minus sign, powers of ten written out
 * ("1.5 × 10^-7" with a superscript), "inf" as ∞. */
void fm_html_number(fm_str *s, const char *text);
/* x as that text says, in <data value="...">, the value with all digits. */
void fm_html_data(fm_str *s, double x, const char *text);
/* x in <data value="..."> with at most `digits` significant digits. */
void fm_html_short(fm_str *s, double x, int digits);
/* Integer with thin blanks between groups of three digits. */
void fm_html_integer(fm_str *s, int64_t x);

/* Adds Markdown rendered to HTML (raw HTML in it is dropped).
 * inline_only  in  without the <p> of a single paragraph
 * returns false if memory ran out */
bool fm_html_markdown(fm_str *s, const char *markdown, bool inline_only);

#endif
