/** The one place where thrown failures become data. */
import { Failed, type Failure, fail, type Outcome, succeed } from './outcome.ts';

/** Runs one item's work; a `Failed` gives its failure, anything else is a bug and becomes `unexpected`. */
export async function settle<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return succeed(await work());
  } catch (error) {
    return fail(failureOf(error));
  }
}

/** The same for work that does not wait. */
export function settleNow<T>(work: () => T): Outcome<T> {
  try {
    return succeed(work());
  } catch (error) {
    return fail(failureOf(error));
  }
}

function failureOf(error: unknown): Failure {
  if (error instanceof Failed) return error.failure;
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'unexpected', message, cause: error };
}
