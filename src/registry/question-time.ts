/** How long one question may be worked on. */
import { describeWait } from '../core/base/duration.ts';
import type { AccessOptions } from './access/shared.ts';
import type { RepositoryAccess } from './access/access.ts';
import { registryFailed } from './requests/error.ts';

/** Clocks may ring a moment early. */
const shortestLookMs = 10;

/** Late is only what was worked on for too long: waiting for one's turn is no lateness. */
export async function inQuestionTime<T>(
  access: RepositoryAccess,
  shared: AccessOptions,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const cancel = abortWhenLate(access, shared, late);
  try {
    return await work(AbortSignal.any([signal, late.signal]));
  } catch (error) {
    if (!late.signal.aborted || signal.aborted) throw error;
    const detail = `not finished within ${describeWait(shared.limits.questionTimeoutMs)}; the next cycle goes on with what is known`;
    throw registryFailed(access.purpose({ action: 'ask about' }), 'timeout', detail);
  } finally {
    cancel();
    if (!signal.aborted) access.finished();
  }
}

function abortWhenLate(
  access: RepositoryAccess,
  { clock, limits }: AccessOptions,
  late: AbortController,
): () => void {
  const stopwatch = access.stopwatch();
  const lateAtMs = stopwatch.activeMs() + limits.questionTimeoutMs;
  let cancel = (): void => undefined;
  const look = (): void => {
    const leftMs = lateAtMs - stopwatch.activeMs();
    if (leftMs > 0) cancel = clock.after(Math.max(leftMs, shortestLookMs), look);
    else late.abort(new Error('late'));
  };
  look();
  return () => cancel();
}
