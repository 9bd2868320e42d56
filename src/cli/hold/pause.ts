/** The commands `pause` and `skip`. */
import { optionalProperty } from '../../core/base/optional-property.ts';
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import { pause as pauseHolds, skip as skipHolds } from '../../core/policy/holds/commands.ts';
import { parseSkipTags } from '../../core/policy/words/version-words.ts';
import { type GivenFlags, readFlags } from '../flags/flag-values.ts';
import type { ProgramIo } from '../process/program-io.ts';
import { changeHolds } from './change-holds.ts';
import { atDesk } from './desk.ts';
import { findTarget } from './find-target.ts';
import { pauseFlags, skipFlags } from './hold-flags.ts';
import { tellChange } from './tell-change.ts';
import { wantedHold } from './wanted-hold.ts';

export async function pause(
  given: GivenFlags,
  [name, alias]: readonly string[],
  io: ProgramIo,
): Promise<Outcome<number>> {
  const read = readFlags(pauseFlags, given, io.environment);
  if (!read.ok) return read;
  if (name === undefined)
    return fail(configFailure('the command "pause" needs an Application: <namespace>/<name>'));
  const { values } = read.value;
  return atDesk(values, io, async (desk) => {
    const hold = wantedHold(values, desk);
    if (!hold.ok) return hold;
    const found = await findTarget(desk, name, alias);
    if (!found.ok) return found;
    const sinceMs = Math.floor(desk.nowMs / 1000) * 1000;
    const changed = await changeHolds(desk, (context) =>
      pauseHolds(context, found.value.target, { ...hold.value, sinceMs }),
    );
    return changed.ok ? succeed(tellChange(changed.value, desk)) : changed;
  });
}

export async function skip(
  given: GivenFlags,
  [name, alias, version]: readonly string[],
  io: ProgramIo,
): Promise<Outcome<number>> {
  const read = readFlags(skipFlags, given, io.environment);
  if (!read.ok) return read;
  if (name === undefined || alias === undefined || version === undefined)
    return fail(
      configFailure(
        'the command "skip" needs an Application, an alias and a tag: <namespace>/<name> <alias> <tag>',
      ),
    );
  const { values } = read.value;
  const items = parseSkipTags(version);
  if (!items.ok) return fail(configFailure(items.failure.message));
  const [item, ...others] = items.value.skips;
  if (item === undefined || others.length > 0) return fail(configFailure(`expected one tag, or one digest`));
  const reason = optionalProperty('reason', values.reason === '' ? item.reason : values.reason);
  return atDesk(values, io, async (desk) => {
    const found = await findTarget(desk, name, alias);
    if (!found.ok) return found;
    const changed = await changeHolds(desk, (context) =>
      skipHolds(context, found.value.target, { version: item.version, ...reason }),
    );
    return changed.ok ? succeed(tellChange(changed.value, desk)) : changed;
  });
}
