/** The values that templates work on, with the Go types they print and compare as. */
import { type ByteText, toBytes } from './bytes.ts';

export type GoValue =
  /** An absent value: a missing map key, or `nil`. */
  | { readonly kind: 'nil' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int'; readonly value: bigint }
  /** A byte of a string. */
  | { readonly kind: 'uint8'; readonly value: bigint }
  | { readonly kind: 'float64'; readonly value: number }
  | { readonly kind: 'complex128'; readonly real: number; readonly imaginary: number }
  | { readonly kind: 'string'; readonly value: ByteText }
  | { readonly kind: 'slice'; readonly elementType: string; readonly items: readonly GoValue[] }
  /** A map[string]string; absent in data that has none, as Go's nil map. */
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<ByteText, GoValue> }
  | {
      readonly kind: 'struct';
      /** With its package: `argocd.imageChange`. */
      readonly type: string;
      /** In the order they print in. */
      readonly fields: ReadonlyMap<ByteText, GoValue>;
      /** Fields that can be named but are not printed or compared. */
      readonly unlisted: ReadonlyMap<ByteText, GoValue>;
    };

export type GoStruct = Extract<GoValue, { readonly kind: 'struct' }>;

export const nilValue: GoValue = { kind: 'nil' };

export function boolValue(value: boolean): GoValue {
  return { kind: 'bool', value };
}

export function intValue(value: bigint | number): GoValue {
  return { kind: 'int', value: BigInt(value) };
}

/** A string from bytes; `textValue` takes ordinary text. */
export function stringValue(value: ByteText): GoValue {
  return { kind: 'string', value };
}

export function textValue(text: string): GoValue {
  return stringValue(toBytes(text));
}

export function sliceValue(elementType: string, items: readonly GoValue[]): GoValue {
  return { kind: 'slice', elementType, items };
}

/** A map[string]string; its keys are kept sorted by bytes, as Go prints and ranges. */
export function mapValue(record: Readonly<Record<string, string>>): GoValue {
  const entries = Object.entries(record).map(([key, text]) => [toBytes(key), textValue(text)] as const);
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return { kind: 'map', entries: new Map(entries) };
}

/** Field names are ASCII. `unlisted` fields can be named in a template but stay out of what the struct prints. */
export function structValue(
  type: string,
  fields: Readonly<Record<string, GoValue>>,
  unlisted: Readonly<Record<string, GoValue>> = {},
): GoStruct {
  return {
    kind: 'struct',
    type,
    fields: new Map(Object.entries(fields)),
    unlisted: new Map(Object.entries(unlisted)),
  };
}

/** The type as `%T` prints it. */
export function typeName(value: GoValue): string {
  if (value.kind === 'nil') return '<nil>';
  if (value.kind === 'slice') return `[]${value.elementType}`;
  if (value.kind === 'map') return 'map[string]string';
  return value.kind === 'struct' ? value.type : value.kind;
}

/** Whether `if`, `and`, `or`, `not` take the value for true: anything but the zero or empty one. */
export function isTrue(value: GoValue): boolean {
  switch (value.kind) {
    case 'nil':
      return false;
    case 'bool':
      return value.value;
    case 'int':
    case 'uint8':
      return value.value !== 0n;
    case 'float64':
      return value.value !== 0;
    case 'complex128':
      return value.real !== 0 || value.imaginary !== 0;
    case 'string':
      return value.value !== '';
    case 'slice':
      return value.items.length > 0;
    case 'map':
      return value.entries.size > 0;
    case 'struct':
      return true;
  }
}
