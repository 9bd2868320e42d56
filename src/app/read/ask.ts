/** Stage 4: each distinct question to registries once per cycle, and never twice at the same time. */
import type { Answer, ImageNeed } from '../../core/decide/needs.ts';
import { type Failure, fail, type Outcome } from '../../core/base/outcome.ts';
import type { RegistryCycle } from '../../ports/registry.ts';
import { settle } from '../../core/base/settle.ts';
import type { Budget } from '../repository/budget.ts';
import type { Unfinished } from '../repository/unfinished.ts';

export type Ask = (need: ImageNeed) => Promise<Outcome<Answer>>;

/** Questions of earlier cycles that have not been answered, or whose answer nobody has seen yet. */
export type OpenQuestions = Unfinished<Outcome<Answer>>;

export interface AskOptions {
  readonly registry: RegistryCycle;
  readonly budget: Budget;
  readonly open: OpenQuestions;
  readonly signal: AbortSignal;
}

/**
 * Questions with equal keys share one answer, however many applications have them. One that is not answered in time
 * stays open: the next cycles do without it until there is an answer, which the first of them takes.
 */
export function makeAsk({ registry, budget, open, signal }: AskOptions): Ask {
  const asked = new Map<string, Promise<Outcome<Answer>>>();
  const start = (need: ImageNeed): Promise<Outcome<Answer>> => {
    if (open.isRunning(need.key)) return Promise.resolve(fail(stillOpen(need)));
    const answer = open.take(need.key) ?? settle(() => registry.answer(need, signal));
    return budget.within(answer, () => {
      open.keep(need.key, answer);
      return notAnswered(need, budget);
    });
  };
  return (need) => {
    const known = asked.get(need.key);
    if (known !== undefined) return known;
    const answer = start(need);
    asked.set(need.key, answer);
    void answer.then((outcome) => {
      if (isLong(outcome)) asked.delete(need.key);
    });
    return answer;
  };
}

/** Longer lists are for those only who ask while they are read: all of a cycle's together do not fit into memory. */
const tagsKept = 100_000;

function isLong(outcome: Outcome<Answer>): boolean {
  return outcome.ok && outcome.value.kind === 'tags' && outcome.value.tags.length > tagsKept;
}

function notAnswered(need: ImageNeed, budget: Budget): Failure {
  return silence(need, `not answered within ${budget.text}; the next cycles begin without it until it is`);
}

function stillOpen(need: ImageNeed): Failure {
  return silence(need, 'a question of an earlier cycle is not answered yet; this one goes on without it');
}

function silence({ endpoint, repository }: ImageNeed, words: string): Failure {
  const { host } = new URL(endpoint.apiUrl);
  return { kind: 'registry', code: 'timeout', host, repository, message: `${host}/${repository}: ${words}` };
}
