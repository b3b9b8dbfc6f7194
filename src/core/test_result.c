/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of files that cannot be made, of damaged files, and of comparison. */
#include "config.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <hdf5.h>

#include "core/fake_study.h"

/* ---- files ------------------------------------------------------------------------ */

static fm_status
try_create(const char *path, bool replace, fm_error *err)
{
    fm_scenario *s = fake_scenario("");
    fm_store_options options = {.replace = replace};
    fm_store *store = NULL;
    fm_status st = fm_store_create(path, s, &options, &store, err);

    ck_assert((st == FM_OK) == (store != NULL));
    fm_store_free(store);
    fake_drop(s);
    return st;
}

START_TEST(outputs_that_cannot_be_created)
{
    fm_error err = FM_ERROR_INIT;
    char name[300];

    fake_spill(fake_path("old.h5"), "old", 3);
    ck_assert_int_eq(try_create(fake_path("old.h5"), false, &err), FM_ECREATE);
    ck_assert_ptr_nonnull(strstr(err.text, fake_path("old.h5")));
    ck_assert_int_eq(try_create(fake_path("missing/r.h5"), false, NULL), FM_ECREATE);
    ck_assert_int_eq(try_create(fake_path("old.h5/r.h5"), false, NULL), FM_ECREATE);
    ck_assert_int_eq(try_create(fake_path(""), true, NULL), FM_ECREATE);
    ck_assert_int_eq(try_create("", true, NULL), FM_ECREATE);
    ck_assert_int_eq(try_create(fake_path("old.h5/"), true, NULL), FM_ECREATE);
    ck_assert_int_eq(try_create("/dev/null", true, NULL), FM_ECREATE);
    ck_assert_int_eq(try_create("/proc/r.h5", false, NULL), FM_ECREATE);
    memset(name, 'n', sizeof name);
    name[256] = '\0'; /* one more than a file name may have */
    ck_assert_int_eq(try_create(name, false, NULL), FM_ECREATE);
    ck_assert_int_eq(try_create(fake_path("old.h5"), true, NULL), FM_OK);
    size_t n = 0;
    char *bytes =
        fake_slurp(fake_path("old.h5"), &n); /* abandoned: the old file is there */
    ck_assert_uint_eq(n, 3);
    free(bytes);
    ck_assert_int_eq(unlink(fake_path("old.h5")), 0);
    ck_assert_uint_eq(fake_files(), 0);
}
END_TEST

START_TEST(abandoned_store_leaves_nothing)
{
    fm_scenario *s = fake_scenario(FAKE_GRID);
    fm_store_options options = {.replace = false};
    fm_store *store = NULL;
    fm_error err = FM_ERROR_INIT;
    char digest[FM_DIGEST_TEXT] = "untouched";

    ck_assert_int_eq(fm_store_create(fake_path("r.h5"), s, &options, &store, &err),
                     FM_OK);
    ck_assert_uint_eq(fake_files(), 1);
    ck_assert_int_ne(access(fake_path("r.h5"), F_OK), 0);
    ck_assert_int_eq(fake_append(store, s, 13, &err), FM_OK);
    fm_store_free(store);
    ck_assert_uint_eq(fake_files(), 0);
    ck_assert_int_eq(fm_store_create(fake_path("r.h5"), s, &options, &store, &err),
                     FM_OK);
    ck_assert_int_eq(fm_store_finish(store, "", digest, &err), FM_EINTERNAL);
    ck_assert_str_eq(digest, "untouched");
    fm_store_free(store);
    ck_assert_uint_eq(fake_files(), 0);
    fake_drop(s);
}
END_TEST

