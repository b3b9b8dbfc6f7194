/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A seal behind the last byte of a result: a checksum of everything that a reader must
 * trust.
 *
 * HDF5 checks the sums of its metadata and of chunks of numbers, but follows damaged
 * texts (global heaps) without looking, and may crash.  So the seal is looked at first.
 * It leaves out large blocks of numbers, which have sums of their own.  HDF5 ignores
 * bytes behind its own; a file that another program has changed has no seal.
 */
#ifndef FM_CORE_SEAL_H
#define FM_CORE_SEAL_H

#include <stddef.h>
#include <stdint.h>

#include <fabmet/error.h>

enum {
    FM_SEAL_BLOCK = 65536
}; /* blocks of at least this size are left out */

typedef struct fm_seal_range {
    uint64_t offset, size;
} fm_seal_range;

typedef struct fm_seal { /* what is left out; zero-initialise; free(ranges) */
    fm_seal_range *ranges;
    size_t n, capacity;
} fm_seal;

/* Leaves out a block, unless it is small.  returns FM_OK or FM_ENOMEM */
fm_status fm_seal_skip(fm_seal *seal, uint64_t offset, uint64_t size);

/* Appends the seal to a closed file.  seal  in/out  its ranges are sorted
 * returns FM_OK; FM_EIO (errno says why), FM_EINTERNAL when ranges overlap */
fm_status fm_seal_write(const char *path, fm_seal *seal);

/* returns FM_OK, also for a file without seal; FM_EDATA when the sum is another one;
 * FM_EIO, FM_ENOMEM */
fm_status fm_seal_check(const char *path);

#endif
