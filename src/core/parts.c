/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folder of parts of an unfinished run.
 *
 * Contents
 *   1. texts         4. looking at parts
 *   2. machines      5. saving
 *   3. the folder    6. removing
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/feed.h"
#include "core/identity.h"
#include "core/parts.h"
#include "core/provenance.h"
#include "core/publish.h"
#include "core/text.h"

static const double await_s = 10;

static pthread_mutex_t h5_mutex = PTHREAD_MUTEX_INITIALIZER;

void
fm_h5_lock(void)
{
    (void)pthread_mutex_lock(&h5_mutex);
}

void
fm_h5_unlock(void)
{
    (void)pthread_mutex_unlock(&h5_mutex);
}

/* ---- 1. texts -------------------------------------------------------------------- */

fm_status
fm_texts_add(fm_texts *texts, const char *text)
{
    if (text == NULL || *text == '\0')
        return FM_OK;
    for (size_t i = 0; i < texts->n; i++)
        if (strcmp(texts->list[i], text) == 0)
            return FM_OK;
    return fm_texts_append(texts, text);
}

fm_status
fm_texts_append(fm_texts *texts, const char *text)
{
    char **list = realloc(texts->list, (texts->n + 1) * sizeof *list);
    if (list == NULL)
        return FM_ENOMEM;
    texts->list = list;
    list[texts->n] = strdup(text);
    if (list[texts->n] == NULL)
        return FM_ENOMEM;
    texts->n++;
    return FM_OK;
}

static int
by_text(const void *a, const void *b)
{
    char *const *x = a, *const *y = b;

    return strcmp(*x, *y);
}

static void
sort_texts(const fm_texts *texts)
{
    if (texts->n > 1)
        qsort(texts->list, texts->n, sizeof *texts->list, by_text);
}

char *
fm_texts_join(const fm_texts *texts)
{
    fm_str s = {0};

    sort_texts(texts);
    fm_str_add(&s, "");
    for (size_t i = 0; i < texts->n; i++)
        fm_str_addf(&s, "%s%s", i > 0 ? "\n" : "", texts->list[i]);
    return fm_str_take(&s);
}

void
fm_texts_free(fm_texts *texts)
{
    for (size_t i = 0; i < texts->n; i++)
        free(texts->list[i]);
    free(texts->list);
    *texts = (fm_texts){0};
}

/* ---- 2. machines ----------------------------------------------------------------- */

fm_status
fm_machines_add(fm_machines *m, const fm_result *result)
{
    const char *started = fm_result_fact(result, "started");
    fm_status st = fm_texts_add(&m->processors, fm_result_fact(result, "processor"));

    if (st == FM_OK)
        st = fm_texts_add(&m->libcs, fm_result_fact(result, "libc"));
    if (st == FM_OK)
        st = fm_texts_add(&m->libraries, fm_result_fact(result, "libraries"));
    if (st != FM_OK || *started == '\0' ||
        (m->started != NULL && strcmp(m->started, started) <= 0))
        return st;
    free(m->started);
    m->started = fm_strdup(started);
    return m->started != NULL ? FM_OK : FM_ENOMEM;
}

static fm_status
add_taken(fm_texts *texts, char *text)
{
    fm_status st = text != NULL ? fm_texts_add(texts, text) : FM_ENOMEM;

    free(text);
    return st;
}

fm_status
fm_machines_add_here(fm_machines *m)
{
    fm_status st = add_taken(&m->processors, fm_processor_text());

    if (st == FM_OK)
        st = add_taken(&m->libcs, fm_libc_text());
    return st == FM_OK ? add_taken(&m->libraries, fm_libraries_text()) : st;
}

fm_status
fm_machines_use(fm_machines *m, fm_store_options *options)
{
    m->processor = fm_texts_join(&m->processors);
    m->libc = fm_texts_join(&m->libcs);
    m->library = fm_texts_join(&m->libraries);
    options->processor = m->processor;
    options->libc = m->libc;
    options->libraries = m->library;
    if (m->started != NULL && options->record_times)
        options->started = m->started;
    return m->processor != NULL && m->libc != NULL && m->library != NULL ? FM_OK
                                                                         : FM_ENOMEM;
}

bool
fm_machines_differ(const fm_machines *m)
{
    return m->processors.n > 1 || m->libcs.n > 1;
}

void
fm_machines_free(fm_machines *m)
{
    fm_texts_free(&m->processors);
    fm_texts_free(&m->libcs);
    fm_texts_free(&m->libraries);
    free(m->processor);
    free(m->libc);
    free(m->library);
    free(m->started);
    *m = (fm_machines){0};
}

