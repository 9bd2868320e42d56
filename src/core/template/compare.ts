/** eq, ne, lt, le, gt, ge: Go's comparison rules of templates, with their type errors. */
import { templateError } from './error.ts';
import { type GoValue, typeName } from './values.ts';

/** True if `first` equals any of the others. */
export function equalsAny(first: GoValue, others: readonly GoValue[]): boolean {
  if (others.length === 0) throw templateError('missing argument for comparison');
  return others.some((other) => equals(first, other));
}

function equals(a: GoValue, b: GoValue): boolean {
  if (isInteger(a) && isInteger(b)) return a.value === b.value;
  if (a.kind === 'nil' || b.kind === 'nil') return a.kind === b.kind;
  if (isBasic(a) || isBasic(b)) {
    if (a.kind !== b.kind) throw incompatible(a, b);
    return basicEquals(a, b);
  }
  if (a.kind !== b.kind || !isComparable(b))
    throw templateError(`values of type ${typeName(b)} have no equality`);
  return structEquals(a, b);
}

function basicEquals(a: GoValue, b: GoValue): boolean {
  if (a.kind === 'complex128' && b.kind === 'complex128') {
    return a.real === b.real && a.imaginary === b.imaginary;
  }
  return 'value' in a && 'value' in b && a.value === b.value;
}

/** Of the same type, field by field; unlisted fields do not count. */
function structEquals(a: GoValue, b: GoValue): boolean {
  if (a.kind !== 'struct' || b.kind !== 'struct' || a.type !== b.type) return false;
  for (const [name, value] of a.fields) {
    const other = b.fields.get(name);
    if (other === undefined || !equals(value, other)) return false;
  }
  return true;
}

function isComparable(value: GoValue): boolean {
  if (value.kind === 'slice' || value.kind === 'map') return false;
  return value.kind !== 'struct' || [...value.fields.values()].every(isComparable);
}

export function lessThan(a: GoValue, b: GoValue): boolean {
  for (const operand of [a, b]) {
    if (!isBasic(operand)) throw templateError(`invalid type for comparison: ${typeName(operand)}`);
  }
  if (isInteger(a) && isInteger(b)) return a.value < b.value;
  if (a.kind === 'string' && b.kind === 'string') return a.value < b.value;
  if (a.kind === 'float64' && b.kind === 'float64') return a.value < b.value;
  if (a.kind !== b.kind) throw incompatible(a, b);
  throw templateError(`invalid type for comparison: ${typeName(a)}`);
}

export function lessOrEqual(a: GoValue, b: GoValue): boolean {
  return lessThan(a, b) || equals(a, b);
}

function isInteger(value: GoValue): value is Extract<GoValue, { readonly kind: 'int' | 'uint8' }> {
  return value.kind === 'int' || value.kind === 'uint8';
}

function isBasic(value: GoValue): boolean {
  switch (value.kind) {
    case 'bool':
    case 'int':
    case 'uint8':
    case 'float64':
    case 'complex128':
    case 'string':
      return true;
    case 'nil':
    case 'slice':
    case 'map':
    case 'struct':
      return false;
  }
}

function incompatible(a: GoValue, b: GoValue): Error {
  return templateError(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
}
