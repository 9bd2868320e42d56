/** Cycles that pushes ask for, and what these cycles found of them. */
import type { PushEvent } from '../../ports/push-event.ts';
import type { Registry } from '../../ports/registry.ts';
import { PushWatch } from './pushed.ts';
import type { RememberedAnswers } from './remembered-answers.ts';
import type { Scope, Triggers } from './trigger.ts';

interface Look {
  readonly events: readonly PushEvent[];
  readonly resolve: (missing: readonly PushEvent[]) => void;
}

export class PushCycles {
  readonly #triggers: Triggers;
  readonly #watch: PushWatch;
  #waiting: Look[] = [];
  #running: readonly Look[] = [];

  /** `memory`: of what registries said last, where pushes are taken at all. */
  constructor(triggers: Triggers, memory?: RememberedAnswers) {
    this.#watch = new PushWatch(memory);
    this.#triggers = triggers;
  }

  /** The registry that the cycles have to ask. */
  watching(registry: Registry): Registry {
    return this.#watch.watching(registry);
  }

  /** Resolves after the next cycle, with those whose tag its answers did not show. */
  look(events: readonly PushEvent[]): Promise<readonly PushEvent[]> {
    return new Promise((resolve) => {
      this.#waiting.push({ events, resolve });
      this.#triggers.add({
        reasons: ['webhook'],
        scope: { kind: 'some', apps: new Set(), pushes: events },
      });
    });
  }

  /** A cycle begins: all who wait are asked about in it. */
  begin(scope: Scope): void {
    this.#running = this.#waiting;
    this.#waiting = [];
    const isAboutPushes = scope.kind === 'some' && scope.apps.size === 0;
    this.#watch.begin(
      this.#running.flatMap(({ events }) => events),
      isAboutPushes,
    );
  }

  end(): void {
    const missing = new Set(this.#watch.missing());
    for (const { events, resolve } of this.#running) resolve(events.filter((event) => missing.has(event)));
    this.#running = [];
  }
}
