/** Which columns of a table give way where a terminal is narrow. */
import { describe, expect, it } from 'vitest';
import { tableLines } from '../../../src/cli/print/table.ts';

const row = ['2026-11-29 00:51', 'argocd/a-long-name', 'a reason that is told above too'];

describe('a table that is too wide', () => {
  it.each([
    [80, '2026-11-29 00:51  argocd/a-long-name  a reason that is told above too'],
    [50, '2026-11-29 00:51  argocd/a-long-name  a reason th…'],
    [44, '2026-11-29 00:51  argocd/a-long-name  a rea…'],
    [36, '2026-11-29 00:51  argocd/a-…  a rea…'],
  ])('at %i columns keeps what must be whole, and first cuts what is said elsewhere', (width, line) => {
    const columns = [
      { title: 'WHEN', isWhole: true },
      { title: 'NAME' },
      { title: 'REASON', yields: true },
    ] as const;

    const lines = tableLines(columns, [row], width);

    expect(lines[1]).toBe(line);
    for (const each of lines) expect(each.length).toBeLessThanOrEqual(width);
  });
});
