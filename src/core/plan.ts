/** Decisions -> intentions: what each application wants written, and where. */
import type { AppConfig, TrackedImage } from './config/annotations.ts';
import type { GitWriteBack } from './config/write-back.ts';
import { type AppKey, type Application, appKey, type HelmParameter } from './config/application.ts';
import type { Decision } from './decision.ts';
import { helmReads } from './config/helm-reads.ts';
import { type HelmKeys, parameterKeys, valueKeys } from './config/target-keys.ts';
import { fullName, type ImageRef, imageText, shortVersion, tagWithDigest } from './image/image.ts';
import {
  helmKeysIn,
  type KeySpace,
  keySpaceOf,
  kustomizeNameOf,
  writtenKeys,
} from './config/image-conflicts.ts';
import { kustomizeEditFromString } from './edit/kustomization.ts';
import { optionalProperty } from './base/optional-property.ts';
import { configFailure, type Failure } from './base/outcome.ts';
import { mergeHelmParameters, mergeKustomizeImages } from './edit/override/merge.ts';
import type { KustomizeEdit, ManifestEdit, TargetEdit, ValueEdit } from './edit/edit.ts';

/** One changed image, as messages, branch names and events tell it. */
export interface ImageChange {
  readonly alias: string;
  /** Repository path as written, without registry: `acme/web`. */
  readonly name: string;
  /** With registry as written: `ghcr.io/acme/web`. */
  readonly fullName: string;
  /** Digest if there is one, else tag; "" if unknown. */
  readonly oldTag: string;
  readonly newTag: string;
  /** Set where the new version is older. */
  readonly direction?: 'down';
}

/** What one application wants a repository to hold. */
export interface GitIntention {
  readonly kind: 'git';
  readonly app: Application;
  readonly key: AppKey;
  readonly writeBack: GitWriteBack;
  readonly edit: TargetEdit;
  readonly changes: readonly ImageChange[];
  /** The decisions behind `changes`, in the same order. */
  readonly updates: readonly DecidedVersion[];
}

/** What one application wants its live object to hold. */
export interface LiveIntention {
  readonly kind: 'argocd';
  readonly app: Application;
  readonly key: AppKey;
  readonly sourceIndex: number;
  readonly edit:
    | { readonly kind: 'helm'; readonly parameters: readonly HelmParameter[] }
    | { readonly kind: 'kustomize'; readonly images: readonly string[] };
  readonly changes: readonly ImageChange[];
}

export type Plan =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly changes: readonly ImageChange[] }
  | GitIntention
  | LiveIntention;

/** An image and the version that was decided for it. */
export interface DecidedVersion {
  readonly image: TrackedImage;
  readonly to: ImageRef;
}

/**
 * What the decisions of one application come to. Nothing is written unless at least one image is
 * updated; then updated and current images are, skipped and failed ones never (decisions.md 2).
 */
export function planApplication(config: AppConfig, decisions: readonly Decision[]): Plan {
  const updates = decisions.filter((decision) => decision.kind === 'update');
  if (updates.length === 0) return { kind: 'nothing' };
  const changes = updates.map(changeOf);
  if (!config.writeBack.ok) return { kind: 'failed', failure: config.writeBack.failure, changes };
  const writeBack = config.writeBack.value;
  const decided = decisions.flatMap(decidedVersion);
  const { app } = config;
  const key = appKey(app);
  const conflict = findConflict(config, decided);
  if (conflict !== undefined) return { kind: 'failed', failure: conflict, changes };
  if (writeBack.kind === 'git') {
    const edit = targetEdit(config, writeBack, decided);
    return {
      kind: 'git',
      app,
      key,
      writeBack,
      edit,
      changes,
      updates: updates.map(({ image, to }) => ({ image, to })),
    };
  }
  const edit = liveEdit(config, decided);
  if (edit === undefined) return { kind: 'failed', failure: unsupportedType(config), changes };
  return { kind: 'argocd', app, key, sourceIndex: writeBack.sourceIndex, edit, changes };
}

