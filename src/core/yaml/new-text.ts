/** Text of mappings and lists that a file does not hold yet, in block and in flow style. */
import { renderScalar, type ScalarStyle } from './scalar.ts';

/** Strings, booleans, and ordered mappings and lists of them. */
export type NewValue = NewScalar | NewMap | NewList;
export type NewScalar = string | boolean;
export type NewMap = Map<string, NewValue>;
export type NewList = NewValue[];

/** Columns that a nested mapping, and the dashes of a nested list, stand further right than the key above. */
export interface BlockLayout {
  readonly step: number;
  readonly dashOffset: number;
}

/** Lines of a mapping's entries, without line breaks, at a column. */
export function blockEntries(map: NewMap, column: number, layout: BlockLayout): string[] {
  return [...map].flatMap(([key, value]) => blockEntry(key, value, column, layout));
}

function blockEntry(key: string, value: NewValue, column: number, layout: BlockLayout): string[] {
  const head = `${' '.repeat(column)}${renderScalar(key, 'plain', false)}:`;
  if (isScalar(value)) return [`${head} ${renderNew(value, 'plain', false)}`];
  if (isEmpty(value)) return [`${head} ${flowValue(value, false)}`];
  return value instanceof Map
    ? [head, ...blockEntries(value, column + layout.step, layout)]
    : [head, ...blockItems(value, column + layout.dashOffset, 2, layout)];
}

/** Lines of a list's items. `gap`: columns from a dash to what follows it. */
export function blockItems(items: NewList, column: number, gap: number, layout: BlockLayout): string[] {
  return items.flatMap((item) => {
    const dash = `${' '.repeat(column)}-${' '.repeat(gap - 1)}`;
    if (isScalar(item)) return [dash + renderNew(item, 'plain', false)];
    if (!(item instanceof Map) || item.size === 0) return [dash + flowValue(item, false)];
    const [first = '', ...rest] = blockEntries(item, column + gap, layout);
    return [dash + first.trimStart(), ...rest];
  });
}

function isScalar(value: NewValue): value is NewScalar {
  return typeof value === 'string' || typeof value === 'boolean';
}

/** Booleans are written without quotes, whatever the style. */
export function renderNew(value: NewScalar, style: ScalarStyle, inFlow: boolean): string {
  return typeof value === 'string' ? renderScalar(value, style, inFlow) : String(value);
}

function isEmpty(value: NewMap | NewList): boolean {
  return (value instanceof Map ? value.size : value.length) === 0;
}

/** `json`: every key and value in double quotes, for files that are JSON. */
export function flowValue(value: NewValue, json: boolean): string {
  if (isScalar(value)) return renderNew(value, json ? 'double' : 'plain', true);
  return value instanceof Map ? `{${flowEntries(value, json)}}` : `[${flowItems(value, json)}]`;
}

/** Entries without their braces. */
export function flowEntries(map: NewMap, json: boolean): string {
  return [...map].map(([key, value]) => `${flowValue(key, json)}: ${flowValue(value, json)}`).join(', ');
}

/** Items without their brackets. */
export function flowItems(items: NewList, json: boolean): string {
  return items.map((item) => flowValue(item, json)).join(', ');
}
