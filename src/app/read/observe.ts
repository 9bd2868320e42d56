/** Looks into repositories for what no status tells: the type of a source, and the versions in force. */
import { type AppConfig, readConfig, type TrackedImage } from '../../core/config/annotations.ts';
import { appKey, type AppKey } from '../../core/config/application.ts';
import { heldVersion, specVersion } from '../../core/current.ts';
import { repositoryIdentity, withoutLogin } from '../../core/base/git-url.ts';
import { type KnownVersion, runningImages, runsInSeveralVersions } from '../../core/live.ts';
import { type Failure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import { resolvePath } from '../../core/config/write-target.ts';
import { targetEdit } from '../../core/plan.ts';
import { locateBase } from '../repository/locate.ts';
import type { GitRemote, GitRepository } from '../../ports/git.ts';
import { type Potential, potentialOf } from './potential.ts';
import type { Budget } from '../repository/budget.ts';
import { notDone, type Repositories, type RepositorySession } from '../repository/repositories.ts';
import { settle } from '../../core/base/settle.ts';
import { findSourceType, missingFolder, sourceTypeProbes } from './source-type.ts';
import { readTargets } from '../repository/target-files.ts';
import type { KnownVersions } from '../../core/live.ts';
import type { TenantRules } from '../../core/tenants/tenant-rules.ts';
import type { TargetMemory } from './target-memory.ts';

/** What the repository says about one application. */
export interface Observed {
  readonly config: AppConfig;
  readonly versions: KnownVersions;
}

export interface ObserveContext {
  readonly repositories: Repositories;
  readonly budget: Budget;
  readonly memory: TargetMemory;
  readonly argocdNamespace: string;
  readonly defaultPlatform: string;
  readonly tenants: TenantRules;
  readonly signal: AbortSignal;
}

interface Question extends Potential {
  readonly config: AppConfig;
}

/**
 * One outcome for each application that cannot be decided without its repository:
 *
 * - one without status: nothing else tells its type and versions;
 * - one with two images of one repository of which several versions run: their keys tell which is whose;
 * - one whose target is plain manifests: there is one version per reference, and a status knows only
 *   pods. A CronJob has none most of the time, and one workload on the newest says nothing of the next.
 *
 * All applications of a repository share one `ls-remote`, with those who write to it too. For manifests
 * it is left out where Argo CD has compared the very commit that was read last: then the branch has not
 * moved, and if it has, nobody deploys from it yet.
 */
export function observe(
  configs: readonly AppConfig[],
  context: ObserveContext,
): ReadonlyMap<AppKey, Promise<Outcome<Observed>>> {
  const observed = new Map<AppKey, Promise<Outcome<Observed>>>();
  const byRepository = new Map<string, Question[]>();
  for (const config of configs) {
    if (config.unsupported !== undefined || !needsRepository(config)) continue;
    const { writeBack } = config;
    if (!writeBack.ok || writeBack.value.kind !== 'git') {
      const versions = versionsOf(config, (image) => versionInSpec(config, image));
      observed.set(appKey(config.app), Promise.resolve(succeed({ config, versions })));
      continue;
    }
    const question = { config, ...potentialOf(config, writeBack.value) };
    const versions = rememberedVersions(question, context.memory);
    if (versions !== undefined) {
      observed.set(question.key, Promise.resolve(succeed({ config, versions })));
      continue;
    }
    const { repoURL, credentials } = writeBack.value;
    const wanted = JSON.stringify([repoURL, credentials, config.app.project]);
    byRepository.set(wanted, [...(byRepository.get(wanted) ?? []), question]);
  }
  for (const questions of byRepository.values()) {
    const answers = inTime(questions, context);
    for (const { key } of questions) observed.set(key, answerFor(key, answers));
  }
  return observed;
}

function needsRepository({ app, writeBack, images }: AppConfig): boolean {
  if (app.status === undefined) return true;
  if (!writeBack.ok || writeBack.value.kind !== 'git') return false;
  if (writeBack.value.target.kind === 'manifests') return true;
  const refs = images.flatMap(({ image }) => (image.ok ? [image.value.ref] : []));
  return runsInSeveralVersions(refs, runningImages(app));
}

/** What was read last, if Argo CD says that the branch is still there. */
function rememberedVersions(question: Question, memory: TargetMemory): KnownVersions | undefined {
  const { config, writeBack } = question;
  const held = memory.heldBy(question);
  const compared = config.app.status?.revisions?.[writeBack.sourceIndex];
  if (held === undefined || held.commit !== compared || !followsBase(question)) return undefined;
  memory.keepHeld(question, held);
  return held.versions;
}

/** True if Argo CD deploys from the branch that writes start from. */
function followsBase({ config, writeBack }: Question): boolean {
  const source = config.app.sources[writeBack.sourceIndex];
  if (source === undefined) return false;
  if (repositoryIdentity(source.repoURL) !== repositoryIdentity(writeBack.repoURL)) return false;
  const { targetRevision } = source;
  const { base } = writeBack;
  if (base === undefined) return targetRevision === '' || targetRevision === 'HEAD';
  return targetRevision === base || targetRevision === `refs/heads/${base}`;
}

type Answers = ReadonlyMap<AppKey, Outcome<Observed>>;

async function answerFor(key: AppKey, answers: Promise<Outcome<Answers>>): Promise<Outcome<Observed>> {
  const all = await answers;
  if (!all.ok) return all;
  return (
    all.value.get(key) ?? fail({ kind: 'unexpected', message: `nothing observed for ${key}`, cause: key })
  );
}

/** What cannot be read within the cycle's time is read by the next one that finds the repository free. */
function inTime(questions: readonly Question[], context: ObserveContext): Promise<Outcome<Answers>> {
  const { budget } = context;
  const repo = withoutLogin(questions[0]?.writeBack.repoURL ?? '');
  return budget.within(
    settle(() => observeRepository(questions, context)),
    () => notDone(repo, budget),
  );
}

async function observeRepository(questions: readonly Question[], context: ObserveContext): Promise<Answers> {
  const [first] = questions;
  if (first === undefined) return new Map();
  const { repoURL, credentials } = first.writeBack;
  const { repositories } = context;
  const remote = await repositories.remote({ repoURL, credentials, project: first.config.app.project });
  return repositories.use(remote, (session) => observeIn(session, remote, questions, context));
}

async function observeIn(
  session: RepositorySession,
  remote: GitRemote,
  questions: readonly Question[],
  context: ObserveContext,
): Promise<Answers> {
  const { memory, signal } = context;
  const heads = await session.heads(signal);
  const answers = new Map<AppKey, Outcome<Observed>>();
  const byCommit = new Map<string, Question[]>();
  const branches = new Map<AppKey, string>();
  for (const question of questions) {
    const { key, config, writeBack } = question;
    const start = locateBase(writeBack, remote, heads);
    if (!start.ok) {
      answers.set(key, start);
      continue;
    }
    const commit = start.value.baseHead;
    branches.set(key, start.value.base);
    const held = memory.heldBy(question);
    if (commit === held?.commit) {
      memory.keepHeld(question, held);
      answers.set(key, succeed({ config, versions: held.versions }));
    } else byCommit.set(commit, [...(byCommit.get(commit) ?? []), question]);
  }
  await session.repository.fetch([...byCommit.keys()], signal);
  for (const [commit, asked] of byCommit) {
    const found = await observeAt(session.repository, { commit, branches }, asked, context);
    for (const [key, outcome] of found) answers.set(key, outcome);
  }
  return answers;
}

async function observeAt(
  repository: GitRepository,
  { commit, branches }: { readonly commit: string; readonly branches: ReadonlyMap<AppKey, string> },
  questions: readonly Question[],
  context: ObserveContext,
): Promise<Answers> {
  const { memory, signal } = context;
  const answers = new Map<AppKey, Outcome<Observed>>();
  for (const question of questions) {
    const { key } = question;
    const missing = await findMissingFolder(repository, commit, question, branches.get(key) ?? '', signal);
    if (missing !== undefined) answers.set(key, fail(missing));
  }
  const there = questions.filter(({ key }) => !answers.has(key));
  const typed = await withTypes(repository, commit, there, context);
  const files = await readTargets(
    repository,
    commit,
    typed.map(({ edit }) => edit),
    signal,
  );
  for (const [i, question] of typed.entries()) {
    const { key, config, writeBack } = question;
    const read = files[i] ?? fail({ kind: 'unexpected', message: 'target not read', cause: key });
    if (!read.ok) {
      answers.set(key, read);
      continue;
    }
    const edit = targetEdit(config, writeBack, []);
    const versions = versionsOf(config, (image) => heldVersion(config, image, edit, read.value.texts));
    if (config.app.status !== undefined) memory.keepHeld(question, { commit, versions });
    answers.set(key, succeed({ config, versions }));
  }
  return answers;
}

/** Where nothing reports what runs, the source's own folder has to be there: a folder that is absent is not an empty one. */
async function findMissingFolder(
  repository: GitRepository,
  commit: string,
  { config: { app }, writeBack }: Question,
  branch: string,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const source = app.sources[writeBack.sourceIndex];
  if (app.status !== undefined || source === undefined || source.chart !== undefined) return undefined;
  if (repositoryIdentity(source.repoURL) !== repositoryIdentity(writeBack.repoURL)) return undefined;
  const folder = resolvePath(source.path, '') ?? '';
  if (folder === '') return undefined;
  const found = await repository.read(commit, [folder], signal);
  if ((found.get(folder) ?? null) !== null) return undefined;
  const near = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '';
  return missingFolder(folder, branch, await repository.list(commit, near, true, signal));
}

/** The questions again, with the types that the repository shows where nothing else told them. */
async function withTypes(
  repository: GitRepository,
  commit: string,
  questions: readonly Question[],
  { argocdNamespace, defaultPlatform, tenants, signal }: ObserveContext,
): Promise<readonly Question[]> {
  const untyped = questions.filter(({ config }) => config.sourceType === undefined);
  if (untyped.length === 0) return questions;
  const probes = untyped.flatMap(({ config, writeBack }) => sourceTypeProbes(config.app, writeBack));
  const present = await repository.read(commit, [...new Set(probes)], signal);
  const exists = (path: string): boolean => present.get(path)?.kind === 'file';
  return questions.map((question) => {
    const { config, writeBack } = question;
    if (config.sourceType !== undefined) return question;
    const sourceType = findSourceType(config.app, writeBack, exists);
    const typed = readConfig(config.app, { argocdNamespace, defaultPlatform, tenants, sourceType });
    return { config: typed, ...potentialOf(typed, writeBack) };
  });
}

function versionInSpec(config: AppConfig, image: TrackedImage): KnownVersion {
  const ref = specVersion(config, image);
  return ref === undefined ? { kind: 'unversioned' } : { kind: 'live', ref };
}

function versionsOf(config: AppConfig, versionOf: (image: TrackedImage) => KnownVersion): KnownVersions {
  return new Map(
    config.images.flatMap(({ index, image }) => (image.ok ? [[index, versionOf(image.value)] as const] : [])),
  );
}
