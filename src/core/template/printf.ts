/** Go's fmt: Sprint, Sprintln and Sprintf over template values. */
import { type ByteText, runeAt, runeBytes } from './bytes.ts';
import { templateError } from './error.ts';
import { type Directive, formatValue, plainDirective } from './format.ts';
import { type GoValue, typeName } from './values.ts';

const maxNumber = 1_000_000; // Go's own bound on widths and precisions
const maxPadding = 65_536; // ours: what a width or precision may make of one value

/** The longest text that a template may make: its output, and each value on the way. */
export const maxTextLength = 1024 * 1024;

/** Spaces only between operands that are both no strings. */
export function sprint(values: readonly GoValue[]): ByteText {
  const parts: ByteText[] = [];
  let previous: GoValue | undefined;
  for (const value of values) {
    if (previous !== undefined && previous.kind !== 'string' && value.kind !== 'string') parts.push(' ');
    parts.push(formatPlain(value));
    previous = value;
  }
  return parts.join('');
}

/** Spaces between all operands, and a newline. */
export function sprintln(values: readonly GoValue[]): ByteText {
  return `${values.map(formatPlain).join(' ')}\n`;
}

function formatPlain(value: GoValue): ByteText {
  return formatValue(value, 'v', plainDirective);
}

/** Mistakes in the format come out as text (`%!d(string=x)`), as Go has them. */
export function sprintf(format: ByteText, values: readonly GoValue[]): ByteText {
  const printer = new Printer(format, values);
  return printer.run();
}

class Printer {
  readonly #format: ByteText;
  readonly #values: readonly GoValue[];
  readonly #out: ByteText[] = [];
  #length = 0;
  #index = 0;
  #argument = 0;
  /** An argument number such as `[2]` stood anywhere. */
  #reordered = false;
  #goodNumber = true;
  /** The last thing read of the present directive is an argument number. */
  #afterNumber = false;

  constructor(format: ByteText, values: readonly GoValue[]) {
    this.#format = format;
    this.#values = values;
  }

  run(): ByteText {
    while (this.#index < this.#format.length) {
      const percent = this.#format.indexOf('%', this.#index);
      const end = percent < 0 ? this.#format.length : percent;
      if (end > this.#index) this.#push(this.#format.slice(this.#index, end));
      if (percent < 0) break;
      this.#index = percent + 1;
      this.#directive();
    }
    if (!this.#reordered && this.#argument < this.#values.length) this.#push(this.#extra());
    return this.#out.join('');
  }

  #push(text: ByteText): void {
    this.#length += text.length;
    if (this.#length > maxTextLength) throw templateError(`printf makes more than ${maxTextLength} bytes`);
    this.#out.push(text);
  }

  #directive(): void {
    const directive: Directive = { ...plainDirective };
    this.#goodNumber = true;
    this.#flags(directive);
    this.#argumentNumber();
    this.#width(directive);
    this.#precision(directive);
    if (!this.#afterNumber) this.#argumentNumber();
    if (this.#index >= this.#format.length) {
      this.#push('%!(NOVERB)');
      return;
    }
    const { size, code } = runeAt(this.#format, this.#index);
    this.#index += size;
    this.#verb(runeBytes(code), directive);
  }

  #flags(directive: Directive): void {
    for (; this.#index < this.#format.length; this.#index += 1) {
      const flag = this.#format.charAt(this.#index);
      if (flag === '#') directive.sharp = true;
      else if (flag === '0') directive.zero = true;
      else if (flag === '+') directive.plus = true;
      else if (flag === '-') directive.minus = true;
      else if (flag === ' ') directive.space = true;
      else return;
    }
  }

  #width(directive: Directive): void {
    if (this.#format.charAt(this.#index) !== '*') {
      const width = this.#number();
      if (width !== undefined) directive.width = checkedPadding(width);
      if (this.#afterNumber && width !== undefined) this.#goodNumber = false;
      return;
    }
    this.#index += 1;
    const width = this.#integerArgument();
    if (width === undefined) this.#push('%!(BADWIDTH)');
    else directive.width = checkedPadding(Math.abs(width));
    if (width !== undefined && width < 0) {
      directive.minus = true;
      directive.zero = false;
    }
    this.#afterNumber = false;
  }

  #precision(directive: Directive): void {
    if (this.#format.charAt(this.#index) !== '.' || this.#index + 1 >= this.#format.length) return;
    this.#index += 1;
    if (this.#afterNumber) this.#goodNumber = false;
    this.#argumentNumber();
    if (this.#format.charAt(this.#index) !== '*') {
      directive.precision = checkedPadding(this.#number() ?? 0);
      return;
    }
    this.#index += 1;
    const precision = this.#integerArgument();
    if (precision !== undefined && precision >= 0) directive.precision = checkedPadding(precision);
    else this.#push('%!(BADPREC)');
    this.#afterNumber = false;
  }

  /** A decimal number at this place; one that is too large takes the rest of the format with it, as in Go. */
  #number(): number | undefined {
    const digits = /^[0-9]*/.exec(this.#format.slice(this.#index, this.#index + 20))?.[0] ?? '';
    if (digits === '') return undefined;
    const number = Number(digits);
    // Go looks before each further digit whether what it has is too large.
    if (digits.length > 1 && Number(digits.slice(0, -1)) > maxNumber) {
      this.#index = this.#format.length;
      return undefined;
    }
    this.#index += digits.length;
    return number;
  }

  #integerArgument(): number | undefined {
    const value = this.#values[this.#argument];
    if (value === undefined) return undefined;
    this.#argument += 1;
    if (value.kind !== 'int' && value.kind !== 'uint8') return undefined;
    const number = Number(value.value);
    return Math.abs(number) > maxNumber ? undefined : number;
  }

  /** `[2]`: the next argument is the second. */
  #argumentNumber(): void {
    this.#afterNumber = false;
    if (this.#format.charAt(this.#index) !== '[') return;
    this.#reordered = true;
    const close = this.#format.indexOf(']', this.#index + 1);
    if (close < 0 || this.#format.length - this.#index < 3) {
      this.#goodNumber = false;
      this.#index += 1;
      return;
    }
    const text = this.#format.slice(this.#index + 1, close);
    this.#index = close + 1;
    this.#afterNumber = /^[0-9]{1,7}$/.test(text);
    const number = this.#afterNumber ? Number(text) - 1 : -1;
    if (number >= 0 && number < this.#values.length) this.#argument = number;
    else this.#goodNumber = false;
  }

  #verb(verb: ByteText, directive: Directive): void {
    if (verb === '%') {
      this.#push('%');
      return;
    }
    if (!this.#goodNumber) {
      this.#push(`%!${verb}(BADINDEX)`);
      return;
    }
    const value = this.#values[this.#argument];
    if (value === undefined) {
      this.#push(`%!${verb}(MISSING)`);
      return;
    }
    this.#argument += 1;
    if (verb === 'v' || verb === 'w') {
      directive.goSyntax = directive.sharp;
      directive.fieldNames = directive.plus;
      directive.sharp = false;
      directive.plus = false;
    }
    this.#push(formatValue(value, verb, directive));
  }

  #extra(): ByteText {
    const left = this.#values.slice(this.#argument);
    const shown = left.map((value) =>
      value.kind === 'nil' ? '<nil>' : `${typeName(value)}=${formatPlain(value)}`,
    );
    return `%!(EXTRA ${shown.join(', ')})`;
  }
}

function checkedPadding(size: number): number {
  if (size > maxPadding) throw templateError(`width or precision ${size} is above ${maxPadding}`);
  return size;
}
