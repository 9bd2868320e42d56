/** By which rule an image is chosen, in the words of its annotations. */
import type { TrackedImage } from '../config/tracked-image.ts';

/** `semver ~2.1, allow-tags ^v, ignore-tags *-rc*`. */
export function ruleText({ strategy, constraintText = '', filter }: TrackedImage): string {
  const constraint = strategy.kind === 'digest' ? strategy.tag : constraintText;
  const allow = filter.allow === undefined ? '' : `, allow-tags ${filter.allow}`;
  const ignore = filter.ignore.length === 0 ? '' : `, ignore-tags ${filter.ignore.join(' ')}`;
  return `${strategy.kind} ${constraint}`.trimEnd() + allow + ignore;
}
