/** Runs a parsed template over its data, with Go's semantics, within fixed bounds of work, depth and output. */

import { Failed } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';
import { findBuiltin } from './builtins.ts';
import { type ByteText, fromBytes } from './bytes.ts';
import { templateError } from './error.ts';
import type { Branching, Command, Node, Operand, Pipeline, Template } from './nodes.ts';
import { maxTextLength, sprint } from './printf.ts';
import { Scope } from './scope.ts';
import { type GoValue, intValue, isTrue, nilValue, stringValue, typeName } from './values.ts';

const maxWork = 4_000_000; // steps, and bytes handled by functions: about a second
const maxDepth = 400; // nested actions, parentheses and templates: far below what JavaScript's stack holds

/** Throws a template error where Go's Execute gives one, and where a bound is exceeded. */
export function execute(template: Template, data: GoValue): string {
  const evaluation = new Evaluation(template, data);
  return evaluation.run();
}

/** Where the evaluation stands: the value of `.` and the variables in sight. */
interface Frame {
  readonly dot: GoValue;
  readonly scope: Scope;
}

/** How a list of nodes was left. */
type Exit = 'end' | 'break' | 'continue';

class Evaluation {
  readonly #template: Template;
  readonly #data: GoValue;
  readonly #output: ByteText[] = [];
  #outputLength = 0;
  #work = 0;
  #depth = 0;
  /** Of the action at hand, for errors; absent before the first one. */
  #line: number | undefined;

  constructor(template: Template, data: GoValue) {
    this.#template = template;
    this.#data = data;
  }

  run(): string {
    try {
      this.#list(this.#template.body, topFrame(this.#data));
    } catch (error) {
      throw error instanceof Failed ? templateError(error.message, this.#line) : error;
    }
    return fromBytes(this.#output.join(''));
  }

  #spend(work: number): void {
    this.#work += work;
    if (this.#work > maxWork) throw templateError('the template takes too many steps');
  }

  #write(text: ByteText): void {
    this.#outputLength += text.length;
    if (this.#outputLength > maxTextLength) {
      throw templateError(`the template prints more than ${maxTextLength} bytes`);
    }
    this.#output.push(text);
  }

  #nested<T>(run: () => T): T {
    if (this.#depth >= maxDepth) throw templateError(`templates nested deeper than ${maxDepth} levels`);
    this.#depth += 1;
    const result = run();
    this.#depth -= 1;
    return result;
  }

  // Nodes

  #list(nodes: readonly Node[], frame: Frame): Exit {
    for (const node of nodes) {
      this.#spend(1);
      const exit = this.#node(node, frame);
      if (exit !== 'end') return exit;
    }
    return 'end';
  }

