/** Which process made something, and whether it still runs: numbers of processes are given out again. */
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';

export interface ProcessIdentity {
  readonly pid: number;
  /** The kernel's start time; "" where there is no /proc. */
  readonly start: string;
  readonly host: string;
}

export async function identifyProcess(pid = process.pid): Promise<ProcessIdentity> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''); // no such process, or no /proc
  const afterName = status.slice(status.lastIndexOf(')') + 2); // the name may hold spaces and parentheses
  return { pid, start: afterName.split(' ')[19] ?? '', host: hostname() };
}

/** undefined: it runs on another machine (or in another container), where it cannot be looked at. */
export async function isRunning(identity: ProcessIdentity): Promise<boolean | undefined> {
  if (identity.host !== hostname()) return undefined;
  if (!exists(identity.pid)) return false;
  return (await identifyProcess(identity.pid)).start === identity.start;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
