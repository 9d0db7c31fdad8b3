#!/bin/sh
# A small end-to-end check of the benches: two small real releases, downloaded, verified, scanned and scored; and a few messages
# in each pattern and mode; guard's programs; and gnomon fix on the toy server.
# llama-stack 0.0.40 is where the flaw comes from (three labelled calls must be found), 0.0.41 is the fix (none may be).
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-.venv/bin/python}
out=$(mktemp)
trap 'rm -rf "$out" "$out.fleet"' EXIT
"$python" bench/accuracy/run.py --packages "llama-stack" --max-mb 1 --json "$out"
"$python" - "$out" <<'CHECK'
import json
import sys

run = json.load(open(sys.argv[1], encoding="utf-8"))
wanted = [case for case in run["cases"] if case["verdict"] == "local-only"]
missed = [case["id"] for case in wanted if not case["found"]]
alarms = [case["id"] for case in run["cases"] if case["verdict"] == "safe" and case["found"]]
if len(wanted) != 3 or missed or alarms:
    sys.exit(f"smoke: {len(wanted)} of 3 cases scanned, missed {missed}, false alarms {alarms}")
CHECK
echo "smoke: found 3 of 3 in llama-stack 0.0.40, nothing in 0.0.41"
"$python" bench/wire/run.py --rounds 1 --share 0.01 --messages "control,1 MB" --json "$out" >/dev/null
"$python" - "$out" <<'CHECK'
import json
import sys

measured = json.load(open(sys.argv[1], encoding="utf-8"))["measured"]
# Two classes of messages in three patterns: six ways over tcp, and `local` too over ipc; three more in PUSH/PULL.
if len(measured) != 2 * (3 * (6 + 7) + 2 * 3) or not all(min(one["rates"]) > 0 and one["p50_us"] > 0 for one in measured):
    sys.exit(f"smoke: {len(measured)} measurements of messages, 90 were to come")
CHECK
"$python" bench/wire/drain.py --rounds 1 --messages 1000 >/dev/null
echo "smoke: messages went in every pattern and mode"
"$python" bench/guard/overhead.py --rounds 1 --share 0.05 >/dev/null 2>&1
echo "smoke: loads, round trips and starts ran under guard"
"$python" bench/fix/run.py --only toy --runs 1 --offline --json "$out" >/dev/null
"$python" - "$out" <<'CHECK'
import json
import sys

toy = json.load(open(sys.argv[1], encoding="utf-8"))["toy"]
if not toy["findings_before"] or toy["findings_after"] or not toy["served"]:
    sys.exit(f"smoke: the toy was not turned green: {toy}")
CHECK
echo "smoke: gnomon fix turned the toy server green, and its client was served"
mkdir "$out.fleet"
PYTHONPATH=. "$python" -m bench.fleet.within dask worker-killed "$out.fleet" 2>/dev/null | tail -n 1 >"$out"
rm -rf "$out.fleet"
"$python" - "$out" <<'CHECK'
import json
import sys

run = json.load(open(sys.argv[1], encoding="utf-8"))
if run["right"] != run["asked"] or not run["again"]:
    sys.exit(f"smoke: a cluster of two lost answers with a worker: {run}")
CHECK
echo "smoke: a cluster of two gave all answers, with one worker killed"
