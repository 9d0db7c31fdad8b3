#!/bin/sh
# usage: tools/tests.sh PYTEST ARGUMENT…
# Runs pytest. A test of real processes that failed beside all the others is run once more, alone: it counts only if it
# fails again, and is told in both cases. More than a few are no accident, and are not tried again.
set -u
most=5
notes=$(mktemp -d)
trap 'rm -rf "$notes"' EXIT

"$@" -o cache_dir="$notes/cache"
status=$?
[ "$status" -eq 1 ] || exit "$status"
failed=$(grep -c '": true' "$notes/cache/v/cache/lastfailed")
if [ "$failed" -gt "$most" ]; then
  exit "$status"
fi
printf '\n== once more, alone: the %d that failed beside the others\n' "$failed"
"$1" -o cache_dir="$notes/cache" --last-failed --last-failed-no-failures=none --maxfail=1 "$(dirname "$0")/../tests"
