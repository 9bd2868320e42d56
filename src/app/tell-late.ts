/** Writes that outlived their cycle. */
import type { GitIntention } from '../core/plan.ts';
import type { ApplicationReport } from '../core/report/report.ts';
import type { Announcer } from './announcer.ts';
import type { Written } from './write/written.ts';

/** What was decided has been reported by the cycle that it outlived. */
export async function tellLate(
  intentions: readonly GitIntention[],
  written: readonly Written[],
  announcer: Announcer,
  tell: (report: ApplicationReport) => Promise<void>,
): Promise<void> {
  for (const [i, { app, key }] of intentions.entries()) {
    const late = written[i];
    if (late === undefined) continue;
    const warnings = [...(late.warnings ?? []), ...(await announcer.announce(app, late))];
    await tell({ app: key, decisions: [], write: late.result, changes: late.changes, warnings });
  }
}
