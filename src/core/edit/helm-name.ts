/** Which text makes a key of a values file name an image, given how the chart spells its images. */
import { imageText, type ImageRef, parseImageRef, sameImage, withVersion } from '../image/image.ts';
import { fail, type Outcome, succeed } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';
import { keyFailure, textAt } from '../yaml/lookup.ts';
import { parseKeyPath, renderKeyPath } from '../yaml/key-path.ts';
import type { YamlDocument } from '../yaml/tree.ts';

/** What a chart puts in front of a name: `registry: ghcr.io`, or `repository: ghcr.io/acme` beside a last part. */
interface NamePrefix {
  readonly key: string;
  readonly value: string;
}

/** Keys beside a name that hold its host: `image.registry`, `image.imageRegistry`, Istio's `hub`. */
const hostKeys = ['registry', 'imageRegistry', 'hub'] as const;
/** Where a chart with a host key looks first: the one registry for all of its images. */
const sharedHostKeys = ['global.imageRegistry', 'global.image.registry', 'global.registry'] as const;

/**
 * The text for `key`, which holds `current` now ("" or absent: nothing). A key that means the same image keeps its
 * spelling. Where another key gives the host, the rest of the name is written, if that host leads to the image; where
 * it does not, no text can, and the edit fails. A path alone stays a path while it is the image's own: the host is then
 * the chart's. Any other text is replaced by the whole name, for a bare path would mean Docker Hub's (faults C2).
 */
export function nameText(
  path: string,
  document: YamlDocument,
  key: string,
  current: string | undefined,
  wanted: string,
): Outcome<string> {
  const to = parseImageRef(wanted);
  if (!to.ok || current === wanted) return succeed(wanted);
  const from = current === undefined || current === '' ? undefined : parseImageRef(current);
  const written = from?.ok === true ? from.value : undefined;
  if (written !== undefined && written.registry !== '') {
    return succeed(sameImage(written, to.value) ? withVersion(written, to.value).written : wanted);
  }
  const prefix = prefixOf(document, key);
  if (prefix !== undefined) return behindPrefix(path, key, prefix, written, to.value);
  if (written !== undefined && (sameImage(written, to.value) || written.name === to.value.name))
    return succeed(withVersion(written, to.value).written);
  return succeed(wanted);
}

function behindPrefix(
  path: string,
  key: string,
  { key: prefixKey, value: prefix }: NamePrefix,
  written: ImageRef | undefined,
  to: ImageRef,
): Outcome<string> {
  const whole = written === undefined ? undefined : parseImageRef(`${prefix}/${written.name}`);
  if (written !== undefined && whole?.ok === true && sameImage(whole.value, to))
    return succeed(withVersion(written, to).written);
  const rest = restBehind(prefix, to);
  if (rest !== undefined) return succeed(imageText({ ...to, registry: '', name: rest }));
  const meant = `${prefixKey} is ${quoted(prefix)}, so no name here means ${imageText(withVersion(to, {}))}`;
  return fail(
    keyFailure(path, key, `${meant}; correct ${prefixKey}, or leave the annotation of the name out`),
  );
}

/** `ghcr.io/acme/web` behind `ghcr.io/acme` is `web`; undefined where the prefix does not lead to the image. */
function restBehind(prefix: string, { registry, name, canonical }: ImageRef): string | undefined {
  const start = `${prefix.replace(/\/+$/, '')}/`;
  const spellings = [`${registry}/${name}`, `${canonical.registry}/${canonical.repository}`];
  if (canonical.registry === 'docker.io') {
    spellings.push(`docker.io/${name}`, `index.docker.io/${name}`, `registry-1.docker.io/${name}`);
  }
  const whole = spellings.find((text) => text.startsWith(start));
  return whole === undefined || whole.length === start.length ? undefined : whole.slice(start.length);
}

/** The key of another part of the name, if there is one beside `key` that is not empty. */
function prefixOf(document: YamlDocument, key: string): NamePrefix | undefined {
  const segments = parseKeyPath(key);
  const last = segments.ok ? segments.value.at(-1) : undefined;
  if (!segments.ok || typeof last !== 'string') return undefined;
  const parents = segments.value.slice(0, -1);
  const hosts = hostKeysBeside(last)
    .map((host) => renderKeyPath([...parents, host]))
    .filter((host) => host !== key);
  const held = hosts.find((host) => textAt(document, host) !== undefined);
  if (held !== undefined) {
    const first = [...sharedHostKeys, ...hosts].find(
      (host) => host !== key && (textAt(document, host) ?? '') !== '',
    );
    return first === undefined ? undefined : { key: first, value: textAt(document, first) ?? '' };
  }
  return folderBeside(document, parents, last);
}

/** `webRepository` -> `webRegistry`, `image_name` -> `image_registry`, and the usual names. */
function hostKeysBeside(last: string): readonly string[] {
  const match = /^(.*?)(repository|repo|name|image)$/i.exec(last);
  if (match === null) return hostKeys;
  const [, start = '', word = ''] = match;
  const own = `${start}${/^[A-Z]/.test(word) ? 'Registry' : 'registry'}`;
  return [...new Set([own, ...hostKeys])];
}

/** `repository: ghcr.io/acme` beside `name: web`: a folder of images, told by what the name is now. */
function folderBeside(
  document: YamlDocument,
  parents: readonly (string | number)[],
  last: string,
): NamePrefix | undefined {
  if (last !== 'name' && last !== 'image') return undefined;
  const name = textAt(document, renderKeyPath([...parents, last])) ?? '';
  if (name === '' || name.includes('/')) return undefined;
  for (const candidate of ['repository', 'repo']) {
    const key = renderKeyPath([...parents, candidate]);
    const value = textAt(document, key) ?? '';
    const ref = parseImageRef(value);
    const isImageItself = value.endsWith(`/${name}`) || (ref.ok && ref.value.tag !== undefined);
    if (ref.ok && value.includes('/') && !isImageItself) return { key, value };
  }
  return undefined;
}
