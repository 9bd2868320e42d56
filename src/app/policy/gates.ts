/** What gates need to know, at the time of asking: people may close one while a cycle runs. */
import type { AppConfig } from '../../core/config/annotations.ts';
import { type Application, appKey } from '../../core/config/application.ts';
import type { HoldsBook } from '../../core/policy/holds/holds-book.ts';
import { withHolds } from '../../core/policy/holds/with-holds.ts';
import type { ImagePolicies } from '../../core/policy/settings.ts';
import type { GateFacts } from '../../core/policy/stage/gates.ts';
import type { Verdict } from '../../core/policy/verdict.ts';
import { type SyncWindowFacts, WindowClock } from '../../core/policy/window/window-clock.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Administration } from './facts/administration.ts';
import type { KeptPolicies } from './kept-policies.ts';

export interface GatesOptions {
  readonly kept: Pick<KeptPolicies, 'zones' | 'intervals' | 'keeper'>;
  readonly clock: Clock;
  readonly administration: Administration;
  /** Reads anew what people withhold; undefined: as it was. */
  readonly readHolds: () => Promise<HoldsBook | undefined>;
  /** Why the clock cannot be trusted. */
  readonly clockVerdict: () => Verdict | undefined;
  readonly syncWindowsOf: (app: Application) => SyncWindowFacts;
}

/** What was read so recently is taken to be as it was: one push may concern hundreds of Applications. */
const freshMs = 1000;

export class Gates {
  readonly #options: GatesOptions;
  #holds: HoldsBook;
  #readMs: number;
  #windows: { readonly nowMs: number; readonly clock: WindowClock } | undefined;

  constructor(options: GatesOptions) {
    this.#options = options;
    this.#holds = options.administration.holds;
    this.#readMs = Number.NEGATIVE_INFINITY; // the first push is preceded by a look of its own
  }

  async refreshHolds(): Promise<void> {
    const { clock, readHolds } = this.#options;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#readMs < freshMs) return;
    this.#readMs = nowMs;
    this.#holds = (await readHolds()) ?? this.#holds;
  }

  /** Policies of an image with the holds that were read last. */
  withLatestHolds({ app, images }: AppConfig, index: number, policies: ImagePolicies): ImagePolicies {
    if (this.#holds === this.#options.administration.holds) return policies;
    const alias = images[index]?.alias ?? '';
    const { namespace, name } = app;
    const entries = this.#holds.entriesFor({ namespace, name, alias });
    return entries.length === 0 ? policies : withHolds(policies, entries);
  }

  factsFor({ app }: AppConfig, policies: ReadonlyMap<number, ImagePolicies>): GateFacts {
    const { clock, administration, clockVerdict, syncWindowsOf, kept } = this.#options;
    const nowMs = clock.now();
    const { freeze } = this.#holds;
    const { unread } = kept.keeper;
    const suspicion = clockVerdict();
    const intervals = [...policies.values()].flatMap(({ intervalMs }) => intervalMs?.value ?? []);
    const notBeforeMs =
      intervals.length === 0
        ? undefined
        : kept.intervals.notBeforeMs(appKey(app), Math.max(...intervals), nowMs);
    return {
      nowMs,
      closedBy: (lists) => this.#windowsAt(nowMs).judge(lists, syncWindowsOf(app), { isManual: false }),
      ...(freeze === undefined ? {} : { freeze }),
      ...(administration.unknown === undefined ? {} : { unknown: administration.unknown }),
      ...(unread === undefined ? {} : { unread }),
      ...(suspicion === undefined ? {} : { clock: suspicion }),
      ...(notBeforeMs === undefined ? {} : { notBeforeMs }),
    };
  }

  /** Windows are told to the second. */
  #windowsAt(nowMs: number): WindowClock {
    const second = Math.floor(nowMs / 1000) * 1000;
    if (this.#windows?.nowMs !== second)
      this.#windows = { nowMs: second, clock: new WindowClock(second, this.#options.kept.zones) };
    return this.#windows.clock;
  }
}
