/** Values of the holds ConfigMap with one field changed, and everything else as it was written. */
import { type Outcome, succeed } from '../../base/outcome.ts';
import type { NewMap, NewValue } from '../../yaml/new-text.ts';
import { parseYaml } from '../../yaml/parse.ts';
import { applyChanges, fillBare } from '../../yaml/text.ts';
import { entriesNamed, type YamlMap, type YamlText } from '../../yaml/tree.ts';
import type { Hold, Resumed, RolledBack, Skip } from '../settings.ts';
import { holdText } from '../words/hold.ts';
import { formatInstant } from '../words/instant.ts';

export type FieldName = 'hold' | 'skip' | 'rolled-back' | 'resumed' | 'app' | 'image';

/**
 * `text`: a value that has been read without mistakes; "" for none. A value of `null` takes the field away. The answer
 * is "" if nothing is left.
 */
export function withField(text: string, name: FieldName, value: NewValue | null): Outcome<string> {
  const yaml = asMapping(text);
  if (!yaml.ok) return yaml;
  const root = rootMap(yaml.value);
  if (root === undefined) return value === null ? succeed('') : filled(name, value);
  const removed = removeField(yaml.value, root, name);
  if (!removed.ok || value === null) return removed;
  return addField(removed.value, name, value);
}

/** A value that is the text of a hold becomes a mapping with one. */
function asMapping(text: string): Outcome<YamlText> {
  const yaml = parseYaml('value', text);
  if (!yaml.ok || rootMap(yaml.value) !== undefined || text.trim() === '') return yaml;
  return fillBare({ ...yaml.value, text: '', documents: [], comments: [] }, new Map([['hold', text.trim()]]));
}

function rootMap({ documents: [document] }: YamlText): YamlMap | undefined {
  return document?.root.kind === 'map' ? document.root : undefined;
}

function filled(name: FieldName, value: NewValue): Outcome<string> {
  return addField('', name, value);
}

function addField(text: string, name: FieldName, value: NewValue): Outcome<string> {
  const yaml = parseYaml('value', text);
  if (!yaml.ok) return yaml;
  const root = rootMap(yaml.value);
  const map: NewMap = new Map([[name, value]]);
  const made =
    root === undefined
      ? fillBare(yaml.value, map)
      : applyChanges(yaml.value, { replaced: new Map(), added: new Map([[root, map]]), removed: new Set() });
  return made.ok ? succeed(made.value.text) : made;
}

function removeField(yaml: YamlText, root: YamlMap, name: FieldName): Outcome<string> {
  const [document] = yaml.documents;
  const [entry] = document === undefined ? [] : entriesNamed(document, root, name);
  if (entry === undefined) return succeed(yaml.text);
  if (root.entries.length === 1) return succeed('');
  const made = applyChanges(yaml, { replaced: new Map(), added: new Map(), removed: new Set([entry]) });
  return made.ok ? succeed(made.value.text) : made;
}

/** `since` has no place in the text of a hold. */
export function holdValue(hold: Hold): NewValue {
  if (hold.sinceMs === undefined) return holdText(hold);
  return textMap({
    until: hold.untilMs === undefined ? undefined : formatInstant(hold.untilMs),
    reason: hold.reason,
    by: hold.by,
    since: formatInstant(hold.sinceMs),
  });
}

export function skipValue(skips: readonly Skip[]): NewValue {
  return new Map(skips.map(({ version, reason = '' }) => [version, reason]));
}

export function rolledBackValue({ from, to, commit, by }: RolledBack): NewValue {
  return textMap({ from, to, commit, by });
}

export function resumedValue(resumed: readonly Resumed[]): NewValue {
  return resumed.map(({ version, commit, quarantine }) => {
    const map = textMap({ version, commit });
    if (quarantine === true) map.set('quarantine', true);
    return map;
  });
}

function textMap(texts: Readonly<Record<string, string | undefined>>): NewMap {
  const entries = Object.entries(texts).flatMap(([key, text]) =>
    text === undefined ? [] : [[key, text] as const],
  );
  return new Map(entries);
}
