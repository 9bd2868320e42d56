/** Where `min-age` begins, everything is new: people are told when the first update can come (spec/policies.md 4.3). */
import { firstSightsWords } from '../../../core/policy/age/sightings.ts';
import type { LineOf } from '../../../core/policy/memory/line.ts';
import { allLines } from '../../../core/policy/memory/memory.ts';
import { isListedOnly } from '../../../core/policy/memory/sights.ts';
import type { ImagePolicies } from '../../../core/policy/settings.ts';
import type { Notebook } from '../../memory/notebook.ts';

/** To be made as a cycle begins; says at its end what has begun in it. */
export function watchFirstSights(
  notebook: Pick<Notebook, 'memory'>,
  policies: readonly ImagePolicies[],
): () => string | undefined {
  const ages = policies.flatMap(({ minAgeMs }) => minAgeMs?.value ?? []);
  if (ages.length === 0 || sightsIn(notebook).length > 0) return () => undefined;
  return () => firstSightsWords(sightsIn(notebook), Math.min(...ages));
}

function sightsIn({ memory }: Pick<Notebook, 'memory'>): readonly LineOf<'seen'>[] {
  return [...allLines(memory)].filter((line) => line.word === 'seen').filter((line) => !isListedOnly(line));
}
