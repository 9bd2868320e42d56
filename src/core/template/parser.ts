/** Tokens -> syntax tree, with the errors that Go's text/template finds at parse time. */

import { quoted } from '../base/quoted.ts';
import { builtinNames } from './builtins.ts';
import { toBytes } from './bytes.ts';
import { templateError } from './error.ts';
import { type Token, type TokenKind, tokenize } from './lexer.ts';
import { characterCode, type NumberLiteral, parseNumber, unquoteString } from './literals.ts';
import type { Branching, Command, Node, Operand, Pipeline, Template } from './nodes.ts';
import { DeclaredNames } from './scope.ts';
import { boolValue, intValue, stringValue } from './values.ts';

const maxNesting = 200; // of actions and parentheses: the parser and the evaluator recurse as deep

/** Throws a template error, which names the line. */
export function parse(text: string): Template {
  const parser = new Parser(text);
  return parser.parse();
}

/** Where a list of nodes ended. */
type ListEnd = 'end' | 'else';

type Parsed = { readonly node: Node } | { readonly stop: ListEnd };

class Parser {
  readonly #tokens: Iterator<Token, void>;
  readonly #defined = new Map<string, readonly Node[]>();
  readonly #fields = new Set<string>();
  #names = new DeclaredNames();
  /** Ranges around the current place: inside one, `break` is allowed. */
  #rangeDepth = 0;
  #pending: Token[] = [];
  #depth = 0;

  constructor(text: string) {
    this.#tokens = tokenize(text);
  }

  parse(): Template {
    const body: Node[] = [];
    while (this.#peek().kind !== 'end-of-text') {
      const parsed = this.#atDefine() ? this.#definition() : this.#textOrAction();
      if (parsed === undefined) continue;
      if ('stop' in parsed) throw this.#error(`unexpected {{${parsed.stop}}}`);
      body.push(parsed.node);
    }
    return { body, defined: this.#defined, fields: this.#fields };
  }

  // Tokens

  #next(): Token {
    const pending = this.#pending.pop();
    if (pending !== undefined) return pending;
    const result = this.#tokens.next();
    if (result.done === true) throw templateError('unexpected end of text');
    return result.value;
  }

