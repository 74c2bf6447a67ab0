#!/usr/bin/env bash
# The official TypeScript SDK against our server, on both stores.
set -e
cd "$(dirname "$0")"
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --ignore-scripts --no-audit --no-fund >/dev/null
exec node suite.mjs "$@"
