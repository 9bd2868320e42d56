/** Image facts in a file of the cache directory, which may be deleted at any time. */
import * as z from 'zod';
import type { FactsSnapshot, ImageFacts } from './facts.ts';
import { isDigest } from '../../core/image/tag-and-digest.ts';
import { PrivateFile } from '../../net/disk/private-file.ts';

/** Told of a file that cannot be read or written; the work goes on without. */
export type OnWarning = (message: string) => void;

const fileName = 'registry-facts.json';
const maxFileBytes = 128 * 1024 * 1024;
/** Entries that are turned into text before others get their turn. */
const entriesPerChunk = 500;

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
  .object({
    digest,
    checkedAtMs: z.number(),
    isMissing: z.literal(true).optional(),
    everyMs: z.number().min(0).optional(),
    steady: z.number().int().min(0).optional(),
  })
  .transform(({ digest: known, checkedAtMs, isMissing, everyMs, steady }) => ({
    digest: known,
    checkedAtMs,
    ...(isMissing === undefined ? {} : { isMissing }),
    ...(everyMs === undefined ? {} : { everyMs }),
    ...(steady === undefined ? {} : { steady }),
  }));
const snapshot = z.object({
  version: z.literal(1),
  manifests: z.array(z.unknown()),
  tags: z.array(z.unknown()),
});
const manifestEntry = z.tuple([digest, fact]);
const tagsEntry = z.tuple([z.string(), z.array(z.unknown())]);
const tagEntry = z.tuple([z.string(), knownTag]);

/** Keeps facts in step with their file. Nothing here fails: what the file lacks is asked for again. */
export class FactsFile {
  readonly #file: PrivateFile;
  readonly #facts: ImageFacts;
  readonly #onWarning: OnWarning;
  #saving: Promise<void> = Promise.resolve();
  /** The newest that was taken to be written, and is not in the file yet. */
  #unwritten: FactsSnapshot | undefined;

  constructor(directory: string, facts: ImageFacts, onWarning: OnWarning) {
    this.#file = new PrivateFile(directory, fileName, maxFileBytes);
    this.#facts = facts;
    this.#onWarning = onWarning;
  }

  load(): void {
    try {
      const text = this.#file.read();
      if (text === undefined) return;
      const { facts, dropped } = readSnapshot(text);
      this.#facts.load(facts);
      if (dropped > 0) this.#warn('read', new Error(`${dropped} entries are broken and left out`));
    } catch (error) {
      this.#warn('read', error);
    }
  }

  /** Writes what is new since the last time, in the background. */
  save(): void {
    const changes = this.#facts.takeChanges();
    if (changes === undefined) return;
    this.#unwritten = changes;
    const isNewest = (): boolean => this.#unwritten === changes;
    this.#saving = this.#saving.then(async () => {
      try {
        await this.#file.write(render(changes), isNewest);
        if (isNewest()) this.#unwritten = undefined;
      } catch (error) {
        this.#warn('write', error);
      }
    });
  }

  /** The same at the end of the process, when nothing can be awaited: what is still being written goes with it. */
  saveNow(): void {
    const changes = this.#facts.takeChanges() ?? this.#unwritten;
    this.#unwritten = undefined;
    if (changes === undefined) return;
    try {
      this.#file.writeNow(render(changes));
    } catch (error) {
      this.#warn('write', error);
    }
  }

  #warn(action: 'read' | 'write', error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#onWarning(`cannot ${action} the cache of image facts: ${reason}`);
  }
}

/** Entry by entry: a broken one costs no other. Throws an Error where the whole is of no use. */
function readSnapshot(text: string): { readonly facts: FactsSnapshot; readonly dropped: number } {
  const read = snapshot.safeParse(JSON.parse(text));
  if (!read.success) throw new Error('it has not the form of this version');
  let dropped = 0;
  const good = <Entry>(schema: z.ZodType<Entry>, entries: readonly unknown[]): readonly Entry[] => {
    const checked = entries.map((entry) => schema.safeParse(entry));
    const kept = checked.flatMap(({ data }) => (data === undefined ? [] : [data]));
    dropped += checked.length - kept.length;
    return kept;
  };
  const manifests = good(manifestEntry, read.data.manifests);
  const tags = good(tagsEntry, read.data.tags).map(([key, known]) => [key, good(tagEntry, known)] as const);
  return { facts: { manifests, tags }, dropped };
}

/** One entry a line, a chunk at a time. */
function* render({ manifests, tags }: FactsSnapshot): Generator<string> {
  yield '{"version":1,"manifests":[';
  yield* lines(manifests);
  yield '],"tags":[';
  yield* lines(tags);
  yield ']}\n';
}

function* lines(entries: readonly unknown[]): Generator<string> {
  for (let start = 0; start < entries.length; start += entriesPerChunk) {
    const chunk = entries.slice(start, start + entriesPerChunk).map((entry) => JSON.stringify(entry));
    yield `${start === 0 ? '\n' : ',\n'}${chunk.join(',\n')}`;
  }
}
