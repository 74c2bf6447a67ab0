#!/usr/bin/env bash
# Real processes: the host, a SignalR client from npm, an outside HTTP server, a model. The last line is "N passed, N failed".
set -u
cd "$(dirname "$0")" || exit 1
for folder in . ../../eng/walkthrough; do
  if [ ! -e $folder/node_modules/.package-lock.json ] || [ $folder/package-lock.json -nt $folder/node_modules/.package-lock.json ]; then
    (cd $folder && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) || { echo "0 passed, 1 failed"; exit 1; }
  fi
done
exec node run.mjs "$@"
