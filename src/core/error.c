/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Status names and the first-error-wins error record. */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>

#include <fabmet/error.h>

const char *
fm_status_name(fm_status status)
{
    static const char *const names[] = {
        [FM_OK] = "ok",
        [FM_EDOM] = "outside the domain",
        [FM_ERANGE] = "not representable",
        [FM_ENOCONV] = "not converged",
        [FM_ETOOFEW] = "too few data",
        [FM_ESINGULAR] = "not determined by the data",
        [FM_EVALID] = "outside the validated range",
        [FM_ENOMEM] = "out of memory",
        [FM_EIO] = "reading or writing failed",
        [FM_ECREATE] = "cannot create",
        [FM_ENOINPUT] = "input missing",
        [FM_EDATA] = "wrong data",
        [FM_ESCENARIO] = "wrong scenario",
        [FM_EUSAGE] = "wrong call",
        [FM_EINTERRUPT] = "interrupted",
        [FM_EINTERNAL] = "internal error",
        [FM_EPENDING] = "pending",
    };
    size_t n = sizeof names / sizeof names[0];
    return (size_t)status < n ? names[status] : "unknown";
}

fm_status
fm_error_set(fm_error *err, fm_status code, const char *file, int line,
             const char *format, ...)
{
    if (err == NULL || err->code != FM_OK)
        return code;
    va_list args;
    va_start(args, format);
    err->code = code;
    err->file = file;
    err->line = line;
    (void)vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    return code;
}
