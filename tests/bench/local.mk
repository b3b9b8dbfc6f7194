# SPDX-License-Identifier: GPL-3.0-or-later
# Speed: `make bench` measures and prints each number beside its limit; no part of `make check`.
FM_BENCHES = %D%/bench_pull %D%/bench_engine
FM_BENCHES += %D%/bench_rules
FM_BENCHES += %D%/bench_fit
FM_BENCHES += %D%/bench_arl
EXTRA_PROGRAMS = $(FM_BENCHES)
%C%_bench_fit_SOURCES = %D%/bench_fit.c
%C%_bench_fit_LDADD = libfabmet-core.la libfabmet-math.la $(FM_LIBS)
%C%_bench_arl_SOURCES = %D%/bench_arl.c
%C%_bench_arl_LDADD = libfabmet-math.la $(GSL_LIBS)
%C%_bench_pull_SOURCES = %D%/bench_pull.c
%C%_bench_pull_LDADD = libfabmet-core.la libfabmet-math.la $(FM_LIBS)
%C%_bench_engine_SOURCES = %D%/bench_engine.c
%C%_bench_engine_LDADD = libfabmet-core.la $(FM_LIBS)
%C%_bench_rules_SOURCES = %D%/bench_rules.c
%C%_bench_rules_LDADD = libfabmet-math.la $(GSL_LIBS)
EXTRA_DIST += %D%/rules.sh %D%/rules_numpy.py
EXTRA_DIST += %D%/pull.sh %D%/pull_numpy.py
EXTRA_DIST += %D%/fit.sh %D%/fit_survreg.R
EXTRA_DIST += %D%/arl.sh %D%/arl_spc.R
EXTRA_DIST += %D%/two.sh
CLEANFILES += $(FM_BENCHES)

# All of it is measured, also after a limit was missed; 77 says that a part was skipped.
bench: $(FM_BENCHES) src/app/fabmet$(EXEEXT)
	@$(AM_TESTS_ENVIRONMENT) \
	BENCH_PULL='$(abs_builddir)/%D%/bench_pull'; export BENCH_PULL; \
	work=$$(mktemp -d ./bench.XXXXXX) && trap 'rm -rf "$$work"' EXIT && status=0; \
	$(srcdir)/%D%/pull.sh || { code=$$?; test $$code = 77 || status=1; }; \
	BENCH_RULES='$(abs_builddir)/%D%/bench_rules' $(srcdir)/%D%/rules.sh || \
	    { code=$$?; test $$code = 77 || status=1; }; \
	BENCH_FIT='$(abs_builddir)/%D%/bench_fit' $(srcdir)/%D%/fit.sh || { code=$$?; test $$code = 77 || status=1; }; \
	BENCH_ARL='$(abs_builddir)/%D%/bench_arl' $(srcdir)/%D%/arl.sh || { code=$$?; test $$code = 77 || status=1; }; \
	$(srcdir)/%D%/two.sh || { code=$$?; test $$code = 77 || status=1; }; \
	%D%/bench_engine "$$work" || status=1; \
	exit $$status
.PHONY: bench
