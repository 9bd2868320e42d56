#!/usr/bin/env bash
# Builds the API server of Kubernetes, once for each state of the module, and prints the path of the program.
# Ends with 1, and a line that says why, where it cannot be had.
set -euo pipefail
cd "$(dirname "$0")"

cache=${XDG_CACHE_HOME:-$HOME/.cache}/tidewaiter-apiserver
program=$cache/kube-apiserver-$(cat go.mod go.sum main.go | sha256sum | cut -c1-16)

if ! command -v etcd >/dev/null; then
  echo 'no real API server for the tests: etcd is not installed' >&2
  exit 1
fi
if [ ! -x "$program" ]; then
  go=$(command -v go || echo /usr/local/go/bin/go)
  if [ ! -x "$go" ]; then
    echo 'no real API server for the tests: Go is not installed' >&2
    exit 1
  fi
  mkdir -p "$cache"
  echo "building the API server of Kubernetes, which takes some minutes: $program" >&2
  if ! "$go" build -trimpath -ldflags='-s -w' -o "$program.$$" . >&2; then
    echo 'no real API server for the tests: it cannot be built' >&2
    exit 1
  fi
  mv "$program.$$" "$program"
fi
echo "$program"
