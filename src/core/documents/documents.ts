/** Text of a manifest file -> the objects in it. */
import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import { configFailure, fail, type Outcome, succeed } from '../base/outcome.ts';
import { isRecord } from '../base/json.ts';

const maxListDepth = 4; // kubectl makes one level
const maxAliases = 1000;
const yamlOptions = {
  uniqueKeys: false, // its own check is quadratic
  prettyErrors: false,
  logLevel: 'silent',
  merge: true,
} as const;

/**
 * All objects of all documents; `List`s are opened, empty documents left out. Fails (config) as a whole: a file
 * half of which cannot be read is not to be acted on. Messages tell positions only, for the text may be a Secret's.
 */
export function readDocuments(text: string): Outcome<readonly unknown[]> {
  const json = jsonObjects(text);
  return json === undefined ? yamlObjects(text) : succeed(json);
}

/** undefined: not JSON. Dumps of whole clusters are JSON, which is parsed a hundred times faster than as YAML. */
export function jsonObjects(text: string): readonly unknown[] | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    return openLists(JSON.parse(text), 0);
  } catch {
    return undefined; // flow-style YAML, or broken: the YAML parser tells where
  }
}

function yamlObjects(text: string): Outcome<readonly unknown[]> {
  try {
    const lines = new LineCounter();
    const documents: readonly Document.Parsed[] = parseAllDocuments(text, {
      ...yamlOptions,
      lineCounter: lines,
    });
    const fault = documents.flatMap(({ errors }) => errors)[0];
    if (fault !== undefined) {
      const { line } = lines.linePos(fault.pos[0]);
      return fail(configFailure(`not valid YAML in line ${line} (${fault.code})`));
    }
    const objects = documents.map((document): unknown => document.toJS({ maxAliasCount: maxAliases }));
    return succeed(objects.flatMap((object) => openLists(object, 0)));
  } catch {
    // what the parser throws instead of collecting it: alias bombs, unknown anchors, wrong merge keys, nesting
    return fail(configFailure('not valid YAML: aliases, merge keys or nesting that cannot be resolved'));
  }
}

function openLists(object: unknown, depth: number): readonly unknown[] {
  if (!isRecord(object)) return [];
  const { kind, items } = object;
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return [object];
  return depth === maxListDepth ? [] : items.flatMap((item) => openLists(item, depth + 1));
}
