/** What became of the members of some branches. */
import type { Failure } from '../../../core/base/outcome.ts';
import type { Located } from '../../repository/locate.ts';
import type { Settled } from './context.ts';

export interface Unlanded extends Located {
  readonly failure: Failure;
}

export interface Landed {
  readonly settled: readonly Settled[];
  /** Somebody else was faster. */
  readonly lost: readonly Unlanded[];
  /** Their commits stood behind one that the server refuses. */
  readonly hindered: readonly Located[];
  /** Whom the server refuses. */
  readonly refused: readonly Unlanded[];
}

export const nothingLanded: Landed = { settled: [], lost: [], hindered: [], refused: [] };

export function joinLanded(parts: readonly Landed[]): Landed {
  return {
    settled: parts.flatMap(({ settled }) => settled),
    lost: parts.flatMap(({ lost }) => lost),
    hindered: parts.flatMap(({ hindered }) => hindered),
    refused: parts.flatMap(({ refused }) => refused),
  };
}
