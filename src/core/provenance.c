/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a result comes from: the group /provenance of a result file.
 *
 * What can change a number (processor, C library, libraries, seed, inputs) is always
 * there; what never can (host, wall-clock times) only on request, so that the same run
 * gives the same bytes.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <gnu/libc-version.h>
#include <gsl/gsl_version.h>
#include <hdf5_hl.h>
#include <libfyaml.h>
#include <nettle/version.h>

#include "core/h5.h"
#include "core/identity.h"
#include "core/provenance.h"
#include "core/text.h"

/* ---- facts of the machine and the build ------------------------------------------- */

void
fm_host_name(char *name_out, size_t size)
{
    if (gethostname(name_out, size) != 0 || name_out[0] == '\0')
        (void)snprintf(name_out, size, "unknown");
    name_out[size - 1] = '\0';
}

void
fm_time_text(bool wanted, char text_out[FM_TIME_TEXT])
{
    time_t now = time(NULL);
    struct tm utc;

    text_out[0] = '\0';
    if (wanted && (gmtime_r(&now, &utc) == NULL ||
                   strftime(text_out, FM_TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0))
        text_out[0] = '\0';
}

/* The C library chooses variants of log, exp, ... by these two, and their last bits
 * differ. */
static void
add_flags(fm_str *s, const char *flags)
{
    if (strstr(flags, " fma ") != NULL)
        fm_str_add(s, "; FMA");
    if (strstr(flags, " avx2 ") != NULL)
        fm_str_add(s, "; AVX2");
}

char *
fm_processor_text(void)
{
    fm_str s = {0};
    char *line = NULL;
    size_t size = 0;
    FILE *f = fopen("/proc/cpuinfo", "r");

    while (f != NULL && getline(&line, &size, f) > 0 && line[0] != '\n') {
        char *value = strchr(line, ':');
        if (value == NULL)
            continue;
        value += 1 + (value[1] == ' ');
        value[strcspn(value, "\n")] = '\0';
        if (strncmp(line, "model name", 10) == 0)
            fm_str_add_escaped(&s, value);
        if (strncmp(line, "flags", 5) == 0)
            add_flags(&s, value);
    }
    if (f != NULL)
        (void)fclose(f);
    free(line);
    return fm_str_take(&s);
}

char *
fm_libraries_text(void)
{
    fm_str s = {0};
    unsigned major = 0, minor = 0, release = 0;

    (void)H5get_libversion(&major, &minor, &release);
    fm_str_addf(&s, "HDF5 %u.%u.%u\nGSL %s\n", major, minor, release, gsl_version);
#ifdef FM_UDUNITS_VERSION
    fm_str_addf(&s, "UDUNITS %s\n", FM_UDUNITS_VERSION);
#else
    fm_str_add(&s, "UDUNITS 2\n");
#endif
    fm_str_addf(&s, "libfyaml %s\nNettle %d.%d", fy_library_version(),
                nettle_version_major(), nettle_version_minor());
    return fm_str_take(&s);
}

char *
fm_libc_text(void)
{
    fm_str s = {0};

    fm_str_addf(&s, "glibc %s", gnu_get_libc_version());
    return fm_str_take(&s);
}

/* ---- writing --------------------------------------------------------------------- */

static bool
write_taken(hid_t group, const char *name, char *text)
{
    bool ok = text != NULL && fm_h5_write_text(group, name, text);

    free(text);
    return ok;
}

/* A fact of the machine: the given one, or this machine's. */
static bool
write_machine(hid_t group, const char *name, const char *given, char *(*here)(void))
{
    return write_taken(group, name, given != NULL ? fm_strdup(given) : here());
}

static bool
write_list(hid_t group, const char *name, const char *const *texts, hsize_t n,
           hid_t scale)
{
    hid_t type = fm_h5_text_type();
    hid_t space = H5Screate_simple(1, &n, NULL);
    hid_t plist = fm_h5_dataset_properties();
    hid_t dataset = -1;

    if (type >= 0 && space >= 0 && plist >= 0)
        dataset = H5Dcreate2(group, name, type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    bool ok = dataset >= 0 &&
              H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts) >= 0 &&
              H5DSattach_scale(dataset, scale, 0) >= 0 &&
              H5DSset_label(dataset, 0, "input") >= 0;
    fm_h5_close(dataset);
    fm_h5_close(plist);
    fm_h5_close(space);
    fm_h5_close(type);
    return ok;
}

/* input_name, input_source, input_sha256: one entry per input that was given. */
static bool
write_inputs(hid_t group, const fm_scenario *scenario)
{
    size_t n_inputs = scenario->study->n_inputs, n = 0;
    const char **texts = calloc(3 * n_inputs + 1, sizeof *texts);
    const char **source = texts + n_inputs, **hash = source + n_inputs;
    bool ok = texts != NULL;

    for (size_t i = 0; ok && i < n_inputs; i++) {
        const fm_source *from = &scenario->sources[i];
        if (from->data == NULL && from->hash[0] == '\0')
            continue;
        texts[n] = scenario->study->inputs[i].name;
        source[n] = from->name != NULL ? from->name : "";
        hash[n++] = from->hash;
    }
    if (ok && n > 0) {
        hid_t scale = fm_h5_create_bare_scale(group, "input", n, false);
        ok = scale >= 0 && write_list(group, "input_name", texts, n, scale) &&
             write_list(group, "input_source", source, n, scale) &&
             write_list(group, "input_sha256", hash, n, scale);
        fm_h5_close(scale);
    }
    free(texts);
    return ok;
}

/* What the run was, so that its parts are not mixed with another's. */
static bool
write_identity(hid_t group, const fm_scenario *scenario, const char *version)
{
    char hex[FM_DIGEST_TEXT];
    char *text = fm_identity_text(scenario, version);

    if (text == NULL)
        return false;
    fm_identity_digest(text, hex);
    free(text);
    return fm_h5_write_text(group, "identity", hex);
}

static const char *
or_empty(const char *text, bool wanted)
{
    return wanted && text != NULL ? text : "";
}

static bool
write_facts(hid_t group, const fm_scenario *scenario, const fm_store_options *options,
            const char *finished, const char *digest)
{
    bool times = options->record_times;
    char host[256] = "";

    if (times)
        fm_host_name(host, sizeof host);
    return fm_h5_put_text(group, "digest", digest) &&
           write_taken(group, "scenario", fm_scenario_text(scenario)) &&
           fm_h5_write_text(group, "overrides", or_empty(scenario->overrides, true)) &&
           fm_h5_write_text(group, "argv", or_empty(options->argv, true)) &&
           fm_h5_write_text(group, "version", or_empty(options->version, true)) &&
           write_machine(group, "libraries", options->libraries, fm_libraries_text) &&
           fm_h5_write_unsigned(group, "seed", scenario->seed) &&
           fm_h5_write_unsigned(group, "draws", scenario->draws) &&
           write_machine(group, "processor", options->processor, fm_processor_text) &&
           write_machine(group, "libc", options->libc, fm_libc_text) &&
           fm_h5_write_text(group, "host", host) &&
           fm_h5_write_text(group, "started", or_empty(options->started, times)) &&
           fm_h5_write_text(group, "finished", or_empty(finished, times)) &&
           fm_h5_write_text(group, "digest", digest) &&
           write_identity(group, scenario, options->version);
}

fm_status
fm_provenance_write(hid_t file, const fm_scenario *scenario,
                    const fm_store_options *options, const char *finished,
                    const char *digest)
{
    hid_t group = fm_h5_create_group(file, "provenance");
    bool ok = group >= 0 && write_facts(group, scenario, options, finished, digest) &&
              write_inputs(group, scenario);

    fm_h5_close(group);
    return ok ? FM_OK : FM_EIO;
}
