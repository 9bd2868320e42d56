/** Times as people read them. */
import { html } from 'hono/html';

/** Escaped: whatever is put into `html` is text, unless it is `Html` itself. */
export type Html = ReturnType<typeof html>;

const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** From one moment to another, in its two largest units: `2 h 5 min`. */
export function ago(from: string, to: string): string {
  let left = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
  const first = units.findIndex(([, size]) => left >= size);
  if (first === -1) return '0 s';
  const parts = units.slice(first, first + 2).flatMap(([unit, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count === 0 ? [] : [`${count} ${unit}`];
  });
  return parts.join(' ');
}

/** `for 2 h 5 min`, with the exact time of its beginning. */
export function lasting(since: string, at: string): Html {
  return html`<time datetime="${since}" title="since ${since}">for ${ago(since, at)}</time>`;
}

/** `2 h 5 min ago`, with the exact time for those who want it. */
export function moment(time: string, at: string): Html {
  return html`<time datetime="${time}" title="${time}">${ago(time, at)} ago</time>`;
}
