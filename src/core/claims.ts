/** Which scalars of which files an edit wants to set: where two applications could disagree. */
import { kustomizeEditFromString } from './kustomization.ts';
import type { TargetEdit } from './target.ts';

/** One scalar, by file and key, and the value wanted for it. */
export interface Claim {
  readonly key: string;
  /** For people: `apps/web/values.yaml: web.image.tag`. */
  readonly place: string;
  readonly value: string;
}

/** Every scalar that the edit sets. Keys of edits of different repositories or branches do not compare. */
export function claimsOf(edit: TargetEdit): readonly Claim[] {
  switch (edit.kind) {
    case 'override-helm':
      return edit.parameters.map(({ name, value }) => claim(edit.path, `parameter ${name}`, value));
    case 'override-kustomize':
      return edit.images.map((text) => claim(edit.path, `image ${kustomizeNameIn(text)}`, text));
    case 'helmvalues':
      return edit.values.map(({ key, value }) => claim(edit.path, key, value));
    case 'kustomization':
      return edit.images.map(({ name, newName, tag, digest }) =>
        claim(`${edit.directory}/kustomization`, `image ${name}`, JSON.stringify([newName, tag, digest])),
      );
    case 'manifests':
      return edit.images.map(({ registry, repository, tag, digest, path, container }) =>
        claim(
          edit.paths.join(','),
          ['image', `${registry}/${repository}`, path, container]
            .filter((part) => part !== undefined)
            .join(' '),
          JSON.stringify([tag, digest]),
        ),
      );
  }
}

function kustomizeNameIn(text: string): string {
  const parsed = kustomizeEditFromString(text);
  return parsed.ok ? parsed.value.name : text;
}

function claim(file: string, key: string, value: string): Claim {
  return { key: JSON.stringify([file, key]), place: `${file}: ${key}`, value };
}

/** Two parties that want different values for one scalar. */
export interface Conflict<Party> {
  readonly place: string;
  readonly parties: readonly Party[];
}

/** Scalars that at least two parties claim with different values; equal wishes are no conflict. */
export function findConflicts<Party>(
  parties: readonly { readonly party: Party; readonly claims: readonly Claim[] }[],
): readonly Conflict<Party>[] {
  const byKey = new Map<string, { place: string; values: Set<string>; parties: Party[] }>();
  for (const { party, claims } of parties) {
    for (const { key, place, value } of claims) {
      const entry = byKey.get(key) ?? { place, values: new Set<string>(), parties: [] };
      entry.values.add(value);
      if (!entry.parties.includes(party)) entry.parties.push(party);
      byKey.set(key, entry);
    }
  }
  return [...byKey.values()]
    .filter(({ values, parties: claimants }) => values.size > 1 && claimants.length > 1)
    .map(({ place, parties: claimants }) => ({ place, parties: claimants }));
}
