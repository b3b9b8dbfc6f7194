/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs gnuplot safely.
 *
 * Contents
 *   1. text as a gnuplot string     2. the private folder     3. the process
 *
 * Why the encoding is what it is (gnuplot 5.4): double quotes run back-quoted commands,
 * single quotes end at a line break and cannot hold two apostrophes, an octal escape that
 * begins with 0 takes a fourth digit.  So every byte that is no letter and no blank
 * becomes a three-digit octal escape, digits included.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/text.h"
#include "report/figure.h"
#include "report/gnuplot.h"

enum {
    TEXT_MAX = 500, /* code points */
    TIC_MAX = 36,   /* bytes: gnuplot cuts labels with a "%" at 49, blind to UTF-8 */
    WORDS_MAX = 4096
};

#define REPLACEMENT "\xef\xbf\xbd"
#define ELLIPSIS    "\xe2\x80\xa6"

/* ---- 1. text as a gnuplot string --------------------------------------------------- */

static bool
is_bidi_control(const unsigned char *p, size_t len)
{
    if (len != 3 || p[0] != 0xe2)
        return false;
    return (p[1] == 0x80 && p[2] >= 0xaa && p[2] <= 0xae) || /* U+202A ... U+202E */
           (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9);   /* U+2066 ... U+2069 */
}

/* U+FFFE and U+FFFF are no XML characters: the terminal would write a file that no reader
 * takes. */
static bool
is_noncharacter(const unsigned char *p, size_t len)
{
    return len == 3 && p[0] == 0xef && p[1] == 0xbf && p[2] >= 0xbe;
}

static size_t
clean_one(fm_str *s, const unsigned char *p, size_t left, bool *blank)
{
    size_t len = fm_utf8_length(p, left);
    bool space = *p == '\n' || *p == '\r' || *p == '\t';
    bool c1 = len == 2 && p[0] == 0xc2 && p[1] < 0xa0;

    if (space && !*blank)
        fm_str_add(s, " ");
    else if (!space && is_bidi_control(p, len))
        ;
    else if (!space &&
             (len == 0 || *p < 0x20 || *p == 0x7f || c1 || is_noncharacter(p, len)))
        fm_str_add(s, REPLACEMENT);
    else if (!space)
        fm_str_add_bytes(s, (const char *)p, len);
    *blank = space;
    return len == 0 ? 1 : len;
}

/* Valid UTF-8 without controls, one line, of bounded length. */
static void
clean(fm_str *s, const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t left = strlen(text);
    bool blank = false;

    for (size_t n = 0; left > 0; n++) {
        if (n == TEXT_MAX) {
            fm_str_add(s, ELLIPSIS);
            break;
        }
        size_t len = clean_one(s, p, left, &blank);
        p += len;
        left -= len;
    }
}

/* The svg terminal passes "&#x" through and leaves '>' alone: both can break its file. */
static void
guard_svg(fm_str *s, const char *text)
{
    for (const char *p = text; *p != '\0';) {
        if (strncmp(p, "&#x", 3) == 0) {
            fm_str_add(s, "&#x26;#x");
            p += 3;
        } else if (strncmp(p, "]]>", 3) == 0) {
            fm_str_add(s, "]]&#x3E;");
            p += 3;
        } else {
            fm_str_add_bytes(s, p, 1);
            p++;
        }
    }
}

static void
encode(fm_str *s, const char *text)
{
    fm_str_add(s, "\"");
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        bool letter = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || *p == ' ';
        if (letter)
            fm_str_add_bytes(s, (const char *)p, 1);
        else
            fm_str_addf(s, "\\%03o", *p);
    }
    fm_str_add(s, "\"");
}

/* Cuts after at most n bytes, between two characters. */
static void
cut(fm_str *s, size_t n)
{
    if (s->failed || s->length <= n)
        return;
    while (n > 0 && ((unsigned char)s->data[n] & 0xc0) == 0x80)
        n--;
    s->length = n;
    fm_str_add(s, ELLIPSIS);
}

static void
guard_percent(fm_str *s, const char *text, const char *instead)
{
    for (const char *p = text; *p != '\0'; p++)
        if (*p == '%')
            fm_str_add(s, instead);
        else
            fm_str_add_bytes(s, p, 1);
}

/* The cleaned text, guarded for the svg terminal and, as the label of a tic, against
 * being taken for a format. */
