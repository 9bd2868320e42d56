/** The commands `freeze` and `unfreeze`. */
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import { freeze as freezeHolds, unfreeze as unfreezeHolds } from '../../core/policy/holds/freeze.ts';
import { type GivenFlags, readFlags } from '../flags/flag-values.ts';
import type { ProgramIo } from '../process/program-io.ts';
import { changeHolds } from './change-holds.ts';
import { atDesk } from './desk.ts';
import { pauseFlags, unfreezeFlags } from './hold-flags.ts';
import { tellChange } from './tell-change.ts';
import { wantedHold } from './wanted-hold.ts';

export async function freeze(given: GivenFlags, io: ProgramIo): Promise<Outcome<number>> {
  const read = readFlags(pauseFlags, given, io.environment);
  if (!read.ok) return read;
  const { values } = read.value;
  if (values.reason.trim() === '')
    return fail(configFailure('the command "freeze" needs --reason: everybody will ask for it'));
  return atDesk(values, io, async (desk) => {
    const hold = wantedHold(values, desk);
    if (!hold.ok) return hold;
    const changed = await changeHolds(desk, (context) => succeed(freezeHolds(context, hold.value)));
    return changed.ok ? succeed(tellChange(changed.value, desk)) : changed;
  });
}

export async function unfreeze(given: GivenFlags, io: ProgramIo): Promise<Outcome<number>> {
  const read = readFlags(unfreezeFlags, given, io.environment);
  if (!read.ok) return read;
  return atDesk(read.value.values, io, async (desk) => {
    const changed = await changeHolds(desk, (context) => succeed(unfreezeHolds(context)));
    return changed.ok ? succeed(tellChange(changed.value, desk)) : changed;
  });
}
