/** What is known of each Application, as of the last cycle that looked at it. */
import type { AppKey } from '../../core/config/application.ts';
import { optionalProperty } from '../../core/base/optional-property.ts';
import type { ApplicationReport, CycleReport } from '../../core/report/report.ts';
import { imageStates, type ImageState } from './document.ts';
import { type ImageRow, imageRow, withLateWrite } from './image-row.ts';
import { shortText } from './short-text.ts';

export interface ApplicationRow {
  readonly name: AppKey;
  readonly state: ImageState;
  readonly sinceMs: number;
  readonly reason?: string;
  readonly images: readonly ImageRow[];
}

/** More images of one Application are not kept. */
const maxImages = 100;

export class ApplicationRows {
  readonly #rows = new Map<AppKey, ApplicationRow>();

  /** By name; those of this name only. */
  named(app?: AppKey): readonly ApplicationRow[] {
    if (app === undefined) return [...this.#rows.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const row = this.#rows.get(app);
    return row === undefined ? [] : [row];
  }

  get all(): IteratorObject<ApplicationRow> {
    return this.#rows.values();
  }

  application(report: ApplicationReport, nowMs: number): void {
    const { app, write, decisions } = report;
    const before = this.#rows.get(app);
    const failure = write?.kind === 'failed' ? shortText(write.failure.message) : undefined;
    if (report.unsupported !== undefined)
      return this.#keep(
        { name: app, state: 'skipped', reason: shortText(report.unsupported), images: [] },
        nowMs,
      );
    if (decisions.length > 0)
      return this.#keep(ofImages(app, imagesOf(report, before, nowMs), failure), nowMs);
    const images = before?.images ?? [];
    if (write === undefined) return this.#keep(ofImages(app, []), nowMs);
    // Nothing was decided: either a bug was met, or a write has outlived its cycle.
    const late = failure === undefined ? images.map((row) => withLateWrite(row, report, nowMs)) : images;
    this.#keep(ofImages(app, late, failure), nowMs);
  }

  /** Who is not there any more is forgotten; what could not be read is there with its reason. */
  cycle({ complete, applications, problems }: CycleReport, nowMs: number): void {
    const listed = new Set(applications.map(({ app }) => app));
    for (const { app, message, level } of problems) {
      if (app === undefined || level !== undefined) continue;
      listed.add(app);
      const images = this.#rows.get(app)?.images ?? [];
      this.#keep({ name: app, state: 'failing', reason: shortText(message), images }, nowMs);
    }
    if (!complete) return;
    for (const app of this.#rows.keys()) if (!listed.has(app)) this.#rows.delete(app);
  }

  #keep(row: Omit<ApplicationRow, 'sinceMs'>, nowMs: number): void {
    const before = this.#rows.get(row.name);
    this.#rows.set(row.name, { ...row, sinceMs: before?.state === row.state ? before.sinceMs : nowMs });
  }
}

function imagesOf(
  report: ApplicationReport,
  before: ApplicationRow | undefined,
  nowMs: number,
): readonly ImageRow[] {
  return report.decisions.slice(0, maxImages).map((decision) => {
    const known = before?.images.find(
      ({ alias, image }) => alias === decision.alias && image === shortText(decision.entry),
    );
    return imageRow(decision, report, known, nowMs);
  });
}

function ofImages(
  name: AppKey,
  images: readonly ImageRow[],
  failure?: string,
): Omit<ApplicationRow, 'sinceMs'> {
  const worst = imageStates.find((state) => images.some((image) => image.state === state)) ?? 'up-to-date';
  const reason = failure ?? images.find(({ state }) => state === worst)?.reason;
  return {
    name,
    state: failure === undefined ? worst : 'failing',
    ...optionalProperty('reason', reason),
    images,
  };
}
