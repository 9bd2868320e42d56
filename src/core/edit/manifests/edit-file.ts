/** The edit of one manifest file: every occurrence that changes, at all places where it is read. */
import { fail, type Outcome, succeed } from '../../base/outcome.ts';
import { refuseAt } from '../../yaml/changes.ts';
import type { ChangedScalar, EditedFile } from '../../yaml/edited-file.ts';
import { keyFailure } from '../../yaml/lookup.ts';
import { irreplaceable } from '../../yaml/splice.ts';
import { applyChanges } from '../../yaml/text.ts';
import type { YamlScalar, YamlText } from '../../yaml/tree.ts';
import { indexUses, type UseIndex } from '../../yaml/uses.ts';
import type { ManifestEdit } from '../edit.ts';
import type { ManifestFile, Occurrence } from './occurrences.ts';
import { type Rewrite, rewriteOf } from './rewrite.ts';
import { placesRead } from './uses.ts';

/** Undefined if the file needs no change. */
export function editFile({ yaml, documents }: ManifestFile<ManifestEdit>): Outcome<EditedFile | undefined> {
  const replaced = new Map<YamlScalar, string>();
  const changes: ChangedScalar[] = [];
  for (const document of documents) {
    for (const change of changesIn(yaml, document)) {
      if (!change.ok) return change;
      const { node, text, scalars } = change.value;
      replaced.set(node, text);
      changes.push(...scalars);
      if (changes.length - replaced.size > maxSharedPlaces) {
        return refuseAt(yaml, node.start, `anchors make it ${maxSharedPlaces} places that would change`);
      }
    }
  }
  if (replaced.size === 0) return succeed(undefined);
  const after = applyChanges(yaml, { replaced, added: new Map(), removed: new Set() });
  return after.ok ? succeed({ path: yaml.path, text: after.value.text, changes }) : after;
}

const maxSharedPlaces = 10_000; // a few anchors in a megabyte can be read at millions of places

interface ChangedReference {
  readonly node: YamlScalar;
  readonly text: string;
  /** One for each place at which the reference is read. */
  readonly scalars: readonly ChangedScalar[];
}

function* changesIn(
  yaml: YamlText,
  { reader, occurrences }: ManifestFile<ManifestEdit>['documents'][number],
): Generator<Outcome<ChangedReference>> {
  let uses: UseIndex | undefined;
  for (const occurrence of occurrences) {
    const rewrite = rewriteOf(occurrence);
    if (rewrite.kind === 'keep') continue;
    uses ??= indexUses(yaml, reader.document);
    const places = placesRead(reader, uses, occurrence.node);
    yield places.ok ? changeReference(yaml.path, occurrence, rewrite, places.value) : places;
  }
}

function changeReference(
  path: string,
  { node }: Occurrence<ManifestEdit>,
  rewrite: Exclude<Rewrite, { kind: 'keep' }>,
  places: readonly string[],
): Outcome<ChangedReference> {
  const [first = ''] = places;
  const refuse = (reason: string) => fail(keyFailure(path, first, reason));
  if (rewrite.kind === 'refuse') return refuse(rewrite.reason);
  const refusal = irreplaceable(node);
  if (refusal !== undefined) return refuse(refusal);
  const { text } = rewrite;
  const change = { path, from: node.value, to: text };
  return succeed({ node, text, scalars: places.map((key) => ({ ...change, key })) });
}
