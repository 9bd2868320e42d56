/** Watches what becomes of our writes at Applications with `quarantine` (spec/policies.md 7.2). */
import type { AppConfig } from '../../../core/config/annotations.ts';
import { type AppKey, type Application } from '../../../core/config/application.ts';
import { readState } from '../../../core/config/state/application-state.ts';
import {
  type WatchFacts,
  type Written as WatchedWrite,
  watchWrite,
} from '../../../core/policy/health/watch.ts';
import type { LineOf } from '../../../core/policy/memory/line.ts';
import { allLines } from '../../../core/policy/memory/memory.ts';
import type { Notebook } from '../../memory/notebook.ts';

/** A commit, or a live patch, that is to be watched. */
export interface NewWrite {
  readonly app: AppKey;
  /** `-` for a live patch. */
  readonly commit: string;
  readonly quarantineMs: number;
  readonly images: readonly { readonly repository: string; readonly version: string }[];
}

export type Contains = WatchFacts['contains'];

export interface Look {
  readonly configOf: (app: AppKey) => AppConfig | undefined;
  /** Whether revisions of the base branch of an Application hold a commit. */
  readonly containment: (config: AppConfig, commit: string) => Promise<Contains>;
  readonly nowMs: number;
}

/** The clock of Argo CD may be behind ours. */
const clocksMs = 300_000;

export class Watching {
  readonly #notebook: Notebook;
  /** Since when each was found Degraded, look after look: for an Argo CD that does not tell. */
  readonly #degradedSinceMs = new Map<string, number>();

  constructor(notebook: Notebook) {
    this.#notebook = notebook;
  }

  /** So that a restart goes on watching, it is remembered. */
  begin({ app, commit, quarantineMs, images }: NewWrite, nowMs: number): void {
    this.#notebook.add(
      images.map(
        ({ repository, version }): LineOf<'watch'> => ({
          word: 'watch',
          app,
          repository,
          version,
          commit,
          seconds: String(Math.round(quarantineMs / 1000)),
          atMs: nowMs,
        }),
      ),
    );
  }

  /** One look at all that is watched; what deserves a word to people. */
  async look({ configOf, containment, nowMs }: Look): Promise<readonly string[]> {
    const told: string[] = [];
    for (const { write, lines } of this.#watched()) {
      const config = configOf(write.app);
      const degradedSinceMs = this.#degradedSince(write.app, config?.app, nowMs);
      const contains = config === undefined ? unknown : await containsOf(config, write, containment);
      const facts = { contains, ...(degradedSinceMs === undefined ? {} : { degradedSinceMs }) };
      const seen = watchWrite(write, config?.app, facts, nowMs);
      if (seen.kind === 'watching') continue;
      this.#notebook.keep({ remember: seen.kind === 'bad' ? seen.lines : [], forget: lines });
      if (seen.kind !== 'over') told.push(seen.reason);
    }
    return told;
  }

  #degradedSince(app: string, application: Application | undefined, nowMs: number): number | undefined {
    const health = application?.state === undefined ? undefined : readState(application.state).health;
    if (health !== 'Degraded') this.#degradedSinceMs.delete(app);
    else if (!this.#degradedSinceMs.has(app)) this.#degradedSinceMs.set(app, nowMs);
    return this.#degradedSinceMs.get(app);
  }

  #watched(): readonly { readonly write: WatchedWrite; readonly lines: readonly LineOf<'watch'>[] }[] {
    const lines = [...allLines(this.#notebook.memory)].filter((line) => line.word === 'watch');
    const writes = Map.groupBy(lines, ({ app, commit, atMs }) => `${app} ${commit} ${atMs}`);
    return [...writes.values()].flatMap((all) => {
      const [first] = all;
      if (first === undefined) return [];
      const { app, commit, atMs, seconds } = first;
      const images = all.map(({ repository, version }) => ({ repository, version }));
      return [{ write: { app, commit, atMs, quarantineMs: Number(seconds) * 1000, images }, lines: all }];
    });
  }
}

export const unknown: Contains = () => undefined;

/** Git is asked only where Argo CD has synced something else than the commit since. */
async function containsOf(
  config: AppConfig,
  { commit, atMs }: WatchedWrite,
  containment: Look['containment'],
): Promise<Contains> {
  const { state } = config.app;
  if (commit === '-' || state === undefined) return unknown;
  const { history, operation } = readState(state);
  const since = [...history, ...(operation === undefined ? [] : [operation])].filter(
    ({ startedAtMs = Number.POSITIVE_INFINITY }) => startedAtMs >= atMs - clocksMs,
  );
  const revisions = since.flatMap((sync) => sync.revisions);
  return revisions.length === 0 || revisions.includes(commit) ? unknown : containment(config, commit);
}
