# SPDX-License-Identifier: GPL-3.0-or-later
STUDIES += spc_components spc_gauge spc_linearity spc_agreement
STUDIES += spc_capability spc_chart spc_arl

# Nested and crossed components of variance, gauges.
libfabmet_math_la_SOURCES += %D%/spc_nested.c %D%/spc_nested.h %D%/spc_crossed.c %D%/spc_crossed.h
libfabmet_math_la_SOURCES += %D%/spc_anova.c %D%/spc_anova.h %D%/spc_mls.c %D%/spc_mls.h
libfabmet_math_la_SOURCES += %D%/spc_reml.c %D%/spc_reml.h %D%/spc_reml_cells.c %D%/spc_reml_cells.h
libfabmet_math_la_SOURCES += %D%/spc_gauge_model.c %D%/spc_gauge_model.h
libfabmet_math_la_SOURCES += %D%/spc_linearity_model.c %D%/spc_linearity_model.h
libfabmet_math_la_SOURCES += %D%/spc_agreement_model.c %D%/spc_agreement_model.h
libfabmet_sim_la_SOURCES += %D%/spc_components.c
libfabmet_sim_la_SOURCES += %D%/spc_gauge.c %D%/spc_gauge.h %D%/spc_gauge_data.c
libfabmet_sim_la_SOURCES += %D%/spc_gauge_estimate.c %D%/spc_gauge_rows.c
libfabmet_sim_la_SOURCES += %D%/spc_linearity.c %D%/spc_agreement.c

# Capability.
libfabmet_math_la_SOURCES += %D%/spc_capability_model.c %D%/spc_capability_model.h
libfabmet_sim_la_SOURCES += %D%/spc_capability.c %D%/spc_capability.h
libfabmet_sim_la_SOURCES += %D%/spc_capability_run.c %D%/spc_capability_rows.c

# Charts and their rules.
libfabmet_math_la_SOURCES += %D%/spc_constants.c %D%/spc_constants.h
libfabmet_math_la_SOURCES += %D%/spc_limits.c %D%/spc_limits.h
libfabmet_math_la_SOURCES += %D%/spc_rules.c %D%/spc_rules.h %D%/spc_rule_set.c %D%/spc_rule_set.h
libfabmet_math_la_SOURCES += %D%/spc_attribute.c %D%/spc_attribute.h
libfabmet_math_la_SOURCES += %D%/spc_timeweighted.c %D%/spc_timeweighted.h
libfabmet_math_la_SOURCES += %D%/spc_multivariate.c %D%/spc_multivariate.h
libfabmet_sim_la_SOURCES += %D%/spc_rule_set_param.c %D%/spc_rule_set_param.h
libfabmet_sim_la_SOURCES += %D%/spc_chart.c %D%/spc_chart.h %D%/spc_chart_arl.c
libfabmet_sim_la_SOURCES += %D%/spc_chart_attributes.c %D%/spc_chart_check.c
libfabmet_sim_la_SOURCES += %D%/spc_chart_multivariate.c %D%/spc_chart_sample.c
libfabmet_sim_la_SOURCES += %D%/spc_chart_timeweighted.c %D%/spc_chart_trace.c
libfabmet_sim_la_SOURCES += %D%/spc_chart_variables.c

# Run lengths.
libfabmet_math_la_SOURCES += %D%/spc_run_length.c %D%/spc_run_length.h %D%/spc_run_length_parts.h
libfabmet_math_la_SOURCES += %D%/spc_run_length_kernel.c %D%/spc_run_length_ewma.c
libfabmet_math_la_SOURCES += %D%/spc_run_length_cusum.c %D%/spc_run_length_imr.c
libfabmet_math_la_SOURCES += %D%/spc_run_length_mewma.c %D%/spc_run_length_s2.c
libfabmet_math_la_SOURCES += %D%/spc_run_length_chain.c %D%/spc_run_length_chain.h
libfabmet_math_la_SOURCES += %D%/spc_run_length_rules.c %D%/spc_run_length_limits.c
libfabmet_sim_la_SOURCES += %D%/spc_arl.c

EXTRA_DIST += %D%/spc_certified.csv %D%/spc_run_length_certified.csv %D%/spc_chart_certified.csv
spcgpdir = $(pkgdatadir)/spc
spcgp_DATA = %D%/spc_components.gp %D%/spc_gauge.gp %D%/spc_linearity.gp %D%/spc_agreement.gp
spcgp_DATA += %D%/spc_capability.gp %D%/spc_chart.gp %D%/spc_arl.gp
EXTRA_DIST += $(spcgp_DATA)

if HAVE_CHECK
FM_SPC_TESTS = %D%/test_spc %D%/test_spc_studies %D%/test_spc_run_length
FM_SPC_TESTS += %D%/test_spc_chart %D%/test_spc_chart_study
check_PROGRAMS += $(FM_SPC_TESTS)
TESTS += $(FM_SPC_TESTS)
FM_SPC_STUDY_LIBS = libfabmet-sim.la libfabmet-core.la libfabmet-math.la $(FM_LIBS) $(CHECK_LIBS)
%C%_test_spc_SOURCES = %D%/test_spc.c %D%/test_spc_reml.c %D%/test_spc_data.c %D%/test_spc_data.h
%C%_test_spc_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_spc_LDADD = libfabmet-math.la $(GSL_LIBS) $(CHECK_LIBS)
%C%_test_spc_studies_SOURCES = %D%/test_spc_studies.c
%C%_test_spc_studies_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_spc_studies_LDADD = $(FM_SPC_STUDY_LIBS)
%C%_test_spc_run_length_SOURCES = %D%/test_spc_run_length.c
%C%_test_spc_run_length_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_spc_run_length_LDADD = libfabmet-math.la $(GSL_LIBS) $(CHECK_LIBS)
%C%_test_spc_chart_SOURCES = %D%/test_spc_chart.c
%C%_test_spc_chart_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_spc_chart_LDADD = libfabmet-math.la $(GSL_LIBS) $(CHECK_LIBS)
%C%_test_spc_chart_study_SOURCES = %D%/test_spc_chart_study.c
%C%_test_spc_chart_study_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_spc_chart_study_LDADD = $(FM_SPC_STUDY_LIBS)
endif
