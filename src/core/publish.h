/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Write-once files: a private name in the target's folder until everything is on disk. */
#ifndef FM_CORE_PUBLISH_H
#define FM_CORE_PUBLISH_H

#include <stdbool.h>

#include <fabmet/error.h>

typedef struct fm_draft {
    char *path;      /* final name */
    char *folder;    /* of both */
    char *temporary; /* ".NAME.HOST.PID.tmp"; NULL when there is no file */
    bool replace;
} fm_draft;

/* Checks the target and makes an empty file of the temporary name.
 * replace    in   a regular file of the final name may be replaced
 * draft_out  out  owned by the caller: fm_draft_clear, also after an error
 * returns FM_OK; FM_ECREATE (exists, folder missing or not writable, no regular file),
 *         FM_EIO (no space), FM_ENOMEM */
fm_status fm_draft_create(const char *path, bool replace, fm_draft *draft_out,
                          fm_error *err);

/* Brings the closed file to disk and gives it its final name.
 * returns FM_OK; FM_ECREATE when another file has taken the name meanwhile; FM_EIO */
fm_status fm_draft_publish(fm_draft *draft, fm_error *err);

/* Removes what was not published, and forgets the names. */
void fm_draft_clear(fm_draft *draft);

/* Removes temporary files that processes left behind when they were killed: those of this
 * machine whose process is gone, and of other machines when they are a day old.
 * prefix  in  what their final names begin with
 * path    in  final name of the only ones to remove */
void fm_drafts_remove_dead(const char *folder, const char *prefix);
void fm_draft_remove_dead(const char *path);

#endif
