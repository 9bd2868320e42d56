/** The variables of a template: each is in sight up to the `end` of the action that declares it. */
import { templateError } from './error.ts';
import { type GoValue, nilValue } from './values.ts';

/** For the parser: the names declared so far, those of ended actions taken back. */
export class DeclaredNames {
  readonly #names: string[] = ['$'];
  readonly #counts = new Map<string, number>([['$', 1]]);
  get size(): number {
    return this.#names.length;
  }

  declare(name: string): void {
    this.#names.push(name);
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  has(name: string): boolean {
    return (this.#counts.get(name) ?? 0) > 0;
  }

  shrink(size: number): void {
    for (const name of this.#names.splice(size)) this.#counts.set(name, (this.#counts.get(name) ?? 1) - 1);
  }
}

/** For the evaluator: the values, each in the innermost action that declares it. */
export class Scope {
  readonly #values = new Map<string, GoValue>();
  readonly #around: Scope | undefined;

  constructor(around?: Scope) {
    this.#around = around;
  }

  declare(name: string, value: GoValue): void {
    this.#values.set(name, value);
  }

  get(name: string): GoValue {
    return this.#holder(name).#values.get(name) ?? nilValue;
  }

  assign(name: string, value: GoValue): void {
    this.#holder(name).#values.set(name, value);
  }

  #holder(name: string): Scope {
    if (this.#values.has(name)) return this;
    if (this.#around === undefined) throw templateError(`undefined variable: ${name}`);
    return this.#around.#holder(name);
  }
}
