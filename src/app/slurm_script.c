/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shell file that submits a sweep to Slurm.
 *
 * Contents
 *   1. Slurm's grammar of times and sizes    2. pieces of the file    3. the file
 *
 * sources  sbatch(1) of Slurm 22.05: --time, --mem, --array, --signal, --dependency
 *
 * Texts of the user never stand in a comment or an #SBATCH line (Slurm splits those by
 * rules of its own), only as shell words in single quotes.  The logs' folder is sbatch's
 * --chdir; Slurm replaces '%' and '\' in it, so it may hold neither. */
#include "config.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/shell.h"
#include "app/slurm_script.h"

/* ---- 1. Slurm's grammar of times and sizes ----------------------------------------- */

/* Digits at *text, at most 9 of them; moves behind them. */
static bool
read_digits(const char **text, double *value_out)
{
    size_t n = strspn(*text, "0123456789");

    if (n == 0 || n > 9)
        return false;
    *value_out = strtod(*text, NULL); /* digits only: the same in every locale */
    *text += n;
    return true;
}

/* [D-]N[:N[:N]] to the numbers behind the days. */
static bool
read_fields(const char *text, double field_out[3], size_t *n_out, double *days_out)
{
    size_t n = 0;
    const char *dash = strchr(text, '-');

    *days_out = -1;
    if (dash != NULL && (!read_digits(&text, days_out) || text++ != dash))
        return false;
    do {
        if (n == 3 || !read_digits(&text, &field_out[n++]))
            return false;
    } while (*text++ == ':');
    *n_out = n;
    return text[-1] == '\0';
}

bool
fm_slurm_time(const char *text, double *seconds_out)
{
    double f[3] = {0, 0, 0};
    double days;
    double seconds;
    size_t n = 0;

    if (strcasecmp(text, "UNLIMITED") == 0 || strcasecmp(text, "INFINITE") == 0) {
        *seconds_out = (double)INFINITY;
        return true;
    }
    if (!read_fields(text, f, &n, &days))
        return false;
    if (days >= 0)
        seconds = ((days * 24 + f[0]) * 60 + f[1]) * 60 + f[2];
    else if (n == 3)
        seconds = (f[0] * 60 + f[1]) * 60 + f[2];
    else
        seconds = f[0] * 60 + f[1];
    *seconds_out = seconds > 0 ? ceil(seconds / 60) * 60 : (double)INFINITY;
    return true;
}

bool
fm_slurm_mem(const char *text)
{
    size_t n = strspn(text, "0123456789");

    return n > 0 && n < 10 &&
           (text[n] == '\0' ||
            (strchr("KMGTkmgt", text[n]) != NULL && text[n + 1] == '\0'));
}

/* ---- 2. pieces of the file --------------------------------------------------------- */

/* A job's name: what squeue can show of the scenario's. */
static void
add_job_name(fm_str *s, const char *name, const char *suffix)
{
    fm_str_add(s, "#SBATCH --job-name=");
    for (size_t i = 0; i < 40 && name[i] != '\0'; i++) {
        unsigned char c = (unsigned char)name[i];
        bool plain = c < 0x80 && (isalnum(c) || c == '.' || c == '-');
        fm_str_addf(s, "%c", plain ? c : '_');
    }
    fm_str_addf(s, "%s\n", suffix);
}

static void
add_set_words(fm_str *s, const fm_slurm_job *job)
{
    for (size_t i = 0; i < job->n_sets; i++) {
        fm_str_add(s, " --set");
        fm_shell_add_word(s, job->sets[i]);
    }
}

/* What the array and the MPI job have in common: end tidily, be requeued, continue. */
static void
add_endurance(fm_str *s, const fm_slurm_job *job)
{
    fm_str_addf(s,
                "#SBATCH --time=%s\n"
                "#SBATCH --cpus-per-task=%d\n"
                "#SBATCH --requeue\n"
                "#SBATCH --open-mode=append\n"
                "#SBATCH --signal=%sUSR1@%u\n",
                job->time, job->cpus, job->mpi ? "" : "B:", job->margin_s);
    if (job->mem != NULL)
        fm_str_addf(s, "#SBATCH --mem=%s\n", job->mem);
}

