/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a result comes from: the group /provenance of a result file. */
#ifndef FM_CORE_PROVENANCE_H
#define FM_CORE_PROVENANCE_H

#include <hdf5.h>

#include "core/store.h"

/* Name of this machine, "unknown" when it has none; `size` bytes at least 1. */
void fm_host_name(char *name_out, size_t size);

/* Now, as ISO 8601 in UTC; "" unless wanted.  text_out  out  [FM_TIME_TEXT] */
enum {
    FM_TIME_TEXT = 32
};
void fm_time_text(bool wanted, char text_out[FM_TIME_TEXT]);

/* What can change the last bits of a number, malloc'ed; NULL if memory ran out:
 * "MODEL NAME; FMA; AVX2" of the first processor ("" when the system does not say), the C
 * library, the libraries (one per line). */
char *fm_processor_text(void);
char *fm_libc_text(void);
char *fm_libraries_text(void);

/* Writes /provenance.
 * file      in  the result file
 * finished  in  ISO 8601 UTC or NULL; stored only when options->record_times
 * digest    in  the content digest
 * returns FM_OK; FM_EIO, FM_ENOMEM */
fm_status fm_provenance_write(hid_t file, const fm_scenario *scenario,
                              const fm_store_options *options, const char *finished,
                              const char *digest);

#endif
