/** What a cycle would do, as data: every output of `plan` is a reader of this. */
import type { AppConfig } from '../../core/config/annotations.ts';
import type { AppKey } from '../../core/config/application.ts';
import { optionalProperty } from '../../core/base/optional-property.ts';
import { versionText } from '../../core/image/image.ts';
import type { Reason } from '../../core/policy/verdict.ts';
import type { JsonPatchOperation } from '../../core/live-patch.ts';
import type { ImageChange } from '../../core/plan.ts';
import { collectProblems, type Problem } from '../../core/report/problems.ts';
import type { ApplicationReport, CycleReport, WouldCommit } from '../../core/report/report.ts';
import type { ChangedScalar } from '../../core/yaml/edited-file.ts';

/** One image that would be changed. */
export interface PlannedChange {
  readonly application: AppKey;
  readonly alias: string;
  /** Without version: `registry.example.com/acme/web`. */
  readonly image: string;
  /** "" if unknown. */
  readonly from: string;
  readonly to: string;
  /** Set where a digest is written that `to` does not tell. */
  readonly digest?: string;
  readonly direction?: 'down';
  /** File and keys, or `live application`. */
  readonly where: string;
  /** Set where it is another branch than the one that Argo CD follows. */
  readonly writeBranch?: string;
  /** Better versions that policies withhold, the best first. */
  readonly passedOver?: readonly WithheldVersion[];
}

/** A version that a policy withholds. */
export interface WithheldVersion {
  readonly version: string;
  readonly kind: 'held' | 'waiting';
  readonly code: string;
  readonly reason: string;
  /** RFC 3339: the earliest instant at which it can end. */
  readonly until?: string;
}

/** One image that stays as it is, though the rules choose another version. */
export interface WithheldImage extends WithheldVersion {
  readonly application: AppKey;
  readonly alias: string;
  /** As written in image-list. */
  readonly image: string;
  /** What stays; "" if unknown. */
  readonly stays: string;
}

/** What one Application brings to a commit: several of a group have the same message. */
export interface PlannedCommit {
  readonly application: AppKey;
  readonly repository: string;
  readonly branch: string;
  readonly message: string;
  /** Each diff is of what the commits before it left. */
  readonly files: readonly { readonly path: string; readonly diff: string }[];
}

export interface PlannedPatch {
  readonly application: AppKey;
  readonly operations: readonly JsonPatchOperation[];
}

export interface PlanNumbers {
  readonly applications: number;
  /** Applications that would be changed. */
  readonly changing: number;
  readonly failing: number;
  readonly commits: number;
  readonly patches: number;
  readonly repositories: number;
  /** Images that nothing has to be done for. */
  readonly upToDate: number;
  /** Images that stay as they are for want of a choice, or because they are not live. */
  readonly skipped: number;
  /** Images that a policy withholds. */
  readonly withheld: number;
  readonly warnings: number;
  readonly registryRequests: number;
  readonly durationMs: number;
}

export interface PlanDocument {
  readonly numbers: PlanNumbers;
  readonly changes: readonly PlannedChange[];
  readonly withheld: readonly WithheldImage[];
  readonly commits: readonly PlannedCommit[];
  readonly patches: readonly PlannedPatch[];
  readonly problems: readonly Problem[];
}

export interface PlanOptions {
  readonly configs: ReadonlyMap<AppKey, AppConfig>;
  readonly registryRequests: number;
  /** Who was asked for: others were decided only because they write to the same places. */
  readonly isWanted: (app: AppKey) => boolean;
}

export function planDocument(whole: CycleReport, options: PlanOptions): PlanDocument {
  const { configs, isWanted, registryRequests } = options;
  const applications = whole.applications.filter(({ app }) => isWanted(app));
  const listed = whole.problems.filter(({ app }) => app === undefined || isWanted(app));
  const report = { ...whole, applications, problems: listed };
  const commits = applications.flatMap(commitsOf);
  const patches = applications.flatMap(patchesOf);
  const problems = collectProblems(report);
  const decisions = applications.flatMap((application) => application.decisions);
  const count = (kind: string) => decisions.filter((decision) => decision.kind === kind).length;
  const numbers: PlanNumbers = {
    applications: applications.length,
    changing: new Set([...commits, ...patches].map(({ application }) => application)).size,
    failing: applications.filter(fails).length,
    commits: new Set(commits.map(({ repository, branch, message }) => `${repository}\n${branch}\n${message}`))
      .size,
    patches: patches.length,
    repositories: new Set(commits.map(({ repository }) => repository)).size,
    upToDate: count('current') + count('update') - changedImages(applications),
    withheld: count('held') + count('waiting'),
    skipped: count('skipped'),
    warnings: problems.filter(({ level }) => level === 'warning').length,
    registryRequests,
    durationMs: whole.durationMs,
  };
  const changes = applications.flatMap((application) => changesOf(application, configs));
  return { numbers, changes, withheld: applications.flatMap(withheldOf), commits, patches, problems };
}

