/** The command `history`: what was committed, as Git tells it. */
import { type Outcome, succeed } from '../../core/base/outcome.ts';
import { settle } from '../../core/base/settle.ts';
import { type GivenFlags, readFlags } from '../flags/flag-values.ts';
import { lineWidth } from '../print/line-width.ts';
import { tellFailure } from '../print/tell-failure.ts';
import { systemClock } from '../process/clock.ts';
import type { ProgramIo } from '../process/program-io.ts';
import { openWorld, untilStopped } from '../rehearse/rehearse.ts';
import { logLevelOf } from '../flags/groups/log-level.ts';
import { historyFlags } from './history-flags.ts';
import { type ReadBranches, readBranches } from './repositories.ts';
import { type HistoryEntry, historyText } from './history-text.ts';
import { toldCommit } from './told-commit.ts';

/** 0, or 1 where a repository could not be read; the others are told all the same. */
export async function history(
  given: GivenFlags,
  [name]: readonly string[],
  io: ProgramIo,
): Promise<Outcome<number>> {
  const read = readFlags(historyFlags, given, io.environment);
  if (!read.ok) return read;
  const { values } = read.value;
  const opened = await openWorld(given, io, { logLevel: logLevelOf(values.loglevel) });
  if (!opened.ok) return succeed(tellFailure(opened.failure, io));
  const { world, settings } = opened.value;
  const { maxConcurrency, tenants } = settings;
  const options = { maxConcurrency, tenants, defaultPlatform: io.imagePlatform };
  const found = await settle(() => untilStopped(io, world, (signal) => readBranches(world, options, signal)));
  if (!found.ok) return succeed(tellFailure(found.failure, io));
  const sinceMs = values.since === 0 ? Number.NEGATIVE_INFINITY : systemClock.now() - values.since;
  const entries = entriesOf(found.value, sinceMs).filter(({ application }) => isAbout(application, name));
  io.stdout.write(
    values.json ? `${JSON.stringify(entries, null, 2)}\n` : historyText(entries, lineWidth(io)),
  );
  tellLimits(found.value, sinceMs, io);
  for (const failure of found.value.failures) tellFailure(failure, io);
  return succeed(found.value.failures.length === 0 ? 0 : 1);
}

/** A name without namespace is that of the default message. */
function isAbout(application: string | undefined, name: string | undefined): boolean {
  if (name === undefined) return true;
  if (application === undefined) return false;
  const bare = (text: string): string => text.slice(text.indexOf('/') + 1);
  const hasBoth = application.includes('/') && name.includes('/');
  return hasBoth ? application === name : bare(application) === bare(name);
}

function entriesOf({ branches }: ReadBranches, sinceMs: number): readonly HistoryEntry[] {
  const entries = branches.flatMap(({ repository, branch, history: { commits } }) =>
    commits
      .filter(({ committedAtMs }) => committedAtMs >= sinceMs)
      .map(
        ({ id, committedAtMs, message }): HistoryEntry => ({
          at: new Date(committedAtMs).toISOString(),
          ...toldCommit({ message }),
          commit: id,
          repository,
          branch,
        }),
      ),
  );
  return entries.toSorted((a, b) => (a.at === b.at ? 0 : a.at < b.at ? 1 : -1));
}

function tellLimits({ branches }: ReadBranches, sinceMs: number, { stderr }: ProgramIo): void {
  for (const { repository, branch, history: own } of branches) {
    const oldest = own.commits.at(-1)?.committedAtMs ?? Number.POSITIVE_INFINITY;
    if (own.isCut && oldest >= sinceMs)
      stderr.write(
        `Warning: ${repository} ${branch}: only its last commits were looked at; there may be older ones\n`,
      );
  }
}
