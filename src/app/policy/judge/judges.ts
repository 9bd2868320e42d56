/** The policies that drop candidates, one after the other, for one image. */
import { type Outcome, succeed } from '../../../core/base/outcome.ts';
import { appKey } from '../../../core/config/application.ts';
import { repositoryName } from '../../../core/image/image.ts';
import { judgeAge } from '../../../core/policy/age/min-age.ts';
import { restlessWords, tagsToLookAt } from '../../../core/policy/age/sightings.ts';
import { judgeQuarantine } from '../../../core/policy/health/quarantine.ts';
import { rememberSight } from '../../../core/policy/memory/sights.ts';
import type { Verdict } from '../../../core/policy/verdict.ts';
import type { Candidate } from '../../../core/strategy/selection.ts';
import type { Notebook } from '../../memory/notebook.ts';
import type { Judge, MakeJudge, Subject } from './subject.ts';

/** What a tag names now; null: there is no such tag. */
export type DigestOf = (subject: Pick<Subject, 'image'>, tag: string) => Promise<Outcome<string | null>>;

export interface JudgesOptions {
  readonly notebook: Notebook;
  readonly digestOf: DigestOf;
  /** Facts from elsewhere: the history in Git, the health of other Applications. */
  readonly others: readonly MakeJudge[];
  readonly now: () => number;
  /** What deserves a word to people, once for each subject. */
  readonly tellOnce: (about: string, words: string) => void;
}

export function makeJudges(options: JudgesOptions): MakeJudge {
  return async (subject) => {
    const made: Judge[] = [];
    for (const prepare of options.others) {
      const judge = await prepare(subject);
      if (!judge.ok) return judge;
      made.push(judge.value);
    }
    const skips = judgeSkips(subject);
    return succeed(async (candidate) => {
      const cheap = [...skips(candidate), ...quarantineOf(candidate, subject, options)];
      for (const judge of made) {
        const said = await judge(candidate);
        if (!said.ok || said.value === 'gone') return said;
        cheap.push(...said.value);
      }
      // what is withheld anyway costs no request
      return cheap.length > 0 ? succeed(cheap) : judgeAges(candidate, subject, options);
    }) as Outcome<Judge>;
  };
}

function judgeSkips({ policies }: Subject): (candidate: Candidate) => readonly Verdict[] {
  const skips = (policies.skips ?? []).flatMap(({ value, source }) =>
    value.map((skip) => ({ ...skip, source })),
  );
  return ({ tag, digest }) =>
    skips
      .filter(({ version }) => version === tag || version === digest)
      .map(({ version, reason, source }) => ({
        code: 'skip-tags',
        kind: 'held',
        reason: `${version} is skipped by ${source}${reason === undefined || reason === '' ? '' : `: ${reason}`}`,
        ends: 'another version',
      }));
}

async function judgeAges(
  candidate: Candidate,
  subject: Subject,
  { notebook, digestOf, now, tellOnce }: JudgesOptions,
): Promise<Outcome<readonly Verdict[] | 'gone'>> {
  const { image, policies } = subject;
  if (policies.minAgeMs === undefined) return succeed([]);
  const { tag } = candidate;
  const named = candidate.digest === undefined ? await digestOf(subject, tag) : succeed(candidate.digest);
  if (!named.ok) return named;
  if (named.value === null) return succeed('gone');
  const repository = repositoryName(image.ref.canonical);
  const judged = judgeAge(policies, { repository, tag, digest: named.value }, notebook.memory, now());
  notebook.keep(judged);
  if (judged.verdict === undefined) return succeed([]);
  const restless = restlessWords({ repository, tag }, policies.minAgeMs.value, notebook.memory, now());
  if (restless !== undefined) tellOnce(`restless ${repository}:${tag}`, restless);
  return succeed([judged.verdict]);
}

function quarantineOf(
  candidate: Candidate,
  { config, image, policies }: Subject,
  { notebook }: JudgesOptions,
): readonly Verdict[] {
  const repository = repositoryName(image.ref.canonical);
  const about = { ...candidate, app: appKey(config.app), alias: image.alias, repository };
  const verdict = judgeQuarantine(policies, about, notebook.memory);
  return verdict === undefined ? [] : [verdict];
}

/** Clocks of new tags begin when they are first listed, also while a gate is closed (4.1). */
export async function lookAtNewTags(
  subject: Subject,
  candidates: readonly Candidate[],
  { notebook, digestOf, now }: Pick<JudgesOptions, 'notebook' | 'digestOf' | 'now'>,
): Promise<void> {
  if (subject.policies.minAgeMs === undefined) return;
  const repository = repositoryName(subject.image.ref.canonical);
  const tags = candidates.map(({ tag }) => tag);
  const known = new Map(candidates.map(({ tag, digest }) => [tag, digest]));
  for (const tag of tagsToLookAt(repository, tags, notebook.memory)) {
    const own = known.get(tag);
    const asked = own === undefined ? await digestOf(subject, tag) : succeed(own);
    // whoever wants to write the tag asks again, and fails with the reason
    if (!asked.ok || asked.value === null) continue;
    notebook.keep(rememberSight(notebook.memory, { repository, tag, digest: asked.value }, now()));
  }
}
