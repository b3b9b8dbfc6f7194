# SPDX-License-Identifier: GPL-3.0-or-later
libfabmet_math_la_SOURCES += %D%/univariate.c %D%/univariate.h
libfabmet_math_la_SOURCES += %D%/bracket_root.c %D%/bracket_root.h \
    %D%/noncentral_t.c %D%/noncentral_t.h %D%/tolerance.c %D%/tolerance.h
libfabmet_math_la_SOURCES += %D%/lifedist.c %D%/lifedist.h %D%/lifedist_parts.h \
    %D%/lifedist_fit.c %D%/lifedist_interval.c %D%/root.c %D%/root.h
libfabmet_math_la_SOURCES += %D%/normality.c %D%/normality.h %D%/johnson.c %D%/johnson.h
EXTRA_DIST += %D%/tolerance_certified.csv
EXTRA_DIST += %D%/lifedist_certified.csv
if HAVE_CHECK
check_PROGRAMS += %D%/test_tolerance
TESTS += %D%/test_tolerance
%C%_test_tolerance_SOURCES = %D%/test_tolerance.c
%C%_test_tolerance_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_tolerance_LDADD = libfabmet-math.la $(GSL_LIBS) $(CHECK_LIBS)
check_PROGRAMS += %D%/test_lifedist
TESTS += %D%/test_lifedist
%C%_test_lifedist_SOURCES = %D%/test_lifedist.c %D%/test_lifedist_data.c \
    %D%/test_lifedist_data.h
%C%_test_lifedist_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_lifedist_LDADD = libfabmet-math.la $(GSL_LIBS) $(CHECK_LIBS)
endif