/**
 * Two images of one application that want different values for one key: neither can be meant. A name key is another
 * matter where each has a tag key of its own: a chart that read it for both would run one image under two tags, so it
 * is filler, and the last one wins, as in 0.18 (`checkConflicts` warns of it).
 */
function findConflict(config: AppConfig, decided: readonly DecidedVersion[]): Failure | undefined {
  const target =
    config.writeBack.ok && config.writeBack.value.kind === 'git' ? config.writeBack.value.target : undefined;
  const space = keySpaceOf(config.sourceType, target);
  if (space === undefined) return undefined;
  const byKey = new Map<string, VersionClaim[]>();
  for (const claim of decided.flatMap((version) => claims(version, space))) {
    const others = byKey.get(claim.key) ?? [];
    const conflicting = others.find((other) => other.value !== claim.value && !shareFiller(other, claim));
    if (conflicting !== undefined) {
      const message = `"${conflicting.entry}" and "${claim.entry}" want different values for ${claim.key}; give each its own key`;
      return configFailure(message, 'image-list');
    }
    byKey.set(claim.key, [...others, claim]);
  }
  return undefined;
}

/** What one image wants one key to hold. */
interface VersionClaim {
  readonly entry: string;
  readonly key: string;
  readonly value: string;
  /** Set for a name key: the key of the tag that stands beside it. */
  readonly tagKey?: string;
}

function shareFiller({ tagKey: one }: VersionClaim, { tagKey: other }: VersionClaim): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

function claims({ image, to }: DecidedVersion, space: KeySpace): readonly VersionClaim[] {
  const { entry } = image;
  if (space === 'kustomize' || space === 'manifests')
    return writtenKeys(image, space).map((key) => ({ entry, key, value: imageText(to) }));
  const keys = helmKeysIn(image.helm, space);
  return keyedValues(keys, to).map(({ key, value, role }) => ({
    entry,
    key,
    value,
    ...(role === 'name' ? optionalProperty('tagKey', keys.tag) : {}),
  }));
}

function decidedVersion(decision: Decision): readonly DecidedVersion[] {
  switch (decision.kind) {
    case 'update':
      return [{ image: decision.image, to: decision.to }];
    case 'current':
      return [{ image: decision.image, to: decision.at }];
    case 'skipped':
    case 'failed':
      return [];
  }
}

function changeOf({ image, from, to, direction }: Extract<Decision, { kind: 'update' }>): ImageChange {
  return {
    alias: image.alias,
    name: image.ref.name,
    fullName: fullName(image.ref),
    oldTag: from === undefined ? '' : shortVersion(from),
    newTag: shortVersion(to),
    ...optionalProperty('direction', direction),
  };
}

/** The edit of the target that gives these images these versions. */
export function targetEdit(
  config: AppConfig,
  { target, sourceIndex, reads }: GitWriteBack,
  decided: readonly DecidedVersion[],
): TargetEdit {
  const source = config.app.sources[sourceIndex];
  switch (target.kind) {
    case 'override': {
      const { path } = target;
      if (config.sourceType === 'Kustomize') {
        const images = mergeKustomizeImages(source?.kustomize?.images ?? [], decided.map(kustomizeString));
        return { kind: 'override-kustomize', path, images };
      }
      const parameters = mergeHelmParameters(source?.helm?.parameters ?? [], decided.flatMap(helmParameters));
      const defaults = defaultsOf(config.app, sourceIndex);
      return { kind: 'override-helm', path, parameters, ...optionalProperty('defaults', defaults) };
    }
    case 'helmvalues':
      return {
        kind: 'helmvalues',
        path: target.path,
        values: valueEdits(decided),
        ...optionalProperty('reads', reads),
      };
    case 'kustomization': {
      const images = kustomizeEdits(source?.kustomize?.images ?? [], decided);
      return { kind: 'kustomization', directory: target.directory, images };
    }
    case 'manifests':
      return { ...target, images: decided.map(manifestEdit) };
  }
}

