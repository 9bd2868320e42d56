/**
 * `pause`, `skip` and `rollback` (spec/policies.md 3.2). Each is a function of what is there, so that it can be done again
 * on what somebody else wrote meanwhile.
 */
import { type Outcome, succeed } from '../../base/outcome.ts';
import type { Hold, RolledBack, Skip } from '../settings.ts';
import { pauseLine, resumeLine } from './command-lines.ts';
import { holdValue, rolledBackValue, skipValue } from './entry-text.ts';
import { type HoldsChange, type HoldsContext, holdWords, skipWords } from './holds-change.ts';
import { HoldsDraft } from './holds-draft.ts';
import type { HoldsEntry } from './holds-entry.ts';
import { type HoldsTarget, targetName } from './holds-keys.ts';

export function pause(context: HoldsContext, target: HoldsTarget, hold: Hold): Outcome<HoldsChange> {
  return edit(context, target, (draft, key, entry) => {
    const made = draft.set(key, 'hold', holdValue(hold));
    if (!made.ok) return made;
    const before = entry.hold === undefined ? [] : [`before it was held${holdWords(entry.hold)}`];
    return succeed({
      told: [`${targetName(target)} is held${holdWords(hold)}`, ...before],
      undo: entry.hold === undefined ? resumeLine(target) : pauseLine(target, entry.hold),
    });
  });
}

export function skip(context: HoldsContext, target: HoldsTarget, skipped: Skip): Outcome<HoldsChange> {
  return edit(context, target, (draft, key, entry) => {
    const others = entry.skips.filter(({ version }) => version !== skipped.version);
    const made = draft.set(key, 'skip', skipValue([...others, skipped]));
    return made.ok ? succeed({ told: [`${targetName(target)} skips ${skipWords(skipped)}`] }) : made;
  });
}

/** Recorded before the older version is committed: what withholds the newer one must be there first. */
export function recordRollback(
  context: HoldsContext,
  target: HoldsTarget,
  rolledBack: RolledBack,
): Outcome<HoldsChange> {
  return edit(context, target, (draft, key) => {
    const made = draft.set(key, 'rolled-back', rolledBackValue(rolledBack));
    const told = `${targetName(target)} waits for a version newer than ${rolledBack.from}`;
    return made.ok ? succeed({ told: [told], undo: resumeLine(target) }) : made;
  });
}

type Edited = Pick<HoldsChange, 'told' | 'undo'>;

function edit(
  { data, zones }: HoldsContext,
  target: HoldsTarget,
  change: (draft: HoldsDraft, key: string, entry: HoldsEntry) => Outcome<Edited>,
): Outcome<HoldsChange> {
  const draft = new HoldsDraft(data, zones);
  const key = draft.keyOf(target);
  const entry = draft.entry(key);
  if (!entry.ok) return entry;
  const named = draft.name(key, target);
  if (!named.ok) return named;
  const edited = change(draft, key, entry.value);
  return edited.ok ? succeed({ ...draft.changes(), ...edited.value, still: [] }) : edited;
}