/** 1: something failed. 2: something would be changed. 3: nothing would, and something is withheld. 0: neither. */
export function planExitCode({ numbers, problems }: PlanDocument): 0 | 1 | 2 | 3 {
  if (problems.some(({ level }) => level === 'error')) return 1;
  if (numbers.changing > 0) return 2;
  return numbers.withheld > 0 ? 3 : 0;
}

function fails({ write, decisions }: ApplicationReport): boolean {
  return write?.kind === 'failed' || decisions.some(({ kind }) => kind === 'failed');
}

/** An image whose write fails is not up to date either. */
function changedImages(applications: readonly ApplicationReport[]): number {
  const changing = applications.filter(({ write }) => write !== undefined && write.kind !== 'unchanged');
  return changing.reduce((sum, { changes }) => sum + changes.length, 0);
}

function commitsOf({ app, write }: ApplicationReport): readonly PlannedCommit[] {
  if (write?.kind !== 'dry-run' || write.would.kind !== 'commit') return [];
  const { repo, branch, message, files } = write.would;
  return [{ application: app, repository: repo, branch, message, files }];
}

function patchesOf({ app, write }: ApplicationReport): readonly PlannedPatch[] {
  if (write?.kind !== 'dry-run' || write.would.kind !== 'patch') return [];
  return [{ application: app, operations: write.would.operations }];
}

function changesOf(
  { app, write, changes, decisions }: ApplicationReport,
  configs: PlanOptions['configs'],
): readonly PlannedChange[] {
  if (write?.kind !== 'dry-run') return [];
  const { would } = write;
  const branch = would.kind === 'commit' && writesElsewhere(configs.get(app)) ? would.branch : undefined;
  return changes.map((change) => ({
    application: app,
    alias: change.alias,
    image: change.fullName,
    from: change.oldTag,
    to: change.newTag,
    ...(change.digest === undefined ? {} : { digest: change.digest }),
    ...(change.direction === undefined ? {} : { direction: change.direction }),
    where: would.kind === 'patch' ? 'live application' : placeText(would, change),
    ...(branch === undefined ? {} : { writeBranch: branch }),
    ...optionalProperty('passedOver', passedOverOf(change, decisions)),
  }));
}

function passedOverOf(
  { alias, newTag }: ImageChange,
  decisions: ApplicationReport['decisions'],
): readonly WithheldVersion[] | undefined {
  for (const decision of decisions)
    if (decision.kind === 'update' && decision.alias === alias && decision.to.tag === newTag)
      return decision.passedOver?.map(({ version, reason }) => withheldVersion(version, reason));
  return undefined;
}

function withheldOf({ app, decisions }: ApplicationReport): readonly WithheldImage[] {
  return decisions.flatMap((decision) => {
    if (decision.kind !== 'held' && decision.kind !== 'waiting') return [];
    const { alias, entry, at, wanted, reason } = decision;
    const stays = at === undefined ? '' : versionText(at);
    return [
      { application: app, alias, image: entry, stays, ...withheldVersion(versionText(wanted), reason) },
    ];
  });
}

function withheldVersion(version: string, { kind, code, reason, untilMs }: Reason): WithheldVersion {
  const until = untilMs === undefined ? {} : { until: new Date(untilMs).toISOString() };
  return { version, kind, code, reason, ...until };
}

function writesElsewhere(config: AppConfig | undefined): boolean {
  return config?.writeBack.ok === true && config.writeBack.value.kind === 'git'
    ? config.writeBack.value.pushTemplate !== undefined
    : false;
}

const shownKeys = 2;

/** The file and those of its keys that get the version, as far as they can be told from those of other images. */
function placeText({ scalars, files }: WouldCommit, { newTag, digest = newTag }: ImageChange): string {
  const own = scalars.filter(({ to }) => to.includes(newTag) || to.includes(digest));
  const told = own.length === 0 ? scalars : own;
  const paths = [...new Set((told.length === 0 ? files : told).map(({ path }) => path))];
  const [path = ''] = paths;
  if (paths.length > 1) return `${path} and ${paths.length - 1} more`;
  const keys = told.map(keyText).filter((key) => key !== '');
  const more = keys.length > shownKeys ? ` and ${keys.length - shownKeys} more` : '';
  return [path, `${keys.slice(0, shownKeys).join(', ')}${more}`].filter((text) => text !== '').join(' ');
}

function keyText({ key, from }: ChangedScalar): string {
  return from === undefined && key !== '' ? `${key} (new)` : key;
}
