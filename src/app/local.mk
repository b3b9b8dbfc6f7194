# SPDX-License-Identifier: GPL-3.0-or-later
bin_PROGRAMS += src/app/fabmet
src_app_fabmet_SOURCES = %D%/main.c
nodist_src_app_fabmet_SOURCES =
src_app_fabmet_LDADD = libfabmet.la $(FM_LIBS) $(JANSSON_LIBS) $(MUPARSER_LIBS)
