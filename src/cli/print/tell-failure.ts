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
  const hasAdvice = failure.kind !== 'config' || failure.advice !== undefined;
  if (hasAdvice) stderr.write(`Advice: ${oneLine(adviceFor(failure))}\n`);
  return 1;
}
