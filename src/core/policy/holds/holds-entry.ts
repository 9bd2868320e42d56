/** One value of the holds ConfigMap: a YAML mapping, or the text of `hold` (spec/policies.md 3.4). */
import { optionalProperty } from '../../base/optional-property.ts';
import { quoted } from '../../base/quoted.ts';
import { FieldReader } from '../../registries/strict-fields.ts';
import { parseYaml } from '../../yaml/parse.ts';
import type { YamlDocument, YamlMap } from '../../yaml/tree.ts';
import type { Hold, Pin, Resumed, RolledBack, Skip } from '../settings.ts';
import { parseHold } from '../words/hold.ts';
import type { Zones } from '../words/zone.ts';
import { EntryFields } from './hold-fields.ts';

export interface HoldsEntry {
  readonly hold?: Hold;
  readonly pin?: Pin;
  readonly skips: readonly Skip[];
  readonly rolledBack?: RolledBack;
  readonly resumed: readonly Resumed[];
  /** Whom the entry is for, where its key does not tell. */
  readonly target?: { readonly app: string; readonly alias?: string };
  /** What cannot be read: it withholds whatever the entry is for. */
  readonly mistakes: readonly string[];
}

const nothing = { skips: [], resumed: [] };
const maxMistakes = 5; // nobody reads more at once

/** The rest of an entry is read even if something in it cannot be. */
export function readHoldsEntry(text: string, zones: Zones): HoldsEntry {
  const map = entryMap(text);
  if (typeof map === 'string') return { ...nothing, mistakes: [map] };
  if (map !== undefined) return readMap(map.document, map.root, zones);
  const word = parseHold(text, zones);
  if (!word.ok) return { ...nothing, mistakes: [word.failure.message] };
  return { ...nothing, mistakes: [], ...(word.value?.on === true ? { hold: word.value.hold } : {}) };
}

/** `freeze`: fields of a hold, or its text. What cannot be read freezes. */
export function readFreeze(text: string, zones: Zones): Hold | undefined {
  const map = entryMap(text);
  if (typeof map === 'object') {
    const fields = new EntryFields(map.document, zones);
    const hold = fields.hold(map.root, 'freeze');
    return fields.mistakes.length === 0 ? hold : unreadable(fields.mistakes.join('; '));
  }
  const word = parseHold(text, zones);
  if (typeof map === 'string' && !word.ok) return unreadable(map);
  if (!word.ok) return unreadable(word.failure.message);
  return word.value?.on === true ? word.value.hold : undefined;
}

function unreadable(why: string): Hold {
  return { reason: `its value cannot be read: ${why}` };
}

/** undefined: no mapping; a text: why it cannot be read as YAML, though it can be meant as nothing else. */
function entryMap(text: string): { document: YamlDocument; root: YamlMap } | string | undefined {
  const yaml = parseYaml('value', text);
  if (!yaml.ok) return yaml.failure.message;
  const [document, ...more] = yaml.value.documents;
  if (more.length > 0) return 'it has several documents';
  if (document === undefined || document.root.kind === 'scalar') return undefined;
  return document.root.kind === 'map'
    ? { document, root: document.root }
    : 'expected a mapping, or the text of hold';
}

function readMap(document: YamlDocument, root: YamlMap, zones: Zones): HoldsEntry {
  const reader = new FieldReader(document, root);
  const fields = new EntryFields(document, zones);
  const [hold, rolledBack] = [reader.node('hold'), reader.node('rolled-back')];
  const entry = {
    ...optionalProperty('hold', hold && fields.hold(hold, 'hold')),
    ...optionalProperty('pin', fields.pin(reader.text('pin'))),
    skips: fields.skips(reader.texts('skip')),
    ...optionalProperty('rolledBack', rolledBack && fields.rolledBack(rolledBack)),
    resumed: fields.resumed(reader.list('resumed')),
    ...readTarget(reader, fields.mistakes),
  };
  const unread = reader.problems().map(({ key, problem }) => `${quoted(key)}: ${problem}`);
  return { ...entry, mistakes: [...fields.mistakes, ...unread].slice(0, maxMistakes) };
}

function readTarget(reader: FieldReader, mistakes: string[]): Pick<HoldsEntry, 'target'> {
  const [app, alias] = [reader.text('app'), reader.text('image')];
  if (app === undefined) {
    if (alias !== undefined) mistakes.push('image needs app: <namespace>/<name> beside it');
    return {};
  }
  if (!/^[^/\s]+\/[^/\s]+$/.test(app)) {
    mistakes.push(`app ${quoted(app)}: expected <namespace>/<name>`);
    return {};
  }
  return { target: { app, ...optionalProperty('alias', alias) } };
}
