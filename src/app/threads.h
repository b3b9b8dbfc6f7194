/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many threads a command takes when nobody says. */
#ifndef FM_APP_THREADS_H
#define FM_APP_THREADS_H

/* The processors that this process may use: a job of a cluster seldom owns the node.
 * returns at least 1 */
int fm_threads_default(void);

#endif
