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
FM_SCRIPT_TESTS += %D%/mpi.sh
FM_SCRIPT_TESTS += %D%/whatif.sh
FM_SCRIPT_TESTS += %D%/pull_fit.sh
FM_SCRIPT_TESTS += %D%/report_page.sh
FM_SCRIPT_TESTS += scripts/check-layers.sh scripts/check-format.sh
TESTS += $(FM_SCRIPT_TESTS)
EXTRA_DIST += $(FM_SCRIPT_TESTS) %D%/interop.py %D%/newcomer.sh %D%/cluster.sh
EXTRA_DIST += %D%/valgrind.supp scripts/check-lint.sh scripts/check-valgrind.sh %D%/wrong sims
check_DATA = src/app/fabmet$(EXEEXT)

# Slower checks of their own (scripts/check runs them).
# The unit tests and the scripts with the most hostile input: for a build with sanitizers.
check-unit:
	$(MAKE) check TESTS='$(check_PROGRAMS) %D%/cli.sh %D%/hostile.sh %D%/wrong.sh'
# Programs that read files, allocate and draw; the sanitizers see to the models.
FM_VALGRIND_TESTS = src/core/test_units src/core/test_yaml src/core/test_scenario
FM_VALGRIND_TESTS += src/core/test_csv src/core/test_hash src/core/test_result
FM_VALGRIND_TESTS += src/core/test_sweep src/report/test_figure src/report/test_report
check-valgrind: $(FM_VALGRIND_TESTS)
	@$(AM_TESTS_ENVIRONMENT) $(srcdir)/scripts/check-valgrind.sh '$(LIBTOOL)' '$(VALGRIND)' \
	    $(FM_VALGRIND_TESTS)
CLEANFILES += $(FM_VALGRIND_TESTS:=.valgrind.log)
check-lint:
	$(srcdir)/scripts/check-lint.sh $(abs_top_builddir) $(DEFAULT_INCLUDES) $(AM_CPPFLAGS)
# Two hundred kills at random instants instead of fifteen.
check-kill: src/app/fabmet$(EXEEXT)
	@$(AM_TESTS_ENVIRONMENT) FM_TEST_KILLS=200 $(srcdir)/%D%/killed.sh
.PHONY: check-unit check-valgrind check-lint check-kill
