#!/usr/bin/env bash
# Builds helm from its Go module, once, and prints the path of the program.
# Ends with 1, and a line that says why, where it cannot be had.
set -euo pipefail

version=v3.19.4
cache=${XDG_CACHE_HOME:-$HOME/.cache}/tidewaiter-helm
program=$cache/helm-$version

if [ ! -x "$program" ]; then
  go=$(command -v go || echo /usr/local/go/bin/go)
  if [ ! -x "$go" ]; then
    echo 'no helm for the tests: Go is not installed' >&2
    exit 1
  fi
  mkdir -p "$cache"
  echo "building helm, which takes a minute or two: $program" >&2
  if ! GOBIN=$cache/$$ GOFLAGS=-trimpath "$go" install -ldflags='-s -w' "helm.sh/helm/v3/cmd/helm@$version" >&2; then
    echo 'no helm for the tests: it cannot be built' >&2
    exit 1
  fi
  mv "$cache/$$/helm" "$program"
  rmdir "$cache/$$"
fi
echo "$program"