static void
guard(fm_str *s, fm_str *cleaned, bool svg, bool tic)
{
    fm_str safe = {0};
    bool percent = tic && strchr(cleaned->data, '%') != NULL;

    fm_str_add(&safe, "");
    fm_str_add(s, "");
    if (percent && !svg)
        cut(cleaned, TIC_MAX);
    if (svg)
        guard_svg(&safe, cleaned->data);
    else
        fm_str_add(&safe, cleaned->data);
    if (safe.failed)
        s->failed = true;
    else if (percent)
        guard_percent(s, safe.data, svg ? "&#x25;" : "%%");
    else
        fm_str_add(s, safe.data);
    fm_str_free(&safe);
}

static char *
make_text(const char *text, bool svg, bool tic)
{
    fm_str cleaned = {0};
    fm_str guarded = {0};
    fm_str out = {0};

    fm_str_add(&cleaned, "");
    clean(&cleaned, text != NULL ? text : "");
    if (!cleaned.failed)
        guard(&guarded, &cleaned, svg, tic);
    if (!cleaned.failed && !guarded.failed)
        encode(&out, guarded.data);
    bool failed = cleaned.failed || guarded.failed;
    fm_str_free(&cleaned);
    fm_str_free(&guarded);
    if (failed) {
        fm_str_free(&out);
        return NULL;
    }
    return fm_str_take(&out);
}

char *
fm_gnuplot_text(const char *text, bool svg)
{
    return make_text(text, svg, false);
}

char *
fm_gnuplot_tic(const char *text, bool svg)
{
    return make_text(text, svg, true);
}

/* ---- 2. the private folder -----------------------------------------------------------
 */

fm_status
fm_scratch_open(fm_scratch *scratch, const char *folder, fm_error *err)
{
    fm_str path = {0};

    if (folder == NULL)
        folder = P_tmpdir;
    fm_str_addf(&path, "%s/fabmet-XXXXXX", folder);
    scratch->path = fm_str_take(&path);
    if (scratch->path == NULL)
        return FM_FAIL(err, FM_ENOMEM, "out of memory");
    if (mkdtemp(scratch->path) == NULL) {
        free(scratch->path);
        scratch->path = NULL;
        return FM_FAIL(err, FM_EIO,
                       "cannot make a temporary folder in '%.160s' (TMPDIR names it): %s",
                       folder, strerror(errno));
    }
    return FM_OK;
}

static int
remove_entry(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)kind;
    (void)where;
    (void)remove(path);
    return 0;
}

void
fm_scratch_close(fm_scratch *scratch)
{
    if (scratch->path == NULL)
        return;
    (void)nftw(scratch->path, remove_entry, 8, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    free(scratch->path);
    scratch->path = NULL;
}

char *
fm_scratch_file(const fm_scratch *scratch, const char *name)
{
    fm_str s = {0};

    fm_str_addf(&s, "%s/%s", scratch->path, name);
    return fm_str_take(&s);
}

/* ---- 3. the process ------------------------------------------------------------------
 */

static bool
is_neutral(const char *variable)
{
    static const char *const dropped[] = {
        "GNUTERM=", "GNUPLOT_", "GDFONTPATH=", "LC_",   "LANG",
        "HOME=",    "XDG_",     "COLUMNS=",    "LINES="};

    for (size_t i = 0; i < FM_COUNT(dropped); i++)
        if (strncmp(variable, dropped[i], strlen(dropped[i])) == 0)
            return false;
    return true;
}

/* The caller's environment without what steers gnuplot; the library path of a cluster's
 * module system must stay.  The strings are borrowed, the list is the caller's. */
static char **
make_environment(char *home)
{
    static char locale[] = "LC_ALL=C.UTF-8";
    size_t n = 0;
    size_t kept = 0;

    while (environ[n] != NULL)
        n++;
    char **list = calloc(n + 3, sizeof *list);
    if (list == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++)
        if (is_neutral(environ[i]))
            list[kept++] = environ[i];
    list[kept++] = locale;
    list[kept] = home;
    return list;
}

/* Between fork and exec: only calls that are safe there. */
static void
become_gnuplot(const char *program, const char *folder, char *const *argv, char **envp,
               int errors)
{
    int null = open("/dev/null", O_RDWR);

    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
        dup2(errors, STDERR_FILENO) < 0 || chdir(folder) != 0)
        _exit(126);
    execvpe(program, argv, envp);
    static const char words[] = "cannot start gnuplot; is it installed?";
    ssize_t ignored = write(STDERR_FILENO, words, sizeof words - 1);
    (void)ignored;
    _exit(127);
}

