/** keep-variant: which variant of an image goes on. */
import { configFailure, type Failure, fail, type Outcome, succeed } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';
import { readingOf, type Strategy } from './strategy.ts';
import type { Running } from './selection.ts';
import type { Reader, Spelling, TagReading } from './reading.ts';

/**
 * The one that runs, else that of the tag in image-list; "" where nothing runs. Undefined: variants do not count. Fails
 * (config) where something runs of which nobody can tell the variant: a digest has none, and `latest` neither.
 */
export function wantedVariant(
  reading: TagReading | undefined,
  read: Reader<Pick<Spelling, 'variant'>>,
  { tag = '', digest = '' }: Running = {},
): Outcome<string | undefined> {
  const keepsVariant = reading?.keepsVariant;
  if (keepsVariant === undefined) return succeed(undefined);
  const running = tag === '' ? undefined : read(tag);
  if (typeof running === 'object') return succeed(running.variant?.name ?? '');
  if (keepsVariant.ofEntry !== undefined) return succeed(keepsVariant.ofEntry);
  if (tag === '' && digest === '') return succeed('');
  return fail(variantUnknown(tag === '' ? 'a digest runs' : `running tag ${quoted(tag)}: ${running}`));
}

function variantUnknown(fact: string): Failure {
  return configFailure(
    `${fact}, so nothing tells the variant that keep-variant keeps; write a tag of it behind the image in image-list`,
  );
}

/** Where what runs is no version, only the tag in image-list can tell the variant that goes on. */
export function variantLost(strategy: Strategy, strange: string): Failure | undefined {
  const keepsVariant = readingOf(strategy)?.keepsVariant;
  const isKnown = keepsVariant === undefined || keepsVariant.ofEntry !== undefined;
  return isKnown ? undefined : variantUnknown(`running tag ${quoted(strange)}: not a version`);
}

/** The rule that leaves out a tag of another variant. */
export function variantRule(
  { variant }: Pick<Spelling, 'variant'>,
  wanted: string | undefined,
): string | undefined {
  if (wanted === undefined || variant === undefined || variant.name === wanted) return undefined;
  return wanted === '' ? 'a variant' : `another variant than ${wanted}`;
}
