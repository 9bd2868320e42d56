/** The best candidate that all policies of an image let pass (spec/policies.md 1.1). */
import { type Failure, fail, type Outcome, succeed } from '../../../core/base/outcome.ts';
import type { Decision, PassedOver } from '../../../core/decide/decision.ts';
import { type ImageRef, versionText, withVersion } from '../../../core/image/image.ts';
import { order } from '../../../core/policy/order.ts';
import { type Reason, reasonOf } from '../../../core/policy/verdict.ts';
import type { Candidate } from '../../../core/strategy/selection.ts';
import { optionalProperty } from '../../../core/base/optional-property.ts';
import type { Judge, Subject } from './subject.ts';

export type Update = Extract<Decision, { kind: 'update' }>;
export type Withheld = Extract<Decision, { kind: 'held' | 'waiting' }>;

/** Candidates that are asked about for one image in a cycle. */
const maxAsked = 10;

export interface Sieved {
  /** Candidates that passed, best first: one, unless all were wanted. */
  readonly passing: readonly Candidate[];
  /** Better ones, or all, that did not. */
  readonly passedOver: readonly PassedOver[];
}

/** The digest that a candidate's tag names; null: there is no such tag, or none for the wanted platforms. */
export type Resolve = (
  subject: Pick<Subject, 'image'>,
  candidate: Candidate,
) => Promise<Outcome<string | null>>;

export interface Sieving {
  readonly judge: Judge;
  readonly resolve: Resolve;
  /** Others are judged too, once one has passed. */
  readonly wantsAll: boolean;
}

/**
 * Judges candidates from the best on, none of them older than what the target holds: withholding a newer version never
 * lowers it.
 */
export async function sieve(
  update: Update,
  { image, held }: Pick<Subject, 'image' | 'held'>,
  { judge, resolve, wantsAll }: Sieving,
): Promise<Outcome<Sieved>> {
  const passing: Candidate[] = [];
  const passedOver: PassedOver[] = [];
  for (const candidate of worthAsking(update, image.strategy, held)) {
    const judged = await judge(candidate);
    if (!judged.ok) return fail(judged.failure);
    if (judged.value === 'gone') continue;
    const reason = reasonOf(judged.value);
    if (reason !== undefined) {
      passedOver.push({ version: versionText(candidate), reason });
      continue;
    }
    const resolved = await asWritten(candidate, update, resolve);
    if (!resolved.ok) return fail(resolved.failure);
    if (resolved.value !== undefined && passing.push(resolved.value) > 0 && !wantsAll) break;
  }
  return succeed({ passing, passedOver });
}

/** Of the choice all is known already. Undefined: the candidate is none. */
async function asWritten(
  candidate: Candidate,
  { image, to }: Update,
  resolve: Resolve,
): Promise<Outcome<Candidate | undefined>> {
  if (candidate.tag === to.tag) return succeed({ ...candidate, ...optionalProperty('digest', to.digest) });
  if (to.digest === undefined && !image.verifyPlatform) return succeed(candidate);
  const named = await resolve({ image }, candidate);
  if (!named.ok) return named;
  return succeed(named.value === null ? undefined : { ...candidate, digest: named.value });
}

/** Nothing would change: Git has what is wanted, and waits to be synced. */
export function isHeldAlready({ image, to }: Update, held: ImageRef | undefined): boolean {
  return held !== undefined && order(image.strategy, to, held) === 'equal';
}

/** What is held is newer already. */
export function isBehind({ image, to }: Update, held: ImageRef): boolean {
  return order(image.strategy, to, held) === 'older';
}

/** The choice is asked about whatever it is: its rules may demand to go back. Others only above what is held. */
function worthAsking(
  { candidates = [], to }: Update,
  strategy: Subject['image']['strategy'],
  held: ImageRef | undefined,
): readonly Candidate[] {
  const [choice = to as Candidate, ...others] = candidates;
  const isAbove = (candidate: Candidate): boolean =>
    held === undefined || order(strategy, candidate, heldAmong(candidates, held)) === 'newer';
  return [choice, ...others.filter(isAbove)].slice(0, maxAsked);
}

/** What is held, with its build date where the registry lists it. */
function heldAmong(candidates: readonly Candidate[], held: ImageRef): Partial<Candidate> {
  return candidates.find(({ tag }) => tag === held.tag) ?? held;
}

/** The decision that comes of it: the choice, a lesser candidate, or nothing with the reason of the best. */
export function decideSieved(update: Update, { passing, passedOver }: Sieved, held?: ImageRef): Decision {
  const [best] = passing;
  if (best !== undefined) return movedTo(update, best, passedOver);
  const [first] = passedOver;
  return first === undefined ? gone(update, held) : withheld(update, first.reason, held);
}

/** The update with this candidate in the place of the choice. */
export function movedTo(
  update: Update,
  { tag, digest }: Candidate,
  passedOver: readonly PassedOver[],
): Update {
  const { passedOver: _, ...rest } = update;
  const over = passedOver.length === 0 ? {} : { passedOver };
  if (tag === update.to.tag) return { ...rest, ...over };
  const version = update.to.digest === undefined ? { tag } : { tag, digest };
  return { ...rest, to: withVersion(update.image.ref, version), ...over };
}

/** What the rules chose is not written, for that reason. `at`: what the target holds, where that is known. */
export function withheld(
  { image, index, alias, entry, trace, from, to }: Update,
  reason: Reason,
  at: ImageRef | undefined = from,
): Withheld {
  const known = at === undefined ? {} : { at };
  return { index, alias, entry, trace, kind: reason.kind, image, wanted: to, reason, ...known };
}

/** Its tags vanished between the list and the question. */
function gone({ image, index, alias, entry, trace, from, to }: Update, held = from): Decision {
  const message = `${versionText(to)} is in the list of tags, but the registry has it no more`;
  if (held === undefined)
    return { index, alias, entry, trace, kind: 'skipped', reason: 'no-candidate', message };
  return { index, alias, entry, trace, kind: 'current', image, at: held, noChoice: message };
}

export function failedUpdate({ index, alias, entry, trace, from }: Update, failure: Failure): Decision {
  return { index, alias, entry, trace, kind: 'failed', failure, ...(from === undefined ? {} : { from }) };
}

/** An update that cannot be judged fails; other decisions stand. */
export function failedWith(decision: Decision, failure: Failure): Decision {
  return decision.kind === 'update' ? failedUpdate(decision, failure) : decision;
}
