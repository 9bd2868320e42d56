/** Versions that complete a group of which some members are written: only what people stop, or nobody can tell, stops them (6.3). */
import { type Outcome, succeed } from '../../core/base/outcome.ts';
import type { ImagePolicies } from '../../core/policy/settings.ts';
import { firmGateReason, type GateFacts, gateReason } from '../../core/policy/stage/gates.ts';
import type { Reason } from '../../core/policy/verdict.ts';
import type { Judge, MakeJudge, Subject } from './judge/subject.ts';
import type { Seat } from './together/meeting.ts';
import type { Completion } from './together/splits.ts';

export interface ClosedGates {
  /** Closed to every version. */
  readonly firm: Reason | undefined;
  /** Closed to those that complete nothing. */
  readonly soft: Reason | undefined;
}

export class Completing {
  readonly #completion: Completion;
  readonly #makeJudge: MakeJudge;

  constructor(completion: Completion, makeJudge: MakeJudge) {
    this.#completion = completion;
    this.#makeJudge = makeJudge;
  }

  gates(seat: Seat, policies: ImagePolicies, facts: GateFacts): ClosedGates {
    const soft = gateReason(policies, facts);
    return { soft, firm: this.#completion.isDue(seat) ? firmGateReason(policies, facts) : soft };
  }

  /** `gate`: what is closed to versions that complete nothing. */
  async judge(seat: Seat, subject: Subject, gate: Reason | undefined): Promise<Outcome<Judge>> {
    const { isDue, completes } = this.#completion;
    if (!isDue(seat)) return this.#makeJudge(subject);
    return succeed(async (candidate) => {
      if (await completes(seat, subject.image, candidate)) return succeed([]);
      if (gate !== undefined) return succeed([gate]);
      const judge = await this.#makeJudge(subject);
      return judge.ok ? judge.value(candidate) : judge;
    });
  }
}
