/** What was taken back, and what that means to a candidate. */
import { optionalProperty } from '../../base/optional-property.ts';
import { shortLine } from '../../base/short-line.ts';
import type { Strategy } from '../../strategy/strategy.ts';
import { order, type OrderedVersion } from '../order.ts';
import type { PolicyCode, Verdict } from '../verdict.ts';
import { formatVersion, type ImageVersion } from './lines/image-version.ts';

export type RollbackCode = Extract<PolicyCode, 'rollback' | 'rollback-unsure' | 'reverted'>;

/** Versions that somebody put older ones in the place of. */
export interface TakenBack {
  readonly code: RollbackCode;
  /** What is there now. */
  readonly held: ImageVersion;
  /** None: nothing is known, and nothing may be written. Of strategy digest, each of these digests. */
  readonly versions: readonly OrderedVersion[];
  /** The commit, or field manager, to blame. */
  readonly by?: Blame;
  /** When a person took it back, else when we wrote it: milliseconds since 1970. */
  readonly sinceMs?: number;
  /** Why it cannot be told for sure, or what it rests on. */
  readonly why?: string;
}

export interface Blame {
  /** Whole id. */
  readonly commit?: string;
  /** Name of a person, or of a field manager. */
  readonly name?: string;
}

/** `author`: `Name <email>`. */
export function blamed({ id, author }: { readonly id: string; readonly author: string }): Blame {
  return { commit: id, name: author.replace(/ <[^<>]*>$/, '') };
}

/** What `resume` has to name: the newest version that was taken back, else what is there. */
export function resumableVersion({ versions: [first], held }: TakenBack): string {
  return formatVersion(first ?? held);
}

/** Whether a candidate may go over what is there: newer than all that was taken back. */
export function passes({ versions }: TakenBack, candidate: OrderedVersion, strategy: Strategy): boolean {
  if (versions.length === 0) return false;
  if (strategy.kind === 'digest') return versions.every(({ digest }) => digest !== candidate.digest);
  return versions.every((version) => order(strategy, candidate, version) === 'newer');
}

/** `application`: `namespace/name`; `alias` as in image-list, "" if there is none. */
export function rollbackVerdict(
  taken: TakenBack,
  strategy: Strategy,
  application: string,
  alias: string,
): Verdict {
  const { code, by, sinceMs } = taken;
  const resume = `tidewaiter resume ${application}${alias === '' ? '' : ` ${alias}`}`;
  return {
    code,
    kind: 'held',
    reason: reasonOf(taken),
    ends: `${awaited(taken, strategy)}${resume}`,
    ...optionalProperty('sinceMs', sinceMs),
    ...optionalProperty('by', by === undefined ? undefined : blameText(by)),
    resume: { version: resumableVersion(taken), ...optionalProperty('commit', by?.commit) },
  };
}

function awaited({ versions: [first] }: TakenBack, { kind }: Strategy): string {
  if (first === undefined) return '';
  if (kind === 'digest') return 'another digest, or ';
  return first.tag === undefined ? '' : `a version newer than ${first.tag}, or `;
}

function reasonOf({ code, held, versions: [first], why }: TakenBack): string {
  const now = formatVersion(held);
  const because = why === undefined ? '' : `: ${why}`;
  if (first === undefined) return `whether ${now} is a step back cannot be told${because}`;
  const newer = formatVersion(first);
  switch (code) {
    case 'rollback':
      return `${newer} was taken back to ${now}${because}`;
    case 'rollback-unsure':
      return `${newer} was probably taken back to ${now}${because}`;
    case 'reverted':
      return `${newer} is put back to ${now} by whoever owns the Application${because}`;
  }
}

const shownDigits = 7;
const maxNameLength = 60;

function blameText({ commit, name }: Blame): string {
  const who = name === undefined ? undefined : shortLine(name, maxNameLength);
  if (commit === undefined) return who ?? '';
  const short = commit.slice(0, shownDigits);
  return who === undefined ? `commit ${short}` : `commit ${short} of ${who}`;
}
