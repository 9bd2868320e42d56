/** keep-variant: which variant of an image goes on. */
import { configFailure, fail, type Outcome, succeed } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';
import type { Reader, Spelling, TagReading } from './reading.ts';

/** The one that runs, else that of the tag in image-list; "" for none. Undefined: variants do not count. */
export function wantedVariant(
  reading: TagReading | undefined,
  read: Reader<Pick<Spelling, 'variant'>>,
  currentTag: string | undefined,
): Outcome<string | undefined> {
  const keepsVariant = reading?.keepsVariant;
  if (keepsVariant === undefined) return succeed(undefined);
  const running = currentTag === undefined || currentTag === '' ? undefined : read(currentTag);
  if (typeof running === 'object') return succeed(running.variant?.name ?? '');
  if (keepsVariant.ofEntry !== undefined) return succeed(keepsVariant.ofEntry);
  if (running === undefined) return succeed('');
  const problem = `running tag ${quoted(currentTag ?? '')}: ${running}, so nothing tells the variant that keep-variant keeps; write a tag of it behind the image in image-list`;
  return fail(configFailure(problem));
}

/** The rule that leaves out a tag of another variant. */
export function variantRule(
  { variant }: Pick<Spelling, 'variant'>,
  wanted: string | undefined,
): string | undefined {
  if (wanted === undefined || variant === undefined || variant.name === wanted) return undefined;
  return wanted === '' ? 'a variant' : `another variant than ${wanted}`;
}