/* ---- 3. the folder --------------------------------------------------------------- */

static void
note(const fm_parts *parts, const char *text, const char *more)
{
    fm_str s = {0};

    if (parts->note == NULL)
        return;
    fm_str_addf(&s, "%s%s", text, more);
    if (!s.failed)
        parts->note(s.data, parts->note_arg);
    fm_str_free(&s);
}

fm_status
fm_parts_start(const char *output, const fm_scenario *scenario, const char *version,
               fm_note_fn note_fn, void *note_arg, fm_parts *parts_out, fm_error *err)
{
    fm_str s = {0};

    fm_str_addf(&s, "%s.parts", output);
    *parts_out = (fm_parts){.note = note_fn, .note_arg = note_arg};
    parts_out->folder = fm_str_take(&s);
    parts_out->identity = fm_identity_text(scenario, version);
    if (parts_out->folder == NULL || parts_out->identity == NULL)
        return FM_FAIL(err, FM_ENOMEM, "out of memory");
    return FM_OK;
}

void
fm_parts_free(fm_parts *parts)
{
    for (size_t i = 0; i < parts->n; i++)
        free(parts->list[i].path);
    free(parts->list);
    free(parts->folder);
    free(parts->identity);
    fm_texts_free(&parts->useless);
    fm_ranges_free(&parts->good);
    fm_ranges_free(&parts->failed);
    fm_machines_free(&parts->machines);
    *parts = (fm_parts){0};
}

static bool
ends(const char *text, const char *with)
{
    size_t n = strlen(text), k = strlen(with);

    return n >= k && strcmp(text + n - k, with) == 0;
}

static bool
is_part(const char *name)
{
    return strncmp(name, "part-", 5) == 0 && ends(name, ".h5");
}

fm_status
fm_parts_list(const char *folder, fm_texts *paths_out, fm_error *err)
{
    fm_status st = FM_OK;
    fm_str path = {0};
    DIR *dir = opendir(folder);

    if (dir == NULL && (errno == ENOENT || errno == ENOTDIR))
        return FM_OK;
    if (dir == NULL)
        return FM_FAIL(err, FM_EIO, "cannot read the folder: %s: '%s'", strerror(errno),
                       folder);
    for (const struct dirent *e = readdir(dir); e != NULL && st == FM_OK;
         e = readdir(dir)) {
        if (!is_part(e->d_name))
            continue;
        fm_str_addf(&path, "%s/%s", folder, e->d_name);
        st = path.failed ? FM_ENOMEM : fm_texts_append(paths_out, path.data);
        path.length = 0;
    }
    (void)closedir(dir);
    fm_str_free(&path);
    sort_texts(paths_out);
    return st == FM_OK ? st : FM_FAIL(err, st, "out of memory");
}

bool
fm_parts_exist(const fm_parts *parts)
{
    fm_texts paths = {0};
    fm_status st = fm_parts_list(parts->folder, &paths, NULL);
    bool any = st == FM_OK && paths.n > 0;

    fm_texts_free(&paths);
    return any;
}

/* ---- 4. looking at parts --------------------------------------------------------- */

static fm_status
add_part(fm_parts *parts, const char *path, uint64_t first, uint64_t n)
{
    if (parts->n == parts->capacity) {
        size_t capacity = parts->capacity > 0 ? 2 * parts->capacity : 16;
        fm_part *list = realloc(parts->list, capacity * sizeof *list);
        if (list == NULL)
            return FM_ENOMEM;
        parts->list = list;
        parts->capacity = capacity;
    }
    char *copy = fm_strdup(path);
    if (copy == NULL)
        return FM_ENOMEM;
    parts->list[parts->n++] = (fm_part){copy, first, n};
    return FM_OK;
}

/* Among the first n_parts and n_useless. */
static bool
is_known(const fm_parts *parts, size_t n_parts, size_t n_useless, const char *path)
{
    for (size_t i = 0; i < n_parts; i++)
        if (strcmp(parts->list[i].path, path) == 0)
            return true;
    for (size_t i = 0; i < n_useless; i++)
        if (strcmp(parts->useless.list[i], path) == 0)
            return true;
    return false;
}

