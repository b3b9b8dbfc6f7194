/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of sums and hashes: published vectors, canonical form, what HDF5 makes of them. */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "core/chunk.h"
#include "core/digest.h"
#include "core/hash.h"
#include "core/study.h"

/* FIPS 180-4 examples of SHA-256. */
START_TEST(sha256_published_vectors)
{
    fm_digest d;
    char hex[FM_DIGEST_TEXT];

    fm_digest_init(&d);
    fm_digest_done(&d, hex);
    ck_assert_str_eq(hex,
                     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    fm_digest_bytes(&d, "abc", 3);
    fm_digest_done(&d, hex);
    ck_assert_str_eq(hex,
                     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
END_TEST

/* Seed 0, canonical form; from the reference implementation, xxhsum -H128. */
START_TEST(xxh3_published_vectors)
{
    char hex[FM_HASH_TEXT];
    fm_hash *hash = NULL;

    ck_assert_int_eq(fm_hash_create(&hash), FM_OK);
    fm_hash_done(hash, hex);
    ck_assert_str_eq(hex, "99aa06d3014798d86001c324468d497f");
    fm_hash_bytes(hash, "abc", 3);
    fm_hash_done(hash, hex);
    ck_assert_str_eq(hex, "06b05ab6733a618578af5f94892f3950");
    for (size_t k = 0; k < 5; k++)
        for (int i = 0; i < 256; i++) {
            unsigned char byte = (unsigned char)i;
            fm_hash_bytes(hash, &byte, 1);
        }
    fm_hash_done(hash, hex);
    ck_assert_str_eq(hex, "d92ab3a1cb0542a74844b009e164352e");
    fm_hash_free(hash);
    fm_hash_free(NULL);
}
END_TEST

static void
hash_of_reals(const double *x, size_t n, size_t step, char *hex)
{
    fm_hash *hash = NULL;

    ck_assert_int_eq(fm_hash_create(&hash), FM_OK);
    for (size_t i = 0; i < n; i += step)
        fm_hash_reals(hash, x + i, n - i < step ? n - i : step);
    fm_hash_done(hash, hex);
    fm_hash_free(hash);
}

START_TEST(values_are_canonical)
{
    double x[1500], y[2] = {0.0, -0.0};
    char a[FM_HASH_TEXT], b[FM_HASH_TEXT];
    const unsigned char one[8] = {0, 0, 0, 0, 0, 0, 0xf0, 0x3f};
    const unsigned char minus_two[8] = {0xfe, 255, 255, 255, 255, 255, 255, 255};
    int64_t integer = -2;
    fm_hash *hash = NULL;

    for (size_t i = 0; i < 1500; i++)
        x[i] = sqrt((double)i);
    hash_of_reals(x, 1500, 1500, a);
    hash_of_reals(x, 1500, 7, b);
    ck_assert_str_eq(a, b);
    x[0] = NAN;
    hash_of_reals(x, 1, 1, a);
    x[0] = -x[0];
    hash_of_reals(x, 1, 1, b);
    ck_assert_str_eq(a, b);
    hash_of_reals(&y[0], 1, 1, a);
    hash_of_reals(&y[1], 1, 1, b);
    ck_assert_str_ne(a, b);
    ck_assert_int_eq(fm_hash_create(&hash), FM_OK);
    fm_hash_bytes(hash, one, 8);
    fm_hash_bytes(hash, minus_two, 8);
    fm_hash_done(hash, a);
    x[0] = 1;
    fm_hash_reals(hash, x, 1);
    fm_hash_integers(hash, &integer, 1);
    fm_hash_done(hash, b);
    ck_assert_str_eq(a, b);
    fm_hash_free(hash);
}
END_TEST

START_TEST(texts_do_not_run_together)
{
    char a[FM_HASH_TEXT], b[FM_HASH_TEXT];
    fm_hash *hash = NULL;

    ck_assert_int_eq(fm_hash_create(&hash), FM_OK);
    fm_hash_text(hash, "ab");
    fm_hash_text(hash, "c");
    fm_hash_done(hash, a);
    fm_hash_text(hash, "a");
    fm_hash_text(hash, "bc");
    fm_hash_done(hash, b);
    ck_assert_str_ne(a, b);
    fm_hash_text(hash, NULL);
    fm_hash_done(hash, a);
    fm_hash_text(hash, "");
    fm_hash_done(hash, b);
    ck_assert_str_eq(a, b);
    fm_hash_free(hash);
}
END_TEST

/* Word by word, as the sum is defined. */
static uint32_t
plain_fletcher32(const unsigned char *bytes, size_t n)
{
    uint64_t a = 0, b = 0;

    for (size_t i = 0; i < n; i += 2) {
        a += (uint32_t)bytes[i] << 8 | (i + 1 < n ? bytes[i + 1] : 0);
        b += a;
        a = (a & 0xffff) + (a >> 16);
        b = (b & 0xffff) + (b >> 16);
    }
    while (a >> 16 != 0)
        a = (a & 0xffff) + (a >> 16);
    while (b >> 16 != 0)
        b = (b & 0xffff) + (b >> 16);
    return (uint32_t)(b << 16 | a);
}

START_TEST(fletcher_of_any_length)
{
    static unsigned char random[70000], ones[20000], zeros[20000];
    uint32_t state = 1;

    for (size_t i = 0; i < sizeof random; i++) {
        state = state * 1664525 + 1013904223;
        random[i] = (unsigned char)(state >> 24);
    }
    memset(ones, 0xff, sizeof ones);
    for (size_t n = 0; n < sizeof random; n += n < 600 ? 1 : 997)
        ck_assert_uint_eq(fm_fletcher32(random + n % 13, n - n % 13),
                          plain_fletcher32(random + n % 13, n - n % 13));
    for (size_t n = 0; n < sizeof ones; n += n < 600 ? 1 : 997) {
        ck_assert_uint_eq(fm_fletcher32(ones, n), plain_fletcher32(ones, n));
        ck_assert_uint_eq(fm_fletcher32(zeros, n), 0);
    }
}
END_TEST

enum {
    ROWS = 1000,
    CHUNK = 300
};

/* A file of one dataset with Fletcher-32 sums, in memory. */
static hid_t
make_file(hid_t *dataset_out)
{
    hsize_t rows = ROWS, chunk = CHUNK;
    hid_t access = H5Pcreate(H5P_FILE_ACCESS), plist = H5Pcreate(H5P_DATASET_CREATE);

    ck_assert(H5Pset_fapl_core(access, 1 << 16, false) >= 0);
    ck_assert(H5Pset_chunk(plist, 1, &chunk) >= 0 && H5Pset_fletcher32(plist) >= 0);
    hid_t file = H5Fcreate("test_hash", H5F_ACC_TRUNC, H5P_DEFAULT, access);
    hid_t space = H5Screate_simple(1, &rows, NULL);
    *dataset_out =
        H5Dcreate2(file, "x", H5T_IEEE_F64LE, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    ck_assert(*dataset_out >= 0);
    (void)H5Sclose(space);
    (void)H5Pclose(plist);
    (void)H5Pclose(access);
    return file;
}

static bool
read_all(hid_t dataset, double *x)
{
    bool ok;

    H5E_BEGIN_TRY
    {
        ok = H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, x) >= 0;
    }
    H5E_END_TRY
    return ok;
}

START_TEST(hdf5_checks_our_sums)
{
    double x[CHUNK + 1], y[ROWS];
    hid_t dataset;

    if (!fm_chunk_native())
        return;
    hid_t file = make_file(&dataset);
    for (hsize_t first = 0; first < ROWS; first += CHUNK) {
        for (size_t i = 0; i < CHUNK; i++)
            x[i] = sqrt((double)(first + i));
        ck_assert(fm_chunk_write(dataset, &first, x, CHUNK * sizeof *x));
    }
    ck_assert(read_all(dataset, y));
    for (size_t i = 0; i < ROWS; i++)
        ck_assert_double_eq(y[i], sqrt((double)i));
    hsize_t first = 0;
    x[5] = 1; /* the sum behind it is the old one */
    ck_assert(H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, &first,
                             CHUNK * sizeof *x + FM_CHUNK_SUM, x) >= 0);
    ck_assert(!read_all(dataset, y));
    (void)H5Dclose(dataset);
    (void)H5Fclose(file);
}
END_TEST

int
main(void)
{
    const TTest *const tests[] = {sha256_published_vectors, xxh3_published_vectors,
                                  values_are_canonical,     texts_do_not_run_together,
                                  fletcher_of_any_length,   hdf5_checks_our_sums};
    Suite *s = suite_create("hash");
    TCase *t = tcase_create("hash");

    for (size_t i = 0; i < FM_COUNT(tests); i++)
        tcase_add_test(t, tests[i]);
    suite_add_tcase(s, t);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
