/** What is to become different in a YAML text: as changes of its nodes, and as replacements of its bytes. */
import { fail, type Outcome } from '../base/outcome.ts';
import { lineNumber } from '../base/text-lines.ts';
import type { NewList, NewMap, NewScalar } from './new-text.ts';
import type { YamlEntry, YamlList, YamlMap, YamlScalar, YamlText } from './tree.ts';

/** Changes of one parsed text, all made at once. */
export interface YamlChanges {
  /** Scalars, keys included, that get another text, in their own quote style, or a boolean. */
  readonly replaced: ReadonlyMap<YamlScalar, NewScalar>;
  /** New last entries of mappings and new last items of lists. A null becomes such a mapping or list. */
  readonly added: ReadonlyMap<YamlMap | YamlList | YamlScalar, NewMap | NewList>;
  /** Entries that go, each with its lines and the comment behind it. */
  readonly removed: ReadonlySet<YamlEntry>;
}

/** Text that takes the place of `[start, end)`; an insertion where both are equal. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A failure that names the line at an offset of the text. */
export function refuseAt(yaml: YamlText, offset: number, reason: string): Outcome<never> {
  const message = `${yaml.path}: line ${lineNumber(yaml.text, offset)}: ${reason}`;
  return fail({ kind: 'edit', path: yaml.path, message });
}
