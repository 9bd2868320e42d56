/** Small target files are worked on where we are, with rests; large ones in a thread that may be slow, run out of memory, and end. */
import { Worker } from 'node:worker_threads';
import type { TargetTexts } from '../../core/apply-edit.ts';
import { type Failure, fail, type Outcome } from '../../core/base/outcome.ts';
import { Pace } from '../../core/base/pieces.ts';
import {
  charactersToRead,
  type FileTaskName,
  type FileTasks,
  performFileTask,
} from '../../core/file-tasks.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FileWork } from '../../ports/file-work.ts';

/** So few that the densest YAML takes less than a tenth of a second. */
const maxCharactersHere = 4096;
/** For all readings of one Application's files; the largest edit takes seconds. */
const maxTaskMs = 60_000;
const maxThreadMiB = 192;
/** How long the thread stays for the next task: to start one takes a fraction of a second. */
const idleMs = 10_000;

/** The thread is started for the first task that needs it. */
export class FileThread implements FileWork {
  readonly #script: URL;
  readonly #clock: Clock;
  readonly #pace: Pace;
  #worker: Worker | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #stayOn: () => void = () => undefined;

  /** `script`: the file that the thread runs. */
  constructor(script: URL, clock: Clock) {
    this.#script = script;
    this.#clock = clock;
    this.#pace = new Pace(clock, new AbortController().signal);
  }

  async perform<Name extends FileTaskName>(
    name: Name,
    texts: TargetTexts,
    asked: FileTasks[Name]['asked'],
  ): Promise<Outcome<FileTasks[Name]['answer']>> {
    if (charactersToRead(name, texts, asked) <= maxCharactersHere) {
      await this.#pace.rest();
      return performFileTask(name, texts, asked);
    }
    const answer = this.#last.then(() => this.#performThere(name, texts, asked));
    this.#last = answer;
    return (await answer) as Outcome<FileTasks[Name]['answer']>;
  }

  async close(): Promise<void> {
    this.#stayOn();
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  async #performThere(name: FileTaskName, texts: TargetTexts, asked: unknown): Promise<Outcome<unknown>> {
    this.#stayOn();
    const worker = (this.#worker ??= this.#start());
    const answer = Promise.withResolvers<Outcome<unknown>>();
    const giveUp = (failure: Failure): void => {
      answer.resolve(fail(failure));
      void worker.terminate();
      if (this.#worker === worker) this.#worker = undefined;
    };
    const onError = (error: unknown): void => giveUp(failureOf(error, texts));
    const onExit = (): void => giveUp(refusal(texts, 'nobody waits for it any more'));
    worker.on('message', answer.resolve).on('error', onError).on('exit', onExit);
    const inTime = this.#clock.after(maxTaskMs, () =>
      giveUp(refusal(texts, `takes longer than ${maxTaskMs / 1000} seconds to read or edit`)),
    );
    try {
      worker.postMessage({ name, texts, asked });
      return await answer.promise;
    } catch (cause) {
      return fail({ kind: 'unexpected', message: String(cause), cause }); // what cannot be sent
    } finally {
      inTime();
      worker.off('message', answer.resolve).off('error', onError).off('exit', onExit);
      if (this.#worker !== undefined) this.#stayOn = this.#clock.after(idleMs, () => void this.close());
    }
  }

  #start(): Worker {
    const worker = new Worker(this.#script, {
      resourceLimits: { maxOldGenerationSizeMb: maxThreadMiB },
    });
    const gone = (): void => {
      if (this.#worker === worker) this.#worker = undefined;
    };
    worker.on('error', gone).on('exit', gone); // whoever waits for it listens too
    worker.unref();
    return worker;
  }
}

function failureOf(error: unknown, texts: TargetTexts): Failure {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return refusal(texts, `needs more than ${maxThreadMiB} MiB of memory to read or edit`);
  return { kind: 'unexpected', message: String(error), cause: error };
}

function refusal(texts: TargetTexts, reason: string): Failure {
  const paths = [...texts].flatMap(([path, text]) => (text === null ? [] : [path]));
  const [path = ''] = paths;
  const others = paths.length > 1 ? ` and ${paths.length - 1} more` : '';
  return { kind: 'edit', path, message: `${path}${others}: ${reason}` };
}
