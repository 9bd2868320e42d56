/** What is known of targets from the last cycle, so that applications that wait to be synced cost no fetch. */
import { createHash } from 'node:crypto';
import type { Warning } from '../../core/config/annotations.ts';
import type { AppKey } from '../../core/config/application.ts';
import type { GitIntention } from '../../core/plan.ts';
import type { KnownVersions } from '../../core/decide/live.ts';
import type { Failure } from '../../core/base/outcome.ts';
import type { Located, Location } from '../repository/locate.ts';
import type { Potential } from './potential.ts';
import { Recollection } from './recollection.ts';

/** What the files of a target held at a commit. */
export interface KnownAtCommit {
  readonly commit: string;
  readonly versions: KnownVersions;
  /** About the effect of what they held. */
  readonly doubts: readonly Warning[];
}

/** The server refused the commit that an application wants. */
export interface Refusal {
  readonly failure: Failure;
  readonly triedAtMs: number;
}

/** What an application wanted when it was decided last. */
export interface LastIntention {
  /** What it would have written, or what it holds to. */
  readonly intentions: readonly GitIntention[];
}

export class TargetMemory {
  readonly #intentions = new Recollection<AppKey, LastIntention & { readonly mark: string }>();
  readonly #refused = new Recollection<AppKey, Refusal & { readonly mark: string }>();
  readonly #written = new Recollection<
    AppKey,
    { readonly mark: string; readonly doubts: readonly Warning[] }
  >();
  readonly #held = new Recollection<AppKey, KnownAtCommit & { readonly mark: string }>();

  /**
   * What there was to say of the effect if the target held these values when its branches were where they are now; else
   * undefined.
   */
  doubtsOf(intention: GitIntention, location: Location): readonly Warning[] | undefined {
    const known = this.#written.recall(intention.key);
    return known?.mark === writtenMark(intention, location) ? known.doubts : undefined;
  }

  confirm(intention: GitIntention, location: Location, doubts: readonly Warning[]): void {
    this.#written.keep(intention.key, { mark: writtenMark(intention, location), doubts });
  }

  /** Undefined if the application asked for something else, or nothing, in the last cycle. */
  heldBy(target: Potential): KnownAtCommit | undefined {
    const held = this.#held.recall(target.key);
    return held?.mark === targetMark(target) ? held : undefined;
  }

  keepHeld(target: Potential, held: KnownAtCommit): void {
    this.#held.keep(target.key, { ...held, mark: targetMark(target) });
  }

  /** Undefined if the application has come to want something else, or to write it elsewhere. */
  refusalOf({ intention, location }: Located): Refusal | undefined {
    const refusal = this.#refused.recall(intention.key);
    return refusal?.mark === contentMark(intention, location) ? refusal : undefined;
  }

  keepRefusal({ intention, location }: Located, failure: Failure, triedAtMs: number): void {
    this.#refused.keep(intention.key, { failure, triedAtMs, mark: contentMark(intention, location) });
  }

  /** Undefined if it is not known what the application wants of this target. */
  lastIntentionOf(target: Potential): LastIntention | undefined {
    const last = this.#intentions.recall(target.key);
    return last?.mark === targetMark(target) ? last : undefined;
  }

  keepIntentions(target: Potential, intentions: readonly GitIntention[]): void {
    this.#intentions.keep(target.key, { intentions, mark: targetMark(target) });
  }

  /** `isOutside`: those who are there, and were not asked about. */
  endCycle(isOutside: (app: AppKey) => boolean): void {
    for (const recollection of [this.#refused, this.#written, this.#held, this.#intentions])
      recollection.endCycle(isOutside);
  }
}

function writtenMark({ writeBack, edit }: GitIntention, location: Location): string {
  const { base, baseHead, branch, branchHead } = location;
  return markOf([writeBack.repoURL, base, baseHead, branch, branchHead ?? null, edit]);
}

function contentMark({ writeBack, edit }: GitIntention, { base, branch }: Location): string {
  return markOf([writeBack.repoURL, base, branch, edit]);
}

function targetMark({ writeBack, edit }: Potential): string {
  return markOf([writeBack.repoURL, writeBack.base ?? null, edit]);
}

function markOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}
