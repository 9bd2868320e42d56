/** What one commit says about the applications that are deployed from it. */
import { readConfig, type TrackedImage } from '../../core/config/annotations.ts';
import type { AppKey } from '../../core/config/application.ts';
import { fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import { targetEdit } from '../../core/target-edit.ts';
import type { KnownVersion } from '../../core/decide/live.ts';
import type { DecidedVersion } from '../../core/edit/decided-version.ts';
import type { GitRepository } from '../../ports/git.ts';
import { targetDoubts } from '../repository/target-effect.ts';
import { readTargets } from '../repository/target-files.ts';
import { potentialOf } from './potential.ts';
import {
  type Answers,
  type KnownApplication,
  type ObserveContext,
  type Question,
  versionsOf,
} from './repository-question.ts';
import { findMissingFolder, findSourceType, sourceTypeProbes } from './source-type.ts';

export async function observeAt(
  repository: GitRepository,
  { commit, branches }: { readonly commit: string; readonly branches: ReadonlyMap<AppKey, string> },
  questions: readonly Question[],
  context: ObserveContext,
): Promise<Answers> {
  const { memory, files: work, signal } = context;
  const answers = new Map<AppKey, Outcome<KnownApplication>>();
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
    { files: work, signal },
  );
  for (const [i, question] of typed.entries()) {
    const { key, config, writeBack } = question;
    const read = files[i] ?? fail({ kind: 'unexpected', message: 'target not read', cause: key });
    if (!read.ok) {
      answers.set(key, read);
      continue;
    }
    const edit = targetEdit(config, writeBack, []);
    const { app, writeBack: by } = config;
    const images = config.images.flatMap(({ image }) => (image.ok ? [image.value] : []));
    const held = await work.perform('versions', read.value.texts, { app, writeBack: by, images, edit });
    if (!held.ok) {
      answers.set(key, held);
      continue;
    }
    const found = new Map(images.map((image, at) => [image, held.value[at]]));
    const versions = versionsOf(config, (image) => found.get(image) ?? { kind: 'unversioned' });
    const holds = targetEdit(config, writeBack, decidedBy(images, held.value));
    const doubts = await targetDoubts(repository, commit, holds, read.value, { files: work, signal });
    if (config.app.status !== undefined) memory.keepHeld(question, { commit, versions, doubts });
    answers.set(key, succeed({ config, versions, doubts }));
  }
  return answers;
}

/** The images of which the target holds a version, with it. */
function decidedBy(
  images: readonly TrackedImage[],
  held: readonly KnownVersion[],
): readonly DecidedVersion[] {
  return images.flatMap((image, at) => {
    const known = held[at];
    return known?.kind === 'live' ? [{ image, to: known.ref }] : [];
  });
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
