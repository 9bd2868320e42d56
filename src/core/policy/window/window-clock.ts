/** Whether windows are open at one moment, and when they will be. */
import { formatPolicyDuration } from '../words/duration.ts';
import { formatInstant } from '../words/instant.ts';
import type { Zones } from '../words/zone.ts';
import type { Sourced, WindowEntry, WindowLists } from '../settings.ts';
import type { Verdict } from '../verdict.ts';
import { parseCron } from './cron.ts';
import { isOpen, nextOpening, type Opening } from './opening.ts';
import { OwnWindow } from './own-window.ts';
import { canSync, type SyncWindow, syncOpening } from './sync-windows.ts';

/** The windows of AppProjects that match an Application, or why nobody can tell. */
export type SyncWindowFacts =
  | { readonly kind: 'known'; readonly windows: readonly SyncWindow[] }
  | { readonly kind: 'unknown'; readonly why: string };

type TimedEntry = Exclude<WindowEntry, { readonly kind: 'argocd' }>;

/** What closes, and what has to open. */
interface Judged {
  readonly opening: Opening;
  readonly reason: string;
}

/** Answers of one moment; equal questions are answered once. */
export class WindowClock {
  readonly #nowMs: number;
  readonly #zones: Zones;
  readonly #answers = new Map<string, Verdict | undefined>();

  constructor(nowMs: number, zones: Zones) {
    this.#nowMs = nowMs;
    this.#zones = zones;
  }

  /**
   * Undefined: all lists are open. `isManual`: a person asks for it, which passes sync windows whose `manualSync` says so.
   */
  judge(
    lists: WindowLists,
    facts: SyncWindowFacts,
    { isManual }: { readonly isManual: boolean },
  ): Verdict | undefined {
    const asksArgo = lists.some(({ value }) => value.some(({ kind }) => kind === 'argocd'));
    const key = JSON.stringify([lists, asksArgo ? facts : undefined, isManual]);
    const known = this.#answers.get(key);
    if (known !== undefined || this.#answers.has(key)) return known;
    const verdict = this.#judge(lists, asksArgo ? facts : undefined, isManual);
    this.#answers.set(key, verdict);
    return verdict;
  }

  #judge(lists: WindowLists, facts: SyncWindowFacts | undefined, isManual: boolean): Verdict | undefined {
    if (facts?.kind === 'unknown') return unknownVerdict(facts.why);
    const windows = facts?.windows ?? [];
    const projects = syncOpening(windows, this.#zones);
    if ('fault' in projects) return faultVerdict(projects.fault);
    const passes = isManual && canSync(windows, { zones: this.#zones, atMs: this.#nowMs, isManual });
    const judged = [
      ...(passes ? [] : [{ opening: projects.opening, reason: this.#syncReason(windows) }]),
      ...lists.map((list) => this.#ownList(list)),
    ];
    const closed = judged.find(({ opening }) => !isOpen(opening, this.#nowMs));
    return closed === undefined ? undefined : this.#closedVerdict(closed, judged);
  }

  #closedVerdict({ reason }: Judged, all: readonly Judged[]): Verdict {
    const next = nextOpening(
      all.map(({ opening }) => opening),
      this.#nowMs,
    );
    const base = { code: 'window', reason } as const;
    switch (next.kind) {
      case 'never':
        return { ...base, kind: 'held', ends: 'a change of the windows: they do not open within 366 days' };
      case 'later':
        return {
          ...base,
          kind: 'waiting',
          ends: `an open window; none opens before ${formatInstant(next.atMs)}`,
          untilMs: next.atMs,
        };
      case 'at':
        return {
          ...base,
          kind: 'waiting',
          ends: `the window that opens at ${formatInstant(next.atMs)}`,
          untilMs: next.atMs,
        };
    }
  }

  #ownList({ value, source }: Sourced<readonly WindowEntry[]>): Judged {
    const entries = value.filter((entry) => entry.kind !== 'argocd');
    const made = entries.map((entry) => ({ entry, window: this.#windowOf(entry) }));
    const ofKind = (kind: string) => made.filter(({ entry }) => entry.kind === kind);
    const denying = ofKind('deny').find(({ window }) => window.activeAt(this.#nowMs));
    return {
      opening: {
        allows: ofKind('allow').map(({ window }) => window),
        denies: ofKind('deny').map(({ window }) => window),
      },
      reason:
        denying === undefined
          ? `no time that ${source} allows: ${ofKind('allow')
              .map(({ entry }) => entryText(entry))
              .join('; ')}`
          : `${source} denies this time: ${entryText(denying.entry)}`,
    };
  }

  #windowOf({ schedule, durationMs, zone }: TimedEntry): OwnWindow {
    const cron = parseCron(schedule);
    const place = this.#zones.named(zone);
    if (!cron.ok || place === undefined)
      throw new Error(`a window that nobody has checked: ${schedule} ${zone}`);
    return new OwnWindow(cron.value, durationMs, place);
  }

  #syncReason(windows: readonly SyncWindow[]): string {
    const denying = windows.find(
      (window) =>
        window.kind === 'deny' &&
        !canSync([window], { zones: this.#zones, atMs: this.#nowMs, isManual: false }),
    );
    if (denying !== undefined)
      return `a sync window of the AppProject denies this time: ${syncText(denying)}`;
    return 'no sync window of the AppProject allows this time';
  }
}

function unknownVerdict(why: string): Verdict {
  return {
    code: 'policy-unknown',
    kind: 'held',
    reason: `the sync windows of the AppProject cannot be read: ${why}`,
    ends: 'the next cycle that can read them',
  };
}

function faultVerdict({ window, why }: { readonly window: SyncWindow; readonly why: string }): Verdict {
  return {
    code: 'window',
    kind: 'held',
    reason: `Argo CD cannot read a sync window of the AppProject, and syncs nothing: ${syncText(window)}: ${why}`,
    ends: 'a mended sync window',
  };
}

/** As it is written in an annotation. */
export function entryText({ kind, schedule, durationMs, zone, reason }: TimedEntry): string {
  const comment = reason === undefined ? '' : ` # ${reason}`;
  return `${kind} "${schedule}" ${formatPolicyDuration(durationMs)} ${zone}${comment}`;
}

function syncText({ kind, schedule, duration, timeZone }: SyncWindow): string {
  return `${kind} "${schedule}" ${duration}${timeZone === '' ? '' : ` ${timeZone}`}`;
}
