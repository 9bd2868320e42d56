/** What a command says: on the streams of the process, in real time. */
import type { Waits } from '../../app/waits.ts';
import { systemClock } from './clock.ts';
import { type Log, makeLog } from '../log/log.ts';
import type { LogLevel } from '../log/log-text.ts';
import { lineTeller, type Teller } from '../log/teller.ts';
import { makePretty } from '../terminal/pretty.ts';
import { prettyTeller } from '../terminal/pretty-teller.ts';
import { wantsColours } from '../terminal/style.ts';
import type { ProgramIo } from './program-io.ts';

export interface LogWish {
  readonly level: LogLevel;
  /** `auto`: pretty on a terminal, text elsewhere. */
  readonly format: 'text' | 'json' | 'pretty' | 'auto';
}

export interface ProgramLog {
  readonly log: Log;
  readonly teller: Teller;
  /** From now on the lowest level that is told. */
  readonly setLevel: (level: LogLevel) => void;
}

/** `waits`: what cycles wait for, which a terminal shows. */
export function makeProgramLog(io: ProgramIo, { level, format }: LogWish, waits: Waits): ProgramLog {
  const { environment, stdout, stderr } = io;
  const now = () => systemClock.now();
  const chosen = format === 'auto' ? (stdout.isTTY === true ? 'pretty' : 'text') : format;
  if (chosen !== 'pretty') {
    const log = makeLineLog(io, level, chosen);
    return { log, teller: lineTeller(log), setLevel: log.setLevel };
  }
  const pretty = makePretty(environment, stdout, stderr);
  const { format: render, stdout: out, stderr: err } = pretty;
  const log = makeLog({ level, format: render, colours: false, now, stdout: out, stderr: err });
  const begin = () => pretty.begin(waits, systemClock);
  let told = level;
  const setLevel = (wanted: LogLevel) => {
    told = wanted;
    log.setLevel(wanted);
  };
  return { log, setLevel, teller: prettyTeller({ pretty, log, level: () => told, begin, now }) };
}

/** Lines as logrus prints them, in colour on a terminal. */
export function makeTextLog(io: ProgramIo, level: LogLevel): Log {
  return makeLineLog(io, level, 'text');
}

function makeLineLog(io: ProgramIo, level: LogLevel, format: 'text' | 'json'): Log {
  const { environment, stdout, stderr } = io;
  const colours = wantsColours(environment, { isTTY: true });
  return makeLog({ level, format, colours, now: () => systemClock.now(), stdout, stderr });
}
