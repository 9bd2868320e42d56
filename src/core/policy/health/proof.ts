/** Proof that a version runs at an Application and is healthy there (spec/policies.md 7.1). */
import { describeWait } from '../../base/duration.ts';
import type { Application } from '../../config/application.ts';
import { type ApplicationState, readState } from '../../config/state/application-state.ts';
import { type ImageRef, versionText } from '../../image/image.ts';
import type { MemoryLine } from '../memory/line.ts';
import { linesOf, type Memory } from '../memory/memory.ts';
import { shortDigest, sightsOf } from '../memory/sights.ts';
import type { Order } from '../order.ts';
import { badLineOf } from './bad.ts';
import type { Place } from './soak.ts';
import { imagesOf, isVersion, readVersion, type Version } from './version.ts';

export interface ProofQuestion {
  readonly place: Place;
  readonly version: Version;
  /** The consumer writes or follows digests: the same tag is not enough. */
  readonly needsDigest: boolean;
  /** Canonical repository of the consumer, which the version is wanted of: the tag carries over. */
  readonly repository: string;
  readonly minHealthyMs: number;
  /** True: a rollback withholds the version at the place. */
  readonly isTakenBack?: boolean;
  /** How the consumer's strategy orders two versions. */
  readonly order: (a: Version, b: Version) => Order;
}

export type Proof =
  | { readonly kind: 'proven'; readonly remember: readonly MemoryLine[] }
  | {
      readonly kind: 'unproven';
      /** `never`: it cannot be proven as things are there. */
      readonly hope: 'later' | 'never';
      /** `argocd/staging is Progressing`. */
      readonly reason: string;
      readonly untilMs?: number;
      /** What counted as proven, and does not any more. */
      readonly forget: readonly MemoryLine[];
    };

const shortestMs = 60_000; // two looks, so far apart
const dayMs = 86_400_000;

/** `memory` has what `observe` said of the place in this cycle. */
export function proofOf(
  application: Application | undefined,
  question: ProofQuestion,
  memory: Memory,
  nowMs: number,
): Proof {
  const { app, repository } = question.place;
  if (application === undefined) return never(`${app} is not there, or cannot be read`);
  if (application.state === undefined) return never(`nothing tells how ${app} is`);
  const state = readState(application.state);
  if (state.isDeleting) return never(`${app} is being deleted`);
  const running = imagesOf(application.status?.images ?? [], repository);
  if (running.length === 0) return never(`${app} reports no image of ${repository}`);
  const gone = withdrawn(question, running, memory);
  if (gone !== undefined) return gone;
  if (hasMovedOn(question, running, memory)) return { kind: 'proven', remember: [] };
  return proofNow(state, question, running, memory, nowMs);
}

/** What ends a proof for good: a version that proved bad, or was taken back, or that the place went back from. */
function withdrawn(question: ProofQuestion, running: readonly ImageRef[], memory: Memory): Proof | undefined {
  const { place, version } = question;
  const forget = provenLines(question, memory);
  const bad = [place.repository, question.repository]
    .map((repository) => badLineOf(repository, version, memory))
    .find((line) => line !== undefined);
  if (bad !== undefined) return later(`${shown(version)} made ${bad.app} unhealthy`, { forget });
  if (question.isTakenBack === true)
    return later(`${shown(version)} was taken back at ${place.app}`, { forget });
  const isBehind = running.every((one) => question.order(one, version) === 'older');
  return isBehind ? later(notRunning(question, running), { forget }) : undefined;
}

/** Proven before, and something newer has taken its place since. */
function hasMovedOn(question: ProofQuestion, running: readonly ImageRef[], memory: Memory): boolean {
  if (provenLines(question, memory).length === 0) return false;
  return running.some((one) => question.order(one, question.version) === 'newer');
}

function proofNow(
  state: ApplicationState,
  question: ProofQuestion,
  running: readonly ImageRef[],
  memory: Memory,
  nowMs: number,
): Proof {
  const { place, version, needsDigest } = question;
  const match = running.find((one) => isVersion(one, version, needsDigest));
  if (match === undefined) return unmatched(question, running);
  const soak = linesOf(memory, 'soak', [place.app, place.repository]).find(
    (line) => line.version === versionText(match),
  );
  const problem = problemOf(state);
  if (problem !== undefined) return later(`${place.app} ${problem}`);
  if (soak === undefined) return later(`${place.app} has not been seen healthy with ${shown(version)} yet`);
  if (hasMoved(question, match, soak.atMs, memory))
    return never(`the tag ${shown(version)} names another image now than the one that ${place.app} took`);
  return soaked(state, question, match, soak.atMs, memory, nowMs);
}

