/** Kubernetes label selectors, for applications that no API server filters. */
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import { quoted } from '../../core/base/quoted.ts';

export type LabelRequirement =
  | { readonly kind: 'exists' | 'absent'; readonly key: string }
  | { readonly kind: 'in' | 'not-in'; readonly key: string; readonly values: readonly string[] }
  | { readonly kind: 'above' | 'below'; readonly key: string; readonly bound: bigint };

/** All requirements must hold; none: everything is selected. */
export type LabelSelector = readonly LabelRequirement[];

/** `!=` and `notin` also select objects without the label, as in Kubernetes. */
export function selectorMatches(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  return selector.every((requirement) => requirementHolds(requirement, labels));
}

function requirementHolds(requirement: LabelRequirement, labels: Readonly<Record<string, string>>): boolean {
  const value = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined;
  switch (requirement.kind) {
    case 'exists':
      return value !== undefined;
    case 'absent':
      return value === undefined;
    case 'in':
      return value !== undefined && requirement.values.includes(value);
    case 'not-in':
      return value === undefined || !requirement.values.includes(value);
    case 'above':
    case 'below': {
      const number = value === undefined ? undefined : wholeNumber(value);
      if (number === undefined) return false;
      return requirement.kind === 'above' ? number > requirement.bound : number < requirement.bound;
    }
  }
}

/**
 * Equality and set syntax, joined by commas: `app=web,tier!=db`, `env in (a, b)`, `env notin (c)`,
 * `canary`, `!canary`, `size>3`. Blank text selects everything. Source: Kubernetes `labels.Parse`.
 */
export function parseLabelSelector(text: string): Outcome<LabelSelector> {
  const reader = new TokenReader(text);
  if (reader.atEnd()) return succeed([]);
  const requirements: LabelRequirement[] = [];
  do {
    const requirement = readRequirement(reader);
    if (typeof requirement === 'string') return refused(text, requirement);
    requirements.push(requirement);
  } while (reader.take(','));
  return reader.atEnd() ? succeed(requirements) : refused(text, `unexpected ${quoted(reader.next())}`);
}

function refused(text: string, problem: string): Outcome<never> {
  const allowed = 'key=value, key!=value, key in (a,b), key notin (a,b), key, !key';
  return fail(
    configFailure(`label selector ${quoted(text)}: ${problem}; expected ${allowed}, joined by commas`),
  );
}

/** A requirement, or what is wrong. */
function readRequirement(reader: TokenReader): LabelRequirement | string {
  const negated = reader.take('!');
  const key = reader.next();
  if (!isLabelKey(key)) return `${quoted(key)} is no label key`;
  if (negated) return { kind: 'absent', key };
  if (reader.atEnd() || reader.peek() === ',') return { kind: 'exists', key };
  const operator = reader.next();
  switch (operator) {
    case '=':
    case '==':
      return withValues('in', key, [reader.word()]);
    case '!=':
      return withValues('not-in', key, [reader.word()]);
    case 'in':
    case 'notin': {
      const values = readList(reader);
      return values === undefined
        ? `expected a list in parentheses behind ${operator}`
        : withValues(operator === 'in' ? 'in' : 'not-in', key, values);
    }
    case '>':
    case '<': {
      const bound = wholeNumber(reader.word());
      if (bound === undefined) return `expected a whole number behind ${operator}`;
      return { kind: operator === '>' ? 'above' : 'below', key, bound };
    }
    default:
      return `${quoted(operator)} is no operator`;
  }
}

function withValues(
  kind: 'in' | 'not-in',
  key: string,
  values: readonly string[],
): LabelRequirement | string {
  const bad = values.find((value) => !isLabelValue(value));
  return bad === undefined ? { kind, key, values } : `${quoted(bad)} is no label value`;
}

function readList(reader: TokenReader): readonly string[] | undefined {
  if (!reader.take('(')) return undefined;
  const values = [reader.word()];
  while (reader.take(',')) values.push(reader.word());
  return reader.take(')') ? values : undefined;
}

const namePattern = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const prefixPattern = /^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/;

function isLabelKey(text: string): boolean {
  const slash = text.indexOf('/');
  const prefix = slash < 0 ? undefined : text.slice(0, slash);
  const name = text.slice(slash + 1);
  const prefixFits = prefix === undefined || (prefix.length <= 253 && prefixPattern.test(prefix));
  return prefixFits && name.length <= 63 && namePattern.test(name);
}

function isLabelValue(text: string): boolean {
  return text === '' || (text.length <= 63 && namePattern.test(text));
}

function wholeNumber(text: string): bigint | undefined {
  return /^[-+]?\d{1,19}$/.test(text) ? BigInt(text.replace('+', '')) : undefined;
}

/** Walks over operators, punctuation and words; blanks only separate. */
class TokenReader {
  readonly #tokens: readonly string[];
  #position = 0;

  constructor(text: string) {
    this.#tokens = text.match(/==|!=|[=!<>(),]|[^\s=!<>(),]+/g) ?? [];
  }

  atEnd(): boolean {
    return this.#position >= this.#tokens.length;
  }

  /** "" at the end. */
  peek(): string {
    return this.#tokens[this.#position] ?? '';
  }

  next(): string {
    const token = this.peek();
    this.#position += 1;
    return token;
  }

  take(expected: string): boolean {
    if (this.peek() !== expected) return false;
    this.#position += 1;
    return true;
  }

  /** A value, "" where punctuation or the end follows at once. */
  word(): string {
    return /^[=!<>(),]/.test(this.peek()) ? '' : this.next();
  }
}
