/** Histories of one key in a few words, and what is judged of them. */
import { ancestorsOf, readLines } from '../../../../src/core/policy/rollback/lines/commit-log.ts';
import { formatChange } from '../../../../src/core/policy/rollback/lines/change-line.ts';
import { formatVersion, parseVersionText } from '../../../../src/core/policy/rollback/lines/image-version.ts';
import type { KeyFacts } from '../../../../src/core/policy/rollback/key-facts.ts';
import {
  type HistoryAnswer,
  type HistoryQuestion,
  type Judgement,
  judging,
} from '../../../../src/core/policy/rollback/judging.ts';
import type { KeyPast, PastCommit } from '../../../../src/core/policy/rollback/past-values.ts';

/**
 * Who committed: `o` we with a line, `r` the reference in our name, `s` the reference squashed by a forge, `b` a
 * command on behalf of a person, `h` a person.
 */
export type Committer = 'o' | 'r' | 's' | 'b' | 'h';

export interface Step {
  readonly by: Committer;
  /** As in lines; `-`: no file or no key. Absent: as before. */
  readonly version?: string;
  /** Positions in the history; absent: the step before. */
  readonly parents?: readonly number[];
  /** Branch of the line. */
  readonly branch?: string;
  readonly path?: string;
  readonly message?: string;
  readonly author?: string;
  readonly atMs?: number;
  readonly deleted?: readonly string[];
}

export const dayMs = 24 * 60 * 60 * 1000;
export const startMs = 1_700_000_000_000;
export const place = { branch: 'main', path: 'apps/shop/values.yaml', key: 'image.tag' };
const us = 'argocd-image-updater <noreply@argoproj.io>';

/** `o 2.1.5, h 2.1.4`. */
export function steps(text: string): readonly Step[] {
  return text.split(', ').map((word) => {
    const [by = '', version = ''] = word.split(' ');
    return { by: by as Committer, version };
  });
}

/** Id of the step at a position. */
export function idAt(position: number): string {
  return `${position}`.padStart(7, '0').padEnd(40, 'c');
}

/** The last step is the head; what it does not lead to is left out. */
export function pastOf(history: readonly Step[]): KeyPast {
  const commits: PastCommit[] = [];
  for (const [index, step] of history.entries()) {
    const parents = (step.parents ?? (index === 0 ? [] : [index - 1])).map((at) => commits[at]);
    const before = formatVersion(parents[0]?.version);
    const after = step.version ?? before;
    commits.push({
      id: idAt(index),
      parents: parents.map((parent) => parent?.id ?? ''),
      isCut: false,
      committedAtMs: step.atMs ?? startMs + index * 60_000,
      isByUs: step.by === 'o' || step.by === 'r',
      author: step.author ?? (step.by === 'o' || step.by === 'r' ? us : 'Ann <ann@example.com>'),
      message: step.message ?? messageOf(step, before, after),
      version: parseVersionText(after),
      ...(step.deleted === undefined ? {} : { deleted: step.deleted }),
    });
  }
  const [head, ...others] = commits.toReversed();
  if (head === undefined) return [];
  const behind = ancestorsOf([head, ...others], new Set([head.id]));
  return [head, ...others.filter(({ id }) => behind.has(id))];
}

function messageOf({ by, branch = place.branch, path = place.path }: Step, from: string, to: string): string {
  const text = `build: automatic update of shop\n\nupdates image acme/web tag '${from}' to '${to}'\n`;
  const line = formatChange({
    place: { ...place, branch, path },
    from: parseVersionText(from),
    to: parseVersionText(to),
  });
  switch (by) {
    case 'o':
      return `${text}\nImage-Updater-Application: argocd/shop\n${line}\n`;
    case 'b':
      return `${text}\nImage-Updater-Application: argocd/shop\n${line}\nImage-Updater-By: ann\n`;
    case 'r':
      return text;
    case 's':
      return 'build: automatic update of shop (#7)';
    case 'h':
      return 'by hand';
  }
}

export interface Given extends Partial<Omit<KeyFacts, 'held' | 'place' | 'traces'>> {
  readonly branch?: string;
  readonly constraint?: (tag: string) => boolean;
  readonly nowMs?: number;
  /** What runs, where the key is not there. */
  readonly live?: string;
  /** What comes in the place of values. */
  readonly lacks?: HistoryAnswer;
  readonly onQuestion?: (question: HistoryQuestion) => void;
  /** So many commits of the history can be had. */
  readonly cutAt?: number;
}

/** Asks as a reader would, of a history that is at hand. */
export function judge(history: readonly Step[], given: Given = {}): Judgement {
  const past = pastOf(history);
  return judgePast(past, given);
}

export function judgePast(past: KeyPast, given: Given = {}): Judgement {
  const { branch = place.branch, cutAt = past.length, nowMs = startMs + dayMs, ...facts } = given;
  const questions = judging(factsOf(past, branch, facts), 'argocd/shop', nowMs);
  let next = questions.next();
  while (next.done !== true) {
    given.onQuestion?.(next.value);
    const isLacking = next.value.kind === 'values' && 'lacks' in given;
    next = questions.next(isLacking ? given.lacks : answer(past, next.value, cutAt));
  }
  return next.value;
}

function factsOf(
  past: KeyPast,
  branch: string,
  { constraint = () => true, strategy = { kind: 'semver' }, live = '-', ...given }: Given,
): KeyFacts {
  return {
    place: { ...place, branch },
    strategy,
    held: past[0]?.version ?? parseVersionText(live) ?? {},
    admits: ({ tag }) => constraint(tag ?? ''),
    createdOf: () => undefined,
    traces: { application: 'shop' },
    resumed: [],
    ...given,
  };
}

function answer(past: KeyPast, { kind, minCommits }: HistoryQuestion, cutAt: number): HistoryAnswer {
  const count = Math.min(minCommits, cutAt);
  const isDeepest = count >= past.length || count >= cutAt;
  const commits = past.slice(0, count).map((commit, index) => {
    const isCut = index === count - 1 && count < past.length;
    return isCut ? { ...commit, parents: [], isCut } : commit;
  });
  return kind === 'log' ? { kind, lines: readLines(commits), isDeepest } : { kind, commits, isDeepest };
}

/** `free`, `unread`, or the code with what was taken back. */
export function told(judgement: Judgement): string {
  if (judgement.kind !== 'taken-back') return judgement.kind;
  const { code, versions } = judgement.taken;
  return [code, ...versions.map(formatVersion)].join(' ');
}