/* Takes a sound part of this run. */
static fm_status
take_part(fm_parts *parts, const fm_result *result, const char *path, fm_error *err)
{
    fm_ranges good = {0}, failed = {0};
    uint64_t first = UINT64_MAX;
    fm_status st = fm_feed_points(result, &good, &failed, err);

    if (st != FM_OK)
        goto done;
    if (good.n > 0)
        first = good.list[0].first;
    if (failed.n > 0 && failed.list[0].first < first)
        first = failed.list[0].first;
    uint64_t n =
        fm_ranges_count(&good, 0, UINT64_MAX) + fm_ranges_count(&failed, 0, UINT64_MAX);
    st = add_part(parts, path, first, n);
    if (st == FM_OK)
        st = fm_ranges_add_all(&parts->good, &good);
    if (st == FM_OK)
        st = fm_ranges_add_all(&parts->failed, &failed);
    if (st == FM_OK)
        st = fm_machines_add(&parts->machines, result);
    if (st != FM_OK)
        st = FM_FAIL(err, st, "out of memory");
done:
    fm_ranges_free(&good);
    fm_ranges_free(&failed);
    return st;
}

/* A part of another run. */
static fm_status
refuse_foreign(fm_parts *parts, const char *other, const char *path, bool replace,
               fm_error *err)
{
    char words[200];

    fm_identity_difference(parts->identity, other, path, words, sizeof words);
    if (!replace)
        return FM_FAIL(err, FM_ECREATE, "parts of another run (--force removes them): %s",
                       words);
    note(parts, "a part of another run is removed: ", words);
    return fm_texts_add(&parts->useless, path);
}

static fm_status
look_at(fm_parts *parts, const char *path, bool verify, bool replace, fm_error *err)
{
    fm_error own = FM_ERROR_INIT;
    fm_result *result = NULL;
    char *other = NULL;
    fm_status st = fm_result_open(path, &result, &own);

    if (st == FM_OK && verify) {
        char digest[FM_DIGEST_TEXT];
        st = fm_result_verify(result, digest, &own);
    }
    if (st == FM_OK) {
        other = fm_identity_of(result);
        st = other == NULL ? FM_ENOMEM : FM_OK;
    }
    if (st == FM_OK)
        st = strcmp(other, parts->identity) == 0
                 ? take_part(parts, result, path, &own)
                 : refuse_foreign(parts, other, path, replace, &own);
    if (st == FM_EDATA) {
        note(parts, own.text, "; its points run again");
        st = fm_texts_add(&parts->useless, path);
    }
    free(other);
    fm_result_close(result);
    return st == FM_OK ? st
                       : FM_FAIL(err, st, "%s",
                                 own.code != FM_OK ? own.text : fm_status_name(st));
}

fm_status
fm_parts_scan(fm_parts *parts, bool verify, bool replace, fm_error *err)
{
    fm_texts paths = {0};
    size_t n_parts = parts->n, n_useless = parts->useless.n;
    fm_status st = fm_parts_list(parts->folder, &paths, err);

    for (size_t i = 0; i < paths.n && st == FM_OK; i++)
        if (!is_known(parts, n_parts, n_useless, paths.list[i]))
            st = look_at(parts, paths.list[i], verify, replace, err);
    fm_ranges_settle(&parts->good);
    fm_ranges_settle(&parts->failed);
    fm_texts_free(&paths);
    return st;
}

uint64_t
fm_parts_points(const fm_parts *parts)
{
    uint64_t n = 0;

    for (size_t i = 0; i < parts->n; i++)
        n += parts->list[i].n;
    return n;
}

fm_status
fm_parts_await(fm_parts *parts, uint64_t points, fm_error *err)
{
    const struct timespec pause = {.tv_nsec = 100000000};
    struct timespec start;

    (void)clock_gettime(CLOCK_MONOTONIC, &start);
    for (;;) {
        fm_status st = fm_parts_scan(parts, false, false, err);
        uint64_t n = fm_parts_points(parts);
        if (st != FM_OK || n >= points)
            return st;
        if (fm_seconds_since(&start) >= await_s)
            return FM_FAIL(err, FM_EIO,
                           "%llu points that other processes have saved do not appear in "
                           "'%s': the folder must be one that all of them share",
                           (unsigned long long)(points - n), parts->folder);
        (void)nanosleep(&pause, NULL);
    }
}

/* ---- 5. saving ------------------------------------------------------------------- */

static bool
sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);

    if (fd >= 0)
        (void)close(fd);
    return ok;
}

