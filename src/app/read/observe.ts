/** Looks into repositories for what no status tells: the type of a source, and the versions in force. */
import type { AppConfig, TrackedImage } from '../../core/config/annotations.ts';
import { appKey, type AppKey } from '../../core/config/application.ts';
import { specVersion } from '../../core/current.ts';
import { repositoryIdentity, withoutLogin } from '../../core/base/git-url.ts';
import { type KnownVersion, runningImages, runsInSeveralVersions } from '../../core/decide/live.ts';
import { fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import { settle } from '../../core/base/settle.ts';
import { notDone } from '../repository/repositories.ts';
import { observeRepository } from './observe-repository.ts';
import { potentialOf } from './potential.ts';
import {
  type Answers,
  type KnownApplication,
  type ObserveContext,
  type Question,
  versionsOf,
} from './repository-question.ts';
import type { KnownAtCommit, TargetMemory } from './target-memory.ts';

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
): ReadonlyMap<AppKey, Promise<Outcome<KnownApplication>>> {
  const observed = new Map<AppKey, Promise<Outcome<KnownApplication>>>();
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
    const held = rememberedAt(question, context.memory);
    if (held !== undefined) {
      const { versions, doubts } = held;
      observed.set(question.key, Promise.resolve(succeed({ config, versions, doubts })));
      continue;
    }
    const { repoURL, credentials } = writeBack.value;
    const { project, namespace } = config.app;
    // whether a project is for them depends on where they are
    const place = context.tenants.enforceProjects ? namespace : '';
    const wanted = JSON.stringify([repoURL, credentials, project, place]);
    byRepository.set(wanted, [...(byRepository.get(wanted) ?? []), question]);
  }
  for (const questions of byRepository.values()) {
    const answers = askInTime(questions, context);
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
function rememberedAt(question: Question, memory: TargetMemory): KnownAtCommit | undefined {
  const { config, writeBack } = question;
  const held = memory.heldBy(question);
  const compared = config.app.status?.revisions?.[writeBack.sourceIndex];
  if (held === undefined || held.commit !== compared || !followsBase(question)) return undefined;
  memory.keepHeld(question, held);
  return held;
}

/** True if Argo CD deploys from the branch that writes start from. */
export function followsBase({ config, writeBack }: Pick<Question, 'config' | 'writeBack'>): boolean {
  const source = config.app.sources[writeBack.sourceIndex];
  if (source === undefined) return false;
  if (repositoryIdentity(source.repoURL) !== repositoryIdentity(writeBack.repoURL)) return false;
  const { targetRevision } = source;
  const { base } = writeBack;
  if (base === undefined) return targetRevision === '' || targetRevision === 'HEAD';
  return targetRevision === base || targetRevision === `refs/heads/${base}`;
}

async function answerFor(
  key: AppKey,
  answers: Promise<Outcome<Answers>>,
): Promise<Outcome<KnownApplication>> {
  const all = await answers;
  if (!all.ok) return all;
  return (
    all.value.get(key) ?? fail({ kind: 'unexpected', message: `nothing observed for ${key}`, cause: key })
  );
}

/** What cannot be read within the cycle's time is read by the next one that finds the repository free. */
export function askInTime(
  questions: readonly Question[],
  context: ObserveContext,
): Promise<Outcome<Answers>> {
  const { budget } = context;
  const repo = withoutLogin(questions[0]?.writeBack.repoURL ?? '');
  return budget.within(
    settle(() => observeRepository(questions, context)),
    () => notDone(repo, budget),
  );
}

function versionInSpec(config: AppConfig, image: TrackedImage): KnownVersion {
  const ref = specVersion(config, image);
  return ref === undefined ? { kind: 'unversioned' } : { kind: 'live', ref };
}
