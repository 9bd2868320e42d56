/** What one account may do at one origin, for one kind of request: its quota, its pace, its pauses. */
import { describeWait } from '../../core/base/duration.ts';
import { NotAsked } from './not-asked.ts';
import type { QuotaNews } from './quota.ts';

/** `counted`: manifests by GET, which registries count as pulls. */
export type RequestKind = 'counted' | 'free';

/** What an answer says about the pace. */
export interface PaceNews {
  /** Refused for its pace only (429). */
  readonly isRefused: boolean;
  /** A status of 500 or above. */
  readonly isError?: boolean;
  /** The pause that the other side wants, in ms. */
  readonly pauseMs?: number;
  readonly quota?: QuotaNews;
}

/** A request as it was let go. */
export interface Ticket {
  readonly group: string;
  readonly startedMs: number;
  readonly isProbe: boolean;
}

/** When the next request may go; `full`: after an answer; or never, for now. */
export type Door = { readonly atMs: number; readonly isProbe: boolean } | 'full' | NotAsked;

const firstWindow = 4;
/** After a refusal requests start this far apart, or as far as the limit that is configured demands. */
const firstGapMs = 50;
/** Where even this pace is refused, nothing is granted at all. */
const longestGapMs = 12_800;
/** The pace rises by so much with each answer; faster where nothing is known but that all was refused for a while. */
const rise = 1.003;
const fastRise = 1.1;
const gapAfterOutageMs = 1_000;
const fastestGapMs = 5;
/** A quota without a word about its window. */
const unknownWindowMs = 60_000;
const firstShutMs = 60_000;
const longestShutMs = 600_000;
/** Refusals of one repository in a row, while others get answers, that are its own affair. */
const ownRefusals = 3;

interface Quota {
  readonly left: number;
  readonly limit: number | undefined;
  readonly windowMs: number | undefined;
  readonly endsMs: number;
}

interface Shut {
  readonly untilMs: number;
  readonly reason: 'pause' | 'refusals';
}

export interface LaneOptions {
  readonly kind: RequestKind;
  readonly isAnonymous: boolean;
  readonly connections: number;
  /** A longer pause refuses what waits. */
  readonly maxWaitMs: number;
  /** In each cycle one request finds out whether a refusal still holds. */
  readonly cycle: () => number;
}

/** All times are monotonic ones. */
export class Lane {
  readonly #options: LaneOptions;
  #quota: Quota | undefined;
  #shut: Shut | undefined;
  #shutTimes = 0;
  #gapMs = 0;
  #slowedMs = Number.NEGATIVE_INFINITY;
  #nextMs = Number.NEGATIVE_INFINITY;
  #window = firstWindow;
  #underWay = 0;
  #isFeelingItsWay = false;
  #answered = 0;
  readonly #refusals = new Map<string, { readonly count: number; readonly answeredBefore: number }>();
  #probedCycle = -1;
  #isProbing = false;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** True while nothing would be lost by forgetting this lane. */
  isBlank(nowMs: number): boolean {
    return (
      this.#underWay === 0 &&
      this.#gapMs === 0 &&
      this.#holding(nowMs) === undefined &&
      this.#quota === undefined
    );
  }

