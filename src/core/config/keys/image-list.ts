/** The value of the `image-list` annotation: its entries, and the grammar of one entry. */
import { isTag } from '../../image/tag-and-digest.ts';
import { configFailure, fail, type Outcome, succeed } from '../../base/outcome.ts';
import { quoted } from '../../base/quoted.ts';
import {
  canonicalImage,
  digestProblem,
  type ImageRef,
  nameProblem,
  type ReferenceParts,
  splitReference,
} from '../../image/reference.ts';

/** One entry of `image-list`: `[alias=]image[:constraint]`. */
export interface ImageListEntry {
  /** Trimmed text of the entry. */
  readonly text: string;
  /** "" if none was given. */
  readonly alias: string;
  /** Without tag: what stands behind the colon is the constraint. */
  readonly image: ImageRef;
  /** Text behind the colon: a version constraint, or the tag to follow. Absent if none or empty. */
  readonly constraint?: string;
}

const repositoryPattern = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*$/;
const constraintPattern = /^[0-9A-Za-z.+*<>=!~^|, \t\r\n\f-]+$/;
const maxEntryLength = 2048; // far above the longest name, constraint and digest together

/** `<2.0`, `!=1.5`, `=1.2`, but not `=nginx:1.2` (an entry whose alias is empty). */
const continuationPattern = /^(?:[<>!~^]|=\s*(?:[<>=]|v?[0-9xX*][0-9xX*.]*(?:[-+\s|]|$)))/;

/**
 * Entries in order, trimmed, empty ones dropped. A part that starts with an operator goes on with the constraint
 * before it: `a=nginx:>=1.0, <2.0` is one entry, `a=nginx:>=1.0,<2.0`.
 */
export function splitImageList(value: string): readonly string[] {
  const entries: string[] = [];
  for (const part of value.split(',')) {
    const text = part.trim();
    if (text === '') continue;
    const previous = continuationPattern.test(text) ? entries.pop() : undefined;
    entries.push(previous === undefined ? text : `${previous},${text}`);
  }
  return entries;
}

/**
 * "web=ghcr.io/acme/web:~1.2", "nginx", "localhost:5000/app:>=1.0 <2.0", "nginx:1.x@sha256:..." (the digest decides
 * nothing). Fails (config), naming the entry, where no image could be asked for under that name.
 * Source: decisions.md 2, images.md 11-1 to 11-6.
 */
export function parseImageListEntry(text: string): Outcome<ImageListEntry> {
  const entry = text.trim();
  if (entry.length > maxEntryLength) return refuse(entry, `longer than ${maxEntryLength} characters`);
  const uncut = entryWithoutComma(entry);
  if (uncut !== undefined) {
    return fail(
      configFailure(`image-list: entries are parted by commas, and none stands behind ${quoted(uncut)}`),
    );
  }
  const { alias, rest } = splitAlias(entry);
  const parts = splitReference(rest);
  const problem =
    nameProblem(parts) ?? repositoryProblem(parts) ?? constraintProblem(parts) ?? digestProblem(parts);
  if (problem !== undefined) return refuse(entry, problem);
  const { registry, name, version, digest } = parts;
  const canonical = canonicalImage(registry, name);
  return succeed({
    text: entry,
    alias,
    image: { written: rest, registry, name, ...(digest === undefined ? {} : { digest }), canonical },
    ...(version === undefined || version === '' ? {} : { constraint: version }),
  });
}

/** The first of several entries that only line breaks part; lines that go on with a constraint are none. */
function entryWithoutComma(entry: string): string | undefined {
  const [first = '', ...others] = entry.split(/[\r\n]+/);
  const isEntry = others.some(
    (line) => /^\s*[\w./-]+\s*=\s*[\w]/.test(line) || /^\s*[a-z0-9][\w.:-]*\//.test(line),
  );
  return isEntry ? first.trim() : undefined;
}

/** Aliases of a text that is no entry, so that what is annotated for them is not told as well. */
export function aliasesIn(text: string): readonly string[] {
  return text.split(/[\r\n]+/).flatMap((line) => {
    const { alias } = splitAlias(line.trim());
    return alias === '' ? [] : [alias];
  });
}

function refuse(entry: string, problem: string): Outcome<never> {
  const expected = 'expected [alias=][host/]path[:tag or constraint]';
  return fail(configFailure(`image-list entry ${quoted(entry)}: ${problem}; ${expected}`));
}

function splitAlias(entry: string): { readonly alias: string; readonly rest: string } {
  const equals = entry.indexOf('=');
  if (equals === -1 || belongsToConstraint(entry, equals)) return { alias: '', rest: entry };
  return { alias: entry.slice(0, equals).trim(), rest: entry.slice(equals + 1).trim() };
}

/** True for the `=` of an operator: in `nginx:>=1`, `nginx:=1`, `nginx:==1`, `nginx:1.x || =2.0`. */
function belongsToConstraint(entry: string, equals: number): boolean {
  const before = entry.slice(0, equals);
  return /[<>!~^|*,]|:\s*$|:[^/]*\s/.test(before) || /[<>=]/.test(entry.charAt(equals + 1));
}

function repositoryProblem({ name }: ReferenceParts): string | undefined {
  if (repositoryPattern.test(name)) return undefined;
  return `${quoted(name)} is no repository path (lower-case letters and digits, parted by . _ - and /)`;
}

function constraintProblem({ version }: ReferenceParts): string | undefined {
  if (version === undefined || version === '') return undefined;
  const mustBeTag = /^[\w.-]+$/.test(version);
  if (mustBeTag ? isTag(version) : constraintPattern.test(version)) return undefined;
  return `${quoted(version)} is neither a tag nor a version constraint`;
}
