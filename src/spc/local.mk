# SPDX-License-Identifier: GPL-3.0-or-later
STUDIES += spc_components spc_chart
STUDIES += spc_gauge spc_capability spc_linearity spc_agreement
libfabmet_math_la_SOURCES += %D%/spc_agreement_model.c %D%/spc_agreement_model.h
libfabmet_sim_la_SOURCES += %D%/spc_agreement.c
EXTRA_DIST += %D%/spc_agreement.gp
libfabmet_math_la_SOURCES += %D%/spc_linearity_model.c %D%/spc_linearity_model.h
libfabmet_sim_la_SOURCES += %D%/spc_linearity.c
EXTRA_DIST += %D%/spc_linearity.gp
libfabmet_math_la_SOURCES += %D%/spc_capability_model.c %D%/spc_capability_model.h
libfabmet_sim_la_SOURCES += %D%/spc_capability.c %D%/spc_capability.h \
    %D%/spc_capability_run.c %D%/spc_capability_rows.c
EXTRA_DIST += %D%/spc_capability.gp
libfabmet_math_la_SOURCES += %D%/spc_gauge_model.c %D%/spc_gauge_model.h
libfabmet_sim_la_SOURCES += %D%/spc_gauge.c %D%/spc_gauge.h %D%/spc_gauge_data.c \
    %D%/spc_gauge_estimate.c %D%/spc_gauge_rows.c
EXTRA_DIST += %D%/spc_gauge.gp
libfabmet_math_la_SOURCES += %D%/spc_constants.c %D%/spc_constants.h \
    %D%/spc_nested.c %D%/spc_nested.h %D%/spc_reml.c %D%/spc_reml.h \
    %D%/spc_anova.c %D%/spc_anova.h %D%/spc_mls.c %D%/spc_mls.h \
    %D%/spc_crossed.c %D%/spc_crossed.h %D%/spc_reml_cells.c %D%/spc_reml_cells.h \
    %D%/spc_limits.c %D%/spc_limits.h %D%/spc_rules.c %D%/spc_rules.h
libfabmet_sim_la_SOURCES += %D%/spc_components.c %D%/spc_chart.c
EXTRA_DIST += %D%/spc_components.gp %D%/spc_chart.gp %D%/spc_certified.csv
spcgpdir = $(pkgdatadir)/spc
spcgp_DATA = %D%/spc_components.gp %D%/spc_chart.gp
spcgp_DATA += %D%/spc_gauge.gp %D%/spc_capability.gp %D%/spc_linearity.gp \
    %D%/spc_agreement.gp
EXTRA_DIST += %D%/spc_measure_certified.csv
if HAVE_CHECK
check_PROGRAMS += %D%/test_spc_measure
TESTS += %D%/test_spc_measure
%C%_test_spc_measure_SOURCES = %D%/test_spc_measure.c %D%/test_spc_data.c \
    %D%/test_spc_data.h
%C%_test_spc_measure_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_spc_measure_LDADD = libfabmet-math.la $(GSL_LIBS) $(CHECK_LIBS)
check_PROGRAMS += %D%/test_spc %D%/test_spc_studies
TESTS += %D%/test_spc %D%/test_spc_studies
%C%_test_spc_SOURCES = %D%/test_spc.c %D%/test_spc_reml.c %D%/test_spc_data.c \
    %D%/test_spc_data.h
%C%_test_spc_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_spc_LDADD = libfabmet-math.la $(GSL_LIBS) $(CHECK_LIBS)
%C%_test_spc_studies_SOURCES = %D%/test_spc_studies.c
%C%_test_spc_studies_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_spc_studies_LDADD = libfabmet-sim.la libfabmet-core.la libfabmet-math.la \
    $(FM_LIBS) $(CHECK_LIBS)
endif
