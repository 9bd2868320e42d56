/** `--enable namespace/name=file`: annotations that are not there yet. */
import { parseDocument } from 'yaml';
import { annotationPrefix } from '../../core/config/keys/annotation-keys.ts';
import type { AppKey } from '../../core/config/application.ts';
import { isRecord } from '../../core/base/json.ts';
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import { quoted } from '../../core/base/quoted.ts';
import { readTextFile } from '../settings/files/text-file.ts';

export type Tried = ReadonlyMap<AppKey, Readonly<Record<string, string>>>;

export async function readEnabled(texts: readonly string[]): Promise<Outcome<Tried>> {
  const tried = new Map<AppKey, Readonly<Record<string, string>>>();
  for (const text of texts) {
    const [, app, path] = /^([^/=\s]+\/[^/=\s]+)=(.+)$/s.exec(text) ?? [];
    if (app === undefined || path === undefined)
      return refuse(text, 'expected <namespace>/<name>=<file>, a file with annotations');
    const file = await readTextFile(path);
    if (!file.ok) return file;
    if (file.value === null) return refuse(text, `${path}: no such file`);
    const annotations = readAnnotations(file.value);
    if (!annotations.ok) return refuse(text, `${path}: ${annotations.failure.message}`);
    tried.set(app, { ...tried.get(app), ...annotations.value });
  }
  return succeed(tried);
}

const maxAliases = 100;

/** A mapping of annotations, or an object that has them in its metadata. Keys may be without our prefix. */
function readAnnotations(text: string): Outcome<Readonly<Record<string, string>>> {
  const value = parse(text);
  if (!value.ok) return value;
  const given = annotationsOf(value.value);
  if (!isRecord(given)) return mistake('expected annotations, as key: "value"');
  const annotations: Record<string, string> = {};
  for (const [key, each] of Object.entries(given)) {
    if (typeof each !== 'string') return mistake(`${key}: expected a text; quote it`);
    annotations[key.includes('/') ? key : annotationPrefix + key] = each;
  }
  return succeed(annotations);
}

function parse(text: string): Outcome<unknown> {
  try {
    const document = parseDocument(text, { prettyErrors: false, logLevel: 'silent' });
    if (document.errors.length > 0) return mistake('not valid YAML');
    return succeed(document.toJS({ maxAliasCount: maxAliases }));
  } catch {
    return mistake('not valid YAML'); // aliases that cannot be resolved
  }
}

function annotationsOf(value: unknown): unknown {
  const metadata = isRecord(value) ? value['metadata'] : undefined;
  if (isRecord(metadata)) return metadata['annotations'];
  const only = isRecord(value) ? value['annotations'] : undefined;
  return isRecord(only) ? only : value;
}

function refuse(text: string, problem: string): Outcome<never> {
  return fail(configFailure(`--enable ${quoted(text)}: ${problem}`));
}

function mistake(problem: string): Outcome<never> {
  return fail(configFailure(problem));
}
