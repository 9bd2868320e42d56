/** What is pushed to the registries of the soak, and when. */
import type { DockerRegistry } from '../../fakes/docker-registry.ts';
import { makeImage } from '../../fakes/image-content.ts';
import { frail, guarded, moving, pair, plainImages } from './applications.ts';

export interface PushedImages {
  /** A version that the rules admit, and beside it two that they do not. */
  push(image: string): Promise<void>;
  /** One tag begins to name another image. */
  moveTag(): Promise<void>;
  /** Newest version that the rules admit, by image. */
  readonly newest: ReadonlyMap<string, string>;
  /** By image and version. */
  readonly pushedAtMs: ReadonlyMap<string, number>;
}

/** Every third version of the frail image cannot be synced. */
export function isBad(version: string): boolean {
  return Number(version.split('.').at(-1)) % 3 === 2;
}

export async function pushFirstImages(registryOf: (image: string) => DockerRegistry): Promise<PushedImages> {
  const newest = new Map<string, string>();
  const pushedAtMs = new Map<string, number>();
  const counts = new Map<string, number>();
  const publish = async (image: string, tags: readonly string[]): Promise<string> => {
    const content = makeImage({
      created: '2024-01-01T00:00:00Z',
      comment: `${image} ${tags[0]} ${counts.get(image)}`,
    });
    const repository = image.slice(image.indexOf('/') + 1);
    const named = Object.fromEntries(tags.map((tag) => [tag, content.digest]));
    await registryOf(image).push(repository, { ...content, tags: named });
    return content.digest;
  };
  const next = (image: string): number => {
    const count = (counts.get(image) ?? -1) + 1;
    counts.set(image, count);
    return count;
  };
  const images: PushedImages = {
    newest,
    pushedAtMs,
    push: async (image) => {
      const patch = next(image);
      const version = `1.0.${patch}`;
      pushedAtMs.set(`${image}:${version}`, Date.now());
      await publish(image, [version, `2.0.${patch}`, `1.0.${patch + 1}-rc.1`]);
      newest.set(image, version);
    },
    moveTag: async () => {
      next(moving.image);
      newest.set(moving.image, `${moving.tag}@${await publish(moving.image, [moving.tag])}`);
    },
  };
  for (const image of [...plainImages, frail, guarded, ...pair]) await images.push(image);
  await images.moveTag();
  return images;
}
