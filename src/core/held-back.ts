/** Never backwards in Git either: what a target holds already may be newer than what runs. */
import type { TrackedImage, Warning } from './config/annotations.ts';
import type { TargetTexts } from './apply-edit.ts';
import { heldVersion } from './current.ts';
import { writesDigest } from './decide/look.ts';
import { movedTag, movedWarning } from './decide/moved-tag.ts';
import type { ImageRef } from './image/image.ts';
import { tagRule } from './version/tag-rule.ts';
import { isStepBack, mayStay } from './decide/downgrade.ts';
import type { DecidedVersion } from './edit/decided-version.ts';
import type { GitIntention } from './plan.ts';

export type Held = Pick<GitIntention, 'app' | 'writeBack' | 'edit' | 'updates'>;

/** Why the updates must not be written over these files, if one of them would lower a version that its rules admit. */
export function stepBackInGit(
  { app, writeBack, edit, updates }: Held,
  texts: TargetTexts,
): Warning | undefined {
  const config = { app, writeBack: { ok: true, value: writeBack } } as const;
  for (const update of updates) {
    const { image, to } = update;
    const held = heldVersion(config, image, edit, texts);
    if (held.kind !== 'live') continue;
    const newer = [held.ref, ...(held.others ?? [])].find(({ tag }) => isNewer(update, tag));
    if (newer?.tag !== undefined) return warning(image, newer.tag, to.tag ?? '');
    const moved = movedInGit(update, held.ref);
    if (moved !== undefined) return moved;
  }
  return undefined;
}

/** A tag that Git holds with its digest, and that names another image by now, though it does not run yet. */
function movedInGit({ image, to }: DecidedVersion, held: ImageRef): Warning | undefined {
  if (!writesDigest(image) || image.onMovedTag === 'follow' || held.tag !== to.tag) return undefined;
  const moved = movedTag(to.tag ?? '', held.digest, to.digest);
  if (moved === undefined) return undefined;
  const message = `${image.alias}: ${movedWarning(moved, image)}, and nothing of the application is written`;
  return { message, annotation: `${image.alias}.on-moved-tag` };
}

function isNewer({ image, to }: DecidedVersion, held: string | undefined): boolean {
  if (held === undefined || to.tag === undefined || image.allowsDowngrade) return false;
  if (!isStepBack(image, to.tag, held) || !mayStay(image, held)) return false;
  const rule = tagRule(image.filter);
  return rule.ok && rule.value(held) === undefined;
}

function warning({ alias }: TrackedImage, held: string, chosen: string): Warning {
  const message = `${alias}: Git holds ${held}, which is allowed, but the registry offers ${chosen} at most: ${held} is kept, and nothing of the application is written; downgrade: allow takes ${chosen}`;
  return { message, annotation: `${alias}.downgrade` };
}
