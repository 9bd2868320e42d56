/** Whether Argo CD builds an Application from the kustomization or the manifests that are written, as far as the repository shows it. */
import { isRecord } from './base/json.ts';
import type { FolderSource } from './edit/folder-reads.ts';
import type { TargetEdit } from './edit/edit.ts';
import { resolvePath } from './config/write-target.ts';
import { readDocuments } from './documents/documents.ts';

/** What kustomizations lead to: paths from the root of the repository. */
export interface Links {
  /** Entries that may be folders with a kustomization of their own. */
  readonly folders: readonly string[];
  /** Everything they name. */
  readonly named: readonly string[];
  /** Entries of other places, as they are written. */
  readonly remote: readonly string[];
}

export type FolderEdit = Extract<TargetEdit, { kind: 'kustomization' | 'manifests' }>;

const listsOfFolders = ['resources', 'bases', 'components'];
const manifestFile = /\.(?:ya?ml|json)$/;
const maxShown = 3;

/** Folders in which to begin to follow kustomizations; none where the edit needs no look. */
export function firstFolders(edit: FolderEdit): readonly string[] {
  const sources = edit.reads ?? [];
  if (edit.kind === 'kustomization' && isRoot(sources, edit.directory)) return [];
  return sources.flatMap(({ kind, path, components }) =>
    kind === 'kustomize' || kind === 'unknown' ? [path, ...components] : [],
  );
}

function isRoot(sources: readonly FolderSource[], folder: string): boolean {
  return sources.some(
    ({ kind, path, components }) =>
      components.includes(folder) || (path === folder && (kind === 'kustomize' || kind === 'unknown')),
  );
}

/** Of kustomizations, by path; a text that cannot be read leads nowhere. */
export function linksOf(texts: ReadonlyMap<string, string | null>): Links {
  const links = { folders: [] as string[], named: [] as string[], remote: [] as string[] };
  for (const [path, text] of texts) {
    const documents = text === null ? undefined : readDocuments(text);
    if (documents?.ok !== true) continue;
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
    for (const document of documents.value) addLinks(document, folder, links);
  }
  return links;
}

function addLinks(
  document: unknown,
  folder: string,
  links: { readonly folders: string[]; readonly named: string[]; readonly remote: string[] },
): void {
  if (!isRecord(document)) return;
  for (const text of textsIn(document)) {
    const path = text.includes('\n') ? undefined : resolvePath(text, folder);
    if (path !== undefined) links.named.push(path);
  }
  for (const text of listsOfFolders.flatMap((list) => [...textsIn(document[list])])) {
    const isRemote = /:\/\/|^[\w.-]+@|\?ref=|^[\w-]+\.\w+\//.test(text);
    const path = isRemote || manifestFile.test(text) ? undefined : resolvePath(text, folder);
    if (isRemote) links.remote.push(text);
    else if (path !== undefined) links.folders.push(path);
  }
}

/** All texts of a tree, wherever they stand. */
function* textsIn(value: unknown): Generator<string> {
  const left: unknown[] = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next === 'string') yield next;
    else if (Array.isArray(next)) left.push(...(next as readonly unknown[]));
    else if (isRecord(next)) left.push(...Object.values(next));
  }
}

/**
 * Why what is written, or was, is without effect; undefined if it has one or nobody can tell. `seen`: folders that
 * kustomizations were looked for in. `texts`: of the target's files.
 */
export function unusedText(
  edit: FolderEdit,
  links: Links,
  seen: ReadonlySet<string>,
  texts: ReadonlyMap<string, string | null>,
): string | undefined {
  const sources = edit.reads;
  if (sources === undefined) return undefined;
  if (edit.kind === 'kustomization') {
    const { directory } = edit;
    if (texts.values().every((text) => text === null)) return undefined; // there is none
    if (isRoot(sources, directory) || seen.has(directory) || mayBeRemote(links, directory)) return undefined;
    const place = directory === '' ? 'the root of the repository' : directory;
    return `the kustomization in ${place} is written, but Argo CD does not build from it: ${usedText(sources)}`;
  }
  const written = [...texts].flatMap(([path, text]) => (holdsOne(edit, text ?? '') ? [path] : []));
  const named = new Set(links.named);
  if (written.length === 0 || written.some((path) => isApplied(sources, path, named, links)))
    return undefined;
  const more = written.length > maxShown ? ` and ${written.length - maxShown} more` : '';
  const shown = written.slice(0, maxShown).join(', ');
  const [verb, them] = written.length === 1 ? ['is', 'it'] : ['are', 'them'];
  return `${shown}${more} ${verb} written, but Argo CD does not apply ${them}: ${usedText(sources)}`;
}

/** A base of another place may be this repository by its URL. */
function mayBeRemote({ remote }: Links, path: string): boolean {
  return path === '' ? remote.length > 0 : remote.some((text) => text.includes(path));
}

function holdsOne({ images }: Extract<FolderEdit, { kind: 'manifests' }>, text: string): boolean {
  return images.some(({ repository }) => text.includes(repository.slice(repository.lastIndexOf('/') + 1)));
}

function isApplied(
  sources: readonly FolderSource[],
  path: string,
  named: ReadonlySet<string>,
  links: Links,
): boolean {
  if (named.has(path) || mayBeRemote(links, path.slice(0, Math.max(path.lastIndexOf('/'), 0)))) return true;
  return sources.some(({ kind, path: folder, recurse }) => {
    if (kind === 'kustomize') return false;
    const below =
      folder === '' ? path : path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
    // a chart may read any of its files
    return below !== undefined && (kind !== 'directory' || recurse || !below.includes('/'));
  });
}

const builds = {
  kustomize: 'the kustomization in',
  helm: 'the chart in',
  directory: 'the manifests in',
  unknown: 'what is in',
} as const;

function usedText(sources: readonly FolderSource[]): string {
  const used = sources.map(({ kind, path, recurse }) => {
    const below = kind === 'directory' && !recurse ? ', without folders below it' : '';
    return `${builds[kind]} ${path === '' ? 'the root of the repository' : path}${below}`;
  });
  return `it uses ${[...new Set(used)].join(', and ')}${sources.some(({ kind }) => kind === 'kustomize') ? ', and what that names' : ''}`;
}
