/** Whatever somebody wrote, as one short line of characters that can be seen. */

const looksAhead = 4; // most of it may be blanks and controls

/** At most `maxLength` characters, with `…` for the rest. The work is bounded by that, not by the text. */
export function shortLine(text: string, maxLength: number): string {
  const line = text
    .slice(0, looksAhead * maxLength)
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  if (line.length <= maxLength && text.length <= looksAhead * maxLength) return line;
  return `${line.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
