/** Applications without status: their source type and current versions are read from their repository. */
import { type AppConfig, readConfig, type TrackedImage } from '../core/annotations.ts';
import { appKey, type AppKey, type Application, type SourceType } from '../core/application.ts';
import { inFolder, type TargetTexts } from '../core/apply-edit.ts';
import { currentVersion, specVersion } from '../core/current.ts';
import { kustomizationFileNames } from '../core/kustomization.ts';
import type { ImageRef } from '../core/image.ts';
import type { LiveVersion } from '../core/live.ts';
import { type Failure, fail, type Outcome, succeed } from '../core/outcome.ts';
import { type GitWriteBack, targetEdit } from '../core/plan.ts';
import { versionedEdit } from './potential.ts';
import type { GitRemote } from './ports.ts';
import type { Repositories, RepositorySession } from './repositories.ts';
import { settle } from './settle.ts';
import { readTargets } from './target-files.ts';

/** What the repository says about one application. */
export interface Observed {
  readonly config: AppConfig;
  /** Keyed by position in image-list. */
  readonly live: ReadonlyMap<number, LiveVersion>;
}

export interface ConfigOptions {
  readonly argocdNamespace: string;
  readonly defaultPlatform: string;
}

interface Question {
  readonly config: AppConfig;
  readonly writeBack: GitWriteBack;
}

/**
 * Asks every repository once for all its applications; one outcome per application.
 * The current version is what base holds; an image without one is written anew.
 */
export function observe(
  configs: readonly AppConfig[],
  repositories: Repositories,
  options: ConfigOptions,
  signal: AbortSignal,
): ReadonlyMap<AppKey, Promise<Outcome<Observed>>> {
  const observed = new Map<AppKey, Promise<Outcome<Observed>>>();
  const byWish = new Map<string, Question[]>();
  for (const config of configs) {
    const { writeBack } = config;
    if (!writeBack.ok || writeBack.value.kind !== 'git') {
      const live = versionsOf(config, (image) => specVersion(config, image));
      observed.set(appKey(config.app), Promise.resolve(succeed({ config, live })));
      continue;
    }
    const { repoURL, credentials } = writeBack.value;
    const wish = JSON.stringify([repoURL, credentials, config.app.project]);
    byWish.set(wish, [...(byWish.get(wish) ?? []), { config, writeBack: writeBack.value }]);
  }
  for (const questions of byWish.values()) {
    const answers = settle(() => observeRepository(questions, repositories, options, signal));
    for (const { config } of questions)
      observed.set(appKey(config.app), answerFor(appKey(config.app), answers));
  }
  return observed;
}

type Answers = ReadonlyMap<AppKey, Outcome<Observed>>;

async function answerFor(key: AppKey, answers: Promise<Outcome<Answers>>): Promise<Outcome<Observed>> {
  const all = await answers;
  if (!all.ok) return all;
  return (
    all.value.get(key) ?? fail({ kind: 'unexpected', message: `nothing observed for ${key}`, cause: key })
  );
}

async function observeRepository(
  questions: readonly Question[],
  repositories: Repositories,
  options: ConfigOptions,
  signal: AbortSignal,
): Promise<Answers> {
  const [first] = questions;
  if (first === undefined) return new Map();
  const { repoURL, credentials } = first.writeBack;
  const remote = await repositories.remote({ repoURL, credentials, project: first.config.app.project });
  return repositories.use(remote, (session) => observeIn(session, remote, questions, options, signal));
}

async function observeIn(
  session: RepositorySession,
  remote: GitRemote,
  questions: readonly Question[],
  options: ConfigOptions,
  signal: AbortSignal,
): Promise<Answers> {
  const heads = await session.heads(signal);
  const answers = new Map<AppKey, Outcome<Observed>>();
  const byCommit = new Map<string, Question[]>();
  for (const question of questions) {
    const base = question.writeBack.base ?? heads.defaultBranch ?? '';
    const commit = heads.branches.get(base);
    if (commit === undefined) answers.set(appKey(question.config.app), fail(noBase(base, remote)));
    else byCommit.set(commit, [...(byCommit.get(commit) ?? []), question]);
  }
  await session.repository.fetch([...byCommit.keys()], signal);
  for (const [commit, asked] of byCommit) {
    const found = await observeAt(session, commit, asked, options, signal);
    for (const [key, outcome] of found) answers.set(key, outcome);
  }
  return answers;
}

function noBase(branch: string, { displayUrl }: GitRemote): Failure {
  const message = `${displayUrl} has no branch ${branch === '' ? 'that HEAD points to' : branch}; name one with the annotation git-branch`;
  return { kind: 'git', code: 'branch-missing', repo: displayUrl, branch, message };
}

async function observeAt(
  session: RepositorySession,
  commit: string,
  questions: readonly Question[],
  options: ConfigOptions,
  signal: AbortSignal,
): Promise<Answers> {
  const edits = questions.map(({ config, writeBack }) => versionedEdit(config, writeBack));
  const probes = questions.flatMap(({ config, writeBack }) => typeProbes(config.app, writeBack));
  const present = await session.repository.read(commit, [...new Set(probes)], signal);
  const exists = (path: string): boolean => present.get(path)?.kind === 'file';
  const files = await readTargets(session.repository, commit, edits, signal);
  return new Map(
    questions.map(({ config, writeBack }, i) => {
      const read = files[i];
      const outcome =
        read?.ok === true ? succeed(observedAs(config, writeBack, exists, read.value.texts, options)) : read;
      return [
        appKey(config.app),
        outcome ?? fail({ kind: 'unexpected', message: 'target not read', cause: config }),
      ];
    }),
  );
}

function observedAs(
  config: AppConfig,
  writeBack: GitWriteBack,
  exists: (path: string) => boolean,
  texts: TargetTexts,
  options: ConfigOptions,
): Observed {
  const sourceType = config.sourceType ?? typeAt(config.app, writeBack, exists);
  const typed = config.sourceType === undefined ? readConfig(config.app, { ...options, sourceType }) : config;
  const edit = targetEdit(typed, writeBack, []);
  return { config: typed, live: versionsOf(typed, (image) => currentVersion(typed, image, edit, texts)) };
}

/** Listed images count as live; one whose version nobody knows is written anew. */
function versionsOf(
  config: AppConfig,
  versionOf: (image: TrackedImage) => ImageRef | undefined,
): ReadonlyMap<number, LiveVersion> {
  const live = new Map<number, LiveVersion>();
  for (const { index, image } of config.images) {
    const ref = image.ok ? versionOf(image.value) : undefined;
    live.set(index, ref === undefined ? { kind: 'unversioned' } : { kind: 'live', ref });
  }
  return live;
}

const chartFile = 'Chart.yaml';

function typeProbes(app: Application, { sourceIndex }: GitWriteBack): readonly string[] {
  const folder = folderOf(app, sourceIndex);
  return [chartFile, ...kustomizationFileNames].map((name) => inFolder(folder, name));
}

/** As Argo CD finds it: a chart, else a kustomization, else a plain directory. */
function typeAt(
  app: Application,
  { sourceIndex }: GitWriteBack,
  exists: (path: string) => boolean,
): SourceType {
  const folder = folderOf(app, sourceIndex);
  if (exists(inFolder(folder, chartFile))) return 'Helm';
  return kustomizationFileNames.some((name) => exists(inFolder(folder, name))) ? 'Kustomize' : 'Directory';
}

function folderOf(app: Application, sourceIndex: number): string {
  const path = app.sources[sourceIndex]?.path ?? '';
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}
