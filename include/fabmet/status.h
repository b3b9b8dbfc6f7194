/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Status codes: what every fabmet function that can fail returns.
 *
 * The numbers are part of the result file (column `status` of the table `points`),
 * so a code keeps its number for ever; new ones go to the end.
 */
#ifndef FABMET_STATUS_H
#define FABMET_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

typedef enum fm_status {
    FM_OK = 0,
    FM_EDOM = 1,    /* an argument lies outside the model's domain */
    FM_ERANGE = 2,  /* the result cannot be represented */
    FM_ENOCONV = 3, /* an iteration did not converge */
    FM_ETOOFEW = 4, /* fewer data than the method needs */
    FM_ESINGULAR =
        5,         /* data do not determine the answer (constant, collinear, one level) */
    FM_EVALID = 6, /* outside the range where the model has been validated */
    FM_ENOMEM = 7, /* memory ran out */
    FM_EIO = 8,    /* reading or writing failed */
    FM_ECREATE = 9,     /* an output cannot be created */
    FM_ENOINPUT = 10,   /* an input file is missing or cannot be opened */
    FM_EDATA = 11,      /* input data are wrong */
    FM_ESCENARIO = 12,  /* the scenario is wrong */
    FM_EUSAGE = 13,     /* the call is wrong (command line) */
    FM_EINTERRUPT = 14, /* stopped by a signal */
    FM_EINTERNAL = 15,  /* a library refused what it should take, or a bug of ours */
    FM_EPENDING = 16    /* not computed yet */
} fm_status;

/* Short name of a status code, as it stands in results ("ok", "domain", "pending").
 * status  in  any value
 * returns a constant string; "unknown" for a value that is no status code */
const char *fm_status_name(fm_status status);

#ifdef __cplusplus
}
#endif
#endif
