/** Trailers that tell machines whose commit it is, and by which rule: for whoever asks for them. */
import type { TrackedImage } from '../../../core/config/annotations.ts';
import type { AppKey } from '../../../core/config/application.ts';
import type { DecidedVersion } from '../../../core/edit/decided-version.ts';
import type { GitIntention } from '../../../core/plan.ts';
import type { WriteContext } from './context.ts';

/** Whether its commits say what they change at each key: for policies, or as one of the trailers that were asked for. */
export function tellsChanges(
  intention: Pick<GitIntention, 'tellsChanges' | 'writeBack'>,
  style: Pick<WriteContext, 'commitTrailers' | 'onBehalfOf'>,
): boolean {
  const isForPerson = style.onBehalfOf !== undefined;
  return isForPerson || intention.tellsChanges === true || hasTrailers(intention, style);
}

/** An annotation counts more than what the program is told. */
export function hasTrailers(
  { writeBack }: Pick<GitIntention, 'writeBack'>,
  { commitTrailers: isDefault }: Pick<WriteContext, 'commitTrailers'>,
): boolean {
  return writeBack.trailers ?? isDefault;
}

/** In the order in which they stand; the digests are those of the new images, where they are known. */
export function commitTrailers({ key, updates }: Pick<GitIntention, 'key' | 'updates'>): readonly string[] {
  const isAlone = updates.length === 1;
  return [
    applicationTrailer(key),
    ...updates.map(({ image }) =>
      trailer('Rule', isAlone ? ruleOf(image) : `${nameOf(image)} ${ruleOf(image)}`),
    ),
    ...updates.flatMap((update) => digestTrailer(update, isAlone)),
  ];
}

/** Which Application the lines about changes belong to. */
export function applicationTrailer(key: AppKey): string {
  return trailer('Application', key);
}

/** Who reads the history later takes the commit for that person's own. */
export function personTrailer(name: string): string {
  return trailer('By', name);
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
