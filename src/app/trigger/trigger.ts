/** What starts a cycle, and for whom. */
import type { AppKey } from '../../core/config/application.ts';
import type { PushEvent } from '../../ports/push-event.ts';

/**
 * Whom a cycle asks about, decides and writes. Everybody is listed, configured and held to, in every cycle: who is
 * outside is not forgotten, and keeps what it wants. A scope is no shard: two processes that divide Applications
 * between them are two writers of one repository. Where work is divided, it is by `repositoryIdentity`.
 */
export type Scope =
  | { readonly kind: 'all' }
  | {
      readonly kind: 'some';
      readonly apps: ReadonlySet<AppKey>;
      /** Those too that track what was pushed: who they are is known once everybody is listed. */
      readonly pushes?: readonly PushEvent[];
    }
  /** Who they are is known once everybody is listed: everybody who is listed is looked at, in order. */
  | { readonly kind: 'matching'; readonly matches: (app: AppKey) => boolean };

export const everybody: Scope = { kind: 'all' };

export function isWithin(scope: Scope, app: AppKey): boolean {
  switch (scope.kind) {
    case 'all':
      return true;
    case 'some':
      return scope.apps.has(app);
    case 'matching':
      return scope.matches(app);
  }
}

export interface Trigger {
  /** Who asked for it, each once. */
  readonly reasons: readonly ('schedule' | 'signal' | 'webhook' | 'refresh')[];
  readonly scope: Scope;
}

function join(a: Trigger, b: Trigger): Trigger {
  const reasons = [...new Set([...a.reasons, ...b.reasons])];
  if (a.scope.kind !== 'some' || b.scope.kind !== 'some') return { reasons, scope: everybody };
  const apps = new Set([...a.scope.apps, ...b.scope.apps]);
  const pushes = [...(a.scope.pushes ?? []), ...(b.scope.pushes ?? [])];
  return { reasons, scope: { kind: 'some', apps, ...(pushes.length === 0 ? {} : { pushes }) } };
}

/** Triggers that wait for the running cycle to end, as one: however many come, one cycle follows. */
export class Triggers {
  #waiting: Trigger | undefined;
  #arrival = Promise.withResolvers<void>();

  add(trigger: Trigger): void {
    this.#waiting = this.#waiting === undefined ? trigger : join(this.#waiting, trigger);
    this.#arrival.resolve();
  }

  /** Resolves as soon as one waits. */
  get arrived(): Promise<void> {
    return this.#arrival.promise;
  }

  take(): Trigger | undefined {
    const trigger = this.#waiting;
    this.#waiting = undefined;
    this.#arrival = Promise.withResolvers();
    return trigger;
  }
}
