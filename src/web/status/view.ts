/** Which Applications a page shows, and in which order: what stands behind `?` in its address. */
import type { ApplicationRow } from './applications.ts';
import { imageStates } from './document.ts';

export const sortings = ['state', 'name', 'since', 'change'] as const;

export interface View {
  /** Words that all have to be found. */
  readonly words: string;
  readonly state: string;
  readonly sorting: (typeof sortings)[number];
  /** From 0. */
  readonly page: number;
  /** The only Application that is shown. */
  readonly app?: string;
}

export interface Shown {
  readonly all: number;
  readonly matching: number;
  readonly pages: number;
  /** Not beyond the last one. */
  readonly page: number;
}

const maxWordsLength = 200;
const perPage = 100;

export function readView(query: (name: string) => string | undefined): View {
  const sorting = sortings.find((known) => known === query('sort')) ?? 'state';
  const state = imageStates.find((known) => known === query('state')) ?? '';
  const page = /^[1-9]\d{0,4}$/.test(query('page') ?? '') ? Number(query('page')) - 1 : 0;
  const app = query('app')?.slice(0, 2 * maxWordsLength + 200);
  const words = (query('q') ?? '').slice(0, maxWordsLength);
  return { words, state, sorting, page, ...(app === undefined || app === '' ? {} : { app }) };
}

/** `rows` by name. */
export function choose(
  rows: readonly ApplicationRow[],
  view: View,
): { readonly shown: Shown; readonly chosen: readonly ApplicationRow[] } {
  const words = view.words.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = rows.filter(
    (application) => (view.state === '' || application.state === view.state) && hasAll(application, words),
  );
  const pages = Math.max(1, Math.ceil(matching.length / perPage));
  const page = Math.min(view.page, pages - 1);
  const sorted = sort(matching, view.sorting);
  const chosen = sorted.slice(page * perPage, (page + 1) * perPage);
  return { shown: { all: rows.length, matching: matching.length, pages, page }, chosen };
}

function hasAll(application: ApplicationRow, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = [
    application.name,
    application.state,
    application.reason ?? '',
    ...application.images.flatMap(({ alias, image, running = '', git = '', wanted = '', rule = '' }) => [
      alias,
      image,
      running,
      git,
      wanted,
      rule,
    ]),
  ]
    .join('\n')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Within equals by name, as they come. */
function sort(applications: readonly ApplicationRow[], by: View['sorting']): readonly ApplicationRow[] {
  switch (by) {
    case 'name':
      return applications;
    case 'state':
      return applications.toSorted((a, b) => imageStates.indexOf(a.state) - imageStates.indexOf(b.state));
    case 'since':
      return applications.toSorted((a, b) => b.sinceMs - a.sinceMs);
    case 'change':
      return applications.toSorted((a, b) => lastChangeMs(b) - lastChangeMs(a));
  }
}

function lastChangeMs({ images }: ApplicationRow): number {
  return Math.max(0, ...images.map(({ lastChange }) => lastChange?.atMs ?? 0));
}

/** The address of another view, relative to the page, wherever a proxy has put it. */
export function hrefOf(view: View, change: Partial<View>): string {
  const { words, state, sorting, page, app } = { ...view, ...change };
  const query = new URLSearchParams();
  if (app !== undefined) query.set('app', app);
  if (words !== '') query.set('q', words);
  if (state !== '') query.set('state', state);
  if (sorting !== 'state') query.set('sort', sorting);
  if (page > 0) query.set('page', String(page + 1));
  return `?${query.toString()}`;
}
