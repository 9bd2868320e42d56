/** When something is open that is made of times that allow it and times that deny it. */

/** One time that comes again and again. */
export interface Recurrence {
  activeAt(atMs: number): boolean;
  /** The first instant after it at which `activeAt` may answer otherwise; Infinity: it never will. */
  changeAfter(atMs: number, search: Search): number;
}

/** What has to be open: no deny is active, and an allow is, where there are any. */
export interface Opening {
  readonly allows: readonly Recurrence[];
  readonly denies: readonly Recurrence[];
}

const dayMs = 86_400_000;
const aheadMs = 366 * dayMs;
const maxSteps = 450; // a few milliseconds; what follows itself without a pause needs one a day

/** Bounds the work of looking ahead, and the time that is looked at. */
export class Search {
  readonly endMs: number;
  #steps = maxSteps;

  constructor(fromMs: number) {
    this.endMs = fromMs + aheadMs;
  }

  /** False where enough has been looked at. */
  takeStep(atMs: number): boolean {
    this.#steps -= 1;
    return this.#steps >= 0 && atMs <= this.endMs;
  }

  /** True if more could be found by going on. */
  get isCut(): boolean {
    return this.#steps < 0;
  }
}

export function isOpen({ allows, denies }: Opening, atMs: number): boolean {
  if (denies.some((deny) => deny.activeAt(atMs))) return false;
  return allows.length === 0 || allows.some((allow) => allow.activeAt(atMs));
}

/** `at`: all are open then. `never`: not within 366 days. `later`: not before that instant; nothing more is known. */
export type NextOpening =
  | { readonly kind: 'at' | 'later'; readonly atMs: number }
  | { readonly kind: 'never' };

/** The first instant from one on at which all are open. */
export function nextOpening(openings: readonly Opening[], fromMs: number): NextOpening {
  const search = new Search(fromMs);
  let atMs = fromMs;
  while (search.takeStep(atMs)) {
    const closed = openings.filter((opening) => !isOpen(opening, atMs));
    if (closed.length === 0) return { kind: 'at', atMs };
    atMs = Math.max(...closed.map((opening) => earliestChange(opening, atMs, search)));
  }
  return search.isCut && Number.isFinite(atMs) ? { kind: 'later', atMs } : { kind: 'never' };
}

/** All active denies have to end, and one of the allows has to begin. */
function earliestChange({ allows, denies }: Opening, atMs: number, search: Search): number {
  const active = denies.filter((deny) => deny.activeAt(atMs));
  if (active.length > 0) return Math.max(...active.map((deny) => deny.changeAfter(atMs, search)));
  return Math.min(...allows.map((allow) => allow.changeAfter(atMs, search)));
}
