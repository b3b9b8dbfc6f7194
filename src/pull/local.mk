# SPDX-License-Identifier: GPL-3.0-or-later
STUDIES += pull_acceptance
STUDIES += pull_fit
STUDIES += pull_geometry
STUDIES += pull_simulate

libfabmet_math_la_SOURCES += %D%/pull_geometry.c %D%/pull_geometry.h
libfabmet_math_la_SOURCES += %D%/pull_geometry_budget.c %D%/pull_geometry_budget.h
libfabmet_math_la_SOURCES += %D%/pull_kernel.c %D%/pull_kernel.h
libfabmet_math_la_SOURCES += %D%/pull_limit.c %D%/pull_limit.h
libfabmet_math_la_SOURCES += %D%/pull_risks.c %D%/pull_risks.h
libfabmet_math_la_SOURCES += %D%/pull_sampling.c %D%/pull_sampling.h
libfabmet_math_la_SOURCES += %D%/pull_strength.c %D%/pull_strength.h
libfabmet_math_la_SOURCES += %D%/pull_tally.c %D%/pull_tally.h

libfabmet_sim_la_SOURCES += %D%/pull_acceptance.c %D%/pull_acceptance.h
libfabmet_sim_la_SOURCES += %D%/pull_acceptance_run.c
libfabmet_sim_la_SOURCES += %D%/pull_data.c %D%/pull_data.h
libfabmet_sim_la_SOURCES += %D%/pull_fit.c %D%/pull_fit.h
libfabmet_sim_la_SOURCES += %D%/pull_fit_bounds.c
libfabmet_sim_la_SOURCES += %D%/pull_fit_curves.c
libfabmet_sim_la_SOURCES += %D%/pull_fit_data.c
libfabmet_sim_la_SOURCES += %D%/pull_fit_modes.c
libfabmet_sim_la_SOURCES += %D%/pull_fit_run.c
libfabmet_sim_la_SOURCES += %D%/pull_geometry_study.c
libfabmet_sim_la_SOURCES += %D%/pull_simulate.c %D%/pull_simulate.h
libfabmet_sim_la_SOURCES += %D%/pull_simulate_run.c

EXTRA_DIST += %D%/pull_acceptance_certified.csv
EXTRA_DIST += %D%/pull_certified.csv
EXTRA_DIST += %D%/pull_fit_certified.csv
pullgpdir = $(pkgdatadir)/pull
pullgp_DATA =
pullgp_DATA += %D%/pull_acceptance.gp
pullgp_DATA += %D%/pull_fit.gp
pullgp_DATA += %D%/pull_geometry.gp
pullgp_DATA += %D%/pull_simulate.gp
EXTRA_DIST += $(pullgp_DATA)

if HAVE_CHECK
FM_PULL_TOOLS = %D%/test_pull_tools.c %D%/test_pull_tools.h
FM_PULL_STUDY_LIBS = libfabmet-sim.la libfabmet-core.la libfabmet-math.la $(FM_LIBS) $(CHECK_LIBS)
FM_PULL_TESTS =
FM_PULL_TESTS += %D%/test_pull
FM_PULL_TESTS += %D%/test_pull_acceptance
FM_PULL_TESTS += %D%/test_pull_kernel
FM_PULL_TESTS += %D%/test_pull_risks
FM_PULL_TESTS += %D%/test_pull_study
check_PROGRAMS += $(FM_PULL_TESTS)
TESTS += $(FM_PULL_TESTS)
%C%_test_pull_SOURCES = %D%/test_pull.c $(FM_PULL_TOOLS)
%C%_test_pull_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_pull_LDADD = libfabmet-math.la $(GSL_LIBS) $(CHECK_LIBS)
%C%_test_pull_acceptance_SOURCES = %D%/test_pull_acceptance.c $(FM_PULL_TOOLS)
%C%_test_pull_acceptance_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_pull_acceptance_LDADD = $(FM_PULL_STUDY_LIBS)
%C%_test_pull_kernel_SOURCES = %D%/test_pull_kernel.c $(FM_PULL_TOOLS)
%C%_test_pull_kernel_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_pull_kernel_LDADD = libfabmet-math.la $(GSL_LIBS) $(CHECK_LIBS)
%C%_test_pull_risks_SOURCES = %D%/test_pull_risks.c $(FM_PULL_TOOLS) src/math/test_lifedist_data.c src/math/test_lifedist_data.h
%C%_test_pull_risks_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_pull_risks_LDADD = libfabmet-math.la $(GSL_LIBS) $(CHECK_LIBS)
%C%_test_pull_study_SOURCES = %D%/test_pull_study.c
%C%_test_pull_study_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_pull_study_LDADD = $(FM_PULL_STUDY_LIBS)
endif
