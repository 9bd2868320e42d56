/** Merges of Helm parameters and Kustomize images: what is wanted takes the place of what is there. */
import type { HelmParameter } from '../../config/application.ts';
import { fullName, parseImageRef, withVersion } from '../../image/image.ts';

/**
 * Parameters of a wanted name are replaced where they stand, each time they stand there; new ones follow in order.
 * Of several wanted ones of one name the last counts. Source: writeback.md 2.3.
 */
export function mergeHelmParameters(
  present: readonly HelmParameter[],
  wanted: readonly HelmParameter[],
): readonly HelmParameter[] {
  const left = new Map(wanted.map((parameter) => [parameter.name, parameter]));
  const byName = new Map(left);
  const kept = present.map((parameter) => {
    left.delete(parameter.name);
    return replaced(parameter, byName.get(parameter.name));
  });
  return [...kept, ...left.values()];
}

function replaced(present: HelmParameter, wanted: HelmParameter | undefined): HelmParameter {
  if (wanted === undefined) return present;
  const { onlyIfThere: _, ...parameter } = wanted;
  return parameter;
}

/**
 * Images, `[name=]reference`, are found by the name that Kustomize looks for: what stands left of `=`, else the
 * reference without its version. Other spellings of one name (`nginx`, `docker.io/nginx`) are found too, and keep
 * their spelling. A wanted image without tag and digest never replaces one. Source: writeback.md 2.4, 12 row 11.
 */
export function mergeKustomizeImages(
  present: readonly string[],
  wanted: readonly string[],
): readonly string[] {
  const merged = present.map(readEntry);
  const places = new Map<string, number[]>();
  const remember = (entry: KustomizeEntry, index: number): void => {
    for (const key of [spelled(entry.name), entry.canonicalName]) {
      const known = places.get(key);
      if (known === undefined) places.set(key, [index]);
      else known.push(index);
    }
  };
  for (const [index, entry] of merged.entries()) remember(entry, index);
  for (const text of wanted) {
    const entry = readEntry(text);
    const found = places.get(spelled(entry.name)) ?? places.get(entry.canonicalName) ?? [];
    for (const index of found) {
      const old = merged[index];
      if (old !== undefined && entry.hasVersion) merged[index] = respelled(entry, old.name);
    }
    if (found.length === 0) remember(entry, merged.push(entry) - 1);
  }
  return merged.map(({ text }) => text);
}

interface KustomizeEntry {
  readonly text: string;
  /** The name that Kustomize looks for, as it is written. */
  readonly name: string;
  readonly canonicalName: string;
  /** What stands right of `=`. */
  readonly replacement?: string;
  readonly hasVersion: boolean;
}

function readEntry(text: string): KustomizeEntry {
  const equals = text.indexOf('=');
  const right = parseImageRef(text.slice(equals + 1));
  const hasVersion = right.ok && (right.value.tag !== undefined || right.value.digest !== undefined);
  if (equals >= 0) {
    const name = text.slice(0, equals);
    return {
      text,
      name,
      canonicalName: canonicalName(name),
      replacement: text.slice(equals + 1),
      hasVersion,
    };
  }
  const name = right.ok ? fullName(right.value) : text;
  return { text, name, canonicalName: canonicalName(name), hasVersion };
}

/** Name of an image with its registry, however it is spelled; another text stands for itself. */
function canonicalName(name: string): string {
  const ref = parseImageRef(name);
  return ref.ok ? `${ref.value.canonical.registry}/${ref.value.canonical.repository}` : spelled(name);
}

/** Keeps names as they are written apart from canonical ones. */
function spelled(name: string): string {
  return `=${name}`;
}

/** The entry under the name that the one it replaces has. */
function respelled(entry: KustomizeEntry, name: string): KustomizeEntry {
  if (entry.name === name) return entry;
  if (entry.replacement !== undefined) return readEntry(`${name}=${entry.replacement}`);
  const [named, versioned] = [parseImageRef(name), parseImageRef(entry.text)];
  return named.ok && versioned.ok ? readEntry(withVersion(named.value, versioned.value).written) : entry;
}
