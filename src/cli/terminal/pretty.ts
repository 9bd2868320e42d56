/** `--logformat pretty`: the parts that write to one terminal. */
import type { Waits } from '../../app/waits.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Environment } from '../flags/flag-values.ts';
import type { LineSink } from '../log/log.ts';
import type { LogRecord } from '../log/log-text.ts';
import { explainPatience } from './patience.ts';
import { recordText } from './record-text.ts';
import { StatusLine } from './status-line.ts';
import { type Style, styleOf } from './style.ts';

export interface Pretty {
  readonly style: Style;
  readonly stdout: LineSink;
  readonly stderr: LineSink;
  readonly format: (record: LogRecord) => string;
  /** A cycle begins; what it gives is to be called at its end. */
  readonly begin: (waits: Waits, clock: Clock) => () => void;
}

export function makePretty(environment: Environment, stdout: LineSink, stderr: LineSink): Pretty {
  const style = styleOf(environment, stdout);
  const line = new StatusLine(stdout, style);
  const canRedraw = stdout.isTTY === true && environment['TERM'] !== 'dumb';
  return {
    style,
    stdout: line.guard(stdout),
    stderr: line.guard(stderr),
    format: (record) => recordText(record, style),
    begin: (waits, clock) => (canRedraw ? explainPatience({ clock, waits, line, style }) : () => undefined),
  };
}
