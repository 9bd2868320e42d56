/** The log of a command: on the streams of the process, in real time. */
import { systemClock } from './clock.ts';
import { type Log, makeLog } from '../log/log.ts';
import type { LogLevel } from '../log/log-text.ts';
import type { ProgramIo } from './program-io.ts';

/** ENABLE_LOG_COLORS=false forbids colours on a terminal, as in 0.18. */
export function makeProgramLog(io: ProgramIo, level: LogLevel, format: 'text' | 'json'): Log {
  const { environment, stdout, stderr } = io;
  const colours = environment['ENABLE_LOG_COLORS']?.toLowerCase() !== 'false';
  return makeLog({ level, format, colours, now: () => systemClock.now(), stdout, stderr });
}
