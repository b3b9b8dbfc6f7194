/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first thing that went wrong in a call, with text for people. */
#ifndef FABMET_ERROR_H
#define FABMET_ERROR_H

#include <fabmet/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fm_error {
    fm_status code;
    const char *file; /* source file and line that raised it */
    int line;
    char text[256];
} fm_error;

#define FM_ERROR_INIT                                                                    \
    {                                                                                    \
        FM_OK, 0, 0,                                                                     \
        {                                                                                \
            0                                                                            \
        }                                                                                \
    }

/* Records an error unless one is recorded already (the first wins).
 * err     in/out  may be NULL
 * code    in      status to record and return
 * file    in      source file; kept, not copied
 * line    in      source line
 * format  in      printf format of the text
 * returns code, so that `st = FM_FAIL(...)` reads as one step */
fm_status fm_error_set(fm_error *err, fm_status code, const char *file, int line,
                       const char *format, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 5, 6)))
#endif
    ;

#ifdef __clang_analyzer__ /* shows the checker what fm_error_set returns */
#define FM_FAIL(err, code, ...)                                                          \
    ((void)fm_error_set((err), (code), __FILE__, __LINE__, __VA_ARGS__), (code))
#else
#define FM_FAIL(err, code, ...)                                                          \
    fm_error_set((err), (code), __FILE__, __LINE__, __VA_ARGS__)
#endif

#ifdef __cplusplus
}
#endif
#endif
