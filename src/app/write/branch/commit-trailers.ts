/** Trailers that tell machines whose commit it is, and by which rule: for whoever asks for them. */
import type { TrackedImage } from '../../../core/config/annotations.ts';
import type { DecidedVersion } from '../../../core/edit/decided-version.ts';
import type { GitIntention } from '../../../core/plan.ts';

/** In the order in which they stand; the digests are those of the new images, where they are known. */
export function commitTrailers({ key, updates }: Pick<GitIntention, 'key' | 'updates'>): readonly string[] {
  const isAlone = updates.length === 1;
  return [
    trailer('Application', key),
    ...updates.map(({ image }) =>
      trailer('Rule', isAlone ? ruleOf(image) : `${nameOf(image)} ${ruleOf(image)}`),
    ),
    ...updates.flatMap((update) => digestTrailer(update, isAlone)),
  ];
}

function digestTrailer({ image, to: { digest } }: DecidedVersion, isAlone: boolean): readonly string[] {
  if (digest === undefined) return [];
  return [trailer('Digest', isAlone ? digest : `${nameOf(image)} ${digest}`)];
}

/** `semver ~2.1`, `newest-build`. */
function ruleOf({ strategy, constraintText = '' }: TrackedImage): string {
  return `${strategy.kind} ${constraintText}`.trim();
}

function nameOf({ alias, ref }: TrackedImage): string {
  return alias === '' ? ref.name : alias;
}

/** A constraint may hold line breaks, and a file any name: one line stays one trailer. */
function trailer(word: string, value: string): string {
  return `Image-Updater-${word}: ${value.replaceAll(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()}`;
}
