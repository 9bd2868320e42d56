/** The built-in functions of Go's text/template, except `and`, `or` and `call`, which the evaluator knows. */
import type { ByteText } from './bytes.ts';
import { equalsAny, lessOrEqual, lessThan } from './compare.ts';
import { templateError } from './error.ts';
import { sprint, sprintf, sprintln } from './printf.ts';
import { escapeHtml, escapeJs, escapeQuery } from './quote.ts';
import {
  boolValue,
  type GoValue,
  intValue,
  isTrue,
  nilValue,
  sliceValue,
  stringValue,
  typeName,
} from './values.ts';

export interface Builtin {
  readonly least: number;
  /** Absent: any number of arguments. */
  readonly most?: number;
  readonly run: (...values: readonly GoValue[]) => GoValue;
}

const one = { least: 1, most: 1 };
const two = { least: 2, most: 2 };

const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['print', { least: 0, run: (...values) => stringValue(sprint(values)) }],
  ['println', { least: 0, run: (...values) => stringValue(sprintln(values)) }],
  ['printf', { least: 1, run: printf }],
  ['html', { least: 0, run: escaping(escapeHtml) }],
  ['js', { least: 0, run: escaping(escapeJs) }],
  ['urlquery', { least: 0, run: escaping(escapeQuery) }],
  ['len', { ...one, run: (value = nilValue) => intValue(lengthOf(value)) }],
  ['index', { least: 1, run: (value = nilValue, ...indexes) => indexed(value, indexes) }],
  ['slice', { least: 1, run: (value = nilValue, ...indexes) => sliced(value, indexes) }],
  ['not', { ...one, run: (value = nilValue) => boolValue(!isTrue(value)) }],
  ['eq', { least: 1, run: (a = nilValue, ...others) => boolValue(equalsAny(a, others)) }],
  ['ne', { ...two, run: (a = nilValue, b = nilValue) => boolValue(!equalsAny(a, [b])) }],
  ['lt', { ...two, run: (a = nilValue, b = nilValue) => boolValue(lessThan(a, b)) }],
  ['le', { ...two, run: (a = nilValue, b = nilValue) => boolValue(lessOrEqual(a, b)) }],
  ['gt', { ...two, run: (a = nilValue, b = nilValue) => boolValue(!lessOrEqual(a, b)) }],
  ['ge', { ...two, run: (a = nilValue, b = nilValue) => boolValue(!lessThan(a, b)) }],
]);

/** Names that a template may use as functions. */
export const builtinNames: ReadonlySet<string> = new Set([...builtins.keys(), 'and', 'or', 'call']);

export function findBuiltin(name: string): Builtin | undefined {
  return builtins.get(name);
}

function printf(format: GoValue = nilValue, ...values: readonly GoValue[]): GoValue {
  if (format.kind !== 'string') {
    throw templateError(`wrong type for the format of printf; expected string; got ${typeName(format)}`);
  }
  return stringValue(sprintf(format.value, values));
}

/** Escapes what `print` would make of the values; an absent one reads `<no value>`. */
function escaping(escape: (bytes: ByteText) => ByteText): Builtin['run'] {
  const shown = (value: GoValue): GoValue => (value.kind === 'nil' ? noValue : value);
  return (...values) => {
    // Absent values count as strings for the spaces between operands.
    return stringValue(escape(sprint(values.map(shown))));
  };
}

const noValue = stringValue('<no value>');

function lengthOf(value: GoValue): number {
  if (value.kind === 'string') return value.value.length;
  if (value.kind === 'slice') return value.items.length;
  if (value.kind === 'map') return value.entries.size;
  throw templateError(`len of type ${typeName(value)}`);
}

/** `index x 1 2` is x[1][2]. A key that a map lacks gives "", an index out of range fails. */
function indexed(value: GoValue, indexes: readonly GoValue[]): GoValue {
  if (value.kind === 'nil') throw templateError('index of untyped nil');
  let item: GoValue = value;
  for (const index of indexes) item = itemAt(item, index);
  return item;
}

function itemAt(value: GoValue, index: GoValue): GoValue {
  if (value.kind === 'map') {
    if (index.kind === 'string') return value.entries.get(index.value) ?? stringValue('');
    throw templateError(`map key has type ${typeName(index)}; should be string`);
  }
  if (value.kind === 'slice') return value.items[position(index, value.items.length - 1)] ?? nilValue;
  if (value.kind !== 'string') throw templateError(`can't index item of type ${typeName(value)}`);
  const at = position(index, value.value.length - 1);
  return { kind: 'uint8', value: BigInt(value.value.charCodeAt(at)) };
}

function position(index: GoValue, largest: number): number {
  if (index.kind !== 'int' && index.kind !== 'uint8') {
    throw templateError(`cannot index slice/array with type ${typeName(index)}`);
  }
  if (index.value < 0n || index.value > BigInt(largest))
    throw templateError(`index out of range: ${index.value}`);
  return Number(index.value);
}

/** `slice x 1 2` is x[1:2]; bytes for strings. */
function sliced(value: GoValue, indexes: readonly GoValue[]): GoValue {
  if (value.kind !== 'string' && value.kind !== 'slice') {
    throw templateError(`can't slice item of type ${typeName(value)}`);
  }
  if (indexes.length > (value.kind === 'string' ? 2 : 3)) {
    throw templateError(`too many slice indexes: ${indexes.length}`);
  }
  const length = lengthOf(value);
  const [from = 0, to = length, capacity = length] = indexes.map((index) => position(index, length));
  if (from > to || to > capacity) throw templateError(`invalid slice index: ${from}:${to}`);
  return value.kind === 'string'
    ? stringValue(value.value.slice(from, to))
    : sliceValue(value.elementType, value.items.slice(from, to));
}