  door(nowMs: number): Door {
    const held = this.#holding(nowMs);
    if (this.#underWay >= this.#window) return 'full';
    if (held === undefined) {
      const quota = this.#current(nowMs);
      if (quota !== undefined && quota.left - this.#underWay <= 0) return 'full';
      return { atMs: this.#earliest(nowMs), isProbe: false };
    }
    if (this.#isProbing) return 'full';
    if (held.mayProbe && this.#probedCycle !== this.#options.cycle()) return { atMs: nowMs, isProbe: true };
    return held.notAsked;
  }

  /** Why nothing goes for longer than anybody waits. */
  notAsked(nowMs: number): NotAsked | undefined {
    return this.#holding(nowMs)?.notAsked;
  }

  start(group: string, nowMs: number, isProbe: boolean): Ticket {
    this.#underWay += 1;
    this.#nextMs = nowMs + this.#gapMs;
    if (isProbe) {
      this.#isProbing = true;
      this.#probedCycle = this.#options.cycle();
    }
    return { group, startedMs: nowMs, isProbe };
  }

  /** The request ended, with an answer or not. */
  ended({ isProbe }: Ticket): void {
    this.#underWay -= 1;
    if (isProbe) this.#isProbing = false;
  }

  /** True where sending the request again later may help. */
  answered(ticket: Ticket, news: PaceNews, nowMs: number, limitPerSecond: number | undefined): boolean {
    if (news.quota !== undefined) this.#learnQuota(news.quota, nowMs);
    if (news.pauseMs !== undefined) this.#pause(news.pauseMs, nowMs);
    if (news.isError === true) return true;
    if (news.isRefused) return this.#refused(ticket, news, nowMs, limitPerSecond);
    this.#granted(ticket, news);
    return true;
  }

  /** `100 requests in 6h`; absent where the registry did not say. */
  describeQuota(nowMs: number): { readonly limit: number; readonly windowMs: number } | undefined {
    const { limit, windowMs } = this.#current(nowMs) ?? {};
    return limit === undefined || limit === 0 || windowMs === undefined ? undefined : { limit, windowMs };
  }

  #refused(ticket: Ticket, news: PaceNews, nowMs: number, limitPerSecond: number | undefined): boolean {
    const { count, answeredBefore } = this.#refusals.get(ticket.group) ?? {
      count: 0,
      answeredBefore: this.#answered,
    };
    this.#refusals.set(ticket.group, { count: count + 1, answeredBefore });
    if (count + 1 > ownRefusals && this.#answered > answeredBefore) return false;
    this.#probedCycle = this.#options.cycle();
    const isUsedUp = this.#current(nowMs)?.left === 0;
    if (!isUsedUp && ticket.startedMs >= this.#slowedMs) this.#slowDown(news, nowMs, limitPerSecond);
    return this.#holding(nowMs) === undefined;
  }

  #slowDown({ pauseMs }: PaceNews, nowMs: number, limitPerSecond: number | undefined): void {
    const leastMs = Math.max(firstGapMs, limitPerSecond === undefined ? 0 : 1_000 / limitPerSecond);
    this.#gapMs =
      this.#gapMs === 0 ? leastMs : Math.min(Math.max(this.#gapMs * 2, leastMs), 2 * longestGapMs);
    this.#slowedMs = nowMs;
    this.#isFeelingItsWay = false;
    this.#nextMs = Math.max(this.#nextMs, nowMs + this.#gapMs);
    if (this.#gapMs <= longestGapMs || pauseMs !== undefined) return;
    this.#gapMs = longestGapMs;
    const shutMs = Math.min(firstShutMs * 2 ** this.#shutTimes, longestShutMs);
    this.#shutTimes += 1;
    this.#shut = { untilMs: nowMs + shutMs, reason: 'refusals' };
  }

  #granted({ group, isProbe }: Ticket, { pauseMs }: PaceNews): void {
    this.#answered += 1;
    this.#refusals.delete(group);
    this.#window = Math.min(this.#window + 1, this.#options.connections);
    if (this.#gapMs === longestGapMs) {
      this.#gapMs = gapAfterOutageMs;
      this.#isFeelingItsWay = true;
    }
    if (pauseMs === undefined && this.#shut?.reason === 'refusals' && isProbe) this.#shut = undefined;
    if (this.#shut === undefined) this.#shutTimes = 0;
    this.#gapMs /= this.#isFeelingItsWay && this.#gapMs > firstGapMs ? fastRise : rise;
    if (this.#gapMs < fastestGapMs) this.#gapMs = 0;
  }

  #learnQuota({ left, limit, windowMs, resetMs }: QuotaNews, nowMs: number): void {
    if (left === 0) this.#probedCycle = this.#options.cycle();
    const before = this.#current(nowMs);
    const isNewWindow = before === undefined || left > before.left;
    const wholeMs = windowMs ?? unknownWindowMs;
    const guessed = isNewWindow ? nowMs + wholeMs : Math.min(before.endsMs, nowMs + wholeMs);
    this.#quota = { left, limit, windowMs, endsMs: resetMs === undefined ? guessed : nowMs + resetMs };
  }

  #pause(pauseMs: number, nowMs: number): void {
    const untilMs = Math.max(nowMs + pauseMs, this.#shut?.untilMs ?? 0);
    this.#shut = { untilMs, reason: 'pause' };
  }

  /** The quota of a window that is not over. */
  #current(nowMs: number): Quota | undefined {
    if (this.#quota !== undefined && this.#quota.endsMs <= nowMs) this.#quota = undefined;
    return this.#quota;
  }

  #earliest(nowMs: number): number {
    const pausedUntil = this.#shut?.reason === 'pause' ? this.#shut.untilMs : nowMs;
    return Math.max(nowMs, pausedUntil, this.#gapMs === 0 ? nowMs : this.#nextMs);
  }

  #holding(nowMs: number): { readonly notAsked: NotAsked; readonly mayProbe: boolean } | undefined {
    if (this.#shut !== undefined && this.#shut.untilMs <= nowMs) this.#shut = undefined;
    const { maxWaitMs } = this.#options;
    if (this.#shut?.reason === 'pause' && this.#shut.untilMs - nowMs > maxWaitMs) {
      const waitMs = this.#shut.untilMs - nowMs;
      const words = `not asked, the registry wants a pause, retry in ${describeWait(waitMs)}`;
      return { notAsked: new NotAsked('rate-limited', words, waitMs), mayProbe: false };
    }
    const quota = this.#current(nowMs);
    if (quota?.left === 0) return { notAsked: this.#usedUp(quota, nowMs), mayProbe: true };
    if (this.#shut?.reason === 'refusals') {
      const waitMs = this.#shut.untilMs - nowMs;
      const words = `not asked, the registry refuses any pace (429), retry in ${describeWait(waitMs)}`;
      return { notAsked: new NotAsked('rate-limited', words, waitMs), mayProbe: true };
    }
    return undefined;
  }

  #usedUp({ limit, windowMs, endsMs }: Quota, nowMs: number): NotAsked {
    const waitMs = endsMs - nowMs;
    const of =
      limit === undefined || windowMs === undefined
        ? ''
        : ` of ${limit} requests in ${describeWait(windowMs)}`;
    const words = `not asked, the quota${of} is used up, retry in ${describeWait(waitMs)}${this.remedy()}`;
    return new NotAsked('rate-limited', words, waitMs);
  }

  /** What helps whoever used up the quota. */
  remedy(): string {
    const { isAnonymous, kind } = this.#options;
    const login = isAnonymous ? '; with a login the registry may grant more' : '';
    const dates =
      kind === 'counted'
        ? '; tags that sort by themselves (semver, alphabetical) or a list sorted by time (tagsortmode) need no such requests'
        : '';
    return login + dates;
  }
}
