/** Images of one application that would write the same key, and keys that the Application takes from elsewhere. */
import { aliasKey } from './keys/annotation-keys.ts';
import type { Application, ApplicationSource, SourceType } from './application.ts';
import { type HelmKeys, parameterKeys, valueKeys } from './keys/target-keys.ts';
import { unwritable } from './keys/write-format.ts';
import { fullName } from '../image/image.ts';
import { configFailure, fail } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';
import type { ConfiguredImage, TrackedImage, Warning } from './tracked-image.ts';
import type { WriteBack } from './write-back.ts';
import type { WriteTarget } from './write-target.ts';
import { lookUp } from '../yaml/lookup.ts';
import { parseYaml } from '../yaml/parse.ts';

/** What the keys are keys of: parameters of the source, a values file, names of kustomize images, containers. */
export type KeySpace = 'helm-parameters' | 'helm-values' | 'kustomize' | 'manifests';

/** Undefined as long as nothing tells the type of the source. */
export function keySpaceOf(
  sourceType: SourceType | undefined,
  target: WriteTarget | undefined,
): KeySpace | undefined {
  if (target?.kind === 'helmvalues') return 'helm-values';
  if (target?.kind === 'manifests') return 'manifests';
  if (sourceType === 'Kustomize') return 'kustomize';
  return sourceType === 'Helm' ? 'helm-parameters' : undefined;
}

/** The Helm keys that a version is written to, with the defaults of 0.18. */
export function helmKeysIn(helm: HelmKeys, space: 'helm-parameters' | 'helm-values'): HelmKeys {
  return space === 'helm-parameters' ? parameterKeys(helm) : valueKeys(helm);
}

/** The keys that a version of the image is written to. */
export function writtenKeys(image: TrackedImage, space: KeySpace): readonly string[] {
  switch (space) {
    case 'helm-parameters':
    case 'helm-values':
      return Object.values(helmKeysIn(image.helm, space));
    case 'kustomize':
      return [kustomizeNameOf(image)];
    case 'manifests': {
      const { registry, repository } = image.ref.canonical;
      return [JSON.stringify([registry, repository, image.manifests.path, image.manifests.container])];
    }
  }
}

/** Name under which a kustomization knows the image. */
export function kustomizeNameOf({ kustomizeName, ref }: TrackedImage): string {
  return fullName(kustomizeName ?? ref);
}

export interface CheckedImages {
  readonly images: readonly ConfiguredImage[];
  readonly warnings: readonly Warning[];
}

/**
 * Two aliases alike share their annotations, so where they write the same key neither can be meant:
 * both fail. Everything else that looks like a mistake is a warning: one of two aliases that write
 * the same key may well not be live (decisions.md 1, A-07).
 */
export function checkConflicts(
  configured: readonly ConfiguredImage[],
  space: KeySpace | undefined,
): CheckedImages {
  const images = configured.map((image) => withWritableFormat(image, space));
  const warnings: Warning[] = [];
  const failures = new Map<ConfiguredImage, string>();
  for (const [alias, alike] of groupBy(images, ({ alias }) => (alias === '' ? [] : [aliasKey(alias)]))) {
    const shared = `${describe(alike)} share the annotations ${alias}.*`;
    const conflicts = groupBy(alike, (image) => keysOf(image, space));
    for (const [key, claimants] of conflicts) {
      for (const claimant of claimants)
        failures.set(claimant, `${shared} and write the same key ${key}: give them different aliases`);
    }
    if (conflicts.length === 0) warnings.push(warning(`${shared}: give them different aliases`));
  }
  const unharmed = images.filter((image) => !failures.has(image));
  for (const [key, claimants] of groupBy(unharmed, (image) => keysOf(image, space))) {
    const outcome = isFiller(key, claimants, space) ? '; the last of them that is updated wins' : '';
    warnings.push(warning(`${describe(claimants)} write the same key ${key}${outcome}`));
  }
  return { images: images.map((image) => failed(image, failures.get(image))), warnings };
}