/* Once per process also the folder above is brought to disk, whoever made this one. */
static fm_status
make_folder(fm_parts *parts, fm_error *err)
{
    fm_str parent = {0};

    if (mkdir(parts->folder, 0777) != 0 && errno != EEXIST) {
        int reason = errno;
        return FM_FAIL(err,
                       reason == ENOSPC || reason == EDQUOT || reason == EIO ? FM_EIO
                                                                             : FM_ECREATE,
                       "cannot create: %s: '%s'", strerror(reason), parts->folder);
    }
    if (atomic_exchange(&parts->synced, true))
        return FM_OK;
    const char *slash = strrchr(parts->folder, '/');
    if (slash == NULL)
        fm_str_add(&parent, ".");
    else
        fm_str_add_bytes(&parent, parts->folder,
                         (size_t)(slash - parts->folder) + (slash == parts->folder));
    bool ok = !parent.failed && sync_folder(parent.data);
    fm_str_free(&parent);
    return ok ? FM_OK
              : FM_FAIL(err, FM_EIO, "cannot sync the folder above: %s: '%s'",
                        strerror(errno), parts->folder);
}

/* A name that nobody has: "part-FIRST-HOST-PID-SERIAL.h5". */
static char *
new_name(fm_parts *parts, uint64_t first)
{
    struct stat info;
    char host[256];
    char *name = NULL;

    fm_host_name(host, sizeof host);
    host[64] = '\0';
    for (char *p = host; *p != '\0'; p++)
        if (*p == '/')
            *p = '_';
    do {
        fm_str s = {0};
        free(name);
        fm_str_addf(&s, "%s/part-%020llu-%s-%ld-%u.h5", parts->folder,
                    (unsigned long long)first, host, (long)getpid(), parts->serial++);
        name = fm_str_take(&s);
    } while (name != NULL && lstat(name, &info) == 0);
    return name;
}

/* What needs HDF5. */
static fm_status
write_part(fm_parts *parts, const fm_scenario *scenario, const fm_store_options *options,
           const fm_out *out, fm_store **store_out, char **path_out, fm_error *err)
{
    char digest[FM_DIGEST_TEXT];
    fm_store_options own = *options;

    own.replace = false;
    own.listed = true;
    own.n_listed = out->n_points;
    *path_out = new_name(parts, out->points[0].point);
    if (*path_out == NULL)
        return FM_FAIL(err, FM_ENOMEM, "out of memory");
    fm_status st = fm_store_create(*path_out, scenario, &own, store_out, err);
    if (st == FM_OK)
        st = fm_store_append(*store_out, out, 0, out->n_points, err);
    return st == FM_OK ? fm_store_close(*store_out, "", digest, err) : st;
}

fm_status
fm_parts_save(fm_parts *parts, const fm_scenario *scenario,
              const fm_store_options *options, const fm_out *out, fm_error *err)
{
    fm_store *store = NULL;
    char *path = NULL;
    fm_status st = out->n_points > 0 ? make_folder(parts, err) : FM_OK;

    if (st != FM_OK || out->n_points == 0)
        return st;
    fm_h5_lock();
    st = write_part(parts, scenario, options, out, &store, &path, err);
    if (st != FM_OK)
        fm_store_free(store); /* calls HDF5 */
    fm_h5_unlock();
    if (st == FM_OK) {
        st = fm_store_publish(store, err); /* waits for the disk, not for HDF5 */
        fm_store_free(store);
    }
    if (st == FM_OK) {
        fm_h5_lock();
        st = add_part(parts, path, out->points[0].point, out->n_points);
        fm_h5_unlock();
        if (st != FM_OK)
            st = FM_FAIL(err, st, "out of memory");
    }
    if (st != FM_OK)
        (void)rmdir(parts->folder); /* if nothing is in it */
    free(path);
    return st;
}

/* ---- 6. removing ----------------------------------------------------------------- */

void
fm_parts_remove(fm_parts *parts)
{
    for (size_t i = 0; i < parts->n; i++)
        (void)unlink(parts->list[i].path);
    for (size_t i = 0; i < parts->useless.n; i++)
        (void)unlink(parts->useless.list[i]);
    fm_drafts_remove_dead(parts->folder, "part-");
    (void)rmdir(parts->folder);
}

fm_status
fm_parts_clear(const fm_parts *parts, fm_error *err)
{
    fm_texts paths = {0};
    fm_status st = fm_parts_list(parts->folder, &paths, err);

    for (size_t i = 0; i < paths.n && st == FM_OK; i++)
        if (unlink(paths.list[i]) != 0 && errno != ENOENT)
            st = FM_FAIL(err, FM_ECREATE, "cannot remove: %s: '%s'", strerror(errno),
                         paths.list[i]);
    fm_texts_free(&paths);
    fm_drafts_remove_dead(parts->folder, "part-");
    (void)rmdir(parts->folder);
    return st;
}
