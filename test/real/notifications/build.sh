#!/usr/bin/env bash
# Builds a program around the engine of Argo CD Notifications, once for each state of the module, and prints its path.
# Ends with 1, and a line that says why, where it cannot be had.
set -euo pipefail
cd "$(dirname "$0")"

cache=${XDG_CACHE_HOME:-$HOME/.cache}/tidewaiter-notifications
program=$cache/notifications-$(cat go.mod go.sum main.go | sha256sum | cut -c1-16)

if [ ! -x "$program" ]; then
  go=$(command -v go || echo /usr/local/go/bin/go)
  if [ ! -x "$go" ]; then
    echo 'no engine of Argo CD Notifications for the tests: Go is not installed' >&2
    exit 1
  fi
  mkdir -p "$cache"
  echo "building the engine of Argo CD Notifications, which takes some minutes: $program" >&2
  if ! "$go" build -trimpath -ldflags='-s -w' -o "$program.$$" . >&2; then
    echo 'no engine of Argo CD Notifications for the tests: it cannot be built' >&2
    exit 1
  fi
  mv "$program.$$" "$program"
fi
echo "$program"
