/** A folder that only we can read, for keys and logins: in memory where possible, and swept after processes that died. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifyProcess, isRunning } from './process-identity.ts';

const inMemory = '/dev/shm';

/** Makes it below `temporaryFolder`, else in memory, else in the system's temporary folder. Mode 0700. */
export async function makePrivateFolder(temporaryFolder: string | undefined): Promise<string> {
  if (temporaryFolder) return await makeBelow(temporaryFolder);
  return await makeBelow(inMemory).catch(() => makeBelow(tmpdir())); // no such place, or no room in it
}

async function makeBelow(parent: string): Promise<string> {
  await sweep(parent);
  const { pid, start, host } = await identifyProcess();
  return await mkdtemp(join(parent, `tidewaiter-git-${host}-${pid}-${start}-`));
}

/** Removes the folders of processes that were killed before they could do it themselves. */
async function sweep(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const [, host, pid, start = ''] = /^tidewaiter-git-(.+)-(\d+)-(\d*)-[^-]+$/.exec(name) ?? [];
    if (host === undefined || (await isRunning({ host, pid: Number(pid), start })) !== false) continue;
    await endOrphans(join(parent, name));
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined); // another user's
  }
}

/** The home folder of git processes, empty, in the private folder of the process that starts them. */
export function homeIn(privateFolder: string): string {
  return join(privateFolder, 'home');
}

/**
 * Git processes whose starter was killed go on for as long as their server likes. They are known by their home; where
 * there is no /proc they stay.
 */
async function endOrphans(privateFolder: string): Promise<void> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => ''); // another user's, or gone
    if (environment.split('\0').includes(`HOME=${homeIn(privateFolder)}`)) killIfThere(Number(pid));
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error; // ended by itself
  }
}