START_TEST(points_must_follow_each_other)
{
    fm_scenario *s = fake_scenario(FAKE_GRID);
    fm_store_options options = {.replace = false};
    fm_store *store = NULL;
    fm_out *out = NULL;

    ck_assert_int_eq(fm_store_create(fake_path("r.h5"), s, &options, &store, NULL),
                     FM_OK);
    ck_assert_int_eq(fm_out_create(&fake_study, &out), FM_OK);
    fake_compute(s, out, 1, 3);
    ck_assert_int_eq(fm_store_append(store, out, 0, out->n_points, NULL), FM_EINTERNAL);
    fm_out_free(out);
    fm_store_free(store);
    fake_drop(s);
}
END_TEST

START_TEST(a_file_that_came_meanwhile_is_kept)
{
    fm_scenario *s = fake_scenario("");
    fm_store_options options = {.replace = false};
    fm_store *store = NULL;
    char digest[FM_DIGEST_TEXT];
    size_t n = 0;

    ck_assert_int_eq(fm_store_create(fake_path("r.h5"), s, &options, &store, NULL),
                     FM_OK);
    ck_assert_int_eq(fake_append(store, s, 1, NULL), FM_OK);
    fake_spill(fake_path("r.h5"), "theirs", 6);
    ck_assert_int_eq(fm_store_finish(store, "", digest, NULL), FM_ECREATE);
    fm_store_free(store);
    char *bytes = fake_slurp(fake_path("r.h5"), &n);
    ck_assert(n == 6 && memcmp(bytes, "theirs", 6) == 0);
    free(bytes);
    ck_assert_uint_eq(fake_files(), 1);
    fake_drop(s);
}
END_TEST

START_TEST(replacing_follows_a_link)
{
    fm_scenario *s = fake_scenario("");
    char digest[FM_DIGEST_TEXT];
    struct stat info;

    fake_spill(fake_path("real.h5"), "x", 1);
    ck_assert_int_eq(symlink("real.h5", fake_path("r.h5")), 0);
    fake_make(s, fake_path("r.h5"), 1, false, digest);
    ck_assert_int_eq(lstat(fake_path("r.h5"), &info), 0);
    ck_assert(S_ISLNK(info.st_mode));
    fm_result_close(fake_open(fake_path("real.h5")));
    fake_drop(s);
}
END_TEST

/* A limit on file sizes stands for a full disk. */
START_TEST(full_disk_is_an_io_error)
{
    fm_scenario *s = fake_scenario(FAKE_LONG_SWEEP);
    fm_store_options options = {.replace = false};
    struct rlimit limit = {1000000, 1000000};
    fm_error err = FM_ERROR_INIT;
    fm_store *store = NULL;

    ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    ck_assert_int_eq(fm_store_create(fake_path("r.h5"), s, &options, &store, &err),
                     FM_OK);
    ck_assert_int_eq(fake_append(store, s, 200, &err), FM_EIO);
    ck_assert_ptr_nonnull(strstr(err.text, fake_path("r.h5")));
    ck_assert_ptr_nonnull(strstr(err.text, "File too large"));
    fm_store_free(store);
    ck_assert_uint_eq(fake_files(), 0);
    fake_drop(s);
}
END_TEST

/* ---- hostile files ---------------------------------------------------------------- */

/* Opens, reads everything there is, closes.  Whatever the bytes are, this must return. */
static fm_status
read_everything(const char *path)
{
    char digest[FM_DIGEST_TEXT];
    fm_result *r = NULL;
    fm_error err = FM_ERROR_INIT;
    fm_status st = fm_result_open(path, &r, &err);

    if (st != FM_OK) {
        ck_assert_int_eq(st, err.code);
        ck_assert_str_ne(err.text, "");
        return st;
    }
    fm_result_verdict *v = NULL;
    size_t n = 0;
    if (fm_result_verdicts(r, &v, &n, NULL) == FM_OK)
        fm_result_verdicts_free(v, n);
    st = fm_result_verify(r, digest, &err);
    fm_result_close(r);
    return st;
}

