/** Numbers as Go's strconv reads them: base prefixes, legacy octal, underscores, hexadecimal floats. */

const integerText =
  /^([+-]?)(?:0[xX]((?:_?[0-9a-fA-F])+)|0[bB]((?:_?[01])+)|0[oO]((?:_?[0-7])+)|0((?:_?[0-7])+)|(0|[1-9](?:_?[0-9])*))$/;

const maxDigits = 64; // in base 2, the longest form of what fits

/** ParseInt and ParseUint with base 0: undefined on bad syntax, and on what fits neither int64 nor uint64. */
export function parseGoInteger(text: string): bigint | undefined {
  const match = integerText.exec(text);
  if (match === null) return undefined;
  const [, sign = '', hex, binary, octal, legacyOctal, decimal] = match;
  const written = (hex ?? binary ?? octal ?? legacyOctal ?? decimal ?? '').replaceAll('_', '');
  const digits = written.replace(/^0+(?=.)/, '');
  if (digits.length > maxDigits) return undefined;
  const prefix = hex !== undefined ? '0x' : binary !== undefined ? '0b' : decimal !== undefined ? '' : '0o';
  const magnitude = BigInt(prefix + digits);
  const value = sign === '-' ? -magnitude : magnitude;
  return isInt64(value) || (sign === '' && BigInt.asUintN(64, value) === value) ? value : undefined;
}

export function isInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}

const decimalText =
  /^[+-]?(?:[0-9](?:_?[0-9])*(?:\.(?:[0-9](?:_?[0-9])*)?)?|\.[0-9](?:_?[0-9])*)(?:[eE][+-]?[0-9](?:_?[0-9])*)?$/;
const hexText = /^([+-]?)0[xX]_?([0-9a-fA-F_]*)(?:\.([0-9a-fA-F_]*))?[pP]([+-]?[0-9_]+)$/;

/** ParseFloat without words (`inf`, `nan`): undefined on bad syntax and on overflow. */
export function parseGoFloat(text: string): number | undefined {
  const value = decimalText.test(text) ? Number(text.replaceAll('_', '')) : parseHexFloat(text);
  return value === undefined || !Number.isFinite(value) ? undefined : value;
}

function parseHexFloat(text: string): number | undefined {
  const match = hexText.exec(text);
  if (match === null || /[^0-9a-fA-FxX]_|_[^0-9a-fA-F]|_$/.test(text)) return undefined;
  const [, sign, whole = '', fraction = '', exponentText = ''] = match;
  const fractionDigits = fraction.replaceAll('_', '');
  const digits = whole.replaceAll('_', '') + fractionDigits;
  if (digits === '') return undefined;
  const exponent = Number(exponentText.replaceAll('_', '')) - 4 * fractionDigits.length;
  const magnitude = scale(Number(BigInt(`0x${digits}`)), exponent);
  return sign === '-' ? -magnitude : magnitude;
}

/** In two steps, since 2 ** exponent alone may leave the range where the product does not. */
function scale(value: number, exponent: number): number {
  const half = Math.trunc(exponent / 2);
  return value * 2 ** half * 2 ** (exponent - half);
}
