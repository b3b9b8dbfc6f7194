/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Write-once files: a private name in the target's folder until everything is on disk. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/provenance.h"
#include "core/publish.h"
#include "core/text.h"

enum {
    NAME_KEPT = 120, /* bytes of the final name in the temporary one (255 are allowed) */
    TRIES = 100
};

/* Reason first: a long path must not cut it off. */
static fm_status
refuse(fm_error *err, int reason, const char *path)
{
    bool full = reason == ENOSPC || reason == EDQUOT || reason == EIO;

    return FM_FAIL(err, full ? FM_EIO : FM_ECREATE, "cannot create: %s: '%s'",
                   strerror(reason), path);
}

static fm_status
check_target(const char *path, bool replace, fm_error *err)
{
    struct stat info;

    if (stat(path, &info) != 0) {
        if (errno == ENOENT)
            return FM_OK;
        return refuse(err, errno, path);
    }
    if (S_ISDIR(info.st_mode))
        return FM_FAIL(err, FM_ECREATE, "cannot create: there is a folder '%s'", path);
    if (!replace)
        return FM_FAIL(err, FM_ECREATE, "cannot create: there is a file '%s' already",
                       path);
    if (!S_ISREG(info.st_mode))
        return FM_FAIL(err, FM_ECREATE, "cannot replace: no regular file: '%s'", path);
    return FM_OK;
}

/* A symbolic link stays; the file behind it is replaced. */
static fm_status
set_names(const char *path, fm_draft *draft)
{
    draft->path = draft->replace ? realpath(path, NULL) : NULL;
    if (draft->path == NULL)
        draft->path = fm_strdup(path);
    if (draft->path == NULL)
        return FM_ENOMEM;
    const char *slash = strrchr(draft->path, '/');
    if (slash == NULL)
        draft->folder = fm_strdup(".");
    else
        draft->folder =
            strndup(draft->path, (size_t)(slash - draft->path) + (slash == draft->path));
    return draft->folder != NULL ? FM_OK : FM_ENOMEM;
}

static char *
temporary_name(const fm_draft *draft, int attempt)
{
    char host[256];
    fm_str s = {0};
    const char *slash = strrchr(draft->path, '/');
    const char *name = slash != NULL ? slash + 1 : draft->path;
    size_t kept = strnlen(name, NAME_KEPT);

    fm_host_name(host, sizeof host);
    host[64] = '\0';
    fm_str_addf(&s, "%s/.", draft->folder);
    fm_str_add_bytes(&s, name, kept);
    fm_str_addf(&s, ".%s.%ld", host, (long)getpid());
    if (attempt > 0)
        fm_str_addf(&s, "-%d", attempt);
    fm_str_add(&s, ".tmp");
    return fm_str_take(&s);
}

/* A name that is taken is a leftover of a process that had our number, or our own second
 * file: never touched, the next number is tried. */
static fm_status
make_temporary(fm_draft *draft, fm_error *err)
{
    for (int attempt = 0; attempt < TRIES; attempt++) {
        char *name = temporary_name(draft, attempt);
        if (name == NULL)
            return FM_FAIL(err, FM_ENOMEM, "out of memory");
        int fd = open(name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
        if (fd >= 0) {
            (void)close(fd);
            draft->temporary = name;
            return FM_OK;
        }
        free(name);
        if (errno != EEXIST)
            return refuse(err, errno, draft->path);
    }
    return FM_FAIL(err, FM_ECREATE,
                   "cannot create: too many leftover files '.*.tmp' in '%s'",
                   draft->folder);
}

fm_status
fm_draft_create(const char *path, bool replace, fm_draft *draft_out, fm_error *err)
{
    *draft_out = (fm_draft){.replace = replace};
    size_t length = strlen(path);
    if (length == 0 || path[length - 1] == '/')
        return FM_FAIL(err, FM_ECREATE, "cannot create: no file name: '%s'", path);
    fm_status st = check_target(path, replace, err);
    if (st != FM_OK)
        return st;
    st = set_names(path, draft_out);
    if (st != FM_OK)
        return FM_FAIL(err, st, "out of memory");
    return make_temporary(draft_out, err);
}

static bool
sync_path(const char *path, int flags)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | flags);

    if (fd < 0)
        return false;
    /* Some file systems cannot sync folders and say so. */
    bool ok = fsync(fd) == 0 || ((flags & O_DIRECTORY) != 0 && errno == EINVAL);
    int reason = errno;
    (void)close(fd);
    errno = reason;
    return ok;
}

