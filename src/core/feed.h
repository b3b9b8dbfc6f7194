/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finished points in ascending order, block by block, out of a result file.
 *
 * The inverse of the store: what it wrote comes back as rows that it can take again.  The
 * memory needed does not depend on the size of the file, except for a point that alone has
 * very many rows.  Pending points are left out. */
#ifndef FM_CORE_FEED_H
#define FM_CORE_FEED_H

#include "core/ranges.h"
#include "core/result.h"
#include "core/rows.h"
#include "core/scenario.h"

typedef struct fm_feed fm_feed;

/* scenario  in   of the run that made the result; must outlive the feed
 * feed_out  out  owned by the caller: fm_feed_close
 * returns FM_OK; what fm_result_open says; FM_EDATA when the file's tables are not those
 *         of the study; FM_ENOMEM */
fm_status fm_feed_open(const char *path, const fm_scenario *scenario, fm_feed **feed_out,
                       fm_error *err);
void fm_feed_close(fm_feed *feed);

/* Reads the next block.
 * out_out  out  lives until the next call; NULL when there is no more
 * returns FM_OK; FM_EDATA (damaged), FM_ENOMEM */
fm_status fm_feed_next(fm_feed *feed, const fm_out **out_out, fm_error *err);

/* Which points a result has: those that went well, and those that failed.  Reads no other
 * tables.
 * good_io, failed_io  in/out  ranges are added, in ascending order
 * returns FM_OK; FM_EDATA, FM_ENOMEM */
fm_status fm_feed_points(const fm_result *result, fm_ranges *good_io,
                         fm_ranges *failed_io, fm_error *err);

#endif
