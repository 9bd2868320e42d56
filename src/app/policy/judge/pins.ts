/** `pin`: a version that a person has chosen stands in the place of what the rules choose (spec/policies.md 3.1). */
import { optionalProperty } from '../../../core/base/optional-property.ts';
import { configFailure, type Outcome, succeed } from '../../../core/base/outcome.ts';
import type { AppConfig } from '../../../core/config/annotations.ts';
import type { TrackedImage } from '../../../core/config/tracked-image.ts';
import { type Decision, failedDecision } from '../../../core/decide/decision.ts';
import { type ImageRef, versionText, withVersion } from '../../../core/image/image.ts';
import type { ImagePolicies, Pin, Sourced } from '../../../core/policy/settings.ts';
import type { DigestOf } from './judges.ts';

/** The decision with the pinned version; one that fails, or is about an image that does not run, stays as it is. */
export async function pinned(
  config: AppConfig,
  decision: Decision,
  pin: Sourced<Pin>,
  digestOf: DigestOf,
): Promise<Decision> {
  const configured = config.images[decision.index]?.image;
  const isDecided = decision.kind !== 'failed' && !isNotLive(decision);
  if (!isDecided || configured?.ok !== true) return decision;
  const image = { ...configured.value, allowsDowngrade: true };
  const { index, alias, entry, trace } = decision;
  const shared = { index, alias, entry, trace };
  const from = runningOf(decision);
  const lacksDigest = image.format !== 'tag' && from?.digest === undefined;
  if (from !== undefined && !lacksDigest && isPinned(from, pin.value))
    return { ...shared, kind: 'current', image, at: from };
  const named = await digestNow(image, pin, digestOf);
  if (!named.ok) return { ...failedDecision(image, named.failure, from), trace };
  const digest = image.format === 'tag' ? pin.value.digest : (pin.value.digest ?? named.value);
  const to = withVersion(image.ref, { ...pin.value, ...optionalProperty('digest', digest) });
  return { ...shared, kind: 'update', image, to, ...(from === undefined ? {} : { from }) };
}

/** A person's choice is not subject to rules that the same Application sets for versions; those of administrators count. */
export function policiesOfPinned(policies: ImagePolicies): ImagePolicies {
  const { skips, respectsRollback, promoteFrom, quarantineMs, ...rest } = policies;
  const [others, sources] = [skips?.filter(isSet), promoteFrom?.filter(isSet)];
  return {
    ...rest,
    ...(others === undefined ? {} : { skips: others }),
    ...(sources === undefined ? {} : { promoteFrom: sources }),
    ...(respectsRollback !== undefined && isSet(respectsRollback) ? { respectsRollback } : {}),
    ...(quarantineMs !== undefined && isSet(quarantineMs) ? { quarantineMs } : {}),
  };
}

function isSet({ source }: Sourced<unknown>): boolean {
  return !source.startsWith('annotation ');
}

function isPinned(at: ImageRef, { tag, digest }: Pin): boolean {
  return (tag === undefined || at.tag === tag) && (digest === undefined || at.digest === digest);
}

function isNotLive(decision: Decision): boolean {
  return decision.kind === 'skipped' && decision.reason === 'not-live';
}

function runningOf(decision: Decision): ImageRef | undefined {
  switch (decision.kind) {
    case 'update':
      return decision.from;
    case 'current':
    case 'held':
    case 'waiting':
      return decision.at;
    case 'skipped':
    case 'failed':
      return undefined;
  }
}

/** What the pinned tag names; fails where there is no such tag. */
async function digestNow(
  image: TrackedImage,
  { value, source }: Sourced<Pin>,
  digestOf: DigestOf,
): Promise<Outcome<string | undefined>> {
  if (value.tag === undefined) return succeed(value.digest);
  const digest = await digestOf({ image }, value.tag);
  if (!digest.ok) return digest;
  if (digest.value !== null) return succeed(digest.value);
  const message = `pinned tag ${value.tag} does not exist (${source} ${versionText(value)}): nothing is written until it does, or another version is pinned`;
  return { ok: false, failure: configFailure(message, `${image.alias === '' ? '' : `${image.alias}.`}pin`) };
}