  #node(node: Node, frame: Frame): Exit {
    switch (node.kind) {
      case 'text':
        this.#write(node.text);
        return 'end';
      case 'action': {
        const value = this.#pipeline(node.pipeline, frame);
        if (node.pipeline.variables.length === 0) this.#print(value);
        return 'end';
      }
      case 'if':
      case 'with':
        return this.#nested(() => this.#choose(node, frame));
      case 'range':
        return this.#nested(() => this.#range(node, frame));
      case 'template':
        this.#nested(() => this.#include(node, frame));
        return 'end';
      case 'break':
      case 'continue':
        return node.kind;
    }
  }

  #print(value: GoValue): void {
    const text = value.kind === 'nil' ? '<no value>' : sprint([value]);
    this.#spend(text.length);
    this.#write(text);
  }

  #choose(node: Branching, frame: Frame): Exit {
    const inner = { dot: frame.dot, scope: new Scope(frame.scope) };
    const value = this.#pipeline(node.pipeline, inner);
    if (!isTrue(value)) return this.#list(node.otherwise ?? [], inner);
    return this.#list(node.body, node.kind === 'with' ? { ...inner, dot: value } : inner);
  }

  /** A `break` ends this range even from its `else`, as in Go; a `continue` there is the outer range's. */
  #range(node: Branching, frame: Frame): Exit {
    const inner = { dot: frame.dot, scope: new Scope(frame.scope) };
    const value = this.#pipeline(node.pipeline, inner);
    let isEmpty = true;
    for (const [key, item] of this.#elements(value, node.pipeline)) {
      isEmpty = false;
      this.#spend(1);
      this.#setRangeVariables(node.pipeline, inner.scope, key, item);
      if (this.#list(node.body, { dot: item, scope: new Scope(inner.scope) }) === 'break') break;
    }
    if (!isEmpty || node.otherwise === undefined) return 'end';
    return this.#list(node.otherwise, inner) === 'continue' ? 'continue' : 'end';
  }

  #elements(value: GoValue, { variables }: Pipeline): Iterable<readonly [GoValue, GoValue]> {
    if (value.kind === 'nil') return [];
    if (value.kind === 'slice') return value.items.map((item, index) => [intValue(index), item] as const);
    if (value.kind === 'map')
      return Array.from(value.entries, ([key, item]) => [stringValue(key), item] as const);
    if (value.kind !== 'int' && value.kind !== 'uint8') {
      throw templateError(`range can't iterate over ${typeName(value)}`);
    }
    if (variables.length > 1) throw templateError("can't use a number to iterate over two variables");
    return countTo(value);
  }

  #setRangeVariables({ variables, assigns }: Pipeline, scope: Scope, key: GoValue, item: GoValue): void {
    const [first, second] = variables;
    if (first === undefined) return;
    const set = (name: string, value: GoValue): void =>
      assigns ? scope.assign(name, value) : scope.declare(name, value);
    set(first, second === undefined ? item : key);
    if (second !== undefined) set(second, item);
  }

  #include(node: Extract<Node, { readonly kind: 'template' }>, frame: Frame): void {
    this.#line = node.line;
    const body = this.#template.defined.get(node.name);
    if (body === undefined) throw templateError(`template ${quoted(node.name)} not defined`);
    const dot = node.pipeline === undefined ? nilValue : this.#pipeline(node.pipeline, frame);
    this.#list(body, topFrame(dot));
  }

  // Pipelines

  #pipeline(pipeline: Pipeline, frame: Frame): GoValue {
    this.#line = pipeline.line;
    let value: GoValue | undefined;
    for (const command of pipeline.commands) value = this.#command(command, frame, value);
    const result = value ?? nilValue;
    for (const name of pipeline.variables) {
      if (pipeline.assigns) frame.scope.assign(name, result);
      else frame.scope.declare(name, result);
    }
    return result;
  }

  /** `piped`: the value of the command before, which becomes the last argument. */
  #command(command: Command, frame: Frame, piped: GoValue | undefined): GoValue {
    this.#spend(1);
    const [first, ...operands] = command;
    if (first.kind === 'function') return this.#call(first.name, operands, frame, piped);
    if (first.kind === 'nil') throw templateError('nil is not a command');
    return this.#operand(first, frame, operands.length > 0 || piped !== undefined);
  }

  /** `isCalled`: arguments follow, which only functions take. */
  #operand(operand: Operand, frame: Frame, isCalled = false): GoValue {
    const path = 'path' in operand ? operand.path : [];
    if (isCalled && path.length === 0) throw noFunction(operand);
    switch (operand.kind) {
      case 'dot':
        return frame.dot;
      case 'nil':
        return nilValue;
      case 'literal':
        if (operand.value.kind === 'overflow') throw templateError(`${operand.text} overflows int`);
        return operand.value;
      case 'function':
        return this.#call(operand.name, [], frame, undefined);
      case 'field':
        return this.#fields(frame.dot, operand, path, isCalled);
      case 'variable':
        return this.#fields(frame.scope.get(operand.name), operand, path, isCalled);
      case 'chain':
        return this.#fields(this.#operand(operand.start, frame), operand, path, isCalled);
      case 'pipeline':
        return this.#parenthesized(operand.pipeline, frame);
    }
  }

  #parenthesized(pipeline: Pipeline, frame: Frame): GoValue {
    const line = this.#line;
    const value = this.#nested(() => this.#pipeline(pipeline, frame));
    this.#line = line;
    return value;
  }

  /** Fields of an absent value are absent, and there Go does not mind arguments either. */
  #fields(start: GoValue, operand: Operand, path: readonly string[], isCalled: boolean): GoValue {
    this.#spend(path.length);
    let value = start;
    for (const [index, name] of path.entries()) {
      if (value.kind === 'nil') return value;
      if (isCalled && index === path.length - 1) throw noFunction(operand);
      value = fieldOf(value, name, this.#data);
    }
    return value;
  }

  #call(name: string, operands: readonly Operand[], frame: Frame, piped: GoValue | undefined): GoValue {
    if (name === 'and' || name === 'or') return this.#shortCircuit(name, operands, frame, piped);
    const values = operands.map((operand) => this.#argument(operand, frame));
    if (piped !== undefined) values.push(piped);
    const builtin = findBuiltin(name);
    if (builtin === undefined) throw templateError('call of what is no function');
    if (values.length < builtin.least || values.length > (builtin.most ?? values.length)) {
      throw templateError(`wrong number of args for ${name}: got ${values.length}`);
    }
    this.#spend(values.reduce((sum, value) => sum + costOf(value), 1));
    const result = builtin.run(...values);
    this.#spend(costOf(result));
    if (result.kind === 'string' && result.value.length > maxTextLength) {
      throw templateError(`${name} makes more than ${maxTextLength} bytes`);
    }
    return result;
  }

  #argument(operand: Operand, frame: Frame): GoValue {
    this.#spend(1);
    return this.#operand(operand, frame);
  }

  /** The first operand that decides, else the last one; later ones are not evaluated. */
  #shortCircuit(name: 'and' | 'or', operands: readonly Operand[], frame: Frame, piped?: GoValue): GoValue {
    let value: GoValue | undefined;
    for (const operand of operands) {
      value = this.#argument(operand, frame);
      if (isTrue(value) === (name === 'or')) return value;
    }
    const last = piped ?? value;
    if (last === undefined) throw templateError(`wrong number of args for ${name}: got 0`);
    return last;
  }
}

