/** How the tags of an image are read: version-group, strict-semver, prerelease, keep-variant (spec/policies.md 8.4). */
import type { SharedKey } from './keys/annotation-keys.ts';
import { nonEmpty, refuseValue, type Setting } from './keys/annotation-values.ts';
import type { ImageListEntry } from './keys/image-list.ts';
import { type ImageContext, readBoolean } from './image-options.ts';
import { configFailure, fail, type Outcome, succeed } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';
import type { TagReading } from '../strategy/reading.ts';
import type { Strategy } from '../strategy/strategy.ts';
import type { TagFilter } from '../version/filter.ts';
import { parsePrereleaseRule } from '../version/prerelease.ts';
import { splitVariant } from '../version/variant.ts';
import { type VersionGroup, versionGroup } from '../version/version-group.ts';

/** The strategy, with the reading that goes with it; as it is where nothing is set. */
export function withReading(
  context: ImageContext,
  strategy: Strategy,
  filter: TagFilter,
  { constraint }: ImageListEntry,
): Outcome<Strategy> {
  const group = readGroup(context, filter, strategy.kind);
  if (!group.ok) return group;
  const strict = readFlag(context, 'strict-semver', strategy.kind === 'semver', strategy.kind);
  if (!strict.ok) return strict;
  const keeps = readFlag(context, 'keep-variant', hasVariants(strategy.kind, group.value), strategy.kind);
  if (!keeps.ok) return keeps;
  const prerelease = readPrerelease(context, strategy.kind);
  if (!prerelease.ok) return prerelease;
  const reading: TagReading = {
    ...group.value,
    ...(strict.value ? { isStrict: true } : {}),
    ...prerelease.value,
    ...(keeps.value ? { keepsVariant: variantOfEntry(constraint) } : {}),
  };
  const isPlain = Object.keys(reading).length === 0;
  if (isPlain || strategy.kind === 'newest-build' || strategy.kind === 'digest') return succeed(strategy);
  return succeed({ ...strategy, reading });
}

function readGroup(
  context: ImageContext,
  { allow }: TagFilter,
  strategy: Strategy['kind'],
): Outcome<{ readonly group?: VersionGroup }> {
  const given = nonEmpty(context.settings.get('version-group'));
  if (given === undefined) return succeed({});
  if (allow === undefined) {
    const allowTags = context.settings.nameOf('allow-tags');
    return refuseValue(
      given,
      `expected a group of ${allowTags}: regexp:<pattern>, and there is no such pattern`,
    );
  }
  const group = versionGroup(allow, given.value);
  if (!group.ok)
    return fail(configFailure(`${given.name} ${quoted(given.value)}: ${group.failure.message}`, given.name));
  const orders = strategy !== 'newest-build' && strategy !== 'digest';
  if (!orders) warnNoEffect(context, given, strategy);
  return succeed(orders ? { group: group.value } : {});
}

/** Numbers have variants behind a group only. */
function hasVariants(strategy: Strategy['kind'], { group }: { readonly group?: VersionGroup }): boolean {
  return strategy === 'semver' || (strategy === 'numeric' && group !== undefined);
}

function readFlag(
  context: ImageContext,
  key: 'strict-semver' | 'keep-variant',
  hasEffect: boolean,
  strategy: Strategy['kind'],
): Outcome<boolean> {
  const given = nonEmpty(context.settings.get(key));
  const flag = readBoolean(given);
  if (!flag.ok || given === undefined || !flag.value || hasEffect) return flag;
  warnNoEffect(context, given, strategy);
  return succeed(false);
}

function readPrerelease(
  context: ImageContext,
  strategy: Strategy['kind'],
): Outcome<Pick<TagReading, 'prerelease'>> {
  const given = nonEmpty(context.settings.get('prerelease'));
  if (given === undefined) return succeed({});
  const parsed = parsePrereleaseRule(given.value);
  if ('problem' in parsed) return refuseValue(given, parsed.problem);
  if (parsed.rule === undefined) return succeed({});
  if (strategy === 'semver') return succeed({ prerelease: parsed.rule });
  warnNoEffect(context, given, strategy);
  return succeed({});
}

/** What is set for all images of an Application need not concern each of them. */
function warnNoEffect({ settings, warn }: ImageContext, { name }: Setting, strategy: Strategy['kind']): void {
  const isForAll = wideNames.some((key) => key === name);
  if (isForAll) return;
  warn(`${name} has no effect with ${settings.nameOf('update-strategy')} ${strategy}`, name);
}

const wideNames: readonly SharedKey[] = ['version-group', 'strict-semver', 'keep-variant', 'prerelease'];

/** Of `web=nginx:1.25-alpine`; a range of versions names none. */
function variantOfEntry(constraint: string | undefined): { readonly ofEntry?: string } {
  const split = constraint === undefined ? undefined : splitVariant(constraint);
  return split === undefined ? {} : { ofEntry: split.variant.name };
}
