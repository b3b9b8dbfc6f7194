# SPDX-License-Identifier: GPL-3.0-or-later
libfabmet_core_la_SOURCES += %D%/error.c %D%/diag.c %D%/diag.h %D%/text.c %D%/text.h
libfabmet_core_la_SOURCES += %D%/units.c %D%/units.h %D%/units_names.c %D%/units_parts.h %D%/number.c %D%/yaml.c %D%/yaml.h
libfabmet_core_la_SOURCES += %D%/yaml_scalar.c %D%/yaml_scalar.h
libfabmet_core_la_SOURCES += %D%/study.h %D%/scenario.c %D%/scenario.h %D%/scenario_text.c %D%/params.c %D%/params.h
libfabmet_core_la_SOURCES += %D%/scenario_read.h %D%/scenario_sweep.c %D%/scenario_data.c
libfabmet_core_la_SOURCES += %D%/csv.c %D%/csv.h %D%/csv_columns.c %D%/csv_columns.h %D%/data.c
libfabmet_core_la_SOURCES += %D%/data.h %D%/data_spool.c %D%/data_hdf5.c
libfabmet_core_la_SOURCES += %D%/decimal.c %D%/decimal.h
libfabmet_core_la_SOURCES += %D%/points.c %D%/rng.c %D%/rng.h %D%/rows.c %D%/rows.h %D%/sweep.c %D%/sweep.h
libfabmet_core_la_SOURCES += %D%/ranges.c %D%/ranges.h %D%/identity.c %D%/identity.h %D%/feed.c %D%/feed.h
libfabmet_core_la_SOURCES += %D%/merge.c %D%/merge.h %D%/merge_run.c %D%/parts.c %D%/parts.h %D%/blocks.c %D%/team.h
libfabmet_core_la_SOURCES += %D%/target.c %D%/target.h
libfabmet_core_la_SOURCES += %D%/turns.c %D%/turns.h
libfabmet_core_la_SOURCES += %D%/digest.c %D%/digest.h %D%/hash.c %D%/hash.h %D%/h5.c %D%/h5.h %D%/schema.c %D%/schema.h
libfabmet_core_la_SOURCES += %D%/sheet.c %D%/sheet.h %D%/verdicts.c %D%/verdicts.h %D%/publish.c %D%/publish.h
libfabmet_core_la_SOURCES += %D%/seal.c %D%/seal.h %D%/chunk.c %D%/chunk.h %D%/team_mpi.c %D%/team_mpi.h
libfabmet_core_la_SOURCES += %D%/clock.h
libfabmet_core_la_SOURCES += %D%/provenance.c %D%/provenance.h %D%/store.c %D%/store.h
libfabmet_core_la_SOURCES += %D%/result.c %D%/result.h %D%/result_parts.h %D%/result_read.c %D%/verify.c

if HAVE_CHECK
FM_CORE_TESTS = %D%/test_units %D%/test_yaml %D%/test_scenario %D%/test_csv
FM_CORE_TESTS += %D%/test_points %D%/test_store %D%/test_result %D%/test_sweep
FM_CORE_TESTS += %D%/test_parts %D%/test_merge %D%/test_hash
check_PROGRAMS += $(FM_CORE_TESTS)
TESTS += $(FM_CORE_TESTS)
FM_CORE_TEST_LIBS = libfabmet-core.la $(FM_LIBS) $(CHECK_LIBS)
%C%_test_units_SOURCES = %D%/test_units.c
%C%_test_units_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_units_LDADD = $(FM_CORE_TEST_LIBS)
%C%_test_yaml_SOURCES = %D%/test_yaml.c
%C%_test_yaml_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_yaml_LDADD = $(FM_CORE_TEST_LIBS)
%C%_test_scenario_SOURCES = %D%/test_scenario.c
%C%_test_scenario_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_scenario_LDADD = $(FM_CORE_TEST_LIBS)
%C%_test_csv_SOURCES = %D%/test_csv.c
%C%_test_csv_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_csv_LDADD = $(FM_CORE_TEST_LIBS)
%C%_test_points_SOURCES = %D%/test_points.c
%C%_test_points_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_points_LDADD = $(FM_CORE_TEST_LIBS)
%C%_test_store_SOURCES = %D%/test_store.c %D%/fake_study.c %D%/fake_study.h
%C%_test_store_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_store_LDADD = $(FM_CORE_TEST_LIBS)
%C%_test_result_SOURCES = %D%/test_result.c %D%/fake_study.c %D%/fake_study.h
%C%_test_result_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_result_LDADD = $(FM_CORE_TEST_LIBS)
%C%_test_sweep_SOURCES = %D%/test_sweep.c %D%/fake_study.c %D%/fake_study.h
%C%_test_sweep_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_sweep_LDADD = $(FM_CORE_TEST_LIBS)
%C%_test_hash_SOURCES = %D%/test_hash.c
%C%_test_hash_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_hash_LDADD = $(FM_CORE_TEST_LIBS)
%C%_test_parts_SOURCES = %D%/test_parts.c %D%/told_study.c %D%/told_study.h \
    %D%/fake_study.c %D%/fake_study.h
%C%_test_parts_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_parts_LDADD = $(FM_CORE_TEST_LIBS)
%C%_test_merge_SOURCES = %D%/test_merge.c %D%/told_study.c %D%/told_study.h \
    %D%/fake_study.c %D%/fake_study.h
%C%_test_merge_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_merge_LDADD = $(FM_CORE_TEST_LIBS)
endif
