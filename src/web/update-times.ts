/** How long it takes from the cycle that first wants a version to its write. */
import type { AppKey } from '../core/config/application.ts';
import { imageText } from '../core/image/image.ts';
import type { ApplicationReport } from '../core/report/report.ts';

interface Wanted {
  readonly versions: string;
  readonly sinceMs: number;
}

export class UpdateTimes {
  /** Wanted, and not written yet. */
  readonly #wanted = new Map<AppKey, Wanted>();
  #begunMs = 0;

  /** A cycle begins. */
  begin(nowMs: number): void {
    this.#begunMs = nowMs;
  }

  /** Seconds of each change that is written now. */
  application({ app, decisions, write, changes }: ApplicationReport, nowMs: number): readonly number[] {
    const known = this.#wanted.get(app);
    const isWritten = write?.kind === 'committed' || write?.kind === 'patched';
    // What was decided for a write that comes late has been told before.
    const updates = decisions.filter((decision) => decision.kind === 'update');
    const versions = updates.map(({ to }) => imageText(to)).join(' ');
    const isSame = known !== undefined && (decisions.length === 0 || known.versions === versions);
    const sinceMs = isSame ? known.sinceMs : this.#begunMs;
    if (isWritten || (decisions.length > 0 && write?.kind !== 'failed')) this.#wanted.delete(app);
    else if (updates.length > 0) this.#wanted.set(app, { versions, sinceMs });
    return isWritten ? changes.map(() => (nowMs - sinceMs) / 1000) : [];
  }

  keepOnly(apps: ReadonlySet<AppKey>): void {
    for (const app of this.#wanted.keys()) if (!apps.has(app)) this.#wanted.delete(app);
  }
}
