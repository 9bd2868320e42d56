/** What registries said in one cycle: their answers, and how much they still grant. */
import type { Answer } from '../../core/decide/needs.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Observation } from '../../ports/observation.ts';
import type { Registry } from '../../ports/registry.ts';

export interface HeardAnswer {
  readonly answer: Answer;
  readonly atMs: number;
}

export class Heard {
  readonly #clock: Clock;
  /** By the key of the need. */
  readonly answers = new Map<string, HeardAnswer>();
  /** Requests that a registry still grants, by its host, as it said last. */
  readonly remaining = new Map<string, number>();
  requests = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The same registry, whose answers are kept. */
  listening(registry: Registry): Registry {
    return {
      close: () => registry.close(),
      openCycle: (secrets) => {
        const cycle = registry.openCycle(secrets);
        return {
          answer: async (need, signal) => {
            const answer = await cycle.answer(need, signal);
            this.answers.set(need.key, { answer, atMs: this.#clock.now() });
            return answer;
          },
        };
      },
    };
  }

  observe(observation: Observation): void {
    if (observation.kind !== 'registry-request') return;
    this.requests += 1;
    const { registry, remaining } = observation;
    if (remaining !== undefined) this.remaining.set(registry, remaining);
  }
}
