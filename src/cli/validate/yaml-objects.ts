/** Text of a file -> the objects in it, with the place of each of their keys. */
import {
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
} from 'yaml';
import { isRecord } from '../../core/base/json.ts';
import { configFailure, fail, succeed } from '../../core/base/outcome.ts';
import { firstPlace, type Place } from './findings/finding.ts';

export interface PlacedObject {
  readonly value: Readonly<Record<string, unknown>>;
  /** Of a key, or of the nearest one above it that is there. */
  readonly placeOf: (path: readonly (string | number)[]) => Place;
  /** Where a text begins inside a value; of its key if it is not there as it is. */
  readonly placeIn: (path: readonly (string | number)[], text: string) => Place;
  /** Of a line of a value that has several, from 1. */
  readonly placeOfLine: (path: readonly (string | number)[], line: number) => Place;
  /** Keys that a mapping has twice. */
  readonly twice: (
    path: readonly (string | number)[],
  ) => readonly { readonly key: string; readonly place: Place }[];
}

export interface SyntaxFault extends Place {
  readonly message: string;
}

export interface ReadObjects {
  readonly objects: readonly PlacedObject[];
  readonly faults: readonly SyntaxFault[];
}

const maxAliases = 1000;
const maxListDepth = 4; // kubectl makes one level

export function readObjects(text: string): ReadObjects {
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return line === 0 ? firstPlace : { line, column: col };
  };
  const parsed = documentsOf(text, lines);
  if (!parsed.ok) return { objects: [], faults: [{ ...firstPlace, message: parsed.failure.message }] };
  const faults: SyntaxFault[] = [];
  const objects: PlacedObject[] = [];
  for (const document of parsed.value) {
    const [fault] = document.errors;
    if (fault !== undefined) {
      faults.push({ ...place(fault.pos[0]), message: `not valid YAML: ${fault.message.split('\n', 1)[0]}` });
      continue;
    }
    try {
      const value: unknown = document.toJS({ maxAliasCount: maxAliases });
      objects.push(...openLists(value, document.contents, { text, place }, 0));
    } catch {
      const at = document.contents?.range?.[0] ?? 0;
      faults.push({ ...place(at), message: 'not valid YAML: aliases or merge keys that cannot be resolved' });
    }
  }
  return { objects, faults };
}

function documentsOf(text: string, lineCounter: LineCounter) {
  const options = { uniqueKeys: false, prettyErrors: false, logLevel: 'silent', merge: true } as const;
  try {
    const documents = parseAllDocuments(text, { ...options, lineCounter });
    return succeed(Array.isArray(documents) ? documents : []);
  } catch {
    return fail<never>(configFailure('not valid YAML: it is nested too deeply'));
  }
}

interface Source {
  readonly text: string;
  readonly place: (offset: number) => Place;
}

function openLists(
  value: unknown,
  node: Node | null,
  source: Source,
  depth: number,
): readonly PlacedObject[] {
  if (!isRecord(value)) return [];
  const { kind, items } = value;
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items))
    return [placed(value, node, source)];
  const nodes = isMap(node) ? node.get('items', true) : undefined;
  if (depth === maxListDepth) return [];
  return items.flatMap((item: unknown, index) => {
    const child = isSeq(nodes) ? nodes.items[index] : null;
    return openLists(item, (child ?? null) as Node | null, source, depth + 1);
  });
}

function placed(value: PlacedObject['value'], root: Node | null, { text, place }: Source): PlacedObject {
  const start = root?.range?.[0] ?? 0;
  const keyOffset = (path: readonly (string | number)[]): number => {
    let offset = start;
    let node: Node | null = root;
    for (const step of path) {
      const found = child(node, step);
      if (found === undefined) break;
      offset = found.offset ?? offset;
      node = found.node;
    }
    return offset;
  };
  const placeOf = (path: readonly (string | number)[]) => place(keyOffset(path));
  const rangeOf = (path: readonly (string | number)[]): readonly [number, number] | undefined => {
    const node = path.reduce<Node | null>((each, step) => child(each, step)?.node ?? null, root);
    return node?.range === undefined || node.range === null ? undefined : [node.range[0], node.range[1]];
  };
  return {
    value,
    placeOf,
    placeIn: (path, wanted) => {
      const range = rangeOf(path);
      const at = range === undefined ? -1 : text.slice(range[0], range[1]).indexOf(wanted);
      return range === undefined || at < 0 ? placeOf(path) : place(range[0] + at);
    },
    placeOfLine: (path, line) => {
      const range = rangeOf(path);
      const isBlock = range !== undefined && /^[|>]/.test(text.slice(range[0], range[0] + 1));
      return isBlock ? { line: place(range[0]).line + line, column: 1 } : placeOf(path);
    },
    twice: (path) =>
      twiceIn(
        path.reduce<Node | null>((each, step) => child(each, step)?.node ?? null, root),
        place,
      ),
  };
}

function child(
  node: Node | null,
  step: string | number,
): { readonly node: Node | null; readonly offset: number | undefined } | undefined {
  if (isMap(node)) {
    const pair = node.items.findLast(({ key }) => isScalar(key) && String(key.value) === String(step));
    if (pair === undefined) return undefined;
    return { node: valueNode(pair), offset: (pair.key as Node).range?.[0] };
  }
  const item = isSeq(node) && typeof step === 'number' ? node.items[step] : undefined;
  if (item === undefined) return undefined;
  const each = item as Node;
  return { node: each, offset: each.range?.[0] };
}

function valueNode({ value }: Pair): Node | null {
  return isCollection(value) || isScalar(value) ? value : null;
}

function twiceIn(node: Node | null, place: Source['place']) {
  if (!isMap(node)) return [];
  const seen = new Set<string>();
  return node.items.flatMap(({ key }) => {
    const name = isScalar(key) ? String(key.value) : '';
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [{ key: name, place: place((key as Node).range?.[0] ?? 0) }];
  });
}
