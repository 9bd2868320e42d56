/** `rollback: respect`: asks Git whether what an Application would write over was put there to take something back. */
import { appKey } from '../../../core/config/application.ts';
import type { Failure } from '../../../core/base/outcome.ts';
import { settle } from '../../../core/base/settle.ts';
import { versionOf } from '../../../core/edit/decided-version.ts';
import type { KeyFacts } from '../../../core/policy/rollback/key-facts.ts';
import {
  type HistoryAnswer,
  type HistoryQuestion,
  type Judgement,
  judging,
  type Scope,
} from '../../../core/policy/rollback/judging.ts';
import type { FileWork } from '../../../ports/file-work.ts';
import type { Histories } from '../../repository/histories.ts';
import { pastValues } from './past-values.ts';
import { type Head, keysOf, placesAt } from './key-places.ts';
import { keyFacts, type RollbackMemory } from './facts.ts';
import type { RollbackSubject } from './subject.ts';

/** `failure`: why the history cannot be had; until it can, nothing may be written. */
export type RollbackJudgement =
  | Exclude<Judgement, { kind: 'unread' }>
  | { readonly kind: 'unread'; readonly failure: Failure };

/** The commit that would be built on: of base, or of a write branch. */
export interface RollbackPlace extends Head {
  readonly histories: Histories;
  /** The branch that Argo CD follows: lines name it. */
  readonly base: string;
  readonly scope: Scope;
}

export interface RollbackContext {
  readonly files: FileWork;
  readonly memory: RollbackMemory;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

/**
 * Judges an image at one commit, by every key that bears its version there: whether somebody has put an older version
 * in the place of a newer one since we wrote there. To be asked when an update is decided, and again at the head that
 * a commit is built on. Asks the server for history; equal questions of one `Histories` cost nothing. Throws `Failed`
 * where the files of the head cannot be read.
 */
export async function judgeRollback(
  subject: RollbackSubject,
  place: RollbackPlace,
  context: RollbackContext,
): Promise<RollbackJudgement> {
  let judged: RollbackJudgement = { kind: 'free' };
  for (const key of await placesAt(place, subject, context)) {
    const held = key.version ?? (subject.live === undefined ? undefined : versionOf(subject.live));
    if (held === undefined) continue;
    const facts = keyFacts(
      subject,
      { branch: place.base, path: key.path, key: key.key },
      held,
      context.memory,
    );
    const keysNow = keysOf(subject, place);
    const found = await judgeKey({ ...facts, keysNow }, subject, place, context);
    if (found.kind === 'taken-back') return found;
    if (found.kind === 'unread') judged = found;
  }
  return judged;
}

async function judgeKey(
  facts: KeyFacts,
  subject: RollbackSubject,
  place: RollbackPlace,
  context: RollbackContext,
): Promise<RollbackJudgement> {
  const questions = judging(facts, appKey(subject.config.app), context.nowMs, place.scope);
  let failure: Failure | undefined;
  let next = questions.next();
  while (next.done !== true) {
    const question = next.value;
    const answer = await settle(() => ask(question, facts, subject, place, context));
    if (!answer.ok) ({ failure } = answer);
    next = questions.next(answer.ok ? answer.value : lackOf(answer.failure));
  }
  if (next.value.kind !== 'unread') return next.value;
  return { kind: 'unread', failure: failure ?? unanswered(facts) };
}

/** A history that a server cannot give in a size that we take is not asked for in vain for ever. */
function lackOf(failure: Failure): HistoryAnswer {
  return failure.kind === 'git' && failure.code === 'unsupported' ? { kind: 'too-large' } : undefined;
}

async function ask(
  { kind, minCommits }: HistoryQuestion,
  { place: { path } }: KeyFacts,
  { image }: RollbackSubject,
  { histories, head, edit }: RollbackPlace,
  { files, signal }: RollbackContext,
): Promise<HistoryAnswer> {
  if (kind === 'log') return { kind, ...(await histories.log(head, minCommits, signal)) };
  const history = await histories.file(head, minCommits, path, signal);
  return { kind, ...(await pastValues(history, { path, image, edit }, files)) };
}

function unanswered({ place: { path } }: KeyFacts): Failure {
  return { kind: 'unexpected', message: `the history of ${path} was not read`, cause: path };
}
