/** Image facts in a file of the cache directory, which may be deleted at any time. */
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import type { FactsSnapshot } from './facts.ts';
import { isDigest } from './manifest.ts';

const fileName = 'registry-facts.json';
const maxFileBytes = 128 * 1024 * 1024;

const digest = z.string().refine(isDigest);
const instant = z.object({ seconds: z.number().int(), nanos: z.number().int() });
const fact = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('image'), platform: z.string(), created: instant.nullable() }),
  z.object({ kind: z.literal('index'), entries: z.array(z.object({ platform: z.string(), digest })) }),
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

/** undefined: there is none. Throws an Error where there is one that cannot be used. */
export function readFacts(cacheDirectory: string): FactsSnapshot | undefined {
  const path = join(cacheDirectory, fileName);
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) return undefined;
  if (size > maxFileBytes) throw new Error(`${path} is larger than ${maxFileBytes} bytes`);
  const read = snapshot.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!read.success) throw new Error(`${path} has not the form of this version`);
  return read.data;
}

export async function writeFacts(cacheDirectory: string, facts: FactsSnapshot): Promise<void> {
  await mkdir(cacheDirectory, { recursive: true });
  await writeFileAtomic(join(cacheDirectory, fileName), render(facts), { mode: 0o600 });
}

/** For the end of the process, when nothing can be awaited. */
export function writeFactsNow(cacheDirectory: string, facts: FactsSnapshot): void {
  mkdirSync(cacheDirectory, { recursive: true });
  writeFileAtomic.sync(join(cacheDirectory, fileName), render(facts), { mode: 0o600 });
}

function render(facts: FactsSnapshot): string {
  return JSON.stringify({ version: 1, ...facts });
}