function soaked(
  { healthSinceMs = 0 }: ApplicationState,
  question: ProofQuestion,
  match: ImageRef,
  soakMs: number,
  memory: Memory,
  nowMs: number,
): Proof {
  const { place, version } = question;
  const neededMs = Math.max(question.minHealthyMs, shortestMs);
  const healthyMs = nowMs - Math.max(healthSinceMs, soakMs);
  if (healthyMs < neededMs) {
    const time = `${describeWait(Math.max(healthyMs, 0))} of ${describeWait(neededMs)}`;
    const untilMs = nowMs + neededMs - healthyMs;
    return later(`${place.app} has run ${shown(version)} healthily for ${time}`, { untilMs });
  }
  // once a day is enough for a line that lives for thirty
  const isFresh = provenLines(question, memory).some(({ atMs }) => nowMs - atMs < dayMs);
  const line = { word: 'proven', ...place, version: versionText(match), atMs: nowMs } as const;
  return { kind: 'proven', remember: isFresh ? [] : [line] };
}

/** Why the status proves nothing now. The two halves of Argo CD are independent: health may still be the old one. */
function problemOf(state: ApplicationState): string | undefined {
  const { health, sync, operation, reconciledAtMs = 0 } = state;
  if (health !== 'Healthy') return health === '' ? 'reports no health' : `is ${health}`;
  if (sync !== 'Synced') return sync === '' ? 'does not report whether it is in sync' : `is ${sync}`;
  if (state.hasOperation) return 'is about to be synced';
  if (operation === undefined) return undefined;
  if (operation.phase !== 'Succeeded') return `has a sync that is ${operation.phase}`;
  const isStale = reconciledAtMs < (operation.finishedAtMs ?? Number.POSITIVE_INFINITY);
  return isStale ? 'has not been compared since its last sync' : undefined;
}

function unmatched(question: ProofQuestion, running: readonly ImageRef[]): Proof {
  const { place, version, needsDigest } = question;
  const sameTag = running.find(({ tag }) => tag !== undefined && tag === version.tag);
  if (!needsDigest || sameTag === undefined) return later(notRunning(question, running));
  if (sameTag.digest !== undefined)
    return later(`${place.app} runs another image of the tag ${shown(version)}`);
  return never(
    `${place.app} runs ${shown(version)} without a digest, so nobody knows which image that is; ` +
      'give it write-format: tag@digest',
  );
}

/** The tag named another image after the place had taken it, or other than what it runs. */
function hasMoved(question: ProofQuestion, match: ImageRef, soakMs: number, memory: Memory): boolean {
  const { repository, version, needsDigest } = question;
  if (needsDigest || version.tag === undefined || repository !== question.place.repository) return false;
  const sights = sightsOf(memory, repository, version.tag);
  const last = sights.at(-1);
  if (last === undefined) return false;
  if (match.digest !== undefined) return last.digest !== shortDigest(match.digest);
  return sights.length > 1 && last.atMs > soakMs;
}

function provenLines({ place, version, needsDigest }: ProofQuestion, memory: Memory) {
  const lines = linesOf(memory, 'proven', [place.app, place.repository]);
  return lines.filter((line) => isVersion(readVersion(line.version), version, needsDigest));
}

function notRunning({ place, version }: ProofQuestion, running: readonly ImageRef[]): string {
  const versions = [...new Set(running.map(shown))].join(' and ');
  return `${place.app} runs ${versions}, not ${shown(version)}`;
}

/** The tag where there is one: whoever reads it knows tags. */
function shown({ tag, digest }: Version): string {
  return tag ?? (digest === undefined ? 'no version' : shortDigest(digest));
}

function never(reason: string): Proof {
  return { kind: 'unproven', hope: 'never', reason, forget: [] };
}

function later(
  reason: string,
  more: { readonly untilMs?: number; readonly forget?: readonly MemoryLine[] } = {},
): Proof {
  return { kind: 'unproven', hope: 'later', reason, forget: [], ...more };
}
