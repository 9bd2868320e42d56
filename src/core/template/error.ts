/** How the template engine stops: thrown deep inside, turned into a failed Outcome at its two entrances. */
import { configFailure, Failed, fail, type Outcome, succeed } from '../base/outcome.ts';

/** A mistake in a template, or a limit that it exceeds; at a line of its text where that is known. */
export function templateError(problem: string, line?: number): Failed {
  return new Failed(configFailure(line === undefined ? problem : `line ${line}: ${problem}`));
}

/** Runs one entrance of the engine; template errors become failures whose message starts with `doing`. */
export function catchTemplateError<T>(doing: string, run: () => T): Outcome<T> {
  try {
    return succeed(run());
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    return fail(configFailure(`${doing}: ${error.message}`));
  }
}
