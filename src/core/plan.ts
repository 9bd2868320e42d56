/** Decisions -> intentions: what each application wants written, and where. */
import type { AppConfig, GitWriteBack, TrackedImage } from './config/annotations.ts';
import { targetEdit } from './target-edit.ts';
import { type AppKey, type Application, appKey, type HelmParameter } from './config/application.ts';
import type { Decision } from './decide/decision.ts';
import { fullName, type ImageRef, shortVersion } from './image/image.ts';
import { findConflict } from './conflicts/image-claims.ts';
import type { DecidedVersion } from './edit/decided-version.ts';
import { helmParameters } from './edit/helm-edits.ts';
import { kustomizeString } from './edit/kustomize-edits.ts';
import { optionalProperty } from './base/optional-property.ts';
import { configFailure, type Failure } from './base/outcome.ts';
import type { TargetEdit } from './edit/edit.ts';

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
  /** Set where a digest is written that the tags do not tell. */
  readonly digest?: string;
  /** Set where the new version is older. */
  readonly direction?: 'down';
}

/** Those that are written in one commit, or not at all. */
export interface Together {
  /** Equal for them, and for nobody else. */
  readonly id: string;
  /** Of their group, for people. */
  readonly name: string;
}

/** Applications of which none is to be written without the others. */
export interface Company {
  /** Of their group. */
  readonly name: string;
  readonly apps: ReadonlySet<AppKey>;
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
  /** Absent: it has a commit of its own. */
  readonly together?: Together;
  /** Of a standing intention: why its images are withheld, `argocd/shop web: hold`. */
  readonly withholds?: string;
  /** Whatever the edit sets: `updates`, and images that are current where they run. */
  readonly decided: readonly DecidedVersion[];
  /** Its commits say what they change at each key, for policies to read later; absent: as trailers are asked for. */
  readonly tellsChanges?: true;
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
      decided,
    };
  }
  const edit = liveEdit(config, decided);
  if (edit === undefined) return { kind: 'failed', failure: unsupportedType(config), changes };
  return { kind: 'argocd', app, key, sourceIndex: writeBack.sourceIndex, edit, changes };
}

function decidedVersion(decision: Decision): readonly DecidedVersion[] {
  switch (decision.kind) {
    case 'update':
      return [{ image: decision.image, to: decision.to }];
    case 'current':
      return [{ image: decision.image, to: decision.at }];
    case 'held':
    case 'waiting':
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
    oldTag: from === undefined ? '' : toldVersion(image, from),
    newTag: toldVersion(image, to),
    ...(tellsTag(image) ? optionalProperty('digest', to.digest) : {}),
    ...optionalProperty('direction', direction),
  };
}

/** In messages and Events as 0.18 has it: the tag, but for those that follow a digest. */
function toldVersion(image: TrackedImage, ref: ImageRef): string {
  return (tellsTag(image) ? ref.tag : undefined) ?? shortVersion(ref);
}

function tellsTag({ strategy, format }: TrackedImage): boolean {
  return strategy.kind !== 'digest' && format !== 'tag';
}

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
