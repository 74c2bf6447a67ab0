#!/usr/bin/env bash
# Installs what is missing, builds when the sources changed, and serves in the foreground.
#   ./run.sh [--port 5003] [--temporal-port 7233] [--stream-port 6379] [--data .data] [--roles gateway,worker,temporal]
set -euo pipefail
# The folder that --data means is the caller's.
here=$PWD
cd "$(dirname "$0")"
root=$PWD
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

source eng/prerequisites.sh
host=src/Agents.Durable.Host/bin/Release/net10.0/Agents.Durable.Host.dll
stamp=src/Agents.Durable.Host/obj/run.stamp
current=$(eng/sources-stamp.sh)
if [ ! -e "$host" ] || [ "$(cat "$stamp" 2>/dev/null)" != "$current" ]; then
  echo "Building (the first time takes a few minutes) ..."
  dotnet build src/Agents.Durable.Host -c Release -nologo -v quiet -clp:"WarningsOnly;ErrorsOnly;NoSummary" -tl:off
  echo "$current" >"$stamp"
fi
# What the printed commands need; without it the host serves all the same.
tools=eng/walkthrough
if [ ! -e $tools/node_modules/.package-lock.json ] || [ $tools/package-lock.json -nt $tools/node_modules/.package-lock.json ]; then
  npm ci --prefix $tools --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null || echo "The walk-through's npm packages could not be installed." >&2
fi
export Mcp__Servers__everything__Command=${Mcp__Servers__everything__Command:-node}
export Mcp__Servers__everything__Args__0=${Mcp__Servers__everything__Args__0:-$root/$tools/node_modules/@modelcontextprotocol/server-everything/dist/index.js}
cd "$here"
# Everybody on this machine may do everything: the host binds loopback only. Set another mode to serve others.
export Auth__Mode=${Auth__Mode:-Development}
if [ "$Auth__Mode" = Development ]; then
  # Agentex's own UI is served there; the recordings' browser comes from a name that resolves nowhere.
  export Auth__AllowedOrigins__0=${Auth__AllowedOrigins__0:-http://ui.test} Auth__AllowedOrigins__1=${Auth__AllowedOrigins__1:-http://localhost:3000}
fi
exec dotnet "$root/$host" --walkthrough "$root/$tools/commands.txt" "$@"
