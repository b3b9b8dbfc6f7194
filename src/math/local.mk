# SPDX-License-Identifier: GPL-3.0-or-later
libfabmet_math_la_SOURCES += %D%/univariate.c %D%/univariate.h %D%/paired.c %D%/paired.h
EXTRA_DIST += %D%/paired_certified.csv
if HAVE_CHECK
check_PROGRAMS += %D%/test_paired
TESTS += %D%/test_paired
%C%_test_paired_SOURCES = %D%/test_paired.c
%C%_test_paired_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_paired_LDADD = libfabmet-math.la $(GSL_LIBS) $(CHECK_LIBS)
endif
