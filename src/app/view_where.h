/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of a table for which an expression holds. */
#ifndef FM_APP_VIEW_WHERE_H
#define FM_APP_VIEW_WHERE_H

#include "app/view.h"

/* Sets view->keep and view->n_rows.
 * where  in  a muParser expression; texts are compared with == and != to a word or a quoted
 *            text (`quantity == mean && delta < 0`, `label != "lot 3"`)
 * returns FM_OK; FM_EUSAGE with muParser's words; FM_EIO, FM_ENOMEM */
fm_status fm_view_where(fm_view *view, const char *where, fm_error *err);

#endif