static void
add_array_job(fm_str *s, const fm_slurm_job *job)
{
    fm_str_add(s, "#!/bin/sh\n");
    add_job_name(s, job->name, "");
    fm_str_addf(s, "#SBATCH --array=0-%" PRIu64 "\n", job->n_slices - 1);
    add_endurance(s, job);
    fm_str_add(s, "#SBATCH --output=slice-%a.log\n"
                  "cd -- \"$SLURM_SUBMIT_DIR\" || exit 74\n");
    fm_str_addf(s,
                "exec \"${FABMET:-fabmet}\" run --resume"
                " --slice \"$SLURM_ARRAY_TASK_ID/%" PRIu64 "\" \\\n    -j %d",
                job->n_slices, job->cpus);
    add_set_words(s, job);
    fm_str_add(s, " -o");
    fm_shell_add_word(s, job->folder);
    fm_str_addf(s, "/slice-\"$SLURM_ARRAY_TASK_ID\"-of-%" PRIu64 ".h5 --", job->n_slices);
    fm_shell_add_word(s, job->scenario);
    fm_str_add(s, "\n");
}

/* A slice that is not finished has left its parts; one that never ran has left nothing. */
static void
add_merge_job(fm_str *s, const fm_slurm_job *job)
{
    fm_str_add(s, "#!/bin/sh\n");
    add_job_name(s, job->name, "-merge");
    fm_str_addf(s,
                "#SBATCH --time=%s\n"
                "#SBATCH --requeue\n"
                "#SBATCH --open-mode=append\n"
                "#SBATCH --output=merge.log\n",
                job->time);
    if (job->mem != NULL)
        fm_str_addf(s, "#SBATCH --mem=%s\n", job->mem);
    fm_str_add(s, "cd -- \"$SLURM_SUBMIT_DIR\" || exit 74\nset --\ni=0\n");
    fm_str_addf(s, "while [ \"$i\" -lt %" PRIu64 " ]; do\n    slice=", job->n_slices);
    fm_shell_add(s, job->folder);
    fm_str_addf(s,
                "/slice-$i-of-%" PRIu64 ".h5\n"
                "    if [ -e \"$slice\" ]; then\n"
                "        set -- \"$@\" \"$slice\"\n"
                "    elif [ -d \"$slice.parts\" ]; then\n"
                "        set -- \"$@\" \"$slice.parts\"\n"
                "    else\n"
                "        printf 'slice %%s has left nothing; see slice-%%s.log\\n'"
                " \"$i\" \"$i\" >&2\n"
                "    fi\n"
                "    i=$((i + 1))\n"
                "done\n",
                job->n_slices);
    fm_str_add(s, "exec \"${FABMET:-fabmet}\" merge --force --strict -o ");
    fm_shell_add(s, job->folder);
    fm_str_add(s, "/");
    fm_shell_add(s, job->name);
    fm_str_add(s, ".h5 -- \"$@\"\n");
}

static void
add_mpi_job(fm_str *s, const fm_slurm_job *job)
{
    fm_str_add(s, "#!/bin/sh\n");
    add_job_name(s, job->name, "");
    fm_str_addf(s, "#SBATCH --ntasks=%" PRIu64 "\n", job->n_slices);
    add_endurance(s, job);
    fm_str_add(s, "#SBATCH --output=run.log\n"
                  "cd -- \"$SLURM_SUBMIT_DIR\" || exit 74\n");
    fm_str_addf(s,
                "exec srun --mpi=pmix \"${FABMET:-fabmet}\" run --resume \\\n    -j %d",
                job->cpus);
    add_set_words(s, job);
    fm_str_add(s, " -o");
    fm_shell_add_word(s, job->folder);
    fm_str_add(s, "/");
    fm_shell_add(s, job->name);
    fm_str_add(s, ".h5 --");
    fm_shell_add_word(s, job->scenario);
    fm_str_add(s, "\n");
}

/* A function that prints `body`, by a here-document whose end no line of it can be. */
static void
add_printer(fm_str *s, const char *name, const fm_str *body)
{
    fm_str end = {0};

    fm_str_add(&end, "FABMET_END");
    while (body->data != NULL && end.data != NULL && strstr(body->data, end.data) != NULL)
        fm_str_add(&end, "_");
    s->failed = s->failed || body->failed || end.failed;
    if (!s->failed)
        fm_str_addf(s, "%s() {\n    cat <<'%s'\n", name, end.data);
    fm_str_add_bytes(s, body->data != NULL ? body->data : "", body->length);
    fm_str_addf(s, "%s\n}\n", end.data != NULL ? end.data : "");
    fm_str_free(&end);
}

