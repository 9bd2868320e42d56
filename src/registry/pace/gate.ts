/** The pace of requests to one origin: how many at once, how many per second, whose turn it is, and when none goes. */
import type { Clock } from '../../ports/clock.ts';
import { Breaker, type Outage } from './breaker.ts';
import { type Door, Lane, type PaceNews, type RequestKind, type Ticket } from './lane.ts';
import { HoldWatch, type TellHold } from './hold-watch.ts';
import { NotAsked } from './not-asked.ts';
import type { Stopwatch } from './stopwatch.ts';
import { Served, Turns, type Waiting } from './turns.ts';

/** Who asks for what. */
export interface Turn {
  /** Tells credentials apart without holding them; "" for none. */
  readonly account: string;
  readonly kind: RequestKind;
  /** What takes turns with others: the repository. */
  readonly group: string;
  /** It failed a moment ago and is sent again. */
  readonly isRetry?: boolean;
  /** Told of the time that is only waited. */
  readonly stopwatch?: Stopwatch;
}

export interface GateOptions {
  readonly clock: Clock;
  readonly connectionsPerHost: number;
  readonly maxWaitMs: number;
  /** The number of the cycle that runs: each may find out once whether a refusal still holds. */
  readonly cycle: () => number;
  /** Told when nobody is let go for a while, and when somebody is again. */
  readonly onHold?: TellHold;
}

/** A request that was let go. */
export interface Pass {
  /** It finds out for everybody whether the origin is still down. */
  readonly isProbe: boolean;
  /** To be told of the answer before the task ends. True where sending it again later may help. */
  readonly answered: (news: PaceNews) => boolean;
}

interface Started {
  readonly ticket: Ticket;
  readonly isProbe: boolean;
  readonly ended: () => void;
}

interface Queue {
  readonly lane: Lane;
  readonly turns: Turns<Started>;
}

interface Next {
  readonly queue: Queue;
  readonly atMs: number;
  readonly isLaneProbe: boolean;
  readonly isOriginProbe: boolean;
}

const maxLanes = 1_000;
const limitedMs = 1_000;

/**
 * Everything sent to one origin passes its gate; other origins have others, so a slow one delays nobody else. Within
 * it each account has a lane for each kind of request, so that one's quota holds back nobody else.
 */
