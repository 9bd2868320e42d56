/** JSON values as the fake API servers keep them, and the two patch formats (RFC 6902, RFC 7396). */

/** An integer above 2^53 is a bigint: Go keeps all 64 bits of it. */
export type Json = null | boolean | number | bigint | string | Json[] | JsonObject;
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
  return typeof value === 'string' ? value : writeJson(value);
}

/** As Go's encoder writes it. */
export function writeJson(value: Json | undefined): string {
  const plain = JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'bigint' ? rawJson(String(member)) : member,
  );
  return plain.replace(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

export function readJson(text: string): Json {
  return parseWith(text, (source, value) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source)
      ? BigInt(source)
      : (value as Json),
  ) as Json;
}

/** A scalar of a patch as it was sent. */
class Sent {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** `make` is given each scalar with the text that it was read from. */
function parseWith(text: string, make: (source: string, value: unknown) => unknown): unknown {
  const revive = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    context?.source === undefined ? value : make(context.source, value);
  return JSON.parse(text, revive) as unknown;
}

/** Part of the language since Node 21, and not yet of the compiler's library. */
const rawJson = (JSON as unknown as { readonly rawJSON: (text: string) => unknown }).rawJSON;

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

/**
 * RFC 6902 on a copy, as the API server's library does it: what is tested is compared byte for byte with what Go
 * would write. Throws `PatchError`; a text that is no list of operations throws TypeError.
 */
export function jsonPatch(document: Json, text: string): Json {
  const patch = readJson(text);
  const sent = parseWith(text, (source) => new Sent(source));
  if (!Array.isArray(patch) || !Array.isArray(sent))
    throw new TypeError('a JSON patch is a list of operations');
  const holder: JsonObject = { root: structuredClone(document) };
  patch.forEach((operation, index) => {
    apply(holder, operation, (sent[index] as { readonly value?: unknown }).value);
  });
  return holder['root'] ?? null;
}

function apply(holder: JsonObject, operation: Json, sent: unknown): void {
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
      if (!isWrittenAs(readOrNull(holder, path), sent))
        throw new PatchError(`testing value ${textOf(operation['path'])} failed: test failed`);
      return undefined;
    case 'move':
      return add(holder, path, remove(holder, pointer(operation['from'])));
    case 'copy':
      return add(holder, path, structuredClone(read(holder, pointer(operation['from']))));
    default:
      throw new PatchError(`Unexpected kind: ${textOf(operation['op'])}`);
  }
}

function isWrittenAs(value: Json | undefined, sent: unknown): boolean {
  if (Array.isArray(value)) {
    const same = Array.isArray(sent) && sent.length === value.length;
    return same && value.every((item, index) => isWrittenAs(item, sent[index]));
  }
  if (isObject(value)) {
    if (typeof sent !== 'object' || sent === null || Array.isArray(sent) || sent instanceof Sent)
      return false;
    const members = Object.entries(sent);
    return (
      members.length === Object.keys(value).length &&
      members.every(([key, member]) => key in value && isWrittenAs(value[key], member))
    );
  }
  return sent instanceof Sent && sent.source === writeJson(value);
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
