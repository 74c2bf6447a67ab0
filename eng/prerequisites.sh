# Sourced by run.sh and test.sh: installs what is missing, on Debian and Ubuntu, and names what it cannot install.
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else echo "Needs root or sudo: $*" >&2; return 1; fi; }

missing_packages() {
  command -v node >/dev/null || echo nodejs
  command -v npm >/dev/null || echo npm
  # Certificates of the tests.
  command -v openssl >/dev/null || echo openssl
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || echo postgresql
}

packages=$(missing_packages)
if [ -n "$packages" ]; then
  echo "Installing: $(echo $packages)"
  # shellcheck disable=SC2086
  as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $packages >/dev/null || {
    echo "Install these with your package manager and start again: $(echo $packages)" >&2; exit 1; }
fi
# The shell tool runs commands in bubblewrap or not at all; everything else works without it.
if ! command -v bwrap >/dev/null; then
  echo "Installing: bubblewrap"
  { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq bubblewrap >/dev/null; } || echo "bubblewrap could not be installed: agents have no shell tool." >&2
fi
if command -v bwrap >/dev/null && ! sandbox_error=$(bwrap --unshare-all --ro-bind / / --proc /proc --dev /dev true 2>&1); then
  echo "bubblewrap makes no sandbox here ($sandbox_error): agents have no shell tool, and its tests are skipped." >&2
fi
command -v dotnet >/dev/null || { echo "Install the .NET 10 SDK (https://dotnet.microsoft.com/download) and start again." >&2; exit 1; }
# Temporal's npm packages need 20.3; Debian 12 has 18.
if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 3) ? 0 : 1)'; then
  node_folder=("$PWD"/eng/node/node_modules/node-linux-*/bin)
  if [ ! -x "${node_folder[0]}/node" ]; then
    echo "Installing: Node 22 beside the system's $(node --version)"
    npm ci --prefix eng/node --no-audit --no-fund --loglevel=error >/dev/null || { echo "Install Node 20.3 or later and start again." >&2; exit 1; }
    node_folder=("$PWD"/eng/node/node_modules/node-linux-*/bin)
  fi
  export PATH="${node_folder[0]}:$PATH"
fi
