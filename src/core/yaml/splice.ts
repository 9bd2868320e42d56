/** Changes of a YAML tree -> replacements of stretches of its text. */
import { type Outcome, succeed } from '../base/outcome.ts';
import { refuseAt, type Splice, type YamlChanges } from './changes.ts';
import { type EditSite, replaceNode, spliceAddition } from './insert.ts';
import { type NewScalar, renderNew } from './new-text.ts';
import { spliceRemoval } from './remove.ts';
import { nodesOf, placesOf, type YamlNode, type YamlScalar, type YamlText } from './tree.ts';

/** Sorted, without overlaps. Fails (kind `edit`) where a change cannot be made exactly. */
export function spliceChanges(yaml: YamlText, changes: YamlChanges): Outcome<readonly Splice[]> {
  const splices: Splice[] = [];
  for (const document of yaml.documents) {
    const site: EditSite = { yaml, document, places: placesOf(document), changes };
    // Where several collections end at one offset, what goes into the innermost comes first.
    for (const node of [...nodesOf(document)].reverse()) {
      const own = spliceNode(site, node);
      if (!own.ok) return own;
      splices.push(...own.value);
    }
  }
  splices.sort((a, b) => a.start - b.start || a.end - b.end);
  const overlap = splices.find((splice, index) => splice.start < (splices[index - 1]?.end ?? 0));
  if (overlap !== undefined) return refuseAt(yaml, overlap.start, 'two changes overlap');
  return succeed(splices);
}

export function applySplices(text: string, splices: readonly Splice[]): string {
  const parts: string[] = [];
  let copied = 0;
  for (const splice of splices) {
    parts.push(text.slice(copied, splice.start), splice.text);
    copied = splice.end;
  }
  return parts.join('') + text.slice(copied);
}

function spliceNode(site: EditSite, node: YamlNode): Outcome<readonly Splice[]> {
  const splices: Splice[] = [];
  if (node.kind === 'map') {
    for (const entry of node.entries) {
      if (!site.changes.removed.has(entry)) continue;
      const removal = spliceRemoval(site.yaml, node, entry);
      if (!removal.ok) return removal;
      splices.push(removal.value);
    }
  }
  const value = node.kind === 'scalar' ? site.changes.replaced.get(node) : undefined;
  if (node.kind === 'scalar' && value !== undefined) {
    const replacement = spliceReplacement(site, node, value);
    if (!replacement.ok) return replacement;
    splices.push(replacement.value);
  }
  const added = node.kind === 'alias' ? undefined : site.changes.added.get(node);
  if (node.kind === 'alias' || added === undefined) return succeed(splices);
  const addition = spliceAddition(site, node, added);
  return addition.ok ? succeed([...splices, ...addition.value]) : addition;
}

function spliceReplacement(site: EditSite, node: YamlScalar, value: NewScalar): Outcome<Splice> {
  const refusal = irreplaceable(node);
  if (refusal !== undefined) return refuseAt(site.yaml, node.start, refusal);
  const style = node.style === 'empty' || node.style === 'block' ? 'plain' : node.style;
  return replaceNode(site, node, renderNew(value, style, node.inFlow && !mayHoldColon(node, value)));
}

/** A plain text with a colon in a flow collection shows that the file's readers cope with one there. */
function mayHoldColon(node: YamlScalar, value: NewScalar): boolean {
  return node.style === 'plain' && node.value.includes(':') && !/[,[\]{}?]/.test(String(value));
}

/** Why a scalar cannot get another text; `undefined` if it can. */
export function irreplaceable(node: YamlScalar): string | undefined {
  if (node.style === 'block') return 'the value is a block scalar (| or >); write it in one line';
  const isStringTag = node.tag === undefined || node.tag === 'tag:yaml.org,2002:str' || node.tag === '!';
  return isStringTag ? undefined : `the value has the explicit tag ${node.tag}`;
}
