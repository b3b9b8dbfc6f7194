/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes gnuplot's SVG fit to stand inside a page, or refuses it. */
#ifndef FM_REPORT_SVG_H
#define FM_REPORT_SVG_H

#include <fabmet/error.h>

/* Rewrites one SVG document with a tokenizer of tags and attributes: drops the prolog,
 * puts `id` and '-' in front of every id and every reference, replaces title and
 * description, adds role="img" and aria-labelledby, drops empty groups.  Elements and
 * attributes come from an allow-list: scripts, event handlers, styles with addresses,
 * foreign content and references that leave the document are refused, not repaired. svg
 * in   the document id           in   slug, [a-z0-9-]; ids in the output begin with it
 * title        in   any text; becomes <title>
 * description  in   any text; becomes <desc>
 * out          out  malloc'ed; untouched on error
 * returns FM_OK; FM_EDATA when the document is not well-formed or holds something that is
 * not allowed (the text says what); FM_ENOMEM */
fm_status fm_svg_clean(const char *svg, const char *id, const char *title,
                       const char *description, char **out, fm_error *err);

#endif
