/** The shell wrapper that gives each git process a group of its own and a hard deadline for the whole group. */
import { realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** Seconds that the group may run. */
export const deadlineVariable = 'TIDEWAITER_DEADLINE_S';

/** Run as `sh <file> <git arguments>`, which works on folders that are mounted without execution as well. */
const timeoutScript = `exec timeout -k 5 "$${deadlineVariable}" git "$@"\n`;

const watchdogScript = `
exec 3<&0
if command -v setsid >/dev/null 2>&1; then
  setsid git "$@" <&3 3<&- &
else
  set -m 2>/dev/null
  git "$@" <&3 3<&- &
fi
child=$!
exec 3<&-
signal_group() { kill "$1" "-$child" 2>/dev/null || kill "$1" "$child" 2>/dev/null; }
end_group() {
  signal_group -TERM
  for second in 1 2 3 4 5; do
    signal_group -0 || return
    sleep 1
  done
  signal_group -KILL
}
trap end_group INT TERM HUP
(
  left="$${deadlineVariable}"
  while [ "$left" -gt 0 ]; do sleep 1; left=$((left - 1)); done
  kill -TERM $$
) >/dev/null 2>&1 </dev/null &
watchdog=$!
status=0
wait "$child" || status=$?
kill "$watchdog" 2>/dev/null
exit "$status"
`;

/**
 * Text of the wrapper for the programs that `path` (as in PATH) offers.
 * Signalling git alone leaves its transport (`git-remote-https`, `ssh`) behind, so the wrapper signals the group.
 * GNU `timeout` does that by itself. Busybox's does not, and macOS has none: there a watchdog in the shell does it.
 */
export async function deadlineScript(path: string): Promise<string> {
  for (const folder of path.split(':').filter((part) => part !== '')) {
    const program = await realpath(join(folder, 'timeout')).catch(() => undefined); // not in this folder
    if (program !== undefined) return basename(program) === 'busybox' ? watchdogScript : timeoutScript;
  }
  return watchdogScript;
}
