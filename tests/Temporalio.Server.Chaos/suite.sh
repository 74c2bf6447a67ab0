#!/usr/bin/env bash
# The server on PostgreSQL, killed again and again under load. The last line is "N passed, N failed".
#   ./suite.sh [KILLS]
set -e
cd "$(dirname "$0")"
(cd ../Temporalio.Interop && { [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --ignore-scripts --no-audit --no-fund >/dev/null; })
exec dotnet exec "bin/${CONFIGURATION:-Release}/net10.0/Temporalio.Server.Chaos.dll" "../../temporal/Temporalio.Server.Cli/bin/${CONFIGURATION:-Release}/net10.0/temporal-server.dll" load.mjs "$@"
