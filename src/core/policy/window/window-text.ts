/** `window`: entries between semicolons or lines, or the YAML list that AppProjects have. */
import { optionalProperty } from '../../base/optional-property.ts';
import { type Outcome, succeed } from '../../base/outcome.ts';
import { FieldReader } from '../../registries/strict-fields.ts';
import { parseYaml } from '../../yaml/parse.ts';
import type { YamlDocument, YamlNode } from '../../yaml/tree.ts';
import type { WindowEntry } from '../settings.ts';
import { parsePolicyDuration } from '../words/duration.ts';
import { type ListItem, splitListItems } from '../words/items.ts';
import { refuseAll, refuseLength, refuseWord } from '../words/refusal.ts';
import type { Zones } from '../words/zone.ts';
import { nextStart, parseCron } from './cron.ts';

const maxLength = 4_096;
const maxEntries = 16;
const expected = 'expected argocd, or allow or deny, a quoted schedule, a duration and perhaps a zone';

export interface WindowContext {
  readonly zones: Zones;
  /** A schedule has to come within five years from then. */
  readonly nowMs: number;
}

/** `argocd; allow "0 9 * * 1-5" 8h Europe/Berlin # office hours`. At least one entry. */
export function parseWindows(text: string, context: WindowContext): Outcome<readonly WindowEntry[]> {
  const trimmed = text.trim();
  if (trimmed.length > maxLength) return refuseLength(trimmed, maxLength);
  const isYaml = /^(?:\[|-\s)/.test(trimmed);
  const entries = isYaml ? yamlEntries(trimmed, context) : textEntries(trimmed, context);
  if (!entries.ok) return entries;
  const count = entries.value.length;
  if (count > 0 && count <= maxEntries) return entries;
  return refuseAll(count === 0 ? expected : `it has ${count} entries, at most ${maxEntries} are read`);
}

function textEntries(text: string, context: WindowContext): Outcome<readonly WindowEntry[]> {
  const items = splitListItems(text, ';');
  return items.ok ? collect(items.value.slice(0, maxEntries + 1), (item) => textEntry(item, context)) : items;
}

function textEntry({ text, reason }: ListItem, context: WindowContext): Outcome<WindowEntry> {
  if (text === 'argocd') return succeed({ kind: 'argocd' });
  const [, kind, schedule = '', duration = '', zone] =
    /^(allow|deny)\s+"([^"]*)"\s+(\S+)(?:\s+(\S+))?$/.exec(text) ?? [];
  if (kind === undefined) return refuseWord(text, expected);
  return timedEntry({ kind, schedule, duration, zone, reason }, context);
}

interface WrittenEntry {
  readonly kind: string | undefined;
  readonly schedule: string;
  readonly duration: string;
  readonly zone: string | undefined;
  readonly reason: string | undefined;
}

/** Every start has to exist: one that never comes is a mistake, and not a window that is always open. */
function timedEntry(
  { kind, schedule, duration, zone = 'UTC', reason }: WrittenEntry,
  { zones, nowMs }: WindowContext,
): Outcome<WindowEntry> {
  if (kind !== 'allow' && kind !== 'deny') return refuseWord(kind ?? '', 'expected the kind allow or deny');
  const durationMs = parsePolicyDuration(duration);
  if (!durationMs.ok) return refuseAll(`duration ${durationMs.failure.message}`);
  const cron = parseCron(schedule);
  if (!cron.ok) return refuseAll(`schedule ${cron.failure.message}`);
  if (nextStart(cron.value, nowMs) === undefined)
    return refuseWord(schedule, 'no such time comes within five years');
  if (zones.named(zone) === undefined)
    return refuseWord(zone, 'expected a zone by its IANA name, such as Europe/Berlin');
  return succeed({
    kind,
    schedule,
    durationMs: durationMs.value,
    zone,
    ...optionalProperty('reason', reason),
  });
}

function yamlEntries(text: string, context: WindowContext): Outcome<readonly WindowEntry[]> {
  const yaml = parseYaml('window', text);
  const document = yaml.ok ? yaml.value.documents[0] : undefined;
  if (!yaml.ok) return refuseAll(yaml.failure.message);
  if (document?.root.kind !== 'list' || yaml.value.documents.length > 1)
    return refuseAll('expected a list of windows');
  return collect(document.root.items.slice(0, maxEntries + 1), (item) => yamlEntry(document, item, context));
}

/** Fields that choose Applications, and those about syncs, have no meaning at one image. */
function yamlEntry(document: YamlDocument, node: YamlNode, context: WindowContext): Outcome<WindowEntry> {
  const fields = new FieldReader(document, node);
  const written = {
    kind: fields.text('kind'),
    schedule: fields.text('schedule') ?? '',
    duration: fields.text('duration') ?? '',
    zone: fields.text('timeZone'),
    reason: fields.text('description'),
  };
  const [problem] = fields.problems();
  if (problem === undefined) return timedEntry(written, context);
  return refuseWord(
    problem.key,
    `${problem.problem}; expected kind, schedule, duration, timeZone, description`,
  );
}

function collect<Item, Value>(
  items: readonly Item[],
  read: (item: Item) => Outcome<Value>,
): Outcome<readonly Value[]> {
  const values: Value[] = [];
  for (const item of items) {
    const value = read(item);
    if (!value.ok) return value;
    values.push(value.value);
  }
  return succeed(values);
}
