/** What a command of the program is. */
import type { Outcome } from '../../core/base/outcome.ts';
import type { FlagTable } from '../flags/flag.ts';
import type { GivenFlags } from '../flags/flag-values.ts';
import type { ProgramIo } from './program-io.ts';

export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  /** What help shows behind the name, such as `[path]`. */
  readonly operands: string;
  /** More operands than this are a mistake; absent: further ones are ignored. */
  readonly maxOperands?: number;
  /** The flag that somebody who gives an operand too many may have meant. */
  readonly operandFlag?: string;
  readonly flags: FlagTable;
  /** Headings of help, in order; flags of no group come under the first one. */
  readonly groups?: readonly { readonly title: string; readonly flags: FlagTable }[];
  /** Whole lines, for the end of help. */
  readonly examples?: string;
  /** The exit code, or a mistake of the user's that deserves a look at the usage. */
  readonly execute: (
    given: GivenFlags,
    operands: readonly string[],
    io: ProgramIo,
  ) => Promise<Outcome<number>>;
}