/** A template starts with `$` as its only variable. */
function topFrame(dot: GoValue): Frame {
  const scope = new Scope();
  scope.declare('$', dot);
  return { dot, scope };
}

function fieldOf(value: GoValue, name: string, data: GoValue): GoValue {
  const field = findField(value, name);
  if (field === undefined) throw templateError(noField(value, name, data));
  return field;
}

/** Any key of a map is there. */
function findField(value: GoValue, name: string): GoValue | undefined {
  if (value.kind === 'map') return value.entries.get(name) ?? nilValue;
  return value.kind === 'struct' ? (value.fields.get(name) ?? value.unlisted.get(name)) : undefined;
}

function noField(value: GoValue, name: string, data: GoValue): string {
  const field = `.${fromBytes(name)}`;
  const isOuter = value !== data && findField(data, name) !== undefined;
  const outer = isOuter ? `; did you mean $${field}?` : '';
  if (value.kind !== 'struct') return `no field ${field}: a ${typeName(value)} has none${outer}`;
  const names = [...value.fields.keys(), ...value.unlisted.keys()].map((known) => `.${fromBytes(known)}`);
  return `no field ${field}; there are ${names.join(', ')}${outer}`;
}

function* countTo(
  limit: Extract<GoValue, { readonly kind: 'int' | 'uint8' }>,
): Generator<readonly [GoValue, GoValue]> {
  for (let value = 0n; value < limit.value; value += 1n) yield [nilValue, { kind: limit.kind, value }];
}

/** Work that a function has with a value, next to the call itself. */
function costOf(value: GoValue): number {
  return value.kind === 'string' ? value.value.length : 0;
}

function noFunction(operand: Operand): Error {
  const shown =
    operand.kind === 'literal'
      ? operand.text
      : 'path' in operand
        ? `.${operand.path.join('.')}`
        : operand.kind;
  return templateError(`can't give arguments to what is no function: ${shown}`);
}
