/** Where in a target a version of an image stands: keys of Helm, a name in a kustomization, a path in custom resources. */
import { optionalProperty } from '../../base/optional-property.ts';
import { fail, type Outcome, succeed } from '../../base/outcome.ts';
import { quoted } from '../../base/quoted.ts';
import { fullName, type ImageRef, parseImageRef, versionText } from '../../image/image.ts';
import { parseKeyPath } from '../../yaml/key-path.ts';
import { type ImageSettings, inSetting, nonEmpty, refuseValue } from './annotation-values.ts';

/** Annotated Helm keys; absent where not annotated. */
export interface HelmKeys {
  readonly name?: string;
  readonly tag?: string;
  readonly spec?: string;
  readonly digest?: string;
}

const defaultKeys = { name: 'image.name', tag: 'image.tag' } as const;

/**
 * Parameters: `spec` alone, or a name and a tag, each with the default of 0.18 (writeback.md 2.3). Who gives a key for
 * the digest and none for the tag wants no tag.
 */
export function parameterKeys({ spec, ...annotated }: HelmKeys): HelmKeys {
  if (spec !== undefined) return { spec };
  return hasDigestAlone(annotated) ? annotated : { ...defaultKeys, ...annotated };
}

function hasDigestAlone({ tag, digest }: HelmKeys): boolean {
  return digest !== undefined && tag === undefined;
}

/** Keys of a values file: `spec` alone, or what is annotated, or both defaults if nothing is (decisions.md 4). */
export function valueKeys({ spec, ...annotated }: HelmKeys): HelmKeys {
  if (spec !== undefined) return { spec };
  return Object.keys(annotated).length === 0 ? defaultKeys : annotated;
}

/** A version behind the name has no effect, as in 0.18 (images.md 5). */
export function readKustomizeName(
  settings: ImageSettings,
  warn: (message: string, annotation: string) => void,
): Outcome<{ readonly kustomizeName?: ImageRef }> {
  const given = nonEmpty(settings.get('kustomize.image-name'));
  if (given === undefined) return succeed({});
  const { name, value } = given;
  const read = parseImageRef(value);
  if (!read.ok) return fail(inSetting(read.failure, name));
  if (versionText(read.value) !== '') {
    const effect = 'it is the name of the image in the kustomization, and a version has no effect';
    warn(`${name} ${quoted(value)}: ${effect}; did you mean ${fullName(read.value)}?`, name);
  }
  return succeed({ kustomizeName: read.value });
}

/** Fails on what can be no key of Helm values but was meant for one. */
export function readHelmKeys(settings: ImageSettings): Outcome<HelmKeys> {
  const given = (['name', 'tag', 'spec', 'digest'] as const).flatMap((role) => {
    const value = nonEmpty(settings.get(`helm.image-${role}`));
    return value === undefined ? [] : [[role, value] as const];
  });
  for (const [, value] of given) {
    const mistake = helmKeyMistake(value.value);
    if (mistake !== undefined) return refuseValue(value, mistake);
  }
  const keys: HelmKeys = Object.fromEntries(given.map(([role, { value }]) => [role, value]));
  const tag = given.find(([role]) => role === 'tag')?.[1];
  if (tag !== undefined && keys.spec === undefined && keys.name === keys.tag)
    return refuseValue(tag, 'it is the key of the name too; one key for both is helm.image-spec');
  const digest = given.find(([role]) => role === 'digest')?.[1];
  if (digest !== undefined && keys.spec === undefined && [keys.name, keys.tag].includes(keys.digest))
    return refuseValue(digest, 'it is the key of the name or the tag too; the digest has one of its own');
  return succeed(keys);
}

/** What a text that is no key was probably meant for. */
function helmKeyMistake(text: string): string | undefined {
  const values = /^\.?Values\.(.+)$/s.exec(text)?.[1];
  if (values !== undefined) return `keys begin below .Values; did you mean ${values}?`;
  if (/\{\{|\}\}|^\$/.test(text)) return 'it is no template: write the key, such as image.tag';
  if (/["'\\]/.test(text)) return undefined; // a key with dots and the like, in quotes or escaped
  if (text.includes(',')) return `one key is written${suggestion(text.split(',', 1)[0]?.trim())}`;
  if (/^v?\d+(?:\.\d+)+/.test(text)) return 'it is a version, not the key that holds it, such as image.tag';
  if (/[/:=\s]/.test(text)) return 'it is no key; expected keys like image.tag or images[0].tag';
  if (!/^\.|\.\.|\.$/.test(text)) return undefined;
  const parts = text.split('.').filter((part) => part !== '');
  return `a part of the key is empty${suggestion(parts.join('.'))}`;
}

function suggestion(key = ''): string {
  return key === '' ? '; expected keys like image.tag or images[0].tag' : `; did you mean ${key}?`;
}

/** Key path in custom resources, and container name. */
export interface ManifestKeys {
  readonly path?: string;
  readonly container?: string;
}

export function readManifestKeys(settings: ImageSettings): Outcome<ManifestKeys> {
  const path = nonEmpty(settings.get('manifests.path'));
  const container = nonEmpty(settings.get('manifests.name'));
  const pathMistake = path === undefined ? undefined : fieldPathMistake(path.value);
  if (path !== undefined && pathMistake !== undefined) return refuseValue(path, pathMistake);
  if (container !== undefined && !containerPattern.test(container.value))
    return refuseValue(container, containerMistake(container.value));
  return succeed({
    ...optionalProperty('path', path?.value),
    ...optionalProperty('container', container?.value),
  });
}

/** What a text that is no path of fields was probably meant for. */
function fieldPathMistake(text: string): string | undefined {
  if (/\{\{|\}\}/.test(text)) return 'it is no template: write the path, such as spec.image';
  const path = /^(?:\$\.?|\.)([^.].*)$/s.exec(text)?.[1];
  if (path !== undefined) return `paths begin with a field; did you mean ${path}?`;
  if (!/["'[\\]/.test(text) && /^[\w-]+(?:\/[\w-]+)+$/.test(text))
    return `fields are parted by dots; did you mean ${text.replaceAll('/', '.')}?`;
  const parsed = parseKeyPath(text);
  return parsed.ok ? undefined : parsed.failure.message;
}

const containerPattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/; // RFC 1123 label, which the API server demands

function containerMistake(text: string): string {
  const [first = '', ...more] = text.split(/[,;\s]+/);
  if (more.length > 0 && containerPattern.test(first))
    return `it names one container; did you mean ${first}?`;
  const lower = text.toLowerCase();
  const meant = containerPattern.test(lower) ? `; did you mean ${lower}?` : '';
  return `it is no name of a container (lower-case letters, digits and -)${meant}`;
}