  #peek(): Token {
    const token = this.#next();
    this.#pending.push(token);
    return token;
  }

  #expect(kind: TokenKind, context: string): Token {
    const token = this.#next();
    if (token.kind !== kind) throw unexpected(token, context);
    return token;
  }

  #error(problem: string): Error {
    return templateError(problem, this.#peek().line);
  }

  #nested<T>(run: () => T): T {
    if (this.#depth >= maxNesting) throw this.#error(`nested deeper than ${maxNesting} levels`);
    this.#depth += 1;
    const result = run();
    this.#depth -= 1;
    return result;
  }

  // Lists and actions

  #atDefine(): boolean {
    const open = this.#next();
    const isDefine = open.kind === 'open' && this.#peek().text === 'define';
    this.#pending.push(open);
    return isDefine;
  }

  /** `{{define "name"}} … {{end}}`, allowed at the top only. */
  #definition(): undefined {
    this.#expect('open', 'define clause');
    this.#expect('keyword', 'define clause');
    const name = this.#templateName('define clause');
    this.#expect('close', 'define clause');
    this.#define(name, 'define clause');
  }

  /** Reads the body of a `define` or `block`, in which nothing declared around it is in sight. */
  #define(name: string, context: string): void {
    const around = { names: this.#names, rangeDepth: this.#rangeDepth };
    this.#names = new DeclaredNames();
    this.#rangeDepth = 0;
    const { nodes, stop } = this.#nested(() => this.#list());
    if (stop !== 'end') throw this.#error(`unexpected {{${stop}}} in ${context}`);
    this.#names = around.names;
    this.#rangeDepth = around.rangeDepth;
    const earlier = this.#defined.get(name);
    if (earlier === undefined || isEmpty(earlier)) this.#defined.set(name, nodes);
    else if (!isEmpty(nodes)) throw this.#error(`multiple definition of template ${quoted(name)}`);
  }

  #list(): { nodes: readonly Node[]; stop: ListEnd } {
    const nodes: Node[] = [];
    while (this.#peek().kind !== 'end-of-text') {
      const parsed = this.#textOrAction();
      if ('stop' in parsed) return { nodes, stop: parsed.stop };
      nodes.push(parsed.node);
    }
    throw this.#error('unexpected end of text: {{end}} is missing');
  }

  #textOrAction(): Parsed {
    const token = this.#next();
    if (token.kind === 'text') return { node: { kind: 'text', text: toBytes(token.text) } };
    if (token.kind !== 'open') throw unexpected(token, 'template');
    return this.#action();
  }

  /** Behind `{{`. */
  #action(): Parsed {
    const first = this.#peek();
    if (first.kind !== 'keyword') {
      return { node: { kind: 'action', pipeline: this.#pipeline('command', 'close') } };
    }
    this.#next();
    switch (first.text) {
      case 'if':
      case 'with':
      case 'range':
        return { node: this.#branching(first.text) };
      case 'else':
        return this.#else();
      case 'end':
        this.#expect('close', 'end');
        return { stop: 'end' };
      case 'template':
        return { node: this.#templateAction(first.line) };
      case 'block':
        return { node: this.#block(first.line) };
      case 'break':
      case 'continue':
        return { node: this.#leaveRange(first.text) };
      default:
        throw unexpected(first, 'command');
    }
  }

  /** `else if` and `else with` leave their keyword for the branching that takes them up. */
  #else(): Parsed {
    const next = this.#peek();
    if (next.text !== 'if' && next.text !== 'with') this.#expect('close', 'else');
    return { stop: 'else' };
  }

  #leaveRange(kind: 'break' | 'continue'): Node {
    this.#expect('close', `{{${kind}}}`);
    if (this.#rangeDepth === 0) throw this.#error(`{{${kind}}} outside {{range}}`);
    return { kind };
  }

  #branching(kind: Branching['kind']): Branching {
    const { size } = this.#names;
    const pipeline = this.#pipeline(kind, 'close');
    if (kind === 'range') this.#rangeDepth += 1;
    const { nodes: body, stop } = this.#nested(() => this.#list());
    if (kind === 'range') this.#rangeDepth -= 1;
    const branching: Branching =
      stop === 'end'
        ? { kind, pipeline, body }
        : { kind, pipeline, body, otherwise: this.#nested(() => this.#elseList(kind)) };
    this.#names.shrink(size);
    return branching;
  }

  /** `{{else if …}}` of an if, `{{else with …}}` of a with: one more branching that shares the `end`. */
  #elseList(kind: Branching['kind']): readonly Node[] {
    if (kind !== 'range' && this.#peek().kind === 'keyword' && this.#peek().text === kind) {
      this.#next();
      return [this.#branching(kind)];
    }
    const { nodes, stop } = this.#list();
    if (stop !== 'end') throw this.#error(`expected {{end}}; found {{${stop}}}`);
    return nodes;
  }

  #templateAction(line: number): Node {
    const name = this.#templateName('template clause');
    if (this.#peek().kind === 'close') {
      this.#next();
      return { kind: 'template', name, line };
    }
    return { kind: 'template', name, pipeline: this.#pipeline('template clause', 'close'), line };
  }

  #block(line: number): Node {
    const name = this.#templateName('block clause');
    const pipeline = this.#pipeline('block clause', 'close');
    this.#define(name, 'block clause');
    return { kind: 'template', name, pipeline, line };
  }

  #templateName(context: string): string {
    const token = this.#expect('string', context);
    return unquote(token);
  }

  // Pipelines

  #pipeline(context: string, end: 'close' | ')'): Pipeline {
    const { line } = this.#peek();
    const { variables, assigns } = this.#declarations(context);
    const commands: Command[] = [];
    for (;;) {
      const token = this.#peek();
      if (token.kind === end) break;
      if (!operandStarts.has(token.kind)) throw unexpected(token, context);
      commands.push(this.#command());
    }
    this.#next();
    if (commands.length === 0) throw templateError(`missing value for ${context}`, line);
    const stage = commands.findIndex(([first], index) => index > 0 && !isExecutable(first));
    if (stage > 0) throw templateError(`non executable command in pipeline stage ${stage + 1}`, line);
    return { variables, assigns, commands, line };
  }

  /** `$x :=`, `$x =`, and in a range `$i, $x :=`. A lone `,` form takes the next variable or nothing at all, as in Go. */
  #declarations(context: string): { variables: readonly string[]; assigns: boolean } {
    const variables: string[] = [];
    for (;;) {
      const variable = this.#peek();
      if (variable.kind !== 'variable') return { variables, assigns: false };
      this.#next();
      const operator = this.#peek();
      if (operator.kind !== ':=' && operator.kind !== '=' && operator.kind !== ',') {
        this.#pending.push(variable);
        return { variables, assigns: false };
      }
      this.#next();
      variables.push(variable.text);
      this.#names.declare(variable.text);
      if (operator.kind !== ',') return { variables, assigns: operator.kind === '=' };
      if (context !== 'range' || variables.length > 1)
        throw this.#error(`too many declarations in ${context}`);
      if (!['variable', 'close', ')'].includes(this.#peek().kind)) {
        throw this.#error('range can only initialize variables');
      }
    }
  }

  /** Operands up to a `|`, which it takes, or to the end of the pipeline, which it leaves. */
  #command(): Command {
    const operands: [Operand, ...Operand[]] = [this.#operand(this.#next())];
    while (this.#peek().spaced && operandStarts.has(this.#peek().kind))
      operands.push(this.#operand(this.#next()));
    const after = this.#peek();
    if (after.kind === '|') this.#next();
    else if (after.kind !== 'close' && after.kind !== ')') throw unexpected(after, 'operand');
    return operands;
  }

  #operand(first: Token): Operand {
    const term = this.#term(first);
    const path: string[] = [];
    while (this.#peek().kind === 'field' && !this.#peek().spaced) path.push(this.#field(this.#next()));
    if (path.length === 0) return term;
    if (term.kind === 'field') return { kind: 'field', path: [...term.path, ...path] };
    if (term.kind === 'variable') return { ...term, path: [...term.path, ...path] };
    if (term.kind === 'function' || term.kind === 'pipeline') return { kind: 'chain', start: term, path };
    throw templateError(`unexpected . after ${quoted(first.text)}`, first.line);
  }

  #term(token: Token): Operand {
    const { kind, text, line } = token;
    if (kind === 'dot' || kind === 'nil') return { kind };
    if (kind === 'field') return { kind, path: [this.#field(token)] };
    if (kind === 'variable') {
      if (!this.#names.has(text)) throw templateError(`undefined variable ${text}`, line);
      return { kind, name: text, path: [] };
    }
    if (kind === 'identifier') {
      if (!builtinNames.has(text)) throw templateError(`function ${quoted(text)} not defined`, line);
      return { kind: 'function', name: text };
    }
    if (kind !== '(') return { kind: 'literal', value: literalOf(token), text };
    return { kind: 'pipeline', pipeline: this.#nested(() => this.#pipeline('parenthesized pipeline', ')')) };
  }

  #field(token: Token): string {
    const name = token.text.slice(1);
    this.#fields.add(name);
    return toBytes(name);
  }
}

const operandStarts: ReadonlySet<TokenKind> = new Set([
  'boolean',
  'character',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'string',
  'variable',
  '(',
]);

function literalOf(token: Token): NumberLiteral {
  const { kind, text, line } = token;
  if (kind === 'boolean') return boolValue(text === 'true');
  if (kind === 'string') return stringValue(unquote(token));
  const code = kind === 'character' ? characterCode(text) : undefined;
  const value = code === undefined ? parseNumber(text) : intValue(code);
  if (value === undefined) throw templateError(`malformed ${kind} ${quoted(text)}`, line);
  return value;
}

function unquote(token: Token): string {
  const text = unquoteString(token.text);
  if (text === undefined) throw templateError(`invalid escape in ${quoted(token.text)}`, token.line);
  return text;
}

/** Whether a command may take the value of the one before it. */
function isExecutable(operand: Operand): boolean {
  return operand.kind !== 'literal' && operand.kind !== 'dot' && operand.kind !== 'nil';
}

/** Nothing but white space: such a definition may be given once more. */
function isEmpty(nodes: readonly Node[]): boolean {
  return nodes.every((node) => node.kind === 'text' && node.text.trim() === '');
}

function unexpected(token: Token, context: string): Error {
  const shown = token.kind === 'end-of-text' ? token.text : quoted(token.text);
  return templateError(`unexpected ${shown} in ${context}`, token.line);
}
