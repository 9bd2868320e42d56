/** Floating-point numbers as Go's strconv.FormatFloat prints them, with exact digits at any precision. */

/** A finite positive number as 0.d1d2d3… × 10^point. */
interface Digits {
  readonly digits: string;
  readonly point: number;
}

/**
 * A finite number (templates know no others) by one of the verbs `e E f g G b x X`.
 * Precision -1: as few digits as tell the number apart. The sign is printed if negative.
 */
export function formatFloat(value: number, verb: string, precision: number): string {
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const lower = verb.toLowerCase();
  const text = sign + formatMagnitude(Math.abs(value), lower, precision);
  return lower === verb ? text : text.toUpperCase();
}

function formatMagnitude(value: number, verb: string, precision: number): string {
  switch (verb) {
    case 'e':
      return exponentForm(precision < 0 ? shortest(value) : rounded(value, precision + 1), precision);
    case 'f':
      return precision < 0
        ? plainForm(shortest(value), precision)
        : plainForm(roundedAt(value, precision), precision);
    case 'b':
      return binaryForm(value);
    case 'x':
      return hexForm(value, precision);
    default:
      return generalForm(value, precision);
  }
}

/** %g: exponents below -4, or at and above the precision (6 where that is -1), take the form of %e. */
function generalForm(value: number, precision: number): string {
  const number = precision < 0 ? shortest(value) : rounded(value, Math.max(precision, 1));
  const digits = number.digits.replace(/0+$/, '');
  const count = digits.length;
  const exponent = digits === '' ? 0 : number.point - 1;
  const wanted = precision < 0 ? 6 : Math.max(precision, 1);
  const threshold = precision >= 0 && wanted > count && count >= number.point ? count : wanted;
  const significant = { digits, point: number.point };
  if (exponent < -4 || exponent >= threshold) return exponentForm(significant, Math.max(count - 1, 0));
  return plainForm(significant, Math.max(count - number.point, 0));
}

function exponentForm({ digits, point }: Digits, precision: number): string {
  const exponent = /[1-9]/.test(digits) ? point - 1 : 0;
  const shown = precision < 0 ? digits.slice(1) : digits.slice(1, precision + 1).padEnd(precision, '0');
  const sign = exponent < 0 ? '-' : '+';
  return `${digits.charAt(0) || '0'}${shown === '' ? '' : `.${shown}`}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function plainForm({ digits, point }: Digits, precision: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  const fraction = point >= 0 ? digits.slice(point) : '0'.repeat(-point) + digits;
  const shown = precision < 0 ? fraction : fraction.slice(0, precision).padEnd(precision, '0');
  return shown === '' ? whole : `${whole}.${shown}`;
}

/** The fewest digits that read back as the same number. */
function shortest(value: number): Digits {
  if (value === 0) return { digits: '', point: 0 };
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  return { digits: mantissa.replace('.', ''), point: Number(exponent) + 1 };
}

/** Exactly rounded to a number of significant digits, ties to even. */
function rounded(value: number, count: number): Digits {
  if (value === 0) return { digits: '0'.repeat(count), point: 1 };
  const { point } = shortest(value);
  const result = roundedAt(value, count - point);
  // 9.99 rounds up to one digit more than asked for.
  return result.digits.length > count ? { ...result, digits: result.digits.slice(0, count) } : result;
}

/** Exactly rounded to a number of decimals (negative: to tens, hundreds), ties to even. */
function roundedAt(value: number, decimals: number): Digits {
  const { mantissa, exponent } = parts(value);
  const up = 10n ** BigInt(Math.max(decimals, 0));
  const down = 10n ** BigInt(Math.max(-decimals, 0));
  const numerator = mantissa * up * 2n ** BigInt(Math.max(exponent, 0));
  const denominator = down * 2n ** BigInt(Math.max(-exponent, 0));
  const quotient = divideToEven(numerator, denominator);
  const digits = quotient === 0n ? '' : quotient.toString();
  return { digits, point: digits.length - decimals };
}

function divideToEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}

/** value = mantissa × 2^exponent, exactly, with the 53 bits of the format (fewer for subnormal numbers). */
function parts(value: number): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | (1n << 52n), exponent: biased - 1075 };
}

/** 4503599627370496p-52 */
function binaryForm(value: number): string {
  const { mantissa, exponent } = parts(value);
  return `${mantissa}p${exponent < 0 ? '' : '+'}${exponent}`;
}

/** 0x1.8p+01 */
function hexForm(value: number, precision: number): string {
  let { mantissa, exponent } = parts(value);
  if (mantissa === 0n) exponent = -52;
  while (mantissa !== 0n && mantissa < 1n << 52n) {
    mantissa <<= 1n;
    exponent -= 1;
  }
  if (precision >= 0 && precision < 13) {
    const dropped = BigInt(4 * (13 - precision));
    mantissa = divideToEven(mantissa, 1n << dropped) << dropped;
    if (mantissa >= 1n << 53n) {
      mantissa >>= 1n;
      exponent += 1;
    }
  }
  const fraction = (mantissa & 0xfffffffffffffn).toString(16).padStart(13, '0');
  const shown =
    precision < 0 ? fraction.replace(/0+$/, '') : fraction.slice(0, precision).padEnd(precision, '0');
  const power = exponent + 52;
  const sign = power < 0 ? '-' : '+';
  return `0x${mantissa >> 52n}${shown === '' ? '' : `.${shown}`}p${sign}${String(Math.abs(power)).padStart(2, '0')}`;
}
