/** Pushes chains of commits; where the server refuses one commit, finds out which, and lands those before it. */
import type { Failure } from '../../../core/base/outcome.ts';
import type { PushRequest } from '../../../ports/git.ts';

/** The commits for one branch, each built on the one before. */
export interface Chain extends Pick<PushRequest, 'branch' | 'expected' | 'force'> {
  readonly commits: readonly string[];
}

export interface ChainResult {
  /** So many commits of the chain are at the server. */
  readonly landed: number;
  /** The server refuses the first that did not land, for itself. */
  readonly refused?: Failure;
  /** Why the rest did not land, where that is the fault of no commit. */
  readonly stopped?: Failure;
}

/** One result for each request: undefined where it landed. Must not throw. */
export type Push = (requests: readonly PushRequest[]) => Promise<readonly (Failure | undefined)[]>;

/** A commit, by the position of its chain and its own in there. */
interface Step {
  readonly chain: number;
  readonly at: number;
}

/**
 * One push where the server takes everything. Where it refuses something, be it one branch or the push as a whole,
 * shorter and shorter beginnings of what is left are pushed, until one commit is found that is refused for itself. With
 * one push for the rest, which is to be built anew without it, that costs at most log2(n) + 2 pushes more.
 */
export async function pushChains(chains: readonly Chain[], push: Push): Promise<readonly ChainResult[]> {
  const search = new Search(chains, push);
  const all = chains.flatMap(({ commits }, chain) => commits.map((_, at): Step => ({ chain, at })));
  if (all.length > 0) await search.run(all);
  return search.results();
}

class Search {
  readonly #chains: readonly Chain[];
  readonly #push: Push;
  readonly #landed: number[];
  readonly #refusals = new Map<number, Failure>();
  readonly #stopped = new Map<number, Failure>();
  #culprit: Step | undefined;

  constructor(chains: readonly Chain[], push: Push) {
    this.#chains = chains;
    this.#push = push;
    this.#landed = chains.map(() => 0);
  }

  async run(all: readonly Step[]): Promise<void> {
    await this.#try(all);
    let left = this.#open(all);
    /** The first so many of those left are refused if they are pushed together. */
    let reach = left.length;
    // Who was alone in a push, or in what others of it left, is refused for itself.
    let isSure = true;
    let spare = Math.floor(Math.log2(all.length)) + 2;
    while (reach > 1 || (reach === 1 && !isSure && spare > (left.length > 1 ? 1 : 0))) {
      const suspects = left.slice(0, reach);
      const tried = suspects.slice(0, Math.max(1, Math.floor(reach / 2)));
      await this.#try(tried);
      spare -= 1;
      const refused = this.#open(tried);
      isSure = refused.length > 0;
      reach = isSure ? refused.length : this.#open(suspects).length;
      left = this.#open(left);
    }
    if (reach > 0) [this.#culprit] = left;
  }

  results(): readonly ChainResult[] {
    return this.#landed.map((landed, chain) => {
      const stopped = this.#stopped.get(chain);
      const refused = this.#culprit?.chain === chain ? this.#refusals.get(chain) : undefined;
      return {
        landed,
        ...(stopped === undefined ? {} : { stopped }),
        ...(refused === undefined ? {} : { refused }),
      };
    });
  }

  /** Neither landed nor stopped. */
  #open(steps: readonly Step[]): readonly Step[] {
    return steps.filter(({ chain, at }) => at >= (this.#landed[chain] ?? 0) && !this.#stopped.has(chain));
  }

  async #try(steps: readonly Step[]): Promise<void> {
    const last = new Map(steps.map(({ chain, at }) => [chain, at]));
    const requests = Array.from(last, ([chain, at]) => this.#request(chain, at));
    const results = await this.#push(requests);
    for (const [i, [chain, at]] of [...last].entries()) {
      const failure = results[i];
      if (failure === undefined) this.#landed[chain] = at + 1;
      else if (isRefusal(failure)) this.#refusals.set(chain, failure);
      else this.#stopped.set(chain, failure);
    }
  }

  #request(chain: number, at: number): PushRequest {
    const { branch, expected, force, commits } = this.#chains[chain] as Chain;
    const landed = this.#landed[chain] ?? 0;
    const commit = commits[at] ?? '';
    return landed === 0
      ? { branch, commit, expected, force }
      : { branch, commit, expected: commits[landed - 1] ?? null, force: false };
  }
}

/** A server, or a proxy before it, that fails on what is in a commit refuses it without a word. */
function isRefusal(failure: Failure): boolean {
  return failure.kind === 'git' && (failure.code === 'rejected' || failure.unanswered === true);
}
