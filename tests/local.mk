# SPDX-License-Identifier: GPL-3.0-or-later
FM_SCRIPT_TESTS = %D%/cli.sh %D%/manual.sh %D%/wrong.sh %D%/determinism.sh %D%/interop.sh \
    %D%/sims.sh %D%/hostile.sh %D%/killed.sh %D%/report_page.sh \
    scripts/check-layers.sh scripts/check-format.sh
TESTS += $(FM_SCRIPT_TESTS)
EXTRA_DIST += $(FM_SCRIPT_TESTS) %D%/interop.py %D%/newcomer.sh %D%/valgrind.supp scripts/check-lint.sh %D%/wrong sims
check_DATA = src/app/fabmet$(EXEEXT)

# Slower checks of their own (scripts/check runs them).  Blocks that valgrind calls possibly
# lost are UDUNITS' trees in a child that gnuplot was to replace.
check-valgrind: $(check_PROGRAMS)
	@for t in $(check_PROGRAMS); do \
	    echo "valgrind $$t"; \
	    $(AM_TESTS_ENVIRONMENT) CK_FORK=no FM_TEST_VALGRIND=1 \
	    $(LIBTOOL) --mode=execute $(VALGRIND) -q --leak-check=full --error-exitcode=9 \
	        --suppressions=$(srcdir)/%D%/valgrind.supp \
	        --show-leak-kinds=definite --errors-for-leak-kinds=definite \
	        ./$$t >valgrind.log 2>&1 || { cat valgrind.log; exit 1; }; \
	done
CLEANFILES += valgrind.log
check-lint:
	$(srcdir)/scripts/check-lint.sh $(abs_top_builddir) $(DEFAULT_INCLUDES) $(AM_CPPFLAGS)
.PHONY: check-valgrind check-lint
