/** The ConfigMap of the settings. */
import { nearestWord } from '../../core/config/keys/annotation-keys.ts';
import { tryCommitMessage, tryGroupMessage } from '../../core/commit-message.ts';
import { isRecord } from '../../core/base/json.ts';
import { readDefaultsDocument } from '../../core/policy/read/defaults-document.ts';
import { parseTemplate, type Template } from '../../core/template/template.ts';
import type { Outcome } from '../../core/base/outcome.ts';
import { commitSample, groupSample } from '../settings/files/commit-sample.ts';
import {
  configMapFiles,
  configMapFlags,
  configMapTexts,
  flagOfKey,
} from '../settings/files/config-map-keys.ts';
import { checkRegistries } from './check-registries.ts';
import type { FileFinding } from './findings/finding.ts';
import type { PlacedObject } from './yaml-objects.ts';

export function checkConfigMap(object: PlacedObject): readonly FileFinding[] {
  const { data } = object.value;
  if (!isRecord(data)) return [];
  return Object.entries(data).flatMap(([key, value]) =>
    typeof value === 'string' ? checkKey(object, key, value) : [notText(object, key)],
  );
}

function notText(object: PlacedObject, key: string): FileFinding {
  const message = `${key}: expected a text; quote it`;
  return { ...object.placeOf(['data', key]), rule: 'config-map-value', severity: 'error', message };
}

const keys: readonly string[] = [
  ...Object.keys(configMapFlags),
  ...Object.keys(configMapFiles),
  ...configMapTexts,
];
const defaultsKey = configMapTexts[0];

function checkKey(object: PlacedObject, key: string, value: string): readonly FileFinding[] {
  const path = ['data', key];
  if (key === 'registries.conf') {
    return checkRegistries(value).map((found) => ({ ...found, ...object.placeOfLine(path, found.line) }));
  }
  const render = templates.get(key);
  if (render !== undefined) return checkTemplate(object, key, value, render);
  if (key === defaultsKey) return checkDefaults(object, value);
  const flag = flagOfKey(key);
  if (flag === undefined) {
    const meant = nearestWord(key, keys);
    const question = meant === undefined ? '' : `; did you mean ${meant}?`;
    const message = `${key} is unknown and has no effect${question}`;
    return [{ ...object.placeOf(path), rule: 'config-map-key', severity: 'warning', message }];
  }
  const parsed = value === '' ? undefined : flag.parseVariable(value);
  if (parsed === undefined || parsed.ok) return [];
  const message = `${key} ${JSON.stringify(value)}: ${parsed.failure.message}`;
  const severity = flag.badVariable === 'fail' ? 'error' : 'warning';
  return [{ ...object.placeOf(path), rule: 'config-map-value', severity, message }];
}

function checkDefaults(object: PlacedObject, text: string): readonly FileFinding[] {
  const { mistakes, projects, namespaces } = readDefaultsDocument(text);
  const all = [
    ...mistakes,
    ...[...projects.values(), ...namespaces.values()].flatMap((scope) => scope.mistakes),
  ];
  const place = object.placeOf(['data', defaultsKey]);
  return all.map((message) => ({ ...place, rule: 'config-map-value', severity: 'error', message }));
}

type Render = (template: Template) => Outcome<string>;

const templates: ReadonlyMap<string, Render> = new Map<string, Render>([
  ['git.commit-message-template', (template) => tryCommitMessage(template, commitSample)],
  ['git.commit-group-message-template', (template) => tryGroupMessage(template, groupSample)],
]);

function checkTemplate(
  object: PlacedObject,
  key: string,
  text: string,
  render: Render,
): readonly FileFinding[] {
  if (text === '') return [];
  const parsed = parseTemplate(text);
  const tried = parsed.ok ? render(parsed.value) : parsed;
  if (tried.ok) return [];
  const path = ['data', key];
  const line = Number(/\bline (\d+)/.exec(tried.failure.message)?.[1] ?? '1');
  const { message } = tried.failure;
  return [{ ...object.placeOfLine(path, line), rule: 'commit-template', severity: 'error', message }];
}
