/** The syntax tree of a template. */
import type { ByteText } from './bytes.ts';
import type { NumberLiteral } from './literals.ts';

export type Node =
  | { readonly kind: 'text'; readonly text: ByteText }
  | { readonly kind: 'action'; readonly pipeline: Pipeline }
  | Branching
  /** `block` leaves one of these behind, too. */
  | {
      readonly kind: 'template';
      readonly name: ByteText;
      readonly pipeline?: Pipeline;
      readonly line: number;
    }
  | { readonly kind: 'break' }
  | { readonly kind: 'continue' };

export interface Branching {
  readonly kind: 'if' | 'with' | 'range';
  readonly pipeline: Pipeline;
  readonly body: readonly Node[];
  readonly otherwise?: readonly Node[];
}

export interface Pipeline {
  /** Variables that take its value, `$` included: none, one, or two in a range. */
  readonly variables: readonly string[];
  /** True for `=`, false for `:=`. */
  readonly assigns: boolean;
  readonly commands: readonly Command[];
  readonly line: number;
}

/** At least one operand; the first says what is done with the others. */
export type Command = readonly [Operand, ...Operand[]];

export type Operand =
  | { readonly kind: 'dot' }
  | { readonly kind: 'nil' }
  | { readonly kind: 'literal'; readonly value: NumberLiteral; readonly text: string }
  | { readonly kind: 'function'; readonly name: string }
  /** `.A.B` */
  | { readonly kind: 'field'; readonly path: readonly string[] }
  /** `$x.A.B` */
  | { readonly kind: 'variable'; readonly name: string; readonly path: readonly string[] }
  /** `(…).A.B` */
  | { readonly kind: 'chain'; readonly start: Operand; readonly path: readonly string[] }
  | { readonly kind: 'pipeline'; readonly pipeline: Pipeline };

/** A parsed template, with the templates that it defines. */
export interface Template {
  readonly body: readonly Node[];
  readonly defined: ReadonlyMap<ByteText, readonly Node[]>;
  /** Every field name that stands anywhere in it. */
  readonly fields: ReadonlySet<string>;
}
