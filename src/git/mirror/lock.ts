/** One process per mirror: a lock file that says who holds it, and that the death of its holder makes void. */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import { identifyProcess, isRunning } from '../process/process-identity.ts';

export interface LockWait {
  readonly clock: Clock;
  /** Ids of the locks that this process holds or is about to; one set for all of its locks. */
  readonly held: Set<string>;
  /** How long somebody else may still hold it. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

export interface Lock {
  /** Gives the lock back; harmless if the file is gone. */
  release(): Promise<void>;
}

const pollMs = 100;

/** The holder touches its file so often … */
const touchMs = 5000;

/** … that one on another machine, which cannot be looked at, has died if nobody did for so long. */
const foreignLifeMs = 60_000;

interface Holding {
  readonly id: string;
  readonly content: string;
}

/** Takes the lock, from a dead process too. null: a living one kept it all the time. Rejects when aborted. */
export async function takeLock(path: string, wait: LockWait): Promise<Lock | null> {
  const id = randomUUID();
  const holding = { id, content: JSON.stringify({ ...(await identifyProcess()), id }) };
  wait.held.add(id);
  const isTaken = await tryLock(path, holding, wait).catch((error: unknown) => {
    wait.held.delete(id);
    throw error;
  });
  if (isTaken) return keepLock(path, holding, wait);
  wait.held.delete(id);
  return null;
}

async function tryLock(path: string, { content }: Holding, wait: LockWait): Promise<boolean> {
  const deadlineMs = wait.clock.monotonicMs() + wait.waitMs;
  for (;;) {
    wait.signal.throwIfAborted();
    const { isMade, atMs } = await create(path, content);
    if (isMade) return true;
    const holder = await readText(path);
    if (holder !== null && (await isVoid(path, holder, wait.held, atMs))) {
      await discard(path, holder);
      continue;
    }
    if (wait.clock.monotonicMs() >= deadlineMs) return false;
    await wait.clock.sleep(pollMs, wait.signal);
  }
}

/** Held, and touched, until it is released. */
function keepLock(path: string, { id, content }: Holding, { clock, held }: LockWait): Lock {
  let stop = (): void => undefined;
  const touchLater = (): void => {
    stop = clock.after(touchMs, () => {
      touchLater();
      void touch(path, content);
    });
  };
  touchLater();
  return {
    async release() {
      stop();
      held.delete(id);
      if ((await readText(path)) === content) await rm(path, { force: true });
    },
  };
}

/** One that cannot be touched is lost to us in a minute at the latest, and then another process works beside us. */
async function touch(path: string, content: string): Promise<void> {
  const now = new Date();
  const isOurs = (await readText(path).catch(() => null)) === content;
  if (isOurs) await utimes(path, now, now).catch(() => undefined); // gone meanwhile, or the disk is
}

/**
 * The file appears with its whole content or not at all, so nobody ever reads half a holder. `atMs`: now, by the clock
 * that the file system dates files with.
 */
async function create(
  path: string,
  content: string,
): Promise<{ readonly isMade: boolean; readonly atMs: number }> {
  const draft = `${path}.${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(draft, content, { mode: 0o600 });
  try {
    const { mtimeMs: atMs } = await stat(draft);
    const isMade = await link(draft, path).then(
      () => true,
      (error: unknown) => {
        if (isCode(error, 'EEXIST')) return false;
        throw error;
      },
    );
    return { isMade, atMs };
  } finally {
    await rm(draft, { force: true });
  }
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

async function isVoid(
  path: string,
  holder: string,
  held: ReadonlySet<string>,
  nowMs: number,
): Promise<boolean> {
  const [, pid, start = '', host = ''] =
    /^\{"pid":(\d+),"start":"([^"]*)","host":"([^"]*)"/.exec(holder) ?? [];
  if (pid === undefined) return true; // no process of ours has written it
  const running = await isRunning({ pid: Number(pid), start, host });
  if (running === true && Number(pid) === process.pid) return ![...held].some((id) => holder.includes(id));
  if (running !== undefined) return !running;
  const age = await stat(path).then(
    (file) => nowMs - file.mtimeMs,
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
