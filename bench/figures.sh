#!/bin/sh
# Measures everything anew and rewrites README.md: about an hour on two cores, most of it the other scanners' time.
# usage: bench/figures.sh [FOLDER OF PUBLISHED SEMGREP RULES [FOLDER OF CLONES]]
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-.venv/bin/python}
"$python" bench/accuracy/run.py --json bench/results/accuracy.json
"$python" bench/accuracy/unseen.py --json bench/results/unseen.json
"$python" bench/accuracy/noise.py --unread --json bench/results/noise.json
"$python" bench/accuracy/survival.py --json bench/results/survival.json
"$python" bench/accuracy/rivals.py ${1:+--semgrep-rules "$1"} --json bench/results/rivals.json
"$python" bench/speed/run.py ${1:+--semgrep-rules "$1"} --json bench/results/speed.json
"$python" bench/hostile/run.py --json bench/results/hostile.json
[ -z "${2:-}" ] || "$python" bench/lineage/run.py --repositories "$2" --json bench/results/lineage.json
[ -z "${2:-}" ] || "$python" bench/lineage/directions.py --repositories "$2" --json bench/results/directions.json
[ -z "${2:-}" ] || "$python" bench/lineage/pack.py --repositories "$2" --json bench/results/pack.json
"$python" bench/index/run.py ${DUCKDB_PYTHON:+--only sqlite,segments,duckdb --duckdb-python "$DUCKDB_PYTHON"} --json bench/results/index.json
"$python" bench/fleet/engines.py ${OTHER_PYTHON:+--other-python "$OTHER_PYTHON"} --json bench/results/fleet-engines.json
"$python" bench/probe/run.py ${NMAP:+--nmap "$NMAP"} --json bench/results/probe.json
"$python" bench/wire/run.py --json bench/results/wire.json
"$python" bench/wire/drain.py --json bench/results/wire-drain.json
"$python" bench/wire/example.py --json bench/results/wire-example.json
"$python" bench/wire/tls.py --json bench/results/tls.json
"$python" bench/guard/bypass.py ${TORCH:+--torch "$TORCH"} --json bench/results/guard-bypass.json
"$python" bench/guard/real.py ${TORCH_PACKAGES:+--torch "$TORCH_PACKAGES"} --json bench/results/guard-real.json
"$python" bench/guard/overhead.py --json bench/results/guard-overhead.json
"$python" bench/fix/run.py ${TORCH_PACKAGES:+--packages "$TORCH_PACKAGES"} --json bench/results/fix.json
"$python" bench/readme.py
