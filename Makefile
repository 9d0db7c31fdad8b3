# `make check` is what continuous integration runs; every target builds its environment first if it has to.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: check check-advisories setup format-check lint types layers docs-check site site-exercises test network format docs sample recording golden \
        wire-coverage fuzz new-rule new-model bench-accuracy bench-hostile \
        bench-audit bench-guard bench-guard-real bench-guard-overhead bench-lineage bench-speed bench-smoke bench-pack bench-probe \
        bench-fix bench-fleet bench-wire bench-survey signatures signatures-check clean

check: format-check lint types layers docs-check site test  ## everything below but the network and the benchmarks

setup: $(READY)  ## .venv with gnomon (editable) and the development tools

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "gnomon needs Python 3.11 or newer: make PYTHON=python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install -q "pip>=25.1"  # the first that knows --group
	@$(BIN)/pip install -q -e . --group dev
	@touch $@

format-check: $(READY)  ## ruff format, without writing
	$(BIN)/ruff format --check

lint: $(READY)  ## ruff check
	$(BIN)/ruff check

types: $(READY)  ## mypy --strict
	$(BIN)/mypy

layers: $(READY)  ## import-linter: an import never points up
	$(BIN)/lint-imports --no-logo

docs-check: $(READY)  ## the generated pages are what the sources say
	$(BIN)/python tools/docs.py --check

site: $(READY)  ## the documentation as a site, into build/site; a broken link or anchor is an error
	$(BIN)/python tools/site/assemble.py

site-exercises: site  ## the same with the exercises in the page: needs the network once, and 15 MB of space
	$(BIN)/python tools/site/add_exercises.py

test: $(READY)  ## the tests that need no network; those of gnomon.wire beside the others, held to every line and branch
	@mkdir -p .cache
	@$(MAKE) --no-print-directory wire-coverage >.cache/wire-coverage.txt 2>&1 & wire=$$!; \
	tools/tests.sh $(BIN)/pytest -n 2 --dist loadgroup --ignore=tests/wire; rest=$$?; \
	wait $$wire; status=$$?; cat .cache/wire-coverage.txt; exit $$((rest || status))

network: $(READY)  ## the tests that download a release
	$(BIN)/pytest -m network

wire-coverage: $(READY)  ## does tests/wire run every line and branch of gnomon.wire? tells what was skipped, and why
	$(BIN)/pytest tests/wire -rs --cov=gnomon.wire --cov-report=term-missing:skip-covered --cov-fail-under=100

fuzz: $(READY)  ## make fuzz target=zips seconds=60: search for input that crashes a parser; no target: list them
	@$(BIN)/pip install -q --group fuzz
	@$(BIN)/python tests/fuzz/run.py $(target) $(seconds)

format: $(READY)  ## rewrite to the house format
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

check-advisories: $(READY)  ## hold every advisory against the released files that it names; downloads them
	$(BIN)/python tools/advisories/check.py

docs: $(READY)  ## rewrite the generated pages
	$(BIN)/python tools/docs.py

sample: $(READY)  ## rewrite README's sample from a real release; needs the network once
	$(BIN)/python tools/sample.py

recording: $(READY)  ## rewrite docs/demo.svg from a real run of `gnomon demo`; look at it
	$(BIN)/python tools/recording.py

golden: $(READY)  ## rewrite tests/golden; review the diff
	$(BIN)/pytest tests/render --golden

new-rule: $(READY)  ## make new-rule id=pickle-over-network
	@$(BIN)/python tools/new.py rule "$(id)"

new-model: $(READY)  ## make new-model library=pyzmq
	@$(BIN)/python tools/new.py model "$(library)"

signatures: $(READY)  ## rebuild the bundled signatures from the published releases; repositories=FOLDER for those of commits
	$(BIN)/python tools/signatures/build.py $(if $(repositories),--repositories "$(repositories)")

signatures-check: $(READY)  ## are they what the releases give?
	$(BIN)/python tools/signatures/build.py --check $(if $(repositories),--repositories "$(repositories)")

bench-pack: $(READY)  ## do the signatures find their origins, the right states, and nothing in innocent code?
	$(BIN)/python bench/lineage/pack.py --json bench/results/pack.json $(if $(repositories),--repositories "$(repositories)")

bench-fix: $(READY)  ## what does fix change in real releases, and does it hold? packages=SITE-PACKAGES for torch
	$(BIN)/python bench/fix/run.py $(if $(packages),--packages "$(packages)") --json bench/results/fix.json

bench-accuracy: $(READY)  ## does it find, link and judge the labelled calls? downloads and scans their releases
	$(BIN)/python bench/accuracy/run.py --json bench/results/accuracy.json

bench-speed: $(READY)  ## what does it cost, beside bandit, semgrep and ruff?
	$(BIN)/python bench/speed/run.py --json bench/results/speed.json

bench-hostile: $(READY)  ## who survives hostile input? gnomon, bandit, semgrep and ruff
	$(BIN)/python bench/hostile/run.py --json bench/results/hostile.json

bench-guard: $(READY)  ## which of the known ways to load get past guard, and past fickling? torch=SITE-PACKAGES for PyTorch's
	$(BIN)/python bench/guard/bypass.py $(if $(torch),--torch "$(torch)") --json bench/results/guard-bypass.json
bench-guard-real: $(READY)  ## are real servers and pools held by guard, and do they go on? torch=SITE-PACKAGES for PyTorch's
	$(BIN)/python bench/guard/real.py $(if $(torch),--torch "$(torch)") --json bench/results/guard-real.json
bench-guard-overhead: $(READY)  ## what does guard cost a load, a round trip, a start? fickling=FOLDER (pip install --target) beside it
	$(BIN)/python bench/guard/overhead.py $(if $(fickling),--fickling "$(fickling)") --json bench/results/guard-overhead.json

bench-lineage: $(READY)  ## make bench-lineage repositories=DIR: are copies of flawed code between projects found?
	$(BIN)/python bench/lineage/run.py --repositories "$(repositories)" --json bench/results/lineage.json

bench-probe: $(READY)  ## are sockets told right, and left undisturbed? builds old releases of libzmq once; nmap=PATH beside it
	$(BIN)/python bench/probe/run.py --json bench/results/probe.json $(if $(nmap),--nmap "$(nmap)")

bench-audit: $(READY)  ## make bench-audit dump=all.zip environment=FOLDER: are released files judged rightly, beside pip-audit and a dump?
	$(BIN)/python bench/audit/run.py --json bench/results/audit.json $(if $(dump),--dump "$(dump)") $(if $(environment),--environment "$(environment)")

bench-wire: $(READY)  ## what do safe messages cost, beside send_pyobj? a quarter of an hour, on a quiet machine
	$(BIN)/python bench/wire/run.py --json bench/results/wire.json
	$(BIN)/python bench/wire/drain.py --json bench/results/wire-drain.json

bench-fleet: $(READY)  ## which engine puts targets to other machines best? installs four; a quarter of an hour
	$(BIN)/python bench/fleet/engines.py --json bench/results/fleet-engines.json $(if $(python),--other-python "$(python)")

bench-survey: $(READY)  ## make bench-survey output=FOLDER: what does a survey of the labelled packages' releases cost, killed once?
	$(BIN)/python bench/survey/run.py --output "$(output)" --json bench/results/survey.json

bench-smoke: $(READY)  ## do the benches run? two small releases, some messages
	@PYTHON=$(BIN)/python sh bench/smoke.sh

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
