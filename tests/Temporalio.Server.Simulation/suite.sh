#!/usr/bin/env bash
# Fresh seeds on every run; a failing one prints the command that runs it again. The last line is "N passed, N failed".
cd "$(dirname "$0")" || exit 1
exec dotnet exec bin/Release/net10.0/Temporalio.Server.Simulation.dll --seeds 200 "$@"
