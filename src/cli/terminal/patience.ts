/** Says on a terminal whom a long cycle waits for. */
import type { Waits } from '../../app/waits.ts';
import type { Clock } from '../../ports/clock.ts';
import type { StatusLine } from './status-line.ts';
import { shown, type Style } from './style.ts';

/** Shorter cycles need no explanation. */
const patienceMs = 10_000;
const redrawMs = 1000;

export interface Patience {
  readonly clock: Clock;
  readonly waits: Waits;
  readonly line: StatusLine;
  readonly style: Style;
}

/** From the beginning of a cycle to the call of what it gives. */
export function explainPatience({ clock, waits, line, style }: Patience): () => void {
  let cancel: () => void;
  const draw = () => {
    const text = waitText(waits, clock.now(), style);
    if (text === undefined) line.clear();
    else line.draw(text);
    cancel = clock.after(redrawMs, draw);
  };
  cancel = clock.after(patienceMs, draw);
  return () => {
    cancel();
    line.clear();
  };
}

function waitText(waits: Waits, nowMs: number, style: Style): string | undefined {
  const longest = waits.longest();
  if (longest === undefined) return undefined;
  const { wait, others } = longest;
  const seconds = Math.max(0, Math.round((nowMs - wait.sinceMs) / 1000));
  const more = others === 0 ? '' : `, and for ${others} more`;
  const since = `${seconds} s, since ${style.timeText(wait.sinceMs)}`;
  return `  waiting for ${shown(style, wait.what)} (${since})${more}`;
}
