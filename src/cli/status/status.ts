/** The command `status`: what a running daemon knows. */
import { type Outcome, succeed } from '../../core/base/outcome.ts';
import { readFlags, type GivenFlags } from '../flags/flag-values.ts';
import type { FlagValues } from '../flags/flag.ts';
import { lineWidth } from '../print/line-width.ts';
import { tellFailure } from '../print/tell-failure.ts';
import { systemClock } from '../process/clock.ts';
import type { ProgramIo } from '../process/program-io.ts';
import { styleOf } from '../terminal/style.ts';
import { settle } from '../../core/base/settle.ts';
import { askStatus } from './ask-status.ts';
import { statusFlags } from './status-flags.ts';
import { needsCare, statusText } from './status-text.ts';

const cannotBeAsked = 1;
const hasProblems = 2;
const watchEveryMs = 2_000;
/** Home, and everything below is gone. */
const clearScreen = '\u001b[H\u001b[2J';

/** 0: healthy. 1: nobody answers. 2: there are problems, or no progress. */
export async function status(
  given: GivenFlags,
  [app]: readonly string[],
  io: ProgramIo,
): Promise<Outcome<number>> {
  const read = readFlags(statusFlags, given, io.environment);
  if (!read.ok) return read;
  const { values } = read.value;
  if (!values.watch) return succeed(await show(values, app, io));
  const stop = new AbortController();
  const release = io.onStop(() => stop.abort(new Error('stopped')));
  let code = 0;
  while (!stop.signal.aborted) {
    if (io.stdout.isTTY === true) io.stdout.write(clearScreen);
    code = await show(values, app, io);
    await settle(() => systemClock.sleep(watchEveryMs, stop.signal));
  }
  release();
  return succeed(code);
}

async function show(
  values: FlagValues<typeof statusFlags>,
  app: string | undefined,
  io: ProgramIo,
): Promise<number> {
  const asked = await askStatus(values, app, io);
  if (!asked.ok) return tellFailure(asked.failure, io);
  const document = asked.value;
  const { paint } = styleOf(io.environment, io.stdout);
  const isWanted = values.all || app !== undefined;
  io.stdout.write(
    values.json
      ? `${JSON.stringify(document, null, 2)}\n`
      : statusText(document, lineWidth(io), isWanted, paint),
  );
  if (app !== undefined && document.applications.length === 0) {
    io.stderr.write(`Error: ${JSON.stringify(app)} is not known to the daemon: write it namespace/name\n`);
    return cannotBeAsked;
  }
  return needsCare(document) ? hasProblems : 0;
}
