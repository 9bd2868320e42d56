/** The guarded JSON patch that gives a live Application the decided images. */
import * as z from 'zod';
import type { Application, HelmParameter } from './config/application.ts';
import { Failed } from './base/outcome.ts';
import { mergeKustomizeImages } from './edit/override/merge.ts';
import type { LiveIntention } from './plan.ts';

export type JsonPatchOperation =
  | { readonly op: 'test' | 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

const parameterSchema = z.looseObject({ name: z.string(), value: z.string().optional() });
const sourceSchema = z.looseObject({
  repoURL: z.string(),
  helm: z.looseObject({ parameters: z.array(parameterSchema).nullish() }).nullish(),
  kustomize: z.looseObject({ images: z.array(z.string()).nullish() }).nullish(),
});
type Source = z.infer<typeof sourceSchema>;

/**
 * Operations on exactly the list that changes, each guarded by a `test` of what was read; none
 * where the list holds the wanted values already (writeback.md 5). A server compares what is tested as text, as it
 * has written it: only texts, booleans and lists of them are tested, for a number or a block of somebody else's may
 * be spelled in many ways. Throws `Failed` (kube `conflict`) if the object has no such source any more.
 */
export function livePatch(intention: LiveIntention, live: unknown): readonly JsonPatchOperation[] {
  const path = sourcePath(intention);
  const raw = valueAt(live, path);
  const source = sourceSchema.safeParse(raw);
  if (!source.success) throw sourceGone(intention, path);
  const expected = intention.app.sources[intention.sourceIndex]?.repoURL;
  if (expected !== undefined && source.data.repoURL !== expected) throw sourceGone(intention, path);
  const guard: JsonPatchOperation = { op: 'test', path: `${path}/repoURL`, value: source.data.repoURL };
  const change =
    intention.edit.kind === 'helm'
      ? helmChange(source.data, intention.edit)
      : kustomizeChange(source.data, intention.edit);
  if (change === undefined) return [];
  return [guard, ...operations(path, source.data, change)];
}

/** JSON pointer to what is written of the spec: parameters, or images. */
export function listPointer(place: Pick<LiveIntention, 'app' | 'sourceIndex'>, isKustomize: boolean): string {
  return `${sourcePath(place)}/${isKustomize ? 'kustomize/images' : 'helm/parameters'}`;
}

function sourcePath({ app, sourceIndex }: Pick<LiveIntention, 'app' | 'sourceIndex'>): string {
  switch (app.sourceKind) {
    case 'single':
      return '/spec/source';
    case 'multi':
      return `/spec/sources/${sourceIndex}`;
    case 'hydrator':
      return '/spec/sourceHydrator/drySource';
  }
}

function valueAt(object: unknown, path: string): unknown {
  let value = object;
  for (const key of path.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}

function sourceGone({ app }: { readonly app: Application }, path: string): Failed {
  const resource = `applications ${app.namespace}/${app.name}`;
  const message = `patch ${resource}: ${path} is another source than at the start of the cycle`;
  return new Failed({ kind: 'kube', code: 'conflict', resource, message });
}

/** One list of one block of the source, as it is to be. */
interface Change {
  readonly block: 'helm' | 'kustomize';
  readonly list: 'parameters' | 'images';
  readonly value: readonly unknown[];
}

function helmChange(
  source: Source,
  { parameters }: Extract<LiveIntention['edit'], { kind: 'helm' }>,
): Change | undefined {
  const present = source.helm?.parameters ?? [];
  const wanted = new Map(parameters.map((parameter) => [parameter.name, parameter])); // the last of a name counts
  const values = new Map(present.map(({ name, value }) => [name, value]));
  const isThere = ({ name, value, onlyIfThere }: HelmParameter): boolean =>
    values.get(name) === value || (onlyIfThere === true && !values.has(name));
  if ([...wanted.values()].every(isThere)) return undefined;
  const kept = present.map((parameter) => {
    const own = wanted.get(parameter.name);
    return own === undefined ? parameter : { ...parameter, value: own.value, forceString: true };
  });
  const names = new Set(present.map(({ name }) => name));
  const added = [...wanted.values()].filter(
    ({ name, onlyIfThere }) => !names.has(name) && onlyIfThere !== true,
  );
  return { block: 'helm', list: 'parameters', value: [...kept, ...added] };
}

function kustomizeChange(
  source: Source,
  { images }: Extract<LiveIntention['edit'], { kind: 'kustomize' }>,
): Change | undefined {
  const present = source.kustomize?.images ?? [];
  const value = mergeKustomizeImages(present, images);
  const isSame = value.length === present.length && value.every((image, i) => image === present[i]);
  return isSame ? undefined : { block: 'kustomize', list: 'images', value };
}

function operations(
  path: string,
  source: Source,
  { block, list, value }: Change,
): readonly JsonPatchOperation[] {
  const blockPath = `${path}/${block}`;
  const listPath = `${blockPath}/${list}`;
  const present = source[block];
  if (present === undefined || present === null) {
    return [absent(blockPath), { op: 'add', path: blockPath, value: { [list]: value } }];
  }
  const old = valueAt(present, `/${list}`);
  if (old === undefined || old === null) return [absent(listPath), { op: 'add', path: listPath, value }];
  return [
    { op: 'test', path: listPath, value: old },
    { op: 'replace', path: listPath, value },
  ];
}

/** For the API server's library a member that is not there is null. */
function absent(path: string): JsonPatchOperation {
  return { op: 'test', path, value: null };
}
