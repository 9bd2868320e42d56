/** One process per mirror: a lock file that says who holds it, and that the death of its holder makes void. */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../ports/clock.ts';
import { identifyProcess, isRunning } from './process/process-identity.ts';

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
  const content = JSON.stringify({ ...(await identifyProcess()), id: randomUUID() });
  const deadline = wait.clock.monotonicMs() + wait.waitMs;
  for (;;) {
    wait.signal.throwIfAborted();
    if (await create(path, content)) return { release: () => release(path, content) };
    const holder = await readText(path);
    if (holder !== null && (await isVoid(path, holder, wait.clock))) {
      await discard(path, holder);
      continue;
    }
    if (wait.clock.monotonicMs() >= deadline) return null;
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
  const [, pid, start = '', host = ''] =
    /^\{"pid":(\d+),"start":"([^"]*)","host":"([^"]*)"/.exec(holder) ?? [];
  if (pid === undefined) return true; // no process of ours has written it
  const running = await isRunning({ pid: Number(pid), start, host });
  if (running !== undefined) return !running;
  const age = await stat(path).then(
    (file) => clock.now() - file.mtimeMs,
    () => 0, // gone meanwhile: the next attempt will see
  );
  return age > foreignLifeMs;
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
