/**
 * Which scalars of which files an edit sets, and where two of them disagree. A *claim* is one place and the value wanted
 * there; a *conflict* is one place that two parties claim with different values. They are looked for on five levels,
 * each of which sees what the one before cannot:
 *
 * 1. aliases of one application that name one key (`core/config/image-conflicts.ts`), when annotations are read;
 * 2. images of one application that want different values for one key (`image-claims.ts`), once they are decided;
 * 3. applications that claim one place of one branch, by file and key (here, and `app/write/branch/conflicts.ts`);
 * 4. applications one of which undoes the edit of another by its effect, through an anchor or a glob
 *    (`app/write/branch/edit-branch.ts`), when the edits are made;
 * 5. claims within one file that mean one occurrence (`core/edit/manifests/rewrite.ts`, `core/edit/join-edits.ts`).
 *
 * Claims that are equal in meaning are no conflict. On every level all parties are told, by name and with their values.
 */
import { parseImageRef } from '../image/image.ts';
import { kustomizeEditFromString } from '../edit/kustomization.ts';
import type { TargetEdit, ValueEdit } from '../edit/edit.ts';

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
  const ref = role === 'tag' || role === 'digest' ? undefined : parseImageRef(value);
  if (ref?.ok !== true) return value;
  const { canonical, tag, digest } = ref.value;
  return `${canonical.registry}/${canonical.repository}${versionText(tag, digest)}`;
}

function claim(file: string, key: string, shown: string, value = shown): Claim {
  return { key: JSON.stringify([file, key]), place: `${file}: ${key}`, value, shown };
}

/** What one party wants at the place of a conflict. */
export interface ConflictingClaim<Party> {
  readonly party: Party;
  /** The value as it would be written. */
  readonly shown: string;
}

export interface Conflict<Party> {
  readonly place: string;
  /** One for each party, in the order given. */
  readonly claims: readonly ConflictingClaim<Party>[];
}

/** Scalars that at least two parties claim with different values; equal claims are no conflict. */
export function findConflicts<Party>(
  parties: readonly { readonly party: Party; readonly claims: readonly Claim[] }[],
): readonly Conflict<Party>[] {
  const byKey = new Map<string, { place: string; values: Set<string>; byParty: Map<Party, string> }>();
  for (const { party, claims } of parties) {
    for (const { key, place, value, shown } of claims) {
      const entry = byKey.get(key) ?? { place, values: new Set<string>(), byParty: new Map() };
      entry.values.add(value);
      entry.byParty.set(party, shown);
      byKey.set(key, entry);
    }
  }
  return [...byKey.values()]
    .filter(({ values, byParty }) => values.size > 1 && byParty.size > 1)
    .map(({ place, byParty }) => ({
      place,
      claims: Array.from(byParty, ([party, shown]) => ({ party, shown })),
    }));
}

const shownClaims = 5;

/** `v.yaml: web.tag: argocd/a wants 1.1, argocd/b wants 1.0; …` */
export function describeConflict({ place, claims }: Conflict<{ readonly key: string }>): string {
  const all = claims.map(({ party, shown: value }) => `${party.key} wants ${value}`).toSorted();
  const shown = all.slice(0, shownClaims);
  const more = claims.length > shownClaims ? ` and ${claims.length - shownClaims} more` : '';
  return `${place}: ${shown.join(', ')}${more}; nothing is written for them until they agree`;
}
