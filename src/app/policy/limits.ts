/** `max-commits-per-hour` in one cycle: who asks takes a token for the time of its write, and gives it back if nothing comes of it. */
import type { AppKey } from '../../core/config/application.ts';
import { type CommitRequest, grantCommits, keepPlaces, spend } from '../../core/policy/limit.ts';
import type { Sourced } from '../../core/policy/settings.ts';
import type { Verdict } from '../../core/policy/verdict.ts';
import type { Notebook } from '../memory/notebook.ts';

/** Since when Applications wait, from one cycle to the next. */
export type Places = ReadonlyMap<string, number>;

export interface LimitsOptions {
  readonly forAll?: Sourced<number> | undefined;
  readonly perHourOf: (app: AppKey) => Sourced<number> | undefined;
  /** Equal for those that are written in one commit, and for nobody else. */
  readonly commitOf: (app: AppKey) => string;
  readonly notebook: Notebook;
  readonly before: Places;
  /** Why the clock cannot be trusted: nobody knows how long ago the last commit was. */
  readonly clockVerdict: () => Verdict | undefined;
  readonly now: () => number;
}

export class Limits {
  readonly #options: LimitsOptions;
  /** Those that write now: their tokens are theirs until it is known what comes of it. */
  readonly #writing = new Map<AppKey, CommitRequest>();
  readonly #asked = new Set<AppKey>();
  readonly #committed = new Set<AppKey>();
  /** Commits and patches for which a token of all is spent. */
  readonly #spent = new Set<string>();

  constructor(options: LimitsOptions) {
    this.#options = options;
  }

  /** True: who has no policies is limited too. */
  get isForAll(): boolean {
    return this.#options.forAll !== undefined;
  }

  /** Why the Application may not be written now; undefined: it may, and is expected to. */
  ask(app: AppKey): Verdict | undefined {
    return this.askTogether([app]);
  }

  /** Why these may not all be written now: each takes its token, or none does. Who is urgent spends, and does not wait. */
  askTogether(all: Iterable<AppKey>, isUrgent = false): Verdict | undefined {
    const { forAll, notebook, now } = this.#options;
    const apps = [...all].filter((app) => !this.#writing.has(app));
    const isLimited = forAll !== undefined || apps.some((app) => this.#options.perHourOf(app) !== undefined);
    if (!isLimited || apps.length === 0) return undefined;
    for (const app of apps) this.#asked.add(app);
    const suspicion = isUrgent ? undefined : this.#options.clockVerdict();
    if (suspicion !== undefined) return suspicion;
    const requests = this.#requestsOf(apps, this.#charged());
    const request = { ...together(requests), isUrgent };
    const others = [...this.#writing.values(), ...this.#waitingBefore(request)];
    const granted = grantCommits([...others, request], forAll, notebook.memory, now());
    notebook.add(granted.remember);
    const verdict = granted.verdicts.get(request.key);
    if (verdict !== undefined) return verdict;
    for (const [i, app] of apps.entries()) {
      const own = requests[i];
      if (own !== undefined) this.#writing.set(app, { ...own, isUrgent: true });
    }
    return undefined;
  }

  /** What came of the write of one that was let go on. `written`: what names the commit, or the patch; absent: nothing. */
  settle(app: AppKey, written: string | undefined): void {
    const request = this.#writing.get(app);
    if (request === undefined) return;
    this.#writing.delete(app);
    if (written === undefined) return;
    const { forAll, notebook, now } = this.#options;
    const commits = this.#spent.has(written) ? 0 : 1;
    this.#spent.add(written);
    this.#committed.add(app);
    notebook.add(spend({ ...request, commits }, forAll, notebook.memory, now()));
  }

  /** Places for the next cycle: of those that wait still, and of those that this one did not look at. */
  placesAfter(wasLookedAt: (app: string) => boolean): Places {
    const { before, now } = this.#options;
    const unseen = [...before.keys()].filter((app) => !wasLookedAt(app));
    const waiting = [...this.#asked].filter((app) => !this.#committed.has(app));
    return keepPlaces(before, [...unseen, ...waiting], now());
  }

  /** One for each: the first of a commit takes its token of all, unless that is taken. */
  #requestsOf(apps: readonly AppKey[], charged: ReadonlySet<string>): readonly CommitRequest[] {
    const { before, now, perHourOf, commitOf } = this.#options;
    const taken = new Set(charged);
    return apps.map((app) => {
      const perHour = perHourOf(app);
      const commit = commitOf(app);
      const commits = taken.has(commit) ? 0 : 1;
      taken.add(commit);
      const own = perHour === undefined ? { app } : { app, perHour };
      return { key: app, sinceMs: before.get(app) ?? now(), commits, apps: [own] };
    });
  }

  /** Commits for which a token of all is taken. */
  #charged(): ReadonlySet<string> {
    return new Set([...this.#writing.keys()].map(this.#options.commitOf));
  }

  /** Who has waited longer, and has not asked in this cycle yet, comes first. */
  #waitingBefore({ sinceMs, apps }: CommitRequest): readonly CommitRequest[] {
    const { before, commitOf } = this.#options;
    const earlier = [...before].filter(([app, since]) => since < sinceMs && !this.#asked.has(app as AppKey));
    const own = apps.map(({ app }) => commitOf(app as AppKey));
    return this.#requestsOf(
      earlier.map(([app]) => app as AppKey),
      new Set([...this.#charged(), ...own]),
    );
  }
}

/** Who has waited longest waits for all. */
function together(requests: readonly CommitRequest[]): CommitRequest {
  return {
    key: requests.map(({ key }) => key).join(' '),
    sinceMs: Math.min(...requests.map(({ sinceMs }) => sinceMs)),
    commits: requests.reduce((sum, { commits }) => sum + commits, 0),
    apps: requests.flatMap(({ apps }) => apps),
  };
}
