/** One process per mirror: a lock file that says who holds it, and that the death of its holder makes void. */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import type { Clock } from '../app/ports.ts';

export interface LockWait {
  readonly clock: Clock;
  /** How long somebody else may still hold it. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

export interface Lock {
  /** Gives the lock back; harmless if the file is gone. */
  release(): Promise<void>;
}

const pollMs = 100;

/** A holder on another machine cannot be looked at; no work on a mirror takes as long as this. */
const foreignLifeMs = 3_600_000;

/** Takes the lock, from a dead process too. null: a living one kept it all the time. Rejects when aborted. */
export async function takeLock(path: string, wait: LockWait): Promise<Lock | null> {
  const content = JSON.stringify({ ...(await describeProcess(process.pid)), id: randomUUID() });
  const deadline = wait.clock.now() + wait.waitMs;
  for (;;) {
    wait.signal.throwIfAborted();
    if (await create(path, content)) return { release: () => release(path, content) };
    const holder = await readText(path);
    if (holder !== null && (await isVoid(path, holder, wait.clock))) {
      await discard(path, holder);
      continue;
    }
    if (wait.clock.now() >= deadline) return null;
    await wait.clock.sleep(pollMs, wait.signal);
  }
}

/** The file appears with its whole content or not at all, so nobody ever reads half a holder. */
async function create(path: string, content: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(draft, content, { mode: 0o600 });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function release(path: string, content: string): Promise<void> {
  if ((await readText(path)) === content) await rm(path, { force: true });
}

/** Moves the void lock away; if another process was faster and has made its own, that one is put back. */
async function discard(path: string, holder: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
    if ((await readText(aside)) !== holder) await link(aside, path);
  } catch (error) {
    if (!isCode(error, 'ENOENT') && !isCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

async function isVoid(path: string, holder: string, clock: Clock): Promise<boolean> {
  const [, pid, start = '', host] = /^\{"pid":(\d+),"start":"([^"]*)","host":"([^"]*)"/.exec(holder) ?? [];
  if (pid === undefined) return true; // not ours to read: no process of ours has written it
  if (host !== hostname()) {
    const age = await stat(path).then(
      (file) => clock.now() - file.mtimeMs,
      () => 0, // gone meanwhile: the next attempt will see
    );
    return age > foreignLifeMs;
  }
  if (!isAlive(Number(pid))) return true;
  return (await describeProcess(Number(pid))).start !== start; // the number has been given to another process
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !isCode(error, 'ESRCH');
  }
}

/** `start` is the kernel's start time of the process; "" where there is no /proc. */
async function describeProcess(pid: number): Promise<{ pid: number; start: string; host: string }> {
  const status = (await readText(`/proc/${pid}/stat`)) ?? '';
  const afterName = status.slice(status.lastIndexOf(')') + 2); // the name may hold spaces and parentheses
  return { pid, start: afterName.split(' ')[19] ?? '', host: hostname() };
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
