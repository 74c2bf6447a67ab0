#!/usr/bin/env bash
# Installs what is missing, builds, runs every suite; the last line is "N passed, N failed".
#   ./test.sh            all suites
#   ./test.sh NAME...    those whose project or script name contains one of the NAMEs
set -u
cd "$(dirname "$0")" || exit 1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
passed=0 failed=0 suite_seconds=1200
failures=$(mktemp); trap 'rm -f "$failures"' EXIT

# One suite's output is shown as it runs; its closing counts are added to the sum. What failed is said once more at the very end,
# for whoever is shown only the end of a long log. A suite that does not end fails, instead of holding up the others.
suite() {
  local name=$1; shift
  local log; log=$(mktemp)
  echo "== $name"
  timeout --kill-after=30 "$suite_seconds" "$@" 2>&1 | tee "$log"
  local status=${PIPESTATUS[0]}
  [ "$status" -eq 124 ] || [ "$status" -eq 137 ] && echo "FAIL $name did not end within $suite_seconds s" | tee -a "$log"
  local counts; counts=$(node eng/counts.mjs "$log" "$status")
  read -r p f <<<"$counts"
  passed=$((passed + p)) failed=$((failed + f))
  if [ "$f" -gt 0 ]; then
    echo "== failed in $name" >>"$failures"
    { grep -E -A 25 '\[FAIL\]|^FAIL |^BROKEN|^again:|ran differently' "$log" || tail -n 40 "$log"; } | cut -c1-500 | head -n 150 >>"$failures"
  fi
  rm -f "$log"
}

wanted() { [ $# -eq 1 ] && return 0; local name=$1; shift; local n; for n; do case $name in *"$n"*) return 0;; esac; done; return 1; }

source eng/prerequisites.sh
dotnet build Agents.Durable.sln -c Release -v quiet || { echo "0 passed, 1 failed"; exit 1; }
for project in tests/*/*.Tests.csproj; do
  compgen -G "$(dirname "$project")/*.cs" >/dev/null || compgen -G "$(dirname "$project")/*/*.cs" >/dev/null || continue
  name=$(basename "$project" .csproj)
  wanted "$name" "$@" && suite "$name" dotnet exec "$(dirname "$project")/bin/Release/net10.0/$name.dll" -noLogo -noColor -longRunning 60
done
for script in tests/*/suite.sh; do
  [ -e "$script" ] || continue
  name=$(basename "$(dirname "$script")")
  wanted "$name" "$@" && suite "$name" bash "$script"
done
cat "$failures"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
