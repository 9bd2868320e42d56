/** Why there is no answer, on stderr. */
import type { Failure } from '../../core/base/outcome.ts';
import { adviceFor } from '../../core/report/advice.ts';
import type { ProgramIo } from '../process/program-io.ts';
import { oneLine } from './one-line.ts';

/** Gives the exit code. What to do about a mistake of the user's own is in its message, unless it says more. */
export function tellFailure(
  failure: Failure,
  { stderr }: Pick<ProgramIo, 'stderr'>,
  message = failure.message,
): number {
  stderr.write(`Error: ${oneLine(message)}\n`);
  const advice = failure.kind === 'config' ? failure.advice : adviceFor(failure);
  if (advice !== undefined) stderr.write(`Advice: ${oneLine(advice)}\n`);
  return 1;
}
