#!/usr/bin/env bash
# Real processes: the host, a SignalR client from npm, an outside HTTP server, a model. The last line is "N passed, N failed".
set -u
cd "$(dirname "$0")" || exit 1
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci --no-audit --no-fund --loglevel=error || { echo "0 passed, 1 failed"; exit 1; }
fi
exec node run.mjs "$@"
