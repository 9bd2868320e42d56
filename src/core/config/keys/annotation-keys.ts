/** The annotations that there are, how an alias becomes part of a key, and which keys are misspelt. */
import { quoted } from '../../base/quoted.ts';
import { applicationPolicyKeys, imagePolicyKeys, type PolicyKey } from './policy-keys.ts';

export const annotationPrefix = 'argocd-image-updater.argoproj.io/';

/** Keys of the whole application. */
export const applicationKeys = [
  'image-list',
  'write-back-method',
  'write-back-target',
  'write-back-source',
  'git-branch',
  'git-repository',
  'git-commit-trailers',
] as const;

/** Keys of one image, behind `<alias>.`, that also have a form for all images of the application. */
export const sharedKeys = [
  'update-strategy',
  'allow-tags',
  'ignore-tags',
  'force-update',
  'pull-secret',
  'prerelease',
  'version-group',
  'strict-semver',
  'keep-variant',
  'write-format',
  'on-moved-tag',
] as const;

/** Keys of one image that have no such form. */
export const imageOnlyKeys = [
  'tag-match',
  'platforms',
  'verify-platform',
  'downgrade',
  'build-date',
  'helm.image-name',
  'helm.image-tag',
  'helm.image-spec',
  'helm.image-digest',
  'kustomize.image-name',
  'manifests.path',
  'manifests.name',
] as const;

/** Keys that are written for others to read, and not read as settings. */
const noticeKeys = ['last-update', 'last-error'] as const;

export type NoticeKey = (typeof noticeKeys)[number];

export function isNoticeKey(key: string): boolean {
  return noticeKeys.some((notice) => notice === key);
}

export type ApplicationKey = (typeof applicationKeys)[number];
export type SharedKey = (typeof sharedKeys)[number];
export type ImageOnlyKey = (typeof imageOnlyKeys)[number];

/** An alias as keys have it: a `/` cannot stand in a key, so 0.18 made it `_` (A-03). */
export function aliasKey(alias: string): string {
  return alias.replaceAll('/', '_');
}

const imageKeys: readonly string[] = [...sharedKeys, ...imageOnlyKeys, ...imagePolicyKeys];
const wholeKeys: readonly string[] = [...applicationKeys, ...applicationPolicyKeys];
const wideKeys: readonly string[] = [...wholeKeys, ...sharedKeys, ...imagePolicyKeys];

/**
 * What is wrong with a key under our prefix (given without it); undefined if it has an effect.
 * `aliases` are as keys have them, without "".
 */
export function keyProblem(key: string, aliases: ReadonlySet<string>): string | undefined {
  if (wideKeys.includes(key) || isNoticeKey(key)) return undefined;
  if (imageKeys.includes(key)) return `is read per image only: write <alias>.${key}`;
  const imageKey = imageKeys.find((suffix) => key.endsWith(`.${suffix}`));
  if (imageKey !== undefined) {
    const alias = key.slice(0, -imageKey.length - 1);
    return aliases.has(alias)
      ? undefined
      : `has no effect: no image of image-list has the alias ${quoted(alias)}`;
  }
  const wideKey = wholeKeys.find((suffix) => key.endsWith(`.${suffix}`));
  if (wideKey !== undefined)
    return `has no effect: write ${wideKey} without alias, it is for the whole application`;
  const foreign = foreignWords.find(([word]) => key === word || key.endsWith(`.${word}`));
  if (foreign !== undefined) return `is unknown and has no effect; ${foreign[1]}`;
  const withheld = withholdingTypo(wordOf(key, aliases));
  if (withheld !== undefined)
    return `is unknown, and withholds updates until it is mended; did you mean ${withheld}?`;
  const nearest = nearestKey(key, aliases);
  return `is unknown and has no effect${nearest === undefined ? '' : `; did you mean ${nearest}?`}`;
}

/** A key without the alias before it. */
function wordOf(key: string, aliases: ReadonlySet<string>): string {
  const alias = aliases.values().find((known) => key.startsWith(`${known}.`));
  return alias === undefined ? key : key.slice(alias.length + 1);
}

/** Policy -> how many edits away another word is still taken for it. */
const withholding: readonly (readonly [PolicyKey, number])[] = [
  ['hold', 2],
  ['skip-tags', 2],
  ['pin', 1],
];

/** The policy that somebody may have meant to withhold by, given without alias. A dot is in keys of other images only. */
export function withholdingTypo(word: string): PolicyKey | undefined {
  const near = withholding.filter(([{ length }, distance]) => Math.abs(length - word.length) <= distance);
  if (near.length === 0 || word.includes('.') || wideKeys.includes(word)) return undefined;
  return near.find(([key, distance]) => editDistance(word, key) <= distance)?.[0];
}

/** Keys that guides and other tools have, and what to write instead. */
const foreignWords: readonly (readonly [string, string])[] = [
  ['semver-constraint', 'write the constraint behind the image: image-list: <alias>=<image>:~1.2'],
  ['constraint', 'write the constraint behind the image: image-list: <alias>=<image>:~1.2'],
  ['tag', 'write the tag or constraint behind the image: image-list: <alias>=<image>:<tag>'],
  ['git-commit-message', 'the message is a setting of the program: --git-commit-message-path'],
  ['git-commit-user', 'the author is a setting of the program: --git-commit-user'],
  ['git-commit-email', 'the author is a setting of the program: --git-commit-email'],
  ['image-pull-secret', 'write pull-secret, or <alias>.pull-secret'],
  ['image-pull-secrets', 'write pull-secret, or <alias>.pull-secret'],
  ['registry-secret', 'write pull-secret, or <alias>.pull-secret'],
  ['update-interval', 'the interval is a setting of the program: --interval'],
  ['write-back-branch', 'write git-branch'],
  ['write-branch', 'write git-branch: <base>:<write>'],
  ['git-credentials', 'write write-back-method: git:secret:<namespace>/<name>'],
  ['git-secret', 'write write-back-method: git:secret:<namespace>/<name>'],
  ['git-repo', 'write git-repository'],
];

const maxComparedLength = 128; // keys have at most 63 characters in a cluster; a file may hold anything
const maxDistance = 4; // more edits than that make another word

function nearestKey(key: string, aliases: ReadonlySet<string>): string | undefined {
  const alias = aliases.values().find((known) => key.startsWith(`${known}.`));
  return nearestWord(key, alias === undefined ? wideKeys : imageKeys.map((suffix) => `${alias}.${suffix}`));
}

/** The word that may have been meant; undefined if none is near. */
export function nearestWord<Word extends string>(
  text: string,
  words: readonly Word[],
  furthest = maxDistance,
): Word | undefined {
  if (text.length > maxComparedLength) return undefined;
  const ranked = words
    .filter(({ length }) => Math.abs(length - text.length) <= furthest)
    .map((candidate) => ({ candidate, distance: editDistance(text, candidate) }))
    .filter(({ distance }) => distance <= furthest)
    .sort((one, other) => one.distance - other.distance);
  return ranked[0]?.candidate;
}

/** Levenshtein distance. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j += 1) {
      const replaced = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