static double
now_s(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Reads the child's words until it closes its end; false when the time is over. */
static bool
listen_to(int from, int seconds, fm_str *words)
{
    double end = now_s() + seconds;

    for (;;) {
        struct pollfd p = {.fd = from, .events = POLLIN};
        int wait_ms = (int)(1e3 * (end - now_s()));
        if (wait_ms <= 0)
            return false;
        int ready = poll(&p, 1, wait_ms);
        if (ready < 0 && errno != EINTR)
            return false;
        if (ready <= 0)
            continue;
        char buffer[1024];
        ssize_t n = read(from, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return true;
        if (words->length < WORDS_MAX)
            fm_str_add_bytes(words, buffer, (size_t)n);
    }
}

static fm_status
judge(int state, bool in_time, int seconds, fm_error *err)
{
    if (!in_time)
        return FM_FAIL(err, FM_EINTERNAL, "gnuplot needed more than %d s and was stopped",
                       seconds);
    if (WIFSIGNALED(state))
        return FM_FAIL(err, FM_EINTERNAL, "gnuplot was ended by signal %d",
                       WTERMSIG(state));
    if (WIFEXITED(state) && WEXITSTATUS(state) == 127)
        return FM_FAIL(err, FM_EINTERNAL, "gnuplot cannot be started (is it installed?)");
    if (!WIFEXITED(state) || WEXITSTATUS(state) != 0)
        return FM_FAIL(err, FM_EINTERNAL, "gnuplot ended with status %d",
                       WEXITSTATUS(state));
    return FM_OK;
}

/* Blank-separated single line: gnuplot underlines the place with a caret on a line of its
 * own, which says nothing once the lines are joined. */
static char *
tidy_words(const fm_str *words)
{
    fm_str s = {0};
    fm_str out = {0};

    if (words->data == NULL)
        return fm_strdup("");
    for (const char *p = words->data; *p != '\0'; p++) {
        bool blank = *p == '\n' || *p == '\t' || *p == '\r' || *p == ' ' || *p == '^';
        bool ended = s.length == 0 || s.data[s.length - 1] == ' ';
        if (!blank)
            fm_str_add_bytes(&s, p, 1);
        else if (!ended)
            fm_str_add(&s, " ");
    }
    fm_str_add_escaped(&out, s.data != NULL ? s.data : "");
    fm_str_free(&s);
    return fm_str_take(&out);
}

static fm_status
run_child(const char *program, const char *folder, char *const *argv, char **envp,
          int seconds, fm_str *words, fm_error *err)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0)
        return FM_FAIL(err, FM_EIO, "gnuplot: no pipe: %s", strerror(errno));
    pid_t child = fork();
    if (child < 0) {
        (void)close(ends[0]);
        (void)close(ends[1]);
        return FM_FAIL(err, FM_EINTERNAL, "gnuplot: cannot start a process: %s",
                       strerror(errno));
    }
    if (child == 0)
        become_gnuplot(program, folder, argv, envp, ends[1]);
    (void)close(ends[1]);
    bool in_time = listen_to(ends[0], seconds, words);
    if (!in_time)
        (void)kill(child, SIGKILL);
    (void)close(ends[0]);
    int state = 0;
    while (waitpid(child, &state, 0) < 0 && errno == EINTR)
        ;
    return judge(state, in_time, seconds, err);
}

fm_status
fm_gnuplot_run(const char *program, const fm_scratch *scratch, const char *name,
               int seconds, char **words_out, fm_error *err)
{
    fm_str words = {0};
    fm_str home = {0};
    char *script = fm_strdup(name);
    char gnuplot[] = "gnuplot";
    char option[] = "-d";
    char *argv[] = {gnuplot, option, script, NULL};
    fm_status st = FM_OK;

    *words_out = NULL;
    fm_str_addf(&home, "HOME=%s", scratch->path);
    char **envp = home.failed ? NULL : make_environment(home.data);
    if (envp == NULL || script == NULL) {
        st = FM_FAIL(err, FM_ENOMEM, "gnuplot: out of memory");
        goto done;
    }
    st = run_child(program != NULL ? program : FM_GNUPLOT, scratch->path, argv, envp,
                   seconds, &words, err);
    *words_out = tidy_words(&words);
done:
    free(envp);
    free(script);
    fm_str_free(&home);
    fm_str_free(&words);
    return st;
}
