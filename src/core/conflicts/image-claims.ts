/** Images of one application that, once decided, want different values for one key. */
import type { AppConfig } from '../config/annotations.ts';
import { helmKeysIn, type KeySpace, keySpaceOf, writtenKeys } from '../config/image-conflicts.ts';
import { optionalProperty } from '../base/optional-property.ts';
import { configFailure, type Failure } from '../base/outcome.ts';
import type { DecidedVersion } from '../edit/decided-version.ts';
import { helmValues } from '../edit/helm-edits.ts';
import { imageText } from '../image/image.ts';

/** What one image wants one key to hold. */
interface ImageClaim {
  readonly entry: string;
  readonly key: string;
  readonly value: string;
  /** Set for a name key: the key of the tag that stands beside it. */
  readonly tagKey?: string;
}

/**
 * Two images of one application that want different values for one key: neither can be meant. A name key is another
 * matter where each has a tag key of its own: a chart that read it for both would run one image under two tags, so it
 * is filler, and the last one wins, as in 0.18 (`checkConflicts` warns of it).
 */
export function findConflict(config: AppConfig, decided: readonly DecidedVersion[]): Failure | undefined {
  const target =
    config.writeBack.ok && config.writeBack.value.kind === 'git' ? config.writeBack.value.target : undefined;
  const space = keySpaceOf(config.sourceType, target);
  if (space === undefined) return undefined;
  const byKey = new Map<string, ImageClaim[]>();
  for (const claim of decided.flatMap((version) => claimsOf(version, space))) {
    const others = byKey.get(claim.key) ?? [];
    const conflicting = others.find((other) => other.value !== claim.value && !shareFiller(other, claim));
    if (conflicting !== undefined) return conflictBetween(conflicting, claim);
    byKey.set(claim.key, [...others, claim]);
  }
  return undefined;
}

function conflictBetween(one: ImageClaim, other: ImageClaim): Failure {
  const message = `"${one.entry}" and "${other.entry}" want different values for ${other.key}; give each its own key`;
  return configFailure(message, 'image-list');
}

function shareFiller({ tagKey: one }: ImageClaim, { tagKey: other }: ImageClaim): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

function claimsOf(decided: DecidedVersion, space: KeySpace): readonly ImageClaim[] {
  const { image, to } = decided;
  const { entry } = image;
  if (space === 'kustomize' || space === 'manifests')
    return writtenKeys(image, space).map((key) => ({ entry, key, value: imageText(to) }));
  const keys = helmKeysIn(image.helm, space);
  return helmValues(keys, decided).map(({ key, value, role }) => ({
    entry,
    key,
    value,
    ...(role === 'name' ? optionalProperty('tagKey', keys.tag) : {}),
  }));
}
