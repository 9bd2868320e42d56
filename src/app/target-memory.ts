/** Remembers which targets are known to hold what is wanted, so that unsynced applications cost no fetch. */
import { createHash } from 'node:crypto';
import type { AppKey } from '../core/application.ts';
import type { GitIntention } from '../core/plan.ts';
import type { Location } from './locate.ts';

export class TargetMemory {
  #known = new Map<AppKey, string>();
  #next = new Map<AppKey, string>();

  /** True if the target held these values when its branches were where they are now. */
  holds(intention: GitIntention, location: Location): boolean {
    const mark = markOf(intention, location);
    if (this.#known.get(intention.key) !== mark) return false;
    this.#next.set(intention.key, mark);
    return true;
  }

  confirm(intention: GitIntention, location: Location): void {
    this.#next.set(intention.key, markOf(intention, location));
  }

  /** Keeps what this cycle used and forgets the rest, so that it stays as small as the work. */
  endCycle(): void {
    this.#known = this.#next;
    this.#next = new Map();
  }
}

function markOf({ writeBack, edit }: GitIntention, { base, baseHead, branch, branchHead }: Location): string {
  const text = JSON.stringify([writeBack.repoURL, base, baseHead, branch, branchHead ?? null, edit]);
  return createHash('sha256').update(text).digest('base64');
}
