# SPDX-License-Identifier: GPL-3.0-or-later
bin_PROGRAMS += src/app/fabmet
src_app_fabmet_SOURCES = %D%/main.c %D%/app.h %D%/messages.c %D%/registry.c \
    %D%/cmd_list.c %D%/cmd_describe.c %D%/describe.h %D%/describe_json.c %D%/describe_markdown.c \
    %D%/cmd_init.c %D%/scenario_args.c %D%/scenario_args.h %D%/cmd_check.c %D%/check.h \
    %D%/cmd_run.c %D%/run_args.c %D%/run_args.h %D%/run_stop.c %D%/run_stop.h %D%/run_team.c %D%/run_team.h \
    %D%/progress.c %D%/progress.h %D%/shell.c %D%/shell.h %D%/cmd_merge.c \
    %D%/cmd_slurm.c %D%/slurm_script.c %D%/slurm_script.h \
    %D%/cmd_show.c %D%/view.c %D%/view.h %D%/view_print.c %D%/view_where.c %D%/view_where.h \
    %D%/cmd_verify.c %D%/cmd_plot.c %D%/cmd_report.c %D%/cmd_glossary.c \
    %D%/cmd_whatif.c %D%/whatif_base.c %D%/whatif_base.h %D%/whatif_plan.c %D%/whatif_plan.h
nodist_src_app_fabmet_SOURCES = src/app/studies.def
src_app_fabmet_LDADD = libfabmet.la $(FM_LIBS) $(JANSSON_LIBS) $(MUPARSER_LIBS)
# The registry includes it; BUILT_SOURCES alone helps only `make all`.
src/app/registry.$(OBJEXT): src/app/studies.def
