/** `resume`: what a person or a rollback holds back may go on. */
import { type Outcome, succeed } from '../../base/outcome.ts';
import type { Resumed } from '../settings.ts';
import { pinText } from '../words/version-words.ts';
import { resumedValue } from './entry-text.ts';
import { holdsSource } from './holds-book.ts';
import { type HoldsChange, type HoldsContext, holdWords, skipWords } from './holds-change.ts';
import { HoldsDraft } from './holds-draft.ts';
import { type HoldsTarget, targetName } from './holds-keys.ts';

const maxResumed = 20; // older ones are about versions that nobody wants any more

/**
 * Takes away what holds the target. `aliases`: those of its Application, whose own entries go with it where the target
 * has none. `resumed`: what Git or the health of Applications told of, which is let go on.
 */
export function resume(
  context: HoldsContext,
  target: HoldsTarget & { readonly aliases: readonly string[] },
  resumed: readonly Resumed[],
): Outcome<HoldsChange> {
  const draft = new HoldsDraft(context.data, context.zones);
  const { aliases, ...own } = target;
  const all = own.alias ? [own] : [own, ...aliases.map((alias) => ({ ...own, alias }))];
  const told: string[] = [];
  for (const one of all) {
    const taken = takeAway(draft, one);
    if (!taken.ok) return taken;
    told.push(...taken.value);
  }
  const added = addResumed(draft, own, resumed);
  if (!added.ok) return added;
  const still = all.flatMap((one) => stillHolding(draft, one));
  return succeed({ ...draft.changes(), told: [...told, ...added.value], still: [...new Set(still)] });
}

function takeAway(draft: HoldsDraft, target: HoldsTarget): Outcome<readonly string[]> {
  const key = draft.keyOf(target);
  const entry = draft.entry(key);
  if (!entry.ok) return entry;
  for (const field of ['hold', 'skip', 'rolled-back'] as const) {
    const made = draft.set(key, field, null);
    if (!made.ok) return made;
  }
  draft.dropIfIdle(key);
  const { hold, skips, rolledBack } = entry.value;
  const name = targetName(target);
  return succeed([
    ...(hold === undefined ? [] : [`${name} is held no more; it was${holdWords(hold)}`]),
    ...skips.map((skipped) => `${name} skips ${skipWords(skipped)} no more`),
    ...(rolledBack === undefined ? [] : [`${name} may take ${rolledBack.from} again`]),
  ]);
}

function addResumed(
  draft: HoldsDraft,
  target: HoldsTarget,
  resumed: readonly Resumed[],
): Outcome<readonly string[]> {
  if (resumed.length === 0) return succeed([]);
  const key = draft.keyOf(target);
  const entry = draft.entry(key);
  if (!entry.ok) return entry;
  const isNew = (one: Resumed) => !resumed.some((other) => JSON.stringify(other) === JSON.stringify(one));
  const list = [...entry.value.resumed.filter(isNew), ...resumed].slice(-maxResumed);
  const named = draft.name(key, target);
  const made = named.ok ? draft.set(key, 'resumed', resumedValue(list)) : named;
  return made.ok
    ? succeed(resumed.map(({ version }) => `${targetName(target)} may take ${version} again`))
    : made;
}

/** Of the ConfigMap alone: annotations and flags are for whoever reads them. */
function stillHolding(draft: HoldsDraft, target: HoldsTarget): readonly string[] {
  const book = draft.book();
  const entries = book.entriesFor(target).flatMap(({ key, entry }) => {
    const { hold, pin, skips, rolledBack, mistakes } = entry;
    const what = [
      ...(hold === undefined ? [] : [`hold${holdWords(hold)}`]),
      ...(pin === undefined ? [] : [`pin ${pinText(pin)}`]),
      ...skips.map((skipped) => `skip ${skipWords(skipped)}`),
      ...(rolledBack === undefined ? [] : [`rolled-back from ${rolledBack.from}`]),
      ...mistakes,
    ];
    return what.map((text) => `${holdsSource(key)}: ${text}`);
  });
  const { freeze } = book;
  return freeze === undefined ? entries : [`${freeze.source}: frozen${holdWords(freeze.value)}`, ...entries];
}
