/** What other users of the machine could see of the processes that run. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** False where the system shows no processes as files. */
export const canSeeProcesses = existsSync('/proc/self/environ');

export interface SeenProcess {
  readonly arguments: string;
  readonly environment: string;
}

/** All processes that have this text among their variables, as they are now. */
export function processesWith(variable: string): readonly SeenProcess[] {
  const seen: SeenProcess[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const environment = readProcessFile(pid, 'environ');
    if (environment.split('\n').includes(variable))
      seen.push({ arguments: readProcessFile(pid, 'cmdline'), environment });
  }
  return seen;
}

/** One line per argument or variable; "" for a process that has ended, or that is somebody else's. */
function readProcessFile(pid: string, name: 'environ' | 'cmdline'): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8').replaceAll('\0', '\n');
  } catch {
    return '';
  }
}
