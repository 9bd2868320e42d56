/** update-strategy, and what the constraint of the entry means to it. */
import { isTag } from '../image/tag-and-digest.ts';
import { nearestWord } from './keys/annotation-keys.ts';
import { inSetting, nonEmpty, refuseValue } from './keys/annotation-values.ts';
import { parseConstraint } from '../version/constraint.ts';
import { constraintPitfalls } from '../version/constraint-pitfalls.ts';
import type { ImageListEntry } from './keys/image-list.ts';
import type { ImageContext } from './image-options.ts';
import { configFailure, fail, type Outcome, succeed } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';
import { parseStrategyName, type Strategy } from '../strategy/strategy.ts';

/** Nothing falls back: an unknown name, a bad constraint and a missing tag fail (11-10). */
export function readStrategy(context: ImageContext, entry: ImageListEntry): Outcome<Strategy> {
  const name = readStrategyName(context);
  if (!name.ok) return name;
  switch (name.value) {
    case 'newest-build':
    case 'alphabetical':
      warnOfConstraint(context, entry, name.value);
      return succeed({ kind: name.value });
    case 'numeric':
      return numericStrategy(context, entry);
    case 'digest':
      return digestStrategy(context, entry);
    case 'semver':
      return semverStrategy(context, entry);
  }
}

const deprecatedNames: ReadonlyMap<string, string> = new Map([
  ['latest', 'newest-build'],
  ['name', 'alphabetical'],
]);

function readStrategyName({ settings, deprecate }: ImageContext): Outcome<Strategy['kind']> {
  const given = nonEmpty(settings.get('update-strategy'));
  if (given === undefined) return succeed('semver');
  const successor = deprecatedNames.get(given.value.toLowerCase());
  if (successor !== undefined) {
    const name = given.value.toLowerCase();
    const setting = settings.nameOf('update-strategy');
    deprecate(`${setting} ${quoted(name)} is deprecated: write ${successor}`, setting);
  }
  const name = parseStrategyName(given.value);
  if (name !== undefined) return succeed(name);
  const meant = meantStrategy(given.value.toLowerCase());
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  return refuseValue(given, `expected one of semver, newest-build, alphabetical, digest, numeric${hint}`);
}

const strategyNames = ['semver', 'newest-build', 'alphabetical', 'digest', 'numeric'] as const;

function meantStrategy(text: string): string | undefined {
  const begun = text.length < 3 ? undefined : strategyNames.find((name) => name.startsWith(text));
  const near = begun ?? nearestWord(text, [...strategyNames, ...deprecatedNames.keys()], 3);
  return deprecatedNames.get(near ?? '') ?? near;
}

function warnOfConstraint(
  { settings, warn }: ImageContext,
  { constraint, text }: ImageListEntry,
  strategy: string,
): void {
  if (constraint === undefined) return;
  const message = `${settings.entryName} ${quoted(text)}: strategy ${strategy} ignores the constraint ${quoted(constraint)}`;
  warn(message, settings.constraintName);
}

function semverStrategy({ settings, warn }: ImageContext, entry: ImageListEntry): Outcome<Strategy> {
  if (entry.constraint === undefined) return succeed({ kind: 'semver' });
  const constraint = parseConstraint(entry.constraint);
  if (!constraint.ok) return fail(inSetting(constraint.failure, settings.constraintName));
  for (const pitfall of constraintPitfalls(constraint.value)) {
    warn(`${settings.entryName} ${quoted(entry.text)}: ${pitfall}`, settings.constraintName);
  }
  return succeed({ kind: 'semver', constraint: constraint.value });
}

/** Numbers have no ranges: a constraint would be a promise that nothing keeps. */
function numericStrategy(
  { settings }: ImageContext,
  { constraint, text }: ImageListEntry,
): Outcome<Strategy> {
  if (constraint === undefined) return succeed({ kind: 'numeric' });
  const message = `${settings.entryName} ${quoted(text)}: the strategy numeric takes no constraint, and ${quoted(constraint)} is one; say with allow-tags which numbers are meant`;
  return fail(configFailure(message, settings.constraintName));
}

function digestStrategy({ settings }: ImageContext, { constraint, text }: ImageListEntry): Outcome<Strategy> {
  if (constraint !== undefined && isTag(constraint)) return succeed({ kind: 'digest', tag: constraint });
  const problem = constraint === undefined ? 'the entry names none' : `${quoted(constraint)} is none`;
  const message = `${settings.entryName} ${quoted(text)}: the strategy digest needs the tag to follow, and ${problem}; write <image>:<tag>`;
  return fail(configFailure(message, settings.constraintName));
}
