# SPDX-License-Identifier: GPL-3.0-or-later
libfabmet_report_la_SOURCES += %D%/figure.c %D%/figure.h %D%/gnuplot.c %D%/gnuplot.h %D%/plot.c %D%/plot.h %D%/plot_words.c
libfabmet_report_la_SOURCES += %D%/decimals.c %D%/decimals.h %D%/unit_text.c %D%/unit_text.h %D%/asked.c %D%/asked.h
libfabmet_report_la_SOURCES += %D%/svg.c %D%/svg.h %D%/html.c %D%/html.h %D%/output.c %D%/output.h %D%/coverage.c %D%/coverage.h
libfabmet_report_la_SOURCES += %D%/point_rows.c %D%/point_rows.h
libfabmet_report_la_SOURCES += %D%/page.c %D%/page.h %D%/page_table.c %D%/page_facts.c %D%/page_terms.c
libfabmet_report_la_SOURCES += %D%/report.c %D%/report.h %D%/report_parts.h %D%/report_verdicts.c %D%/report_whatif.c
libfabmet_report_la_SOURCES += %D%/glossary.c %D%/glossary.h %D%/glossary_load.h %D%/glossary_check.c
EXTRA_DIST += %D%/report.css %D%/test_report.gp
reportcssdir = $(pkgdatadir)/report
reportcss_DATA = %D%/report.css
if HAVE_CHECK
FM_REPORT_TESTS = %D%/test_figure %D%/test_report
check_PROGRAMS += $(FM_REPORT_TESTS)
TESTS += $(FM_REPORT_TESTS)
# The results of these tests live in memory: fake_result.c stands in for core's reader.
FM_REPORT_FAKES = %D%/fake_result.c %D%/fake_result.h %D%/test_fixture.c %D%/test_fixture.h
FM_REPORT_TEST_LIBS = libfabmet-report.la libfabmet-core.la $(FM_LIBS) $(CHECK_LIBS)
%C%_test_figure_SOURCES = %D%/test_figure.c $(FM_REPORT_FAKES)
%C%_test_figure_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_figure_LDADD = $(FM_REPORT_TEST_LIBS)
%C%_test_report_SOURCES = %D%/test_report.c $(FM_REPORT_FAKES)
%C%_test_report_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_report_LDADD = $(FM_REPORT_TEST_LIBS)
endif
