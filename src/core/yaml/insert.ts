/** Where and how new entries and items go into the text of a YAML collection. */
import { type Outcome, succeed } from '../base/outcome.ts';
import { lineBreakAt, lineEnd, lineStart } from '../base/text-lines.ts';
import { refuseAt, type Splice, type YamlChanges } from './changes.ts';
import { growsWithLineBreak, layoutOf, usesJsonStyle } from './layout.ts';
import {
  blockEntries,
  blockItems,
  flowEntries,
  flowItems,
  flowValue,
  type NewList,
  type NewMap,
} from './new-text.ts';
import type { YamlDocument, YamlList, YamlMap, YamlNode, YamlPlace, YamlScalar, YamlText } from './tree.ts';

/** A text and the document in it that a change belongs to. */
export interface EditSite {
  readonly yaml: YamlText;
  readonly document: YamlDocument;
  readonly places: ReadonlyMap<YamlNode, YamlPlace>;
  readonly changes: YamlChanges;
}

/** Replacements that append to a mapping or list, or put one in the place of a null. */
export function spliceAddition(
  site: EditSite,
  container: YamlMap | YamlList | YamlScalar,
  added: NewMap | NewList,
): Outcome<readonly Splice[]> {
  if (container.kind === 'scalar') return fillNull(site, container, added);
  const fits = added instanceof Map ? container.kind === 'map' : container.kind === 'list';
  if (!fits) return refuseAt(site.yaml, container.start, `what is there is a ${container.kind}`);
  return container.flow ? appendFlow(site, container, added) : appendBlock(site, container, added);
}

function appendBlock(
  site: EditSite,
  container: YamlMap | YamlList,
  added: NewMap | NewList,
): Outcome<readonly Splice[]> {
  const { yaml } = site;
  const last = lastKept(site, container);
  if (last === undefined) return refuseAt(yaml, container.start, 'nothing would be left of the mapping');
  return insertLines(site, last.end, linesFor(site, container, added), last.value);
}

function linesFor(site: EditSite, container: YamlMap | YamlList, added: NewMap | NewList): readonly string[] {
  const layout = layoutOf(site.document, container.kind === 'map' ? container : undefined);
  if (added instanceof Map) return blockEntries(added, container.indent, layout);
  const sibling = container.kind === 'list' ? container.items.at(-1) : undefined;
  if (sibling?.kind === 'map' && sibling.flow) {
    const json = usesJsonStyle(site.document, sibling);
    return added.map((item) => `${' '.repeat(container.indent)}- ${flowValue(item, json)}`);
  }
  const gap = sibling?.kind === 'map' ? sibling.indent - container.indent : 2;
  return blockItems(added, container.indent, gap, layout);
}

/** Puts lines behind the line on which something ends, comment included. */
function insertLines(
  { yaml }: EditSite,
  contentEnd: number,
  lines: readonly string[],
  last: YamlNode | undefined,
): Outcome<readonly Splice[]> {
  const at = lineEnd(yaml.text, contentEnd);
  if (!/^[ \t]*(?:#.*)?$/.test(yaml.text.slice(contentEnd, at))) {
    return refuseAt(yaml, contentEnd, 'something follows on the line');
  }
  if (at === yaml.text.length && last !== undefined && growsWithLineBreak(yaml, last)) {
    return refuseAt(
      yaml,
      contentEnd,
      'a line break at the end of the file would become part of the block scalar',
    );
  }
  const lineBreak = lineBreakAt(yaml.text, at);
  return succeed([{ start: at, end: at, text: lines.map((line) => lineBreak + line).join('') }]);
}

interface Child {
  readonly start: number;
  readonly end: number;
  readonly value: YamlNode;
  /** False where entries behind it go. */
  readonly isLast: boolean;
}

function lastKept({ changes }: EditSite, container: YamlMap | YamlList): Child | undefined {
  if (container.kind === 'map') {
    const entry = container.entries.findLast((candidate) => !changes.removed.has(candidate));
    return entry === undefined ? undefined : { ...entry, isLast: entry === container.entries.at(-1) };
  }
  const value = container.items.at(-1);
  return value === undefined ? undefined : { start: value.start, end: value.end, value, isLast: true };
}

function fillNull(site: EditSite, node: YamlScalar, added: NewMap | NewList): Outcome<readonly Splice[]> {
  const { yaml, places, document } = site;
  if (node.anchor !== undefined || node.tag !== undefined) {
    return refuseAt(yaml, node.start, 'the null there has an anchor or a tag');
  }
  const place = places.get(node);
  if (place === undefined || place.isKey) return refuseAt(yaml, node.start, 'nothing can be added there');
  const { parent, entry } = place;
  if (node.style === 'empty' && parent.kind === 'map' && !parent.flow && entry?.hasColon === true) {
    const layout = layoutOf(document, parent);
    const column = parent.indent + (added instanceof Map ? layout.step : layout.dashOffset);
    const lines =
      added instanceof Map ? blockEntries(added, column, layout) : blockItems(added, column, 2, layout);
    return insertLines(site, node.start, lines, undefined);
  }
  const replacement = replaceNode(site, node, flowValue(added, usesJsonStyle(document, parent)));
  return replacement.ok ? succeed([replacement.value]) : replacement;
}

/** Puts a text where a scalar stands, or would stand if it had one. */
export function replaceNode({ yaml, places }: EditSite, node: YamlScalar, text: string): Outcome<Splice> {
  if (node.style !== 'empty') return succeed({ start: node.start, end: node.end, text });
  const entry = places.get(node)?.entry;
  if (entry === undefined || entry.hasColon) {
    return succeed({ start: node.start, end: node.start, text: ` ${text}` });
  }
  const isOneLine = !yaml.text.slice(entry.start, node.start).includes('\n');
  if (!node.inFlow || !isOneLine) return refuseAt(yaml, node.start, 'the key has no colon');
  return succeed({ start: node.start, end: node.start, text: `: ${text}` });
}

function appendFlow(
  site: EditSite,
  container: YamlMap | YamlList,
  added: NewMap | NewList,
): Outcome<readonly Splice[]> {
  const { text } = site.yaml;
  if (!'[{'.includes(text[container.start] ?? '')) {
    return refuseAt(site.yaml, container.start, 'nothing can be added to a pair without braces');
  }
  const json = usesJsonStyle(site.document, container);
  const body = added instanceof Map ? flowEntries(added, json) : flowItems(added, json);
  const insert = (at: number, inserted: string): Splice => ({ start: at, end: at, text: inserted });
  const last = lastKept(site, container);
  if (last === undefined) return succeed([insert(container.start + 1, body)]);
  const trailingComma = last.isLast ? container.trailingComma : undefined;
  const end = trailingComma ?? last.end;
  const ownLine = text.slice(lineStart(text, last.start), last.start);
  const at = lineEnd(text, end);
  if (/^[ \t]*$/.test(ownLine) && /^[ \t]*(?:#.*)?$/.test(text.slice(end, at))) {
    const line = `${lineBreakAt(text, at)}${ownLine}${body}`;
    if (trailingComma !== undefined) return succeed([insert(at, `${line},`)]);
    return succeed([insert(end, ','), insert(at, line)]);
  }
  return succeed([insert(end, trailingComma === undefined ? `, ${body}` : ` ${body}`)]);
}
