/** What running tags named when they were seen first, for `on-moved-tag` where no digest is written (spec/policies.md 8.3). */
import type { TrackedImage } from '../../../core/config/tracked-image.ts';
import { type Digest, repositoryName } from '../../../core/image/image.ts';
import { rememberSight, sightsOf } from '../../../core/policy/memory/sights.ts';
import type { DigestOf } from '../judge/judges.ts';
import type { Notebook } from '../../memory/notebook.ts';

export interface RecordedOptions {
  readonly notebook: Notebook;
  readonly digestOf: DigestOf;
  readonly now: () => number;
}

/** The first digits of the digest; where nobody has seen the tag yet, the registry is asked, and the answer remembered. */
export async function recordedDigest(
  image: TrackedImage,
  tag: string,
  { notebook, digestOf, now }: RecordedOptions,
): Promise<Digest | undefined> {
  const repository = repositoryName(image.ref.canonical);
  const [first] = sightsOf(notebook.memory, repository, tag);
  if (first !== undefined) return first.digest as Digest;
  // whether its platforms are there is a question about candidates, not about what runs
  const named = await digestOf({ image: { ...image, verifyPlatform: false } }, tag);
  if (!named.ok || named.value === null) return undefined;
  notebook.keep(rememberSight(notebook.memory, { repository, tag, digest: named.value }, now()));
  return named.value as Digest;
}
