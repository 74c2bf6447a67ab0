# Sourced by run.sh and test.sh: installs what is missing, on Debian and Ubuntu, and names what it cannot install.
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else echo "Needs root or sudo: $*" >&2; return 1; fi; }

missing_packages() {
  command -v node >/dev/null || echo nodejs
  command -v npm >/dev/null || echo npm
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || echo postgresql
}

packages=$(missing_packages)
if [ -n "$packages" ]; then
  echo "Installing: $(echo $packages)"
  # shellcheck disable=SC2086
  as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $packages >/dev/null || {
    echo "Install these with your package manager and start again: $(echo $packages)" >&2; exit 1; }
fi
command -v dotnet >/dev/null || { echo "Install the .NET 10 SDK (https://dotnet.microsoft.com/download) and start again." >&2; exit 1; }