/* Gives the final name in one step that fails if there is such a file. */
static bool
rename_new(const char *from, const char *to)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return true;
    if (errno != EINVAL && errno != ENOSYS)
        return false;
    return link(from, to) == 0 && unlink(from) == 0;
}

fm_status
fm_draft_publish(fm_draft *draft, fm_error *err)
{
    if (!sync_path(draft->temporary, 0))
        return FM_FAIL(err, FM_EIO, "cannot write: %s: '%s'", strerror(errno),
                       draft->path);
    bool ok = draft->replace ? rename(draft->temporary, draft->path) == 0
                             : rename_new(draft->temporary, draft->path);
    if (!ok && errno == EEXIST)
        return FM_FAIL(err, FM_ECREATE, "cannot create: there is a file '%s' already",
                       draft->path);
    if (!ok)
        return refuse(err, errno, draft->path);
    free(draft->temporary);
    draft->temporary = NULL;
    if (!sync_path(draft->folder, O_DIRECTORY))
        return FM_FAIL(err, FM_EIO, "cannot sync the folder: %s: '%s'", strerror(errno),
                       draft->folder);
    return FM_OK;
}

void
fm_draft_clear(fm_draft *draft)
{
    if (draft->temporary != NULL)
        (void)unlink(draft->temporary);
    free(draft->temporary);
    free(draft->folder);
    free(draft->path);
    *draft = (fm_draft){0};
}

/* ---- leftovers ------------------------------------------------------------------- */

/* Seconds after which a temporary file of another machine is taken for a leftover. */
static const time_t abandoned_s = 86400;

/* "….HOST.PID.tmp" or "….HOST.PID-K.tmp" of this machine, whose process is gone. */
static bool
writer_is_gone(const char *name, const char *host, bool *ours_out)
{
    size_t n = strlen(name) - strlen(".tmp");
    size_t k = n;

    while (k > 0 && name[k - 1] != '.')
        k--;
    size_t length = strlen(host);
    long pid = strtol(name + k, NULL, 10);
    *ours_out = k > length + 1 && name[k - 2 - length] == '.' &&
                strncmp(name + k - 1 - length, host, length) == 0;
    return *ours_out && pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

static bool
is_leftover(int folder, const char *name, const char *host)
{
    struct stat info;
    bool ours = false;

    if (writer_is_gone(name, host, &ours))
        return true;
    return !ours && fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(info.st_mode) && time(NULL) - info.st_mtime > abandoned_s;
}

void
fm_drafts_remove_dead(const char *folder, const char *prefix)
{
    char host[256];
    DIR *dir = opendir(folder);

    fm_host_name(host, sizeof host);
    host[64] = '\0';
    for (const struct dirent *e = dir != NULL ? readdir(dir) : NULL; e != NULL;
         e = readdir(dir)) {
        size_t n = strlen(e->d_name);
        if (e->d_name[0] != '.' || n < 8 || strcmp(e->d_name + n - 4, ".tmp") != 0 ||
            strncmp(e->d_name + 1, prefix, strlen(prefix)) != 0)
            continue;
        if (is_leftover(dirfd(dir), e->d_name, host))
            (void)unlinkat(dirfd(dir), e->d_name, 0);
    }
    if (dir != NULL)
        (void)closedir(dir);
}

void
fm_draft_remove_dead(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    fm_str folder = {0};
    fm_str prefix = {0};

    if (slash == NULL)
        fm_str_add(&folder, ".");
    else
        fm_str_add_bytes(&folder, path, (size_t)(slash - path) + (slash == path));
    fm_str_add_bytes(&prefix, name, strnlen(name, NAME_KEPT));
    fm_str_add(&prefix, ".");
    if (!folder.failed && !prefix.failed)
        fm_drafts_remove_dead(folder.data, prefix.data);
    fm_str_free(&folder);
    fm_str_free(&prefix);
}