/** True for a name key beside tag keys that are all different: then they are not refused. */
function isFiller(key: string, images: readonly ConfiguredImage[], space: KeySpace | undefined): boolean {
  if (space !== 'helm-parameters' && space !== 'helm-values') return false;
  const keys = images.flatMap(({ image }) => (image.ok ? [helmKeysIn(image.value.helm, space)] : []));
  const tags = new Set(keys.map(({ tag }) => tag));
  return keys.every(({ name, tag }) => name === key && tag !== undefined) && tags.size === keys.length;
}

/** Which keys of Helm there are depends on the target: only here it is known. */
function withWritableFormat(configured: ConfiguredImage, space: KeySpace | undefined): ConfiguredImage {
  const { image, alias } = configured;
  if (!image.ok || (space !== 'helm-parameters' && space !== 'helm-values')) return configured;
  const problem = unwritable(image.value.format, helmKeysIn(image.value.helm, space), alias);
  if (problem === undefined) return configured;
  return { ...configured, image: fail(configFailure(problem, `${aliasKey(alias)}.write-format`)) };
}

function failed(image: ConfiguredImage, message: string | undefined): ConfiguredImage {
  return message === undefined ? image : { ...image, image: fail(configFailure(message, 'image-list')) };
}

function warning(message: string): Warning {
  return { message, annotation: 'image-list' };
}

/** What the Application itself says of its Helm values wins over every values file. */
export function overruledKeys(
  app: Application,
  { target, sourceIndex }: Extract<WriteBack, { kind: 'git' }>,
  images: readonly ConfiguredImage[],
): readonly Warning[] {
  const helm = app.sources[sourceIndex]?.helm;
  if (target.kind !== 'helmvalues' || helm === undefined) return [];
  const keys = images.flatMap(({ image }) => (image.ok ? writtenKeys(image.value, 'helm-values') : []));
  return [...new Set(keys)].flatMap((key) => {
    const field = overrulingField(helm, key);
    if (field === undefined) return [];
    const message = `${key} of ${target.path} has no effect: the Application sets it in helm.${field}, which Argo CD takes; remove it there`;
    return [{ message, annotation: 'write-back-target' }];
  });
}

/** The strongest field that gives the key a value, in the order in which Argo CD hands them to Helm. */
function overrulingField(
  { fileParameters = [], parameters, inlineValues }: NonNullable<ApplicationSource['helm']>,
  key: string,
): string | undefined {
  if (fileParameters.includes(key)) return 'fileParameters';
  if (parameters.some(({ name }) => name === key)) return 'parameters';
  return inlineValues !== undefined && holdsKey(inlineValues.text, key) ? inlineValues.field : undefined;
}

/** False where it cannot be told: the text is Argo CD's to judge. */
function holdsKey(text: string, key: string): boolean {
  const [lastWord] = key.match(/\w+(?=\W*$)/) ?? [key];
  if (!text.includes(lastWord)) return false;
  const yaml = parseYaml('', text);
  const document = yaml.ok ? yaml.value.documents[0] : undefined;
  const found = yaml.ok && document !== undefined ? lookUp(yaml.value, document, key) : undefined;
  return found?.ok === true && found.value.kind === 'scalar';
}

/** Two of them stand for all. */
function describe([one, other]: readonly ConfiguredImage[]): string {
  return `image-list entries ${quoted(one?.entry ?? '')} and ${quoted(other?.entry ?? '')}`;
}

function keysOf({ image }: ConfiguredImage, space: KeySpace | undefined): readonly string[] {
  return space === undefined || !image.ok ? [] : writtenKeys(image.value, space);
}

/** Groups of at least two, by each of their keys. */
function groupBy(
  images: readonly ConfiguredImage[],
  keys: (image: ConfiguredImage) => readonly string[],
): readonly (readonly [string, readonly ConfiguredImage[]])[] {
  const groups = new Map<string, Set<ConfiguredImage>>();
  for (const image of images) {
    for (const key of keys(image)) groups.set(key, (groups.get(key) ?? new Set()).add(image));
  }
  return [...groups].filter(([, group]) => group.size > 1).map(([key, group]) => [key, [...group]] as const);
}