static void
add_variable(fm_str *s, const char *name, const char *value)
{
    fm_str_addf(s, "%s=", name);
    fm_shell_add(s, value);
    fm_str_add(s, "\n");
}

static void
add_head(fm_str *s, const fm_slurm_job *job)
{
    fm_str_add(s, "#!/bin/sh\n# Made by `fabmet slurm` " PACKAGE_VERSION ": ");
    if (job->mpi)
        fm_str_addf(s, "%" PRIu64 " points on %" PRIu64 " MPI ranks.\n", job->n_points,
                    job->n_slices);
    else
        fm_str_addf(s,
                    "%" PRIu64 " points in %" PRIu64
                    " slices, one job each, and the job that\n# merges them.\n",
                    job->n_points, job->n_slices);
    fm_str_add(
        s,
        "# Submit with `sh FILE` where the scenario is; once more, and it continues what\n"
        "# is unfinished.  An interrupted job ends with code 75; a site whose slurm.conf\n"
        "# says RequeueExit=75 requeues it, and it continues by itself.\n");
    if (!job->mpi && job->n_slices > 1000)
        fm_str_add(s, "# Slurm takes arrays of more than 1000 jobs only where slurm.conf "
                      "raises MaxArraySize.\n");
    fm_str_add(s, "set -eu\n");
    add_variable(s, "scenario", job->scenario);
    add_variable(s, "folder", job->folder);
    fm_str_add(
        s,
        "if [ ! -r \"$scenario\" ]; then\n"
        "    printf '%s is not here: submit from the folder where the scenario is\\n' "
        "\"$scenario\" >&2\n"
        "    exit 66\n"
        "fi\n"
        "if ! FABMET=$(command -v \"${FABMET:-fabmet}\"); then\n"
        "    echo 'fabmet is not on the PATH; FABMET=/path/to/fabmet names it' >&2\n"
        "    exit 66\n"
        "fi\n"
        "export FABMET\n"
        "mkdir -p -- \"$folder\"\n"
        "log=$(CDPATH= cd -- \"$folder\" && pwd)\n"
        "case $log in\n"
        "*[%\\\\]*)\n"
        "    printf '%s: a folder for logs of Slurm must have no %% and no \\\\ in its "
        "path\\n' \"$log\" >&2\n"
        "    exit 73\n"
        "    ;;\n"
        "esac\n"
        "submit() {\n"
        "    sbatch --parsable --chdir=\"$log\"");
    if (job->partition != NULL) {
        fm_str_add(s, " --partition=");
        fm_shell_add(s, job->partition);
    }
    fm_str_add(s, " \"$@\"\n}\n");
}

/* ---- 3. the file ------------------------------------------------------------------- */

char *
fm_slurm_script(const fm_slurm_job *job)
{
    fm_str s = {0};
    fm_str body = {0};
    fm_str merge = {0};

    add_head(&s, job);
    if (job->mpi) {
        add_mpi_job(&body, job);
        add_printer(&s, "mpi_job", &body);
        fm_str_add(&s, "job=$(mpi_job | submit)\n"
                       "printf 'job %s; log in %s\\n' \"${job%%;*}\" \"$folder\"\n");
    } else {
        add_array_job(&body, job);
        add_printer(&s, "array_job", &body);
        add_merge_job(&merge, job);
        add_printer(&s, "merge_job", &merge);
        fm_str_addf(&s,
                    "array=$(array_job | submit)\n"
                    "array=${array%%%%;*}\n"
                    "merge=$(merge_job | submit --dependency=afterany:\"$array\")\n"
                    "printf 'array %%s of %" PRIu64
                    " slices, merge %%s; results and logs "
                    "in %%s\\n' \\\n    \"$array\" \"${merge%%%%;*}\" \"$folder\"\n",
                    job->n_slices);
    }
    fm_str_free(&body);
    fm_str_free(&merge);
    return fm_str_take(&s);
}
