/** Changes of YAML texts by their bytes: what is not meant to change stays as it is, or nothing is written at all. */
import { fail, type Outcome, succeed } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';
import { lineBreakAt } from '../base/text-lines.ts';
import type { YamlChanges } from './changes.ts';
import { blockEntries, type NewMap, type NewValue } from './new-text.ts';
import { parseYaml } from './parse.ts';
import { unwritable } from './scalar.ts';
import { applySplices, spliceChanges } from './splice.ts';
import type { YamlText } from './tree.ts';
import { findDifference, readsBackAs } from './verify.ts';

/**
 * Makes all changes at once and verifies the result (`verifyEdit`). Fails (kind `edit`) where a change cannot be made
 * exactly: block scalars, explicit tags other than `!!str`, texts that do not fit in one line.
 */
export function applyChanges(yaml: YamlText, changes: YamlChanges): Outcome<YamlText> {
  const { path } = yaml;
  const problem = unwritableText(newTexts(changes));
  if (problem !== undefined) return fail({ kind: 'edit', path, message: `${path}: ${problem}` });
  const splices = spliceChanges(yaml, changes);
  if (!splices.ok) return splices;
  const after = parseYaml(path, applySplices(yaml.text, splices.value));
  if (!after.ok) return fail(verificationFailure(path, `it would not be readable: ${after.failure.message}`));
  return verifyEdit(yaml, after.value, changes);
}

/**
 * Requires that two parsed texts differ in exactly the intended changes: the same documents, nodes, quote styles,
 * anchors, aliases and comments otherwise. Gives back `after`.
 */
export function verifyEdit(before: YamlText, after: YamlText, intended: YamlChanges): Outcome<YamlText> {
  const difference = findDifference(before, after, intended);
  return difference === undefined ? succeed(after) : fail(verificationFailure(before.path, difference));
}

function verificationFailure(path: string, reason: string) {
  return { kind: 'edit', path, message: `${path}: not edited, for ${reason}` } as const;
}

function unwritableText(texts: Iterable<string>): string | undefined {
  for (const text of texts) {
    const reason = unwritable(text);
    if (reason !== undefined) return `the new value ${quoted(text)} cannot be written: ${reason}`;
  }
  return undefined;
}

function* newTexts(changes: YamlChanges): Generator<string> {
  for (const value of changes.replaced.values()) yield* textsOf(value);
  for (const value of changes.added.values()) yield* textsOf(value);
}

function* textsOf(value: NewValue): Generator<string> {
  if (typeof value === 'boolean') return;
  if (typeof value === 'string') yield value;
  else if (value instanceof Map) {
    for (const [key, nested] of value) {
      yield key;
      yield* textsOf(nested);
    }
  } else for (const item of value) yield* textsOf(item);
}

/** A text of comments, blank lines and at most one `---`; there is nothing in it that a key could be put beside. */
export function isBare(yaml: YamlText): boolean {
  const root = yaml.documents[0]?.root;
  if (
    yaml.documents.length > 1 ||
    (root !== undefined && !(root.kind === 'scalar' && root.style === 'empty'))
  )
    return false;
  return yaml.text.split(/\r?\n/).every((line) => /^\ufeff?\s*(?:#.*)?$|^---\s*(?:#.*)?$/.test(line));
}

/** Appends the first mapping to a bare text. */
export function fillBare(yaml: YamlText, map: NewMap): Outcome<YamlText> {
  const { path, text } = yaml;
  const problem = unwritableText(textsOf(map));
  if (problem !== undefined) return fail({ kind: 'edit', path, message: `${path}: ${problem}` });
  const lineBreak = lineBreakAt(text, text.length);
  const lines = blockEntries(map, 0, { step: 2, dashOffset: 0 });
  const before = text === '' || text.endsWith('\n') ? text : text + lineBreak;
  const after = parseYaml(path, before + lines.map((line) => line + lineBreak).join(''));
  if (!after.ok) return fail(verificationFailure(path, `it would not be readable: ${after.failure.message}`));
  const root = after.value.documents[0]?.root;
  const isExact =
    root !== undefined && readsBackAs(root, map) && after.value.comments.length === yaml.comments.length;
  return isExact ? after : fail(verificationFailure(path, 'the new keys would not read back'));
}
