/** Text that has to fit into columns. A character counts as one column. */

/** What is too long is cut at its end, where `ellipsis` stands for the rest. */
export function cut(text: string, columns: number, ellipsis: string): string {
  const characters = Array.from(text);
  if (characters.length <= columns) return text;
  const kept = Math.max(0, columns - ellipsis.length);
  return (characters.slice(0, kept).join('') + ellipsis).slice(0, kept === 0 ? columns : undefined);
}

/** The same for paths, whose end tells most. */
export function cutStart(text: string, columns: number, ellipsis: string): string {
  const characters = Array.from(text);
  if (characters.length <= columns) return text;
  const dropped = characters.length - Math.max(0, columns - ellipsis.length);
  return ellipsis.slice(0, columns) + characters.slice(dropped).join('');
}

export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)));
}

export function width(text: string): number {
  return Array.from(text).length;
}

/** Lines that break between words only. A word that no line has room for is cut. */
export function wrap(text: string, columns: number, ellipsis: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (width(longer) <= columns) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = cut(word, columns, ellipsis);
  }
  return line === '' ? lines : [...lines, line];
}
