# SPDX-License-Identifier: GPL-3.0-or-later
FM_SCRIPT_TESTS = %D%/cli.sh
FM_SCRIPT_TESTS += %D%/manual.sh
FM_SCRIPT_TESTS += %D%/wrong.sh
FM_SCRIPT_TESTS += %D%/determinism.sh
FM_SCRIPT_TESTS += %D%/interop.sh
FM_SCRIPT_TESTS += %D%/sims.sh
FM_SCRIPT_TESTS += %D%/measure.sh
FM_SCRIPT_TESTS += %D%/spc.sh
FM_SCRIPT_TESTS += %D%/hostile.sh
FM_SCRIPT_TESTS += %D%/killed.sh
FM_SCRIPT_TESTS += %D%/diskfull.sh
FM_SCRIPT_TESTS += %D%/slurm.sh
FM_SCRIPT_TESTS += %D%/whatif.sh
FM_SCRIPT_TESTS += %D%/pull_fit.sh
FM_SCRIPT_TESTS += %D%/report_page.sh
FM_SCRIPT_TESTS += scripts/check-layers.sh scripts/check-format.sh
TESTS += $(FM_SCRIPT_TESTS)
EXTRA_DIST += $(FM_SCRIPT_TESTS) %D%/interop.py %D%/newcomer.sh %D%/cluster.sh
EXTRA_DIST += %D%/valgrind.supp scripts/check-lint.sh scripts/check-valgrind.sh %D%/wrong sims
check_DATA = src/app/fabmet$(EXEEXT)

# Slower checks of their own (scripts/check runs them).
check-valgrind: $(check_PROGRAMS)
	@$(AM_TESTS_ENVIRONMENT) $(srcdir)/scripts/check-valgrind.sh '$(LIBTOOL)' '$(VALGRIND)' \
	    $(check_PROGRAMS)
CLEANFILES += $(check_PROGRAMS:=.valgrind.log)
check-lint:
	$(srcdir)/scripts/check-lint.sh $(abs_top_builddir) $(DEFAULT_INCLUDES) $(AM_CPPFLAGS)
# Two hundred kills at random instants instead of fifteen.
check-kill: src/app/fabmet$(EXEEXT)
	@$(AM_TESTS_ENVIRONMENT) FM_TEST_KILLS=200 $(srcdir)/%D%/killed.sh
.PHONY: check-valgrind check-lint check-kill
