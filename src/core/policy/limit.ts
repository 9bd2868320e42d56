/** `max-commits-per-hour`: one bucket of tokens an Application and one for all (spec/policies.md 9). */
import { describeWait } from '../base/duration.ts';
import type { LineOf } from './memory/line.ts';
import { linesOf, type Memory } from './memory/memory.ts';
import type { Sourced } from './settings.ts';
import type { Verdict } from './verdict.ts';

const hourMs = 3_600_000;
/** Where nobody knows what was spent, the first token comes no later. */
const firstTokenMs = 360_000;
/** As its line prints them. */
const parts = 1000;

/** Name of the bucket for all. */
const nameOfAll = '*';

/** Commits that are made together or not at all: of one Application, or of a group. */
export interface CommitRequest {
  /** Of the Application or group. */
  readonly key: string;
  /** Since when it has been wanted, whatever versions it was about. */
  readonly sinceMs: number;
  /** Commits and live patches: each takes one token of all. */
  readonly commits: number;
  /** Each takes one token of its own. */
  readonly apps: readonly LimitedApplication[];
  /** A person's command, and what completes a group that is split: it spends, but does not wait. */
  readonly isUrgent?: boolean;
}

export interface LimitedApplication {
  /** `namespace/name`. */
  readonly app: string;
  readonly perHour?: Sourced<number>;
}

export interface Granted {
  /** By key of the request; who is not in it may go on. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** Of buckets that nobody knew anything of. */
  readonly remember: readonly LineOf<'spent'>[];
}

interface Bucket {
  readonly name: string;
  readonly perHour: Sourced<number>;
  tokens: number;
}

/**
 * Who may commit in this cycle: the oldest wish first, and none before one that waits for a token of all. Who has no
 * token of its own keeps nobody else waiting.
 */
export function grantCommits(
  requests: readonly CommitRequest[],
  forAll: Sourced<number> | undefined,
  memory: Memory,
  nowMs: number,
): Granted {
  const buckets = new Buckets(memory, nowMs);
  const verdicts = new Map<string, Verdict>();
  for (const request of inOrder(requests)) {
    const { own, common } = costsOf(request, forAll, buckets);
    const isUrgent = request.isUrgent === true;
    const ofOwn = isUrgent ? undefined : verdictOn(own, nowMs);
    const verdict = ofOwn ?? (isUrgent ? undefined : verdictOn(common, nowMs));
    if (verdict !== undefined) verdicts.set(request.key, verdict);
    if (ofOwn === undefined) takeFrom(common);
    if (verdict === undefined) takeFrom(own);
  }
  return { verdicts, remember: buckets.unknown };
}

/** After the push, or the patch: what is left. Commits that nobody limits are not counted. */
export function spend(
  request: Pick<CommitRequest, 'commits' | 'apps'>,
  forAll: Sourced<number> | undefined,
  memory: Memory,
  nowMs: number,
): readonly LineOf<'spent'>[] {
  const { own, common } = costsOf(request, forAll, new Buckets(memory, nowMs));
  return [...common, ...own].map(({ bucket, tokens }) =>
    spentLine(bucket.name, Math.max(0, bucket.tokens - tokens), nowMs),
  );
}

/**
 * Since when each of these has been wanted: as in the cycle before, or from now on. What is wanted no more loses its
 * place; another version of the same keeps it.
 */
export function keepPlaces(
  before: ReadonlyMap<string, number>,
  wanted: Iterable<string>,
  nowMs: number,
): ReadonlyMap<string, number> {
  return new Map([...wanted].map((key) => [key, Math.min(before.get(key) ?? nowMs, nowMs)]));
}

/** Buckets of one moment, each filled up to it. */
class Buckets {
  readonly unknown: LineOf<'spent'>[] = [];
  readonly #memory: Memory;
  readonly #nowMs: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(memory: Memory, nowMs: number) {
    this.#memory = memory;
    this.#nowMs = nowMs;
  }

  of(name: string, perHour: Sourced<number>): Bucket {
    const known = this.#buckets.get(name);
    if (known !== undefined) return known;
    const bucket = { name, perHour, tokens: this.#tokens(name, perHour.value) };
    this.#buckets.set(name, bucket);
    return bucket;
  }

  #tokens(name: string, perHour: number): number {
    const [line] = linesOf(this.#memory, 'spent', [name]);
    if (line !== undefined) {
      // a clock that went back fills nothing
      const passedMs = Math.max(0, this.#nowMs - line.atMs);
      return Math.min(perHour, Number(line.tokens) + (passedMs * perHour) / hourMs);
    }
    const tokens = Math.max(0, 1 - (firstTokenMs * perHour) / hourMs);
    this.unknown.push(spentLine(name, tokens, this.#nowMs));
    return tokens;
  }
}

interface Cost {
  readonly bucket: Bucket;
  readonly tokens: number;
}

function costsOf(
  { commits, apps }: Pick<CommitRequest, 'commits' | 'apps'>,
  forAll: Sourced<number> | undefined,
  buckets: Buckets,
): { readonly own: readonly Cost[]; readonly common: readonly Cost[] } {
  const limited = apps.flatMap(({ app, perHour }) => (perHour === undefined ? [] : [{ app, perHour }]));
  return {
    own: limited.map(({ app, perHour }) => ({ bucket: buckets.of(app, perHour), tokens: 1 })),
    common: forAll === undefined ? [] : [{ bucket: buckets.of(nameOfAll, forAll), tokens: commits }],
  };
}

/** May leave less than nothing: whoever comes later waits for that as well. */
function takeFrom(costs: readonly Cost[]): void {
  for (const { bucket, tokens } of costs) bucket.tokens -= tokens;
}

function verdictOn(costs: readonly Cost[], nowMs: number): Verdict | undefined {
  const waits = costs.map((cost) => ({ ...cost, waitMs: waitMs(cost) }));
  const longest = waits.toSorted((a, b) => b.waitMs - a.waitMs)[0];
  if (longest === undefined || longest.waitMs <= 0) return undefined;
  const { name, perHour } = longest.bucket;
  const whose = name === nameOfAll ? 'all Applications together' : name;
  return {
    code: 'limit',
    kind: 'waiting',
    reason: `${whose} may have ${perHour.value} commits an hour (${perHour.source}), and no more is left now`,
    ends: `its next turn, in ${describeWait(longest.waitMs)}`,
    untilMs: nowMs + longest.waitMs,
  };
}

/** More tokens than the bucket holds are there when it is full. */
function waitMs({ bucket, tokens }: Cost): number {
  const missing = Math.min(tokens, bucket.perHour.value) - bucket.tokens;
  return missing <= 1e-9 ? 0 : Math.ceil((missing * hourMs) / bucket.perHour.value);
}

function inOrder(requests: readonly CommitRequest[]): readonly CommitRequest[] {
  return requests.toSorted(
    (a, b) =>
      Number(b.isUrgent ?? false) - Number(a.isUrgent ?? false) ||
      a.sinceMs - b.sinceMs ||
      (a.key < b.key ? -1 : 1),
  );
}

function spentLine(bucket: string, tokens: number, atMs: number): LineOf<'spent'> {
  return { word: 'spent', bucket, tokens: String(Math.floor(tokens * parts) / parts), atMs };
}
