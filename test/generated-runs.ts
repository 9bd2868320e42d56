/** How often tests with generated input run: a part of the full number, all of it where TIDEWAITER_RUNS is 1, as in CI. */
const share = Number(process.env['TIDEWAITER_RUNS'] ?? 0.2);

export function generatedRuns(full: number): number {
  return Math.ceil(full * share);
}
