/** The command `rollback`: an older version is written at once, and nothing comes back that is not newer than what was there. */
import { settle } from '../../core/base/settle.ts';
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import { appKey } from '../../core/config/application.ts';
import { readConfig } from '../../core/config/annotations.ts';
import { isTag } from '../../core/image/tag-and-digest.ts';
import { recordRollback } from '../../core/policy/holds/commands.ts';
import { HoldsBook } from '../../core/policy/holds/holds-book.ts';
import { holdWords } from '../../core/policy/holds/holds-change.ts';
import type { RolledBack } from '../../core/policy/settings.ts';
import type { WriteResult } from '../../core/report/report.ts';
import { type GivenFlags, readFlags } from '../flags/flag-values.ts';
import { oneLine } from '../print/one-line.ts';
import type { ProgramIo } from '../process/program-io.ts';
import { type Changed, changeHolds } from './change-holds.ts';
import { atDesk, type Desk } from './desk.ts';
import { findTarget, type Found } from './find-target.ts';
import { rollbackFlags } from './hold-flags.ts';
import { groupMates } from './group-mates.ts';
import { withOneVersion } from './one-version.ts';
import { openWriting, type Writing } from './open-writing.ts';
import { writeVersion } from './write-version.ts';

export async function rollback(
  given: GivenFlags,
  [name, alias, version]: readonly string[],
  io: ProgramIo,
): Promise<Outcome<number>> {
  const read = readFlags(rollbackFlags, given, io.environment);
  if (!read.ok) return read;
  if (name === undefined || alias === undefined || version === undefined)
    return fail(
      configFailure(
        'the command "rollback" needs an Application, an alias and a tag: <namespace>/<name> <alias> <tag>',
      ),
    );
  if (!isTag(version))
    return fail(configFailure(`"${version}" is no tag; a digest alone cannot be rolled back to`));
  const { values } = read.value;
  return atDesk(values, io, async (desk) => {
    const frozen = await freezeOf(desk);
    if (frozen !== undefined && !values['during-freeze'])
      return fail(configFailure(`everything is frozen${frozen}; --during-freeze writes nevertheless`));
    const found = await findTarget(desk, name, alias);
    if (!found.ok) return found;
    const writing = await openWriting(given, desk);
    if (!writing.ok) return writing;
    try {
      return await rollBack({ desk, writing: writing.value, found: found.value, version });
    } finally {
      await writing.value.close();
    }
  });
}

async function freezeOf({ holds, zones, nowMs, signal }: Desk): Promise<string | undefined> {
  const { freeze } = new HoldsBook((await holds.read(signal))?.data ?? {}, zones);
  if (freeze === undefined || (freeze.value.untilMs ?? nowMs + 1) <= nowMs) return undefined;
  return holdWords(freeze.value);
}

interface Rollback {
  readonly desk: Desk;
  readonly writing: Writing;
  readonly found: Found;
  readonly version: string;
}

/** First the record that withholds the newer version, then the write: the daemon must not be faster. */
async function rollBack({ desk, writing, found, version }: Rollback): Promise<Outcome<number>> {
  const { signal, io } = desk;
  const { app, target } = found;
  const config = readConfig(app, writing.reading);
  const image = config.images.find((one) => one.alias === target.alias)?.image;
  if (image?.ok !== true) return image ?? fail(configFailure(`${target.alias} is no image`));
  const chosen = withOneVersion(config, image.value, version);
  const rehearsed = await writeVersion({ ...writing, isRehearsal: true }, chosen, version, signal);
  if (!rehearsed.ok) return rehearsed;
  const { from, write } = rehearsed.value;
  const place = `${appKey(app)} ${target.alias}`;
  if (from === undefined)
    return fail(
      configFailure(`no version of ${place} is written anywhere yet: there is nothing to roll back from`),
    );
  if (write.kind === 'unchanged') {
    io.stdout.write(`${place} is at ${version} already: nothing to change\n`);
    return succeed(0);
  }
  const by = desk.by === undefined ? {} : { by: desk.by };
  const recorded = await changeHolds(desk, (context) =>
    recordRollback(context, target, { from, to: version, ...by }),
  );
  if (!recorded.ok) return recorded;
  if (desk.isDry) {
    tell(desk, [`${place}: ${from} → ${version}`, ...recorded.value.change.told, 'not changed: --dry-run']);
    return succeed(0);
  }
  const written = await settle(() =>
    writeVersion({ ...writing, isRehearsal: false }, chosen, version, signal),
  );
  const outcome = written.ok ? written.value : written;
  if (!outcome.ok) {
    await takeBack(desk, recorded.value);
    return outcome;
  }
  const { told, undo = '' } = recorded.value.change;
  const { write: done } = outcome.value;
  if (done.kind === 'committed')
    await nameCommit(desk, target, { from, to: version, commit: done.sha, ...by });
  tell(desk, [
    `${place}: ${from} → ${version}`,
    `  ${writtenText(outcome.value.write)}`,
    ...told,
    `  undo     ${undo}`,
    ...differing(await groupMates(desk, found, writing)),
  ]);
  return succeed(0);
}

/** The record says from now on which commit took the version back; without that it holds all the same. */
async function nameCommit(desk: Desk, target: Found['target'], rolledBack: RolledBack): Promise<void> {
  const named = await settle(() =>
    changeHolds(desk, (context) => recordRollback(context, target, rolledBack)),
  );
  const outcome = named.ok ? named.value : named;
  if (!outcome.ok)
    desk.io.stderr.write(
      `Warning: the record does not name the commit: ${oneLine(outcome.failure.message)}\n`,
    );
}

/** Nothing was written, so nothing is to be withheld. Another change of the entry meanwhile stays. */
async function takeBack(desk: Desk, { change }: Changed): Promise<void> {
  await changeHolds(desk, ({ data }) => {
    const isAsLeft = Object.entries(change.data).every(([key, text]) => (data[key] ?? null) === text);
    const back = isAsLeft ? { data: change.before, before: change.data } : { data: {}, before: {} };
    return succeed({ ...back, told: [], still: [] });
  });
}

function differing(members: readonly string[]): readonly string[] {
  return members.length === 0
    ? []
    : [`members of its group that were not rolled back: ${members.join(', ')}`];
}

function writtenText(write: WriteResult): string {
  if (write.kind === 'committed') return `commit   ${write.sha} on ${write.branch} of ${write.repo}`;
  return write.kind === 'patched' ? 'patched the live Application' : 'it was there already';
}

function tell({ io }: Desk, lines: readonly string[]): void {
  io.stdout.write(`${lines.join('\n')}\n`);
}
