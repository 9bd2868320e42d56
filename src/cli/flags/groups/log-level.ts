/** The words of --loglevel -> the levels of the log. */
import type { LogLevel } from '../../log/log-text.ts';
import type { logLevels } from './shared-flags.ts';

/** The flags say `warn`, the log `warning`. */
export function logLevelOf(word: (typeof logLevels)[number]): LogLevel {
  return word === 'warn' ? 'warning' : word;
}
