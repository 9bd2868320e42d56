/** JSON values as the fake API servers keep them, and the two patch formats (RFC 6902, RFC 7396). */

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** An operation that does not apply: a failed `test`, a missing path. */
export class PatchError extends Error {}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text as it is, anything else as JSON. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function equalJson(a: Json | undefined, b: Json | undefined): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => equalJson(item, b[index]));
  }
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length && keys.every((key) => key in b && equalJson(a[key], b[key]))
    );
  }
  return a === b;
}

/** RFC 7396. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

/** RFC 6902 on a copy. Throws `PatchError`; a text that is no list of operations throws TypeError. */
export function jsonPatch(document: Json, patch: Json): Json {
  if (!Array.isArray(patch)) throw new TypeError('a JSON patch is a list of operations');
  const holder: JsonObject = { root: structuredClone(document) };
  for (const operation of patch) apply(holder, operation);
  return holder['root'] ?? null;
}

function apply(holder: JsonObject, operation: Json): void {
  if (!isObject(operation)) throw new TypeError('an operation is an object');
  const path = pointer(operation['path']);
  switch (textOf(operation['op'])) {
    case 'add':
      return add(holder, path, valueOf(operation));
    case 'remove':
      remove(holder, path);
      return undefined;
    case 'replace':
      read(holder, path);
      return write(holder, path, valueOf(operation));
    case 'test':
      if (!equalJson(readOrNull(holder, path), valueOf(operation)))
        throw new PatchError(`testing value ${textOf(operation['path'])} failed`);
      return undefined;
    case 'move':
      return add(holder, path, remove(holder, pointer(operation['from'])));
    case 'copy':
      return add(holder, path, structuredClone(read(holder, pointer(operation['from']))));
    default:
      throw new TypeError(`unknown operation ${JSON.stringify(operation['op'])}`);
  }
}

/** The tokens, behind the key that holds the whole document. */
function pointer(text: Json | undefined): readonly string[] {
  if (typeof text !== 'string' || (text !== '' && !text.startsWith('/')))
    throw new TypeError(`no pointer: ${JSON.stringify(text)}`);
  const tokens = text.split('/').slice(1);
  return ['root', ...tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))];
}

function valueOf(operation: JsonObject): Json {
  const value = operation['value'];
  if (value === undefined) throw new TypeError('an operation without value');
  return structuredClone(value);
}

function parentOf(holder: JsonObject, path: readonly string[]): Json {
  return path.length === 1 ? holder : read(holder, path.slice(0, -1));
}

function read(holder: JsonObject, path: readonly string[]): Json {
  let at: Json | undefined = holder;
  for (const token of path) {
    at = Array.isArray(at) ? at[indexOf(at, token, at.length - 1)] : isObject(at) ? at[token] : undefined;
    if (at === undefined) throw new PatchError(`doc is missing path: /${path.slice(1).join('/')}`);
  }
  return at;
}

/** `test` against a missing member of an existing object compares with null, as the API server's library does. */
function readOrNull(holder: JsonObject, path: readonly string[]): Json {
  const parent = parentOf(holder, path);
  const last = path.at(-1) ?? '';
  return isObject(parent) && !(last in parent) ? null : read(holder, path);
}

function add(holder: JsonObject, path: readonly string[], value: Json): void {
  const parent = parentOf(holder, path);
  const last = path.at(-1) ?? '';
  if (Array.isArray(parent))
    parent.splice(last === '-' ? parent.length : indexOf(parent, last, parent.length), 0, value);
  else if (isObject(parent)) parent[last] = value;
  else throw new PatchError(`add operation does not apply to /${path.slice(1).join('/')}`);
}

function write(holder: JsonObject, path: readonly string[], value: Json): void {
  const parent = parentOf(holder, path);
  const last = path.at(-1) ?? '';
  if (Array.isArray(parent)) parent[indexOf(parent, last, parent.length - 1)] = value;
  else if (isObject(parent)) parent[last] = value;
}

function remove(holder: JsonObject, path: readonly string[]): Json {
  const removed = read(holder, path);
  const parent = parentOf(holder, path);
  const last = path.at(-1) ?? '';
  if (Array.isArray(parent)) parent.splice(indexOf(parent, last, parent.length - 1), 1);
  else if (isObject(parent)) delete parent[last];
  return removed;
}

function indexOf(list: readonly Json[], token: string, highest: number): number {
  const index = /^(0|[1-9]\d*)$/.test(token) ? Number(token) : Number.NaN;
  if (!(index >= 0 && index <= highest))
    throw new PatchError(`no index ${token} in a list of ${list.length}`);
  return index;
}
