/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes whole chunks of numbers with their sums past HDF5's filter pipeline.
 *
 * HDF5's own Fletcher-32 takes 360 words at a time, one after the other, and its pipeline
 * copies each chunk twice: together they cost more than writing (measured).  What is in
 * the file is the same. */
#ifndef FM_CORE_CHUNK_H
#define FM_CORE_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hdf5.h>

enum {
    FM_CHUNK_SUM = 4 /* bytes of the sum behind a chunk */
};

/* Fletcher-32 of bytes[n] as HDF5's filter has it: words of two bytes, the first the
 * higher; a last single byte is the higher one; a multiple of 65535 other than 0 is
 * 65535.
 * n  in  up to 2^32
 * source  J. G. Fletcher, IEEE Trans. Commun. COM-30 (1982) 247; HDF5 1.10,
 *         H5_checksum_fletcher32 */
uint32_t fm_fletcher32(const void *bytes, size_t n);

/* Writes one chunk of a dataset whose only filter is Fletcher-32.
 * dataset  in      chunked
 * offset   in      [number of dimensions] first element of the chunk
 * bytes    in/out  [n + FM_CHUNK_SUM] all of the chunk in the file's byte order; the sum
 *                  is put behind it
 * returns whether HDF5 took it */
bool fm_chunk_write(hid_t dataset, const hsize_t *offset, void *bytes, size_t n);

/* Is the processor's byte order that of the file?  If not, chunks need H5Dwrite. */
bool fm_chunk_native(void);

#endif
