# SPDX-License-Identifier: GPL-3.0-or-later
STUDIES += whatif_deltas
libfabmet_sim_la_SOURCES += %D%/whatif.h %D%/whatif_deltas.c %D%/whatif_cells.c \
    %D%/whatif_batches.c %D%/whatif_compare.c %D%/whatif_rows.c
EXTRA_DIST += %D%/whatif_deltas.gp
whatifgpdir = $(pkgdatadir)/whatif
whatifgp_DATA = %D%/whatif_deltas.gp

if HAVE_CHECK
check_PROGRAMS += %D%/test_whatif
TESTS += %D%/test_whatif
%C%_test_whatif_SOURCES = %D%/test_whatif.c
%C%_test_whatif_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
%C%_test_whatif_LDADD = libfabmet-sim.la libfabmet-core.la libfabmet-math.la $(FM_LIBS) $(CHECK_LIBS)
endif
