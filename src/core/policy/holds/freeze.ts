/** `freeze` and `unfreeze`: nothing at all is written. */
import type { Hold } from '../settings.ts';
import { holdText } from '../words/hold.ts';
import { freezeLine } from './command-lines.ts';
import { type HoldsChange, type HoldsContext, holdWords } from './holds-change.ts';
import { HoldsDraft } from './holds-draft.ts';
import { readFreeze } from './holds-entry.ts';
import { freezeKey } from './holds-keys.ts';

export function freeze(context: HoldsContext, hold: Hold): HoldsChange {
  const draft = new HoldsDraft(context.data, context.zones);
  const before = frozenBefore(context);
  draft.put(freezeKey, holdText(hold));
  return {
    ...draft.changes(),
    told: [
      `nothing is written${holdWords(hold)}`,
      ...(before === undefined ? [] : [`before it was frozen${holdWords(before)}`]),
    ],
    undo: before === undefined ? 'tidewaiter unfreeze' : freezeLine(before),
    still: [],
  };
}

export function unfreeze(context: HoldsContext): HoldsChange {
  const draft = new HoldsDraft(context.data, context.zones);
  const before = frozenBefore(context);
  draft.put(freezeKey, '');
  const told =
    before === undefined ? 'nothing was frozen' : `writes go on; it was frozen${holdWords(before)}`;
  return {
    ...draft.changes(),
    told: [told],
    ...(before === undefined ? {} : { undo: freezeLine(before) }),
    still: [],
  };
}

function frozenBefore({ data, zones }: HoldsContext): Hold | undefined {
  const text = Object.hasOwn(data, freezeKey) ? data[freezeKey] : undefined;
  return text === undefined ? undefined : readFreeze(text, zones);
}