START_TEST(no_results_at_all)
{
    fake_spill(fake_path("text.h5"), "hello", 5);
    fake_spill(fake_path("empty.h5"), "", 0);
    ck_assert_int_eq(read_everything(fake_path("text.h5")), FM_EDATA);
    ck_assert_int_eq(read_everything(fake_path("empty.h5")), FM_EDATA);
    ck_assert_int_eq(read_everything(fake_path("missing.h5")), FM_ENOINPUT);
    ck_assert_int_eq(read_everything(fake_path("")), FM_ENOINPUT);
    hid_t file =
        H5Fcreate(fake_path("other.h5"), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert_int_ge(H5Fclose(file), 0);
    ck_assert_int_eq(read_everything(fake_path("other.h5")), FM_EDATA);
}
END_TEST

/* Changes one thing of a good result. */
typedef void (*change)(hid_t file);

static fm_status
read_changed(change apply)
{
    char digest[FM_DIGEST_TEXT];
    fm_scenario *s = fake_scenario(FAKE_GRID);

    fake_make(s, fake_path("r.h5"), 60, false, digest);
    fake_drop(s);
    hid_t file = H5Fopen(fake_path("r.h5"), H5F_ACC_RDWR, H5P_DEFAULT);
    ck_assert_int_ge(file, 0);
    apply(file);
    ck_assert_int_ge(H5Fclose(file), 0);
    return read_everything(fake_path("r.h5"));
}

static void
newer_schema(hid_t file)
{
    int64_t schema = 2;
    hid_t attribute = H5Aopen(file, "fabmet_schema", H5P_DEFAULT);

    ck_assert_int_ge(H5Awrite(attribute, H5T_NATIVE_INT64, &schema), 0);
    ck_assert_int_ge(H5Aclose(attribute), 0);
}

static void
no_study(hid_t file)
{
    ck_assert_int_ge(H5Adelete_by_name(file, "entry", "study", H5P_DEFAULT), 0);
}

static void
no_axes(hid_t file)
{
    ck_assert_int_ge(H5Adelete_by_name(file, "entry/vref", "axes", H5P_DEFAULT), 0);
}

static void
no_words(hid_t file)
{
    ck_assert_int_ge(H5Adelete_by_name(file, "entry/vref/grade", "words", H5P_DEFAULT),
                     0);
}

static void
no_points(hid_t file)
{
    ck_assert_int_ge(H5Ldelete(file, "entry/points", H5P_DEFAULT), 0);
}

static void
no_coordinate(hid_t file)
{
    ck_assert_int_ge(H5Ldelete(file, "entry/vref/vdd", H5P_DEFAULT), 0);
}

static void
wrong_type(hid_t file)
{
    hsize_t dims[3] = {5, 3, 4};
    hid_t space = H5Screate_simple(3, dims, NULL);

    ck_assert_int_ge(H5Ldelete(file, "entry/vref/vref", H5P_DEFAULT), 0);
    hid_t d = H5Dcreate2(file, "entry/vref/vref", H5T_STD_U16BE, space, H5P_DEFAULT,
                         H5P_DEFAULT, H5P_DEFAULT);
    ck_assert_int_ge(H5Dclose(d), 0);
    ck_assert_int_ge(H5Sclose(space), 0);
}

/* A column of more rows than the file has bytes: 2^60 reads of nothing. */
static void
endless(hid_t file)
{
    hsize_t n = (hsize_t)1 << 60, chunk = 1;
    hid_t space = H5Screate_simple(1, &n, NULL), plist = H5Pcreate(H5P_DATASET_CREATE);

    ck_assert_int_ge(H5Ldelete(file, "entry/points", H5P_DEFAULT), 0);
    ck_assert_int_ge(
        H5Lmove(file, "entry/trace", file, "entry/points", H5P_DEFAULT, H5P_DEFAULT), 0);
    ck_assert_int_ge(H5Ldelete(file, "entry/points/id", H5P_DEFAULT), 0);
    ck_assert_int_ge(H5Pset_chunk(plist, 1, &chunk), 0);
    hid_t d = H5Dcreate2(file, "entry/points/id", H5T_STD_I64LE, space, H5P_DEFAULT,
                         plist, H5P_DEFAULT);
    ck_assert_int_ge(d, 0);
    ck_assert_int_ge(H5Dclose(d), 0);
    ck_assert_int_ge(H5Sclose(space), 0);
    ck_assert_int_ge(H5Pclose(plist), 0);
}

static void
elsewhere(hid_t file)
{
    ck_assert_int_ge(H5Ldelete(file, "entry/vref/vref", H5P_DEFAULT), 0);
    ck_assert_int_ge(H5Lcreate_external("/etc/passwd", "x", file, "entry/vref/vref",
                                        H5P_DEFAULT, H5P_DEFAULT),
                     0);
}

static void
one_value(hid_t file)
{
    double x[60];
    hid_t d = H5Dopen2(file, "entry/vref/vref", H5P_DEFAULT);

    ck_assert_int_ge(H5Dread(d, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, x), 0);
    x[17] = nextafter(x[17], 9);
    ck_assert_int_ge(H5Dwrite(d, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, x), 0);
    ck_assert_int_ge(H5Dclose(d), 0);
}

static void
one_coordinate(hid_t file)
{
    double x[4] = {-40, 25, 85, 126};
    hid_t d = H5Dopen2(file, "entry/vref/temp", H5P_DEFAULT);

    ck_assert_int_ge(H5Dwrite(d, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, x), 0);
    ck_assert_int_ge(H5Dclose(d), 0);
}

static void
nothing(hid_t file)
{
    (void)file;
}

START_TEST(changed_results_are_noticed)
{
    const change changes[] = {newer_schema, no_study,   no_axes,       no_words,
                              no_points,    wrong_type, endless,       no_coordinate,
                              elsewhere,    one_value,  one_coordinate};

    ck_assert_int_eq(read_changed(nothing), FM_OK);
    for (size_t i = 0; i < FM_COUNT(changes); i++)
        ck_assert_msg(read_changed(changes[i]) == FM_EDATA, "change %zu passed", i);
}
END_TEST

START_TEST(truncated_files_are_refused)
{
    size_t n = 0;

    fm_result_close(fake_result("title: a title\n" FAKE_GRID));
    char *bytes = fake_slurp(fake_path("r.h5"), &n);
    for (size_t i = 0; i < 200; i++) {
        fake_spill(fake_path("cut.h5"), bytes, i * n / 200);
        ck_assert_int_eq(read_everything(fake_path("cut.h5")), FM_EDATA);
    }
    free(bytes);
}
END_TEST

/* Flips one bit at many places.  Flips in texts that are no data, and in unused bytes,
 * may pass; a flip in the values must not. */
START_TEST(flipped_bits_do_no_harm)
{
    size_t n = 0;
    fm_stream stream = fm_stream_make(20261121, 0, 0);

    fm_result_close(fake_result("title: a title\n" FAKE_GRID));
    char *bytes = fake_slurp(fake_path("r.h5"), &n);
    for (uint32_t i = 0; i < 400; i++) {
        uint32_t words[4];
        fm_rng_words(&stream, i, words);
        size_t at = words[0] % n;
        char kept = bytes[at];
        bytes[at] = (char)(bytes[at] ^ (1 << words[1] % 8));
        fake_spill(fake_path("flip.h5"), bytes, n);
        fm_status st = read_everything(fake_path("flip.h5"));
        ck_assert_msg(st == FM_OK || st == FM_EDATA, "status %d at byte %zu", st, at);
        bytes[at] = kept;
    }
    free(bytes);
}
END_TEST

/* Finds the values of a column in the file and flips a bit of one. */
START_TEST(a_flipped_bit_in_the_values_is_found)
{
    size_t n = 0;
    double value = 1.2 + 0.001 * 3 + 0.01 * (1.98 - 1.8) - 1e-5 * (85 - 25);

    fm_result_close(fake_result(FAKE_GRID));
    char *bytes = fake_slurp(fake_path("r.h5"), &n);
    char *found = memmem(bytes, n, &value, sizeof value);
    ck_assert_ptr_nonnull(found);
    *found = (char)(*found ^ 1);
    fake_spill(fake_path("flip.h5"), bytes, n);
    ck_assert_int_eq(read_everything(fake_path("flip.h5")), FM_EDATA);
    free(bytes);
}
END_TEST

/* ---- comparison ------------------------------------------------------------------- */

static fm_status
compare_with_changed(change apply, uint64_t ulps, char **report)
{
    (void)read_changed(apply);
    ck_assert_int_eq(rename(fake_path("r.h5"), fake_path("b.h5")), 0);
    fm_result *a = fake_result(FAKE_GRID), *b = fake_open(fake_path("b.h5"));
    fm_status st = fm_result_compare(a, b, ulps, report, NULL);
    fm_result_close(a);
    fm_result_close(b);
    return st;
}

START_TEST(comparison_within_ulps)
{
    char *report = NULL;

    ck_assert_int_eq(compare_with_changed(nothing, 0, &report), FM_OK);
    ck_assert_str_eq(report, "");
    free(report);
    ck_assert_int_eq(compare_with_changed(one_value, 0, &report), FM_EDATA);
    ck_assert_ptr_nonnull(strstr(report, "vref.vref: 1 of 60 rows differ, first row 17"));
    ck_assert_ptr_nonnull(strstr(report, "largest distance 1 ulps"));
    free(report);
    ck_assert_int_eq(compare_with_changed(one_value, 1, &report), FM_OK);
    free(report);
    ck_assert_int_eq(compare_with_changed(one_coordinate, 1000, &report), FM_EDATA);
    ck_assert_ptr_nonnull(strstr(report, "vref.temp: 15 of 60 rows differ, first row 3"));
    free(report);
}
END_TEST

START_TEST(comparison_of_different_tables)
{
    char *report = NULL, digest[FM_DIGEST_TEXT];
    fm_scenario *s =
        fake_scenario("sweep:\n  - { param: temp, values: [950, 30, 40] }\n");
    fm_scenario *t = fake_scenario("sweep:\n  - { param: temp, values: [950, 30] }\n");

    fake_make(s, fake_path("s.h5"), 1, false, digest);
    fake_make(t, fake_path("t.h5"), 1, false, digest);
    fake_drop(s);
    fake_drop(t);
    fm_result *a = fake_open(fake_path("s.h5")), *b = fake_open(fake_path("t.h5"));
    ck_assert_int_eq(fm_result_compare(a, a, 0, &report, NULL),
                     FM_OK); /* NaN equals NaN */
    free(report);
    ck_assert_int_eq(fm_result_compare(a, b, 0, &report, NULL), FM_EDATA);
    ck_assert_ptr_nonnull(strstr(report, "vref: different sizes (3 and 2 rows)"));
    free(report);
    fm_result_close(a);
    fm_result_close(b);
}
END_TEST
/* ---- suite ------------------------------------------------------------------------ */

int
main(void)
{
    const TTest *const tests[] = {outputs_that_cannot_be_created,
                                  abandoned_store_leaves_nothing,
                                  points_must_follow_each_other,
                                  a_file_that_came_meanwhile_is_kept,
                                  replacing_follows_a_link,
                                  full_disk_is_an_io_error,
                                  no_results_at_all,
                                  changed_results_are_noticed,
                                  truncated_files_are_refused,
                                  flipped_bits_do_no_harm,
                                  a_flipped_bit_in_the_values_is_found,
                                  comparison_within_ulps,
                                  comparison_of_different_tables};
    Suite *s = suite_create("result");
    TCase *t = tcase_create("result");

    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, NULL, fake_clear);
    for (size_t i = 0; i < FM_COUNT(tests); i++)
        tcase_add_test(t, tests[i]);
    suite_add_tcase(s, t);
    return fake_main(s);
}
