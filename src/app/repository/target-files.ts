/** Reads the files that edits concern, at one commit. */
import { filesOf, filesSeenBy } from '../../core/apply-edit.ts';
import { foldersOf } from '../../core/edit/manifests/files.ts';
import { type Failure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import type { TargetEdit } from '../../core/edit/edit.ts';
import type { FileWork } from '../../ports/file-work.ts';
import type { GitRepository, TargetContent } from '../../ports/git.ts';

/** The files of one edit: text and mode each; null where there is none. */
export interface TargetFiles {
  readonly texts: ReadonlyMap<string, string | null>;
  readonly executable: ReadonlySet<string>;
}

/** What reading needs of a repository. */
export type TargetReader = Pick<GitRepository, 'read' | 'list'>;

export interface Reading {
  readonly files: FileWork;
  readonly signal: AbortSignal;
}

/** One outcome per edit, in order; all blobs that are missing are fetched in one go. Throws `Failed`. */
export async function readTargets(
  repository: TargetReader,
  commit: string,
  edits: readonly TargetEdit[],
  reading: Reading,
): Promise<readonly Outcome<TargetFiles>[]> {
  const paths = await Promise.all(edits.map((edit) => pathsOf(repository, commit, edit, reading)));
  const seen = edits.map(filesSeenBy);
  const wanted = new Set([...paths.flatMap((own) => (own.ok ? own.value : [])), ...seen.flat()]);
  const contents = await repository.read(commit, [...wanted], reading.signal);
  return paths.map((own, i) => (own.ok ? targetFiles(own.value, seen[i] ?? [], contents) : own));
}

/** Texts of files that are only looked at; null for what is not there or cannot be read. */
export async function readTexts(
  repository: TargetReader,
  commit: string,
  paths: readonly string[],
  { signal }: Reading,
): Promise<ReadonlyMap<string, string | null>> {
  const contents = await repository.read(commit, paths, signal);
  return new Map(paths.map((path) => [path, seenText(path, contents)]));
}

function seenText(path: string, contents: ReadonlyMap<string, TargetContent | null>): string | null {
  const text = textOf(path, contents.get(path) ?? null);
  return text.ok ? text.value : null;
}

async function pathsOf(
  repository: TargetReader,
  commit: string,
  edit: TargetEdit,
  { files, signal }: Reading,
): Promise<Outcome<readonly string[]>> {
  if (edit.kind !== 'manifests') return succeed(filesOf(edit));
  const found = new Set<string>();
  for (const { folder, recurse } of foldersOf(edit)) {
    for (const file of await repository.list(commit, folder, recurse, signal)) found.add(file);
    if (found.size > maxFiles) return fail(tooManyFiles(edit));
  }
  const { paths, recurse, include, exclude } = edit;
  const target = { paths, recurse, include, exclude };
  const selected = await files.perform('select', new Map(), { target, listed: [...found] });
  return selected.ok && selected.value.length === 0 ? fail(noManifests(edit)) : selected;
}

/** In all folders that one target names; one folder may hold fewer. */
const maxFiles = 50_000;

function tooManyFiles({ paths }: Extract<TargetEdit, { kind: 'manifests' }>): Failure {
  const message = `the ${paths.length} paths of write-back-target lead to more than ${maxFiles} files: name fewer folders`;
  return { kind: 'edit', path: paths[0] ?? '', message };
}

function noManifests({ paths }: Extract<TargetEdit, { kind: 'manifests' }>): Failure {
  const [path = ''] = paths;
  const places = paths.map((place) => (place === '' ? 'the root of the repository' : place)).join(', ');
  const message = `${places}: no manifest is there: check the paths of write-back-target; subfolders need directory.recurse or a glob`;
  return { kind: 'edit', path, message };
}

function targetFiles(
  paths: readonly string[],
  seen: readonly string[],
  contents: ReadonlyMap<string, TargetContent | null>,
): Outcome<TargetFiles> {
  const texts = new Map<string, string | null>();
  const executable = new Set<string>();
  for (const path of seen) texts.set(path, seenText(path, contents));
  for (const path of paths) {
    const content = contents.get(path) ?? null;
    const text = textOf(path, content);
    if (!text.ok) return text;
    texts.set(path, text.value);
    if (content?.kind === 'file' && content.executable) executable.add(path);
  }
  return succeed({ texts, executable });
}

function textOf(path: string, content: TargetContent | null): Outcome<string | null> {
  if (content === null) return succeed(null);
  switch (content.kind) {
    case 'folder':
      return fail({ kind: 'edit', path, message: `${path} is a folder, not a file` });
    case 'refused':
      return fail({ kind: 'edit', path, message: `${path}: ${content.reason}` });
    case 'file':
      return decode(path, content.bytes);
  }
}

function decode(path: string, bytes: Buffer): Outcome<string> {
  try {
    return succeed(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return fail({ kind: 'edit', path, message: `${path} is not UTF-8 text` });
  }
}
