/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A seal behind the last byte of a result.  Layout, all numbers little-endian:
 *
 *   n times { offset, size }   8 bytes each: blocks left out, in order
 *   n                          8 bytes
 *   SHA-256                    32 bytes: of all bytes before the seal that are not left
 *                              out, then of the ranges and n
 *   "fabmet-1"                 8 bytes
 */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nettle/sha2.h>

#include "core/seal.h"

enum {
    SUM = SHA256_DIGEST_SIZE,
    FOOT = 8 + SUM + 8,
    BUFFER = 1 << 16
};

static const char magic[8] = {'f', 'a', 'b', 'm', 'e', 't', '-', '1'};

fm_status
fm_seal_skip(fm_seal *seal, uint64_t offset, uint64_t size)
{
    if (size < FM_SEAL_BLOCK)
        return FM_OK;
    fm_seal_range *last = seal->n > 0 ? &seal->ranges[seal->n - 1] : NULL;
    if (last != NULL && last->offset + last->size == offset) {
        last->size += size;
        return FM_OK;
    }
    if (seal->ranges == NULL || seal->n == seal->capacity) {
        size_t capacity = seal->capacity == 0 ? 16 : 2 * seal->capacity;
        fm_seal_range *ranges = realloc(seal->ranges, capacity * sizeof *ranges);
        if (ranges == NULL)
            return FM_ENOMEM;
        seal->ranges = ranges;
        seal->capacity = capacity;
    }
    seal->ranges[seal->n++] = (fm_seal_range){offset, size};
    return FM_OK;
}

static void
put_number(uint8_t *to, uint64_t x)
{
    for (int i = 0; i < 8; i++)
        to[i] = (uint8_t)(x >> (8 * i));
}

static uint64_t
get_number(const uint8_t *from)
{
    uint64_t x = 0;

    for (int i = 7; i >= 0; i--)
        x = x << 8 | from[i];
    return x;
}

/* Adds the bytes [from, to) of the file. */
static bool
add_bytes(struct sha256_ctx *sha, FILE *f, uint64_t from, uint64_t to, uint8_t *buffer)
{
    if (fseeko(f, (off_t)from, SEEK_SET) != 0)
        return false;
    while (from < to) {
        size_t n = to - from < BUFFER ? (size_t)(to - from) : BUFFER;
        if (fread(buffer, 1, n, f) != n)
            return false;
        sha256_update(sha, n, buffer);
        from += n;
    }
    return true;
}

/* Sum of the first `size` bytes of the file without the ranges, then of the ranges.
 * returns FM_OK; FM_EINTERNAL when the ranges are not in order or leave the file;
 * FM_EIO */
static fm_status
sum_of(FILE *f, uint64_t size, const fm_seal_range *ranges, size_t n,
       uint8_t sum_out[SUM])
{
    uint8_t buffer[BUFFER];
    struct sha256_ctx sha;
    uint64_t at = 0;

    sha256_init(&sha);
    for (size_t i = 0; i < n; i++) {
        if (ranges[i].offset < at || ranges[i].offset > size ||
            ranges[i].size > size - ranges[i].offset)
            return FM_EINTERNAL;
        if (!add_bytes(&sha, f, at, ranges[i].offset, buffer))
            return FM_EIO;
        at = ranges[i].offset + ranges[i].size;
    }
    if (!add_bytes(&sha, f, at, size, buffer))
        return FM_EIO;
    for (size_t i = 0; i < n; i++) {
        put_number(buffer, ranges[i].offset);
        put_number(buffer + 8, ranges[i].size);
        sha256_update(&sha, 16, buffer);
    }
    put_number(buffer, n);
    sha256_update(&sha, 8, buffer);
    sha256_digest(&sha, SUM, sum_out);
    return FM_OK;
}

static int
by_offset(const void *a, const void *b)
{
    const fm_seal_range *x = a, *y = b;

    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static bool
append_seal(FILE *f, const fm_seal *seal, const uint8_t sum[SUM])
{
    uint8_t bytes[FOOT];

    if (fseeko(f, 0, SEEK_END) != 0)
        return false;
    for (size_t i = 0; i < seal->n; i++) {
        put_number(bytes, seal->ranges[i].offset);
        put_number(bytes + 8, seal->ranges[i].size);
        if (fwrite(bytes, 1, 16, f) != 16)
            return false;
    }
    put_number(bytes, seal->n);
    memcpy(bytes + 8, sum, SUM);
    memcpy(bytes + 8 + SUM, magic, sizeof magic);
    return fwrite(bytes, 1, FOOT, f) == FOOT && fflush(f) == 0;
}

fm_status
fm_seal_write(const char *path, fm_seal *seal)
{
    uint8_t sum[SUM];
    fm_status st = FM_EIO;
    FILE *f = fopen(path, "r+b");

    if (f == NULL)
        return st;
    if (seal->n > 0)
        qsort(seal->ranges, seal->n, sizeof *seal->ranges, by_offset);
    off_t size = fseeko(f, 0, SEEK_END) == 0 ? ftello(f) : -1;
    if (size >= 0)
        st = sum_of(f, (uint64_t)size, seal->ranges, seal->n, sum);
    if (st == FM_OK && !append_seal(f, seal, sum))
        st = FM_EIO;
    if (fclose(f) != 0 && st == FM_OK)
        st = FM_EIO;
    return st;
}

/* Reads the ranges in front of the foot. */
static fm_status
read_ranges(FILE *f, uint64_t size, const uint8_t foot[FOOT], fm_seal *seal)
{
    uint64_t n = get_number(foot);
    uint8_t bytes[16];

    if (n > (size - FOOT) / 16)
        return FM_EDATA;
    seal->ranges = calloc((size_t)n + 1, sizeof *seal->ranges);
    if (seal->ranges == NULL)
        return FM_ENOMEM;
    if (fseeko(f, (off_t)(size - FOOT - 16 * n), SEEK_SET) != 0)
        return FM_EIO;
    for (; seal->n < n; seal->n++) {
        if (fread(bytes, 1, 16, f) != 16)
            return FM_EIO;
        seal->ranges[seal->n] = (fm_seal_range){get_number(bytes), get_number(bytes + 8)};
    }
    return FM_OK;
}

static fm_status
check(FILE *f, uint64_t size)
{
    uint8_t foot[FOOT], sum[SUM];
    fm_seal seal = {0};

    if (size < FOOT)
        return FM_OK;
    if (fseeko(f, (off_t)(size - FOOT), SEEK_SET) != 0 || fread(foot, 1, FOOT, f) != FOOT)
        return FM_EIO;
    if (memcmp(foot + 8 + SUM, magic, sizeof magic) != 0)
        return FM_OK;
    fm_status st = read_ranges(f, size, foot, &seal);
    if (st == FM_OK)
        st = sum_of(f, size - FOOT - 16 * seal.n, seal.ranges, seal.n, sum);
    if (st == FM_EINTERNAL || (st == FM_OK && memcmp(sum, foot + 8, SUM) != 0))
        st = FM_EDATA;
    free(seal.ranges);
    return st;
}

fm_status
fm_seal_check(const char *path)
{
    FILE *f = fopen(path, "rb");

    if (f == NULL)
        return FM_EIO;
    off_t size = fseeko(f, 0, SEEK_END) == 0 ? ftello(f) : -1;
    fm_status st = size >= 0 ? check(f, (uint64_t)size) : FM_EIO;
    (void)fclose(f);
    return st;
}