/** Where nothing reports what runs, the chart's own values tell it. */
function defaultsOf(app: Application, sourceIndex: number): readonly string[] | undefined {
  const source = app.sources[sourceIndex];
  if (app.status !== undefined || source === undefined) return undefined;
  const reads = helmReads(app, sourceIndex, source.repoURL, '');
  const files = reads?.files.filter((file) => !file.includes('*')).toReversed() ?? [];
  return files.length === 0 ? undefined : files.slice(0, maxDefaults);
}

const maxDefaults = 20;

function liveEdit(config: AppConfig, decided: readonly DecidedVersion[]): LiveIntention['edit'] | undefined {
  if (config.sourceType === 'Kustomize') return { kind: 'kustomize', images: decided.map(kustomizeString) };
  if (config.sourceType === 'Helm') return { kind: 'helm', parameters: decided.flatMap(helmParameters) };
  return undefined;
}

function unsupportedType(config: AppConfig): Failure {
  return configFailure(
    `write-back-method argocd sets Helm parameters or Kustomize images, but the application's source is of type ${config.sourceType ?? 'unknown'}; use write-back-method: git`,
    'write-back-method',
  );
}

/** Helm parameters of one image; an unknown version leaves the tag parameter out (writeback.md 2.3). */
function helmParameters({ image, to }: DecidedVersion): readonly HelmParameter[] {
  return keyedValues(parameterKeys(image.helm), to)
    .toSorted((a, b) => parameterOrder.indexOf(a.role) - parameterOrder.indexOf(b.role))
    .map(({ key, value }) => ({ name: key, value, forceString: true }));
}

/** Values in the order in which missing keys are made (writeback.md 4.1); of several for one key the last counts. */
function valueEdits(decided: readonly DecidedVersion[]): readonly ValueEdit[] {
  const edits = decided.flatMap(({ image, to }) =>
    keyedValues(valueKeys(image.helm), to).map((keyed) => ({ ...keyed, alias: image.alias })),
  );
  const last = new Map(edits.map((edit) => [edit.key, edit]));
  return edits.filter((edit) => last.get(edit.key) === edit);
}

const parameterOrder: readonly ValueEdit['role'][] = ['spec', 'name', 'tag'];

function keyedValues({ spec, tag, name }: HelmKeys, to: ImageRef): readonly Omit<ValueEdit, 'alias'>[] {
  const values: Omit<ValueEdit, 'alias'>[] = [];
  if (spec !== undefined) values.push({ key: spec, value: imageText(to), role: 'spec' });
  if (tag !== undefined && to.tag !== undefined)
    values.push({ key: tag, value: tagWithDigest(to), role: 'tag' });
  if (name !== undefined) values.push({ key: name, value: fullName(to), role: 'name' });
  return values;
}

function kustomizeString({ image, to }: DecidedVersion): string {
  return image.kustomizeName === undefined
    ? imageText(to)
    : `${fullName(image.kustomizeName)}=${imageText(to)}`;
}

/** The images of the spec, as 0.18 writes them too, with the decided ones in their place. */
function kustomizeEdits(
  specImages: readonly string[],
  decided: readonly DecidedVersion[],
): readonly KustomizeEdit[] {
  const own = decided.filter(({ to }) => to.tag !== undefined || to.digest !== undefined).map(kustomizeEdit);
  const edits = new Map<string, KustomizeEdit>();
  for (const text of specImages) {
    const parsed = kustomizeEditFromString(text);
    if (parsed.ok) edits.set(parsed.value.name, parsed.value);
  }
  for (const edit of own) edits.set(edit.name, edit);
  return [...edits.values()];
}

function kustomizeEdit({ image, to }: DecidedVersion): KustomizeEdit {
  return {
    name: kustomizeNameOf(image),
    named: image.kustomizeName !== undefined,
    newName: fullName(to),
    alias: image.alias,
    ...versionOf(to),
  };
}

function manifestEdit({ image, to }: DecidedVersion): ManifestEdit {
  return {
    alias: image.alias,
    registry: to.canonical.registry,
    repository: to.canonical.repository,
    ...versionOf(to),
    ...image.manifests,
  };
}

function versionOf({ tag, digest }: ImageRef): { readonly tag?: string; readonly digest?: string } {
  return { ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}
