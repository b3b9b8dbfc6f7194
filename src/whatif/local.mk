# SPDX-License-Identifier: GPL-3.0-or-later
STUDIES += whatif_deltas
libfabmet_sim_la_SOURCES += %D%/whatif.h %D%/whatif_deltas.c %D%/whatif_cells.c \
    %D%/whatif_batches.c %D%/whatif_compare.c %D%/whatif_rows.c
EXTRA_DIST += %D%/whatif_deltas.gp
whatifgpdir = $(pkgdatadir)/whatif
whatifgp_DATA = %D%/whatif_deltas.gp