export class Gate {
  readonly #options: GateOptions;
  readonly #queues = new Map<string, Queue>();
  readonly #breaker = new Breaker();
  readonly #served = new Served();
  readonly #holds: HoldWatch;
  /** Starts within the last second, where there is a limit. */
  #starts: number[] = [];
  #limitPerSecond: number | undefined;
  #underWay = 0;
  /** Requests that failed and are not sent again yet. */
  #resting = 0;
  #probedCycle = -1;
  #isProbing = false;
  #alarm: { readonly atMs: number; readonly stop: AbortController } | undefined;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#holds = new HoldWatch(options.onHold);
  }

  /** Of several limits for one origin the lowest counts. */
  limitTo(perSecond: number): void {
    const limit = Math.max(1, Math.floor(perSecond));
    this.#limitPerSecond = Math.min(limit, this.#limitPerSecond ?? limit);
  }

  /** Runs a task when its turn comes. Rejects with `NotAsked` where none will come soon. */
  async run<T>(turn: Turn, signal: AbortSignal, task: (pass: Pass) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const queue = this.#queue(turn);
    const { ticket, isProbe, ended } = await this.#takeTurn(queue, turn, signal);
    const isDone = turn.stopwatch?.works();
    const answered = (news: PaceNews): boolean => {
      if (news.isError !== true) this.#breaker.succeeded();
      const nowMs = this.#options.clock.monotonicMs();
      const mayHelp = queue.lane.answered(ticket, news, nowMs, this.#limitPerSecond);
      this.#holds.look(this.#notAsked());
      return mayHelp;
    };
    try {
      return await task({ isProbe, answered });
    } finally {
      isDone?.();
      ended();
    }
  }

  /** All that was asked about a repository is answered. */
  finished(group: string): void {
    this.#served.finish(group);
  }

  /** What a lane is granted, and what would help where that is too little. */
  grant(
    turn: Turn,
  ): { readonly limit: number; readonly windowMs: number; readonly remedy: string } | undefined {
    const { lane } = this.#queue(turn);
    const quota = lane.describeQuota(this.#options.clock.monotonicMs());
    return quota === undefined ? undefined : { ...quota, remedy: lane.remedy() };
  }

  /** Why whoever asks now is refused; undefined: nobody is. */
  #notAsked(): NotAsked | undefined {
    const nowMs = this.#options.clock.monotonicMs();
    return (
      this.#breaker.notAsked() ??
      [...this.#queues.values()].map(({ lane }) => lane.notAsked(nowMs)).find(Boolean)
    );
  }

  /** A request failed and will be sent again after a while. To be called then. */
  willRetry({ group }: Turn): () => void {
    this.#breaker.suspected(group);
    this.#resting += 1;
    return () => {
      this.#resting -= 1;
      this.#advance();
    };
  }

  /** A request failed whatever was tried. */
  failed({ group }: Turn, kind: Outage, message: string): void {
    this.#breaker.failed(group, kind, message);
    if (this.#breaker.isOpen) this.#probedCycle = this.#options.cycle();
    this.#holds.look(this.#notAsked());
    this.#advance();
  }

  async #takeTurn({ turns }: Queue, turn: Turn, signal: AbortSignal): Promise<Started> {
    const { promise, resolve, reject } = Promise.withResolvers<Started>();
    const waiting: Waiting<Started> = { go: resolve, refuse: reject };
    const forgo = turns.add(turn.group, turn.isRetry === true, waiting);
    const leave = (): void => {
      forgo();
      reject(signal.reason);
      this.#advance();
    };
    signal.addEventListener('abort', leave, { once: true });
    const isOver = turn.stopwatch?.waits();
    try {
      this.#advance();
      return await promise;
    } finally {
      isOver?.();
      signal.removeEventListener('abort', leave);
    }
  }

  /** Lets go whoever may go now, refuses whoever waits in vain, and comes again when the next one may go. */
  #advance(): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (;;) {
      const next = this.#next(nowMs);
      if (next === undefined || next.atMs > nowMs) return this.#wakeAt(next?.atMs);
      this.#start(next, nowMs);
    }
  }

  /** Of the lanes that may go first, the one whose repository was served longest ago. */
  #next(nowMs: number): Next | undefined {
    const origin = this.#door(nowMs);
    const isHeldBack = this.#isHeldBack();
    let first: Next | undefined;
    for (const queue of this.#queues.values()) {
      if (queue.turns.isEmpty || (isHeldBack && !queue.turns.isRetryFirst)) continue;
      const door = origin instanceof NotAsked ? origin : queue.lane.door(nowMs);
      if (door instanceof NotAsked) queue.turns.refuseAll(door);
      if (door instanceof NotAsked || door === 'full' || origin instanceof NotAsked || origin === 'full')
        continue;
      const atMs = Math.max(door.atMs, origin.atMs);
      const isEarlier = first === undefined || atMs < first.atMs;
      const isLongerAgo = first?.atMs === atMs && queue.turns.firstServedAt < first.queue.turns.firstServedAt;
      if (isEarlier || isLongerAgo)
        first = { queue, atMs, isLaneProbe: door.isProbe, isOriginProbe: origin.isProbe };
    }
    return first;
  }

  /** While it is open whether the origin is down, only those go who will tell. */
  #isHeldBack(): boolean {
    if (!this.#breaker.isWary || this.#breaker.isOpen) return false;
    return (
      this.#resting > 0 || this.#underWay > 0 || this.#queues.values().some(({ turns }) => turns.isRetryFirst)
    );
  }

  /** What the origin as a whole admits. */
  #door(nowMs: number): Door {
    const { connectionsPerHost, cycle } = this.#options;
    const down = this.#breaker.notAsked();
    if (down !== undefined) {
      if (this.#isProbing) return 'full';
      return this.#probedCycle === cycle() ? down : { atMs: nowMs, isProbe: true };
    }
    if (this.#underWay >= connectionsPerHost) return 'full';
    this.#starts = this.#starts.filter((startedMs) => startedMs > nowMs - limitedMs);
    const limiting = this.#starts.at(-(this.#limitPerSecond ?? Number.POSITIVE_INFINITY));
    return { atMs: limiting === undefined ? nowMs : limiting + limitedMs, isProbe: false };
  }

  #start({ queue, isLaneProbe, isOriginProbe }: Next, nowMs: number): void {
    const taken = queue.turns.take();
    if (taken === undefined) return;
    const { cycle } = this.#options;
    const ticket = queue.lane.start(taken.name, nowMs, isLaneProbe);
    this.#underWay += 1;
    if (this.#limitPerSecond !== undefined) this.#starts.push(nowMs);
    if (isOriginProbe) {
      this.#isProbing = true;
      this.#probedCycle = cycle();
    }
    const ended = (): void => {
      this.#underWay -= 1;
      queue.lane.ended(ticket);
      if (isOriginProbe) this.#isProbing = false;
      this.#advance();
    };
    taken.waiting.go({ ticket, isProbe: isOriginProbe, ended });
  }

  #wakeAt(atMs: number | undefined): void {
    if (this.#alarm?.atMs === atMs) return;
    this.#alarm?.stop.abort();
    this.#alarm = undefined;
    if (atMs === undefined) return;
    const alarm = { atMs, stop: new AbortController() };
    this.#alarm = alarm;
    const { clock } = this.#options;
    const woken = (): void => {
      if (this.#alarm !== alarm) return;
      this.#alarm = undefined;
      this.#advance();
    };
    clock.sleep(Math.ceil(atMs - clock.monotonicMs()), alarm.stop.signal).then(woken, () => undefined);
  }

  #queue({ account, kind }: Turn): Queue {
    const key = `${kind} ${account}`;
    const known = this.#queues.get(key);
    if (known !== undefined) return known;
    if (this.#queues.size >= maxLanes) this.#forgetBlank();
    const { connectionsPerHost: connections, maxWaitMs, cycle } = this.#options;
    const lane = new Lane({ kind, isAnonymous: account === '', connections, maxWaitMs, cycle });
    const queue = { lane, turns: new Turns<Started>(this.#served) };
    this.#queues.set(key, queue);
    return queue;
  }

  #forgetBlank(): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const [key, { lane, turns }] of this.#queues) {
      if (turns.isEmpty && lane.isBlank(nowMs)) this.#queues.delete(key);
    }
  }
}
