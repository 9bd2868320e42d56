/** Watches what becomes of our writes at Applications with `quarantine` (spec/policies.md 7.2). */
import { type AppKey, type Application } from '../../../core/config/application.ts';
import { readState } from '../../../core/config/state/application-state.ts';
import { type Written as WatchedWrite, watchWrite } from '../../../core/policy/health/watch.ts';
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
  look(applicationOf: (app: AppKey) => Application | undefined, nowMs: number): readonly string[] {
    return this.#watched().flatMap(({ write, lines }) => {
      const application = applicationOf(write.app as AppKey);
      const degradedSinceMs = this.#degradedSince(write.app, application, nowMs);
      const facts = {
        contains: () => undefined,
        ...(degradedSinceMs === undefined ? {} : { degradedSinceMs }),
      };
      const seen = watchWrite(write, application, facts, nowMs);
      if (seen.kind === 'watching') return [];
      this.#notebook.keep({ remember: seen.kind === 'bad' ? seen.lines : [], forget: lines });
      return seen.kind === 'over' ? [] : [seen.reason];
    });
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
