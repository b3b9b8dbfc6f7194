# SPDX-License-Identifier: GPL-3.0-or-later
libfabmet_math_la_SOURCES += %D%/bracket_root.c %D%/bracket_root.h
libfabmet_math_la_SOURCES += %D%/dominant.c %D%/dominant.h
libfabmet_math_la_SOURCES += %D%/gauss_legendre.c %D%/gauss_legendre.h
libfabmet_math_la_SOURCES += %D%/johnson.c %D%/johnson.h
libfabmet_math_la_SOURCES += %D%/lifedist.c %D%/lifedist.h
libfabmet_math_la_SOURCES += %D%/lifedist_fit.c
libfabmet_math_la_SOURCES += %D%/lifedist_interval.c
libfabmet_math_la_SOURCES += %D%/lifedist_parts.h
libfabmet_math_la_SOURCES += %D%/noncentral_t.c %D%/noncentral_t.h
libfabmet_math_la_SOURCES += %D%/normality.c %D%/normality.h
libfabmet_math_la_SOURCES += %D%/paired.c %D%/paired.h
libfabmet_math_la_SOURCES += %D%/root.c %D%/root.h
libfabmet_math_la_SOURCES += %D%/tolerance.c %D%/tolerance.h
libfabmet_math_la_SOURCES += %D%/univariate.c %D%/univariate.h

EXTRA_DIST += %D%/lifedist_certified.csv
EXTRA_DIST += %D%/paired_certified.csv
EXTRA_DIST += %D%/tolerance_certified.csv

if HAVE_CHECK
FM_MATH_TESTS =
FM_MATH_TESTS += %D%/test_lifedist
FM_MATH_TESTS += %D%/test_paired
FM_MATH_TESTS += %D%/test_tolerance
check_PROGRAMS += $(FM_MATH_TESTS)
TESTS += $(FM_MATH_TESTS)
%C%_test_lifedist_SOURCES = %D%/test_lifedist.c %D%/test_lifedist_data.c %D%/test_lifedist_data.h
%C%_test_lifedist_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_lifedist_LDADD = libfabmet-math.la $(GSL_LIBS) $(CHECK_LIBS)
%C%_test_paired_SOURCES = %D%/test_paired.c
%C%_test_paired_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_paired_LDADD = libfabmet-math.la $(GSL_LIBS) $(CHECK_LIBS)
%C%_test_tolerance_SOURCES = %D%/test_tolerance.c
%C%_test_tolerance_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_tolerance_LDADD = libfabmet-math.la $(GSL_LIBS) $(CHECK_LIBS)
endif
