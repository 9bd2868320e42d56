/** Terminals for tests. */
import type { Style } from '../../../src/cli/terminal/style.ts';

export function aStyle(style: Partial<Style> = {}, columns = 100): Style {
  return {
    columns: () => columns,
    unicode: true,
    paint: (_colour, text) => text,
    timeText: (timeMs) => new Date(timeMs).toISOString().slice(11, 19),
    ...style,
  };
}
