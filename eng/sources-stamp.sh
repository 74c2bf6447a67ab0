#!/usr/bin/env bash
# Prints one line that changes when any source of the product does: names, sizes and times, so that it costs no reading.
cd "$(dirname "$0")/.." || exit 1
find src workers temporal eng ./*.props ./*.json ./*.txt ./.editorconfig -type d \( -name bin -o -name obj -o -name node_modules \) -prune \
  -o -type f -printf '%p %s %T@\n' | LC_ALL=C sort | sha256sum | cut -d' ' -f1
