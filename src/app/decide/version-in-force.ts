/** Which version of an image is in force: what the repository holds, or what the cluster runs. */
import type { AppConfig, TrackedImage } from '../../core/config/annotations.ts';
import type { Outcome } from '../../core/base/outcome.ts';
import { specVersion } from '../../core/current.ts';
import type { ImageRef } from '../../core/image/image.ts';
import { findLive, type KnownVersion } from '../../core/decide/live.ts';
import { mayFollow } from '../../core/strategy/tag-order.ts';
import type { TagRule } from '../../core/version/tag-rule.ts';

/** `known` is what looking into the repository told, if anybody looked. */
export function versionInForce(
  config: AppConfig,
  image: TrackedImage,
  known: KnownVersion | undefined,
  { running, rule }: { readonly running: readonly ImageRef[]; readonly rule: Outcome<TagRule> },
): KnownVersion {
  if (known !== undefined && isTold(config)) return known;
  const held = known?.kind === 'live' ? known.ref : specVersion(config, image);
  return findLive(image, running, {
    held,
    admits: (ref) =>
      rule.ok &&
      ref.tag !== undefined &&
      rule.value(ref.tag) === undefined &&
      mayFollow(image.strategy, ref.tag),
  });
}

/** Without a status, and for plain manifests, the repository alone tells what is there; else it only gives a hint. */
function isTold({ app, writeBack }: AppConfig): boolean {
  if (app.status === undefined) return true;
  return writeBack.ok && writeBack.value.kind === 'git' && writeBack.value.target.kind === 'manifests';
}
