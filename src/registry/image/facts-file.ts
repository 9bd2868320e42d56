/** Image facts in a file of the cache directory, which may be deleted at any time. */
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import * as z from 'zod';
import type { FactsSnapshot, ImageFacts } from './facts.ts';
import { isDigest } from './content.ts';

/** Told of a file that cannot be read or written; the work goes on without. */
export type OnWarning = (message: string) => void;

const fileName = 'registry-facts.json';
const maxFileBytes = 128 * 1024 * 1024;

const digest = z.string().refine(isDigest);
const instant = z.object({ seconds: z.number().int(), nanos: z.number().int() });
const fact = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('image'),
    platform: z.string(),
    created: instant.nullable(),
    noted: instant.exactOptional(),
  }),
  z.object({
    kind: z.literal('index'),
    entries: z.array(z.object({ platform: z.string(), digest })),
    noted: instant.exactOptional(),
  }),
  z.object({ kind: z.literal('unusable'), reason: z.string() }),
]);
const knownTag = z
  .object({ digest, checkedAtMs: z.number(), isMissing: z.literal(true).optional() })
  .transform(({ isMissing, ...known }) => (isMissing === undefined ? known : { ...known, isMissing }));
const snapshot = z.object({
  version: z.literal(1),
  manifests: z.array(z.tuple([digest, fact])),
  tags: z.array(z.tuple([z.string(), z.array(z.tuple([z.string(), knownTag]))])),
});

/** Keeps facts in step with their file. Nothing here fails: what the file lacks is asked for again. */
export class FactsFile {
  readonly #path: string;
  readonly #directory: string;
  readonly #facts: ImageFacts;
  readonly #onWarning: OnWarning;
  #saving: Promise<void> = Promise.resolve();

  constructor(directory: string, facts: ImageFacts, onWarning: OnWarning) {
    this.#path = join(directory, fileName);
    this.#directory = directory;
    this.#facts = facts;
    this.#onWarning = onWarning;
  }

  load(): void {
    try {
      const saved = readSnapshot(this.#path);
      if (saved !== undefined) this.#facts.load(saved);
    } catch (error) {
      this.#warn('read', error);
    }
  }

  /** Writes what is new since the last time, in the background. */
  save(): void {
    const changes = this.#facts.takeChanges();
    if (changes === undefined) return;
    this.#saving = this.#saving.then(async () => {
      try {
        await mkdir(this.#directory, { recursive: true });
        await writeFileAtomic(this.#path, render(changes), { mode: 0o600 });
      } catch (error) {
        this.#warn('write', error);
      }
    });
  }

  /** The same at the end of the process, when nothing can be awaited. */
  saveNow(): void {
    const changes = this.#facts.takeChanges();
    if (changes === undefined) return;
    try {
      mkdirSync(this.#directory, { recursive: true });
      writeFileAtomic.sync(this.#path, render(changes), { mode: 0o600 });
    } catch (error) {
      this.#warn('write', error);
    }
  }

  #warn(action: 'read' | 'write', error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#onWarning(`cannot ${action} the cache of image facts: ${reason}`);
  }
}

/** undefined: there is none. Throws an Error where there is one that cannot be used. */
function readSnapshot(path: string): FactsSnapshot | undefined {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) return undefined;
  if (size > maxFileBytes) throw new Error(`${path} is larger than ${maxFileBytes} bytes`);
  const read = snapshot.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!read.success) throw new Error(`${path} has not the form of this version`);
  return read.data;
}

function render(facts: FactsSnapshot): string {
  return JSON.stringify({ version: 1, ...facts });
}
