/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole files in and out: written under a temporary name, synced, renamed. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/text.h"
#include "report/output.h"

enum {
    READ_MAX = 64 << 20
};

static bool
write_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t done = write(fd, bytes, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        bytes += done;
        n -= (size_t)done;
    }
    return true;
}

/* The mode that a new file would get: mkstemp makes it private. */
static bool
publish_mode(int fd)
{
    mode_t mask = umask(0);

    (void)umask(mask);
    return fchmod(fd, 0666 & ~mask) == 0;
}

fm_status
fm_output_write(const char *path, const char *bytes, size_t n, fm_error *err)
{
    fm_str name = {0};
    int fd = -1;
    fm_status st = FM_OK;

    fm_str_addf(&name, "%s.XXXXXX", path);
    if (name.failed)
        return FM_FAIL(err, FM_ENOMEM, "out of memory");
    fd = mkstemp(name.data);
    if (fd < 0) {
        st = FM_FAIL(err, FM_ECREATE, "cannot create '%s': %s", path, strerror(errno));
        goto done;
    }
    bool written = write_all(fd, bytes, n) && publish_mode(fd) && fsync(fd) == 0;
    int code = errno;
    bool closed = close(fd) == 0;
    if (!written || !closed || rename(name.data, path) != 0) {
        code = written ? errno : code;
        (void)unlink(name.data);
        st = FM_FAIL(err, FM_EIO, "cannot write '%s': %s", path, strerror(code));
    }
done:
    fm_str_free(&name);
    return st;
}

fm_status
fm_output_read(const char *path, char **bytes_out, size_t *n_out, fm_error *err)
{
    fm_str s = {0};
    fm_status st = FM_OK;
    FILE *f = fopen(path, "rb");

    if (f == NULL)
        return FM_FAIL(err, FM_ENOINPUT, "cannot open '%s': %s", path, strerror(errno));
    fm_str_add(&s, "");
    while (st == FM_OK) {
        char buffer[16384];
        size_t n = fread(buffer, 1, sizeof buffer, f);
        fm_str_add_bytes(&s, buffer, n);
        if (s.failed)
            st = FM_FAIL(err, FM_ENOMEM, "out of memory");
        else if (s.length > READ_MAX)
            st = FM_FAIL(err, FM_EDATA, "'%s' is larger than 64 MB", path);
        if (n < sizeof buffer)
            break;
    }
    if (st == FM_OK && ferror(f) != 0)
        st = FM_FAIL(err, FM_EIO, "cannot read '%s'", path);
    (void)fclose(f);
    if (st == FM_OK) {
        *n_out = s.length;
        *bytes_out = fm_str_take(&s);
    }
    fm_str_free(&s);
    return st;
}
