/** `syncWindows` of AppProjects, as Argo CD's `Matches` and `CanSync` evaluate them, what is odd about them included. */
import { parseGoDuration } from '../../base/duration.ts';
import { quoted } from '../../base/quoted.ts';
import type { Application } from '../../config/application.ts';
import { compileNameGlob } from '../../tenants/source-glob.ts';
import type { Zones } from '../words/zone.ts';
import { goZone, parseGoSchedule } from './go-schedule.ts';
import type { Opening } from './opening.ts';
import { SyncRecurrence } from './sync-recurrence.ts';

/** One window of a project, as written; what is absent is empty. */
export interface SyncWindow {
  readonly kind: string;
  readonly schedule: string;
  readonly duration: string;
  readonly applications: readonly string[];
  readonly namespaces: readonly string[];
  readonly clusters: readonly string[];
  readonly manualSync: boolean;
  readonly andOperator: boolean;
  readonly timeZone: string;
}

/** An Application; of its destination nothing is translated into one another. */
export type SyncTarget = Pick<Application, 'name' | 'destination'>;

/** Those whose lists name the Application; a window without lists is for none. */
export function matchingWindows(windows: readonly SyncWindow[], target: SyncTarget): readonly SyncWindow[] {
  return windows.filter((window) => matches(window, target));
}

function matches(window: SyncWindow, { name, destination = {} }: SyncTarget): boolean {
  const lists = [
    { patterns: window.applications, texts: [name] },
    { patterns: window.clusters, texts: [destination.name ?? '', destination.server ?? ''] },
    { patterns: window.namespaces, texts: [destination.namespace ?? ''] },
  ].filter(({ patterns }) => patterns.length > 0);
  const hits = lists.map(({ patterns, texts }) => patterns.some((pattern) => texts.some(testOf(pattern))));
  if (window.andOperator) return hits.length > 0 && hits.every(Boolean);
  return hits.some(Boolean);
}

/** Without separators; a pattern that is none fits nothing. */
function testOf(pattern: string): (text: string) => boolean {
  return compileNameGlob(pattern) ?? (() => false);
}

export interface SyncWindowFault {
  readonly window: SyncWindow;
  readonly why: string;
}

/**
 * The windows of one Application, put together; or the one that Argo CD cannot read, for which it syncs nothing.
 * Kinds other than allow and deny play no part, but are read.
 */
export function syncOpening(
  windows: readonly SyncWindow[],
  zones: Zones,
): { readonly opening: Opening } | { readonly fault: SyncWindowFault } {
  const allows: SyncRecurrence[] = [];
  const denies: SyncRecurrence[] = [];
  for (const window of windows) {
    const recurrence = recurrenceOf(window, zones);
    if (typeof recurrence === 'string') return { fault: { window, why: recurrence } };
    if (window.kind === 'allow') allows.push(recurrence);
    if (window.kind === 'deny') denies.push(recurrence);
  }
  return { opening: { allows, denies } };
}

function recurrenceOf(window: SyncWindow, zones: Zones): SyncRecurrence | string {
  const schedule = parseGoSchedule(window.schedule, zones);
  if (!schedule.ok) return `schedule ${schedule.failure.message}`;
  const durationMs = parseGoDuration(window.duration);
  if (durationMs === undefined)
    return `duration ${quoted(window.duration)}: expected hours, minutes or seconds`;
  return new SyncRecurrence(schedule.value, durationMs, goZone(window.timeZone, zones));
}

/** `CanSync` at one moment. What a person asks for passes if all that close the windows let it (`manualSync`). */
export function canSync(
  windows: readonly SyncWindow[],
  { zones, atMs, isManual }: { readonly zones: Zones; readonly atMs: number; readonly isManual: boolean },
): boolean {
  const states = windows.map((window) => ({ window, recurrence: recurrenceOf(window, zones) }));
  const isActive = ({ recurrence }: (typeof states)[number]) =>
    typeof recurrence !== 'string' && recurrence.activeAt(atMs);
  if (states.some(({ recurrence }) => typeof recurrence === 'string')) return false;
  const denies = states.filter((state) => state.window.kind === 'deny' && isActive(state));
  const allows = states.filter(({ window }) => window.kind === 'allow');
  if (denies.length === 0 && (allows.length === 0 || allows.some(isActive))) return true;
  return isManual && (denies.length > 0 ? denies : allows).every(({ window }) => window.manualSync);
}
