/** What was found, and where. */
import type { RuleId, Severity } from './rules.ts';

/** From 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface Finding extends Place {
  /** As it was given; `-` for what comes on stdin. */
  readonly file: string;
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly message: string;
}

export type FileFinding = Omit<Finding, 'file'>;

export const firstPlace: Place = { line: 1, column: 1 };

/** By file as given, then by place. */
export function inOrder(findings: readonly Finding[], files: readonly string[]): readonly Finding[] {
  const order = new Map(files.map((file, index) => [file, index]));
  const of = ({ file }: Finding): number => order.get(file) ?? order.size;
  return findings.toSorted((a, b) => of(a) - of(b) || a.line - b.line || a.column - b.column);
}
