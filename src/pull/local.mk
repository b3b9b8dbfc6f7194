# SPDX-License-Identifier: GPL-3.0-or-later
STUDIES += pull_simulate
STUDIES += pull_fit
libfabmet_math_la_SOURCES += %D%/pull_geometry.c %D%/pull_geometry.h \
    %D%/pull_strength.c %D%/pull_strength.h %D%/pull_limit.c %D%/pull_limit.h \
    %D%/pull_kernel.c %D%/pull_kernel.h %D%/pull_tally.c %D%/pull_tally.h
libfabmet_sim_la_SOURCES += %D%/pull_simulate.c %D%/pull_simulate.h \
    %D%/pull_simulate_run.c %D%/pull_data.c %D%/pull_data.h
libfabmet_math_la_SOURCES += %D%/pull_risks.c %D%/pull_risks.h
libfabmet_sim_la_SOURCES += %D%/pull_fit.c %D%/pull_fit.h %D%/pull_fit_data.c \
    %D%/pull_fit_modes.c %D%/pull_fit_bounds.c \
    %D%/pull_fit_curves.c %D%/pull_fit_run.c
EXTRA_DIST += %D%/pull_fit.gp %D%/pull_fit_certified.csv
EXTRA_DIST += %D%/pull_simulate.gp %D%/pull_certified.csv
pullgpdir = $(pkgdatadir)/pull
pullgp_DATA = %D%/pull_simulate.gp
pullgp_DATA += %D%/pull_fit.gp
if HAVE_CHECK
FM_PULL_TESTS = %D%/test_pull %D%/test_pull_kernel %D%/test_pull_study
check_PROGRAMS += $(FM_PULL_TESTS)
TESTS += $(FM_PULL_TESTS)
FM_PULL_TOOLS = %D%/test_pull_tools.c %D%/test_pull_tools.h
%C%_test_pull_SOURCES = %D%/test_pull.c $(FM_PULL_TOOLS)
%C%_test_pull_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_pull_LDADD = libfabmet-math.la $(GSL_LIBS) $(CHECK_LIBS)
%C%_test_pull_kernel_SOURCES = %D%/test_pull_kernel.c $(FM_PULL_TOOLS)
%C%_test_pull_kernel_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_pull_kernel_LDADD = libfabmet-math.la $(GSL_LIBS) $(CHECK_LIBS)
%C%_test_pull_study_SOURCES = %D%/test_pull_study.c
%C%_test_pull_study_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_pull_study_LDADD = libfabmet-sim.la libfabmet-core.la libfabmet-math.la \
    $(FM_LIBS) $(CHECK_LIBS)
check_PROGRAMS += %D%/test_pull_risks
TESTS += %D%/test_pull_risks
%C%_test_pull_risks_SOURCES = %D%/test_pull_risks.c $(FM_PULL_TOOLS) \
    src/math/test_lifedist_data.c src/math/test_lifedist_data.h
%C%_test_pull_risks_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_pull_risks_LDADD = libfabmet-math.la $(GSL_LIBS) $(CHECK_LIBS)
endif

# Geometry, sampling plans and acceptance.
STUDIES += pull_geometry pull_acceptance
libfabmet_math_la_SOURCES += %D%/pull_geometry_budget.c %D%/pull_geometry_budget.h \
    %D%/pull_sampling.c %D%/pull_sampling.h
libfabmet_sim_la_SOURCES += %D%/pull_geometry_study.c %D%/pull_acceptance.c \
    %D%/pull_acceptance.h %D%/pull_acceptance_run.c
EXTRA_DIST += %D%/pull_geometry.gp %D%/pull_acceptance.gp \
    %D%/pull_acceptance_certified.csv
pullgp_DATA += %D%/pull_geometry.gp %D%/pull_acceptance.gp
if HAVE_CHECK
check_PROGRAMS += %D%/test_pull_acceptance
TESTS += %D%/test_pull_acceptance
%C%_test_pull_acceptance_SOURCES = %D%/test_pull_acceptance.c $(FM_PULL_TOOLS)
%C%_test_pull_acceptance_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_pull_acceptance_LDADD = libfabmet-sim.la libfabmet-core.la libfabmet-math.la \
    $(FM_LIBS) $(CHECK_LIBS)
endif
