/** Which stretches of a YAML text go together with an entry of a mapping. */
import { type Outcome, succeed } from '../base/outcome.ts';
import { lineEnd, lineStart } from '../base/text-lines.ts';
import { refuseAt, type Splice } from './changes.ts';
import { growsWithLineBreak } from './layout.ts';
import type { YamlEntry, YamlMap, YamlText } from './tree.ts';

/** The replacement that removes one entry; its neighbours must stay. */
export function spliceRemoval(yaml: YamlText, map: YamlMap, entry: YamlEntry): Outcome<Splice> {
  const index = map.entries.indexOf(entry);
  const previous = map.entries[index - 1];
  const next = map.entries[index + 1];
  if (previous !== undefined) {
    return map.flow ? cut(yaml, true, entry, previous.end, entry.end) : cutLines(yaml, previous, entry);
  }
  if (next === undefined) return refuseAt(yaml, entry.start, 'nothing would be left of the mapping');
  return cut(yaml, map.flow, entry, entry.start, next.start);
}

/** From the line break before the entry, unless the one before needs it, to the end of its last line. */
function cutLines(yaml: YamlText, previous: YamlEntry, entry: YamlEntry): Outcome<Splice> {
  const { text } = yaml;
  const first = lineStart(text, entry.start);
  const end = lineEnd(text, entry.end);
  if (/\S/.test(text.slice(first, entry.start)))
    return refuseAt(yaml, entry.start, 'something else is on the line');
  const keepsBreak = end === text.length && growsWithLineBreak(yaml, previous.value);
  const start = keepsBreak ? first : text[first - 2] === '\r' ? first - 2 : first - 1;
  return succeed({ start, end, text: '' });
}

/** Comments in the stretch, except one behind a block entry, are not ours to remove. */
function cut(yaml: YamlText, flow: boolean, entry: YamlEntry, start: number, end: number): Outcome<Splice> {
  const behind = flow ? entry.end : lineEnd(yaml.text, entry.end);
  const around = yaml.text.slice(start, entry.start) + yaml.text.slice(behind, end);
  if (around.includes('#')) {
    return refuseAt(yaml, entry.start, 'a comment would go with the entry that has to go');
  }
  return succeed({ start, end, text: '' });
}
