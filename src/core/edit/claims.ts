/** Which scalars of which files an edit wants to set: where applications could disagree. */
import { parseImageRef } from '../image/image.ts';
import { kustomizeEditFromString } from './kustomization.ts';
import type { TargetEdit, ValueEdit } from './edit.ts';

/** One scalar, by file and key, and the value wanted for it. */
export interface Claim {
  readonly key: string;
  /** For people: `apps/web/values.yaml: web.image.tag`. */
  readonly place: string;
  /** Equal values are no conflict, however they are spelled. */
  readonly value: string;
  /** For people: the value as it would be written. */
  readonly shown: string;
}

/** Every scalar that the edit sets. Keys of edits of different repositories or branches do not compare. */
export function claimsOf(edit: TargetEdit): readonly Claim[] {
  switch (edit.kind) {
    case 'override-helm':
      return edit.parameters.map(({ name, value }) => claim(edit.path, `parameter ${name}`, value));
    case 'override-kustomize':
      return edit.images.map((text) => claim(edit.path, `image ${kustomizeNameIn(text)}`, text));
    case 'helmvalues':
      return edit.values.map((value) => claim(edit.path, value.key, value.value, meaningOf(value)));
    case 'kustomization':
      return edit.images.map(({ name, newName, tag, digest }) =>
        claim(`${edit.directory}/kustomization`, `image ${name}`, `${newName}${versionText(tag, digest)}`),
      );
    case 'manifests':
      return edit.images.map(({ registry, repository, tag, digest, path, container }) => {
        const narrowed = ['image', `${registry}/${repository}`, path, container];
        const place = narrowed.filter((part) => part !== undefined).join(' ');
        return claim(edit.paths.join(','), place, versionText(tag, digest));
      });
  }
}

function kustomizeNameIn(text: string): string {
  const parsed = kustomizeEditFromString(text);
  return parsed.ok ? parsed.value.name : text;
}

function versionText(tag: string | undefined, digest: string | undefined): string {
  return `${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** `nginx` and `docker.io/library/nginx` are one repository, and a file keeps its own spelling. */
function meaningOf({ role, value }: ValueEdit): string {
  const ref = role === 'tag' ? undefined : parseImageRef(value);
  if (ref?.ok !== true) return value;
  const { canonical, tag, digest } = ref.value;
  return `${canonical.registry}/${canonical.repository}${versionText(tag, digest)}`;
}

function claim(file: string, key: string, shown: string, value = shown): Claim {
  return { key: JSON.stringify([file, key]), place: `${file}: ${key}`, value, shown };
}

/** What one party wants at a place that another wants differently. */
export interface Wish<Party> {
  readonly party: Party;
  /** The value as it would be written. */
  readonly shown: string;
}

export interface Conflict<Party> {
  readonly place: string;
  /** One for each party, in the order given. */
  readonly wishes: readonly Wish<Party>[];
}

/** Scalars that at least two parties claim with different values; equal wishes are no conflict. */
export function findConflicts<Party>(
  parties: readonly { readonly party: Party; readonly claims: readonly Claim[] }[],
): readonly Conflict<Party>[] {
  const byKey = new Map<string, { place: string; values: Set<string>; wishes: Map<Party, string> }>();
  for (const { party, claims } of parties) {
    for (const { key, place, value, shown } of claims) {
      const entry = byKey.get(key) ?? { place, values: new Set<string>(), wishes: new Map() };
      entry.values.add(value);
      entry.wishes.set(party, shown);
      byKey.set(key, entry);
    }
  }
  return [...byKey.values()]
    .filter(({ values, wishes }) => values.size > 1 && wishes.size > 1)
    .map(({ place, wishes }) => ({
      place,
      wishes: Array.from(wishes, ([party, shown]) => ({ party, shown })),
    }));
}

const shownWishes = 5;

/** `v.yaml: web.tag: argocd/a wants 1.1, argocd/b wants 1.0; …` */
export function describeConflict({ place, wishes }: Conflict<{ readonly key: string }>): string {
  const all = wishes.map(({ party, shown: value }) => `${party.key} wants ${value}`).toSorted();
  const shown = all.slice(0, shownWishes);
  const more = wishes.length > shownWishes ? ` and ${wishes.length - shownWishes} more` : '';
  return `${place}: ${shown.join(', ')}${more}; nothing is written for them until they agree`;
}
