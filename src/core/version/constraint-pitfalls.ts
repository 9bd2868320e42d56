/** Constraints that are well-formed and mean something else than their writer will have thought. */
import type { Constraint } from './constraint.ts';

/** One sentence for each trap in the constraint, without the constraint itself. Source: images.md 11-22. */
export function constraintPitfalls({ groups }: Constraint): readonly string[] {
  const found = groups.flatMap((group) =>
    group.terms.map((term) => termPitfall(term) ?? boundPitfall(term, group.admitsPrereleases)),
  );
  return [...new Set(found.filter((pitfall) => pitfall !== undefined))];
}

type Term = Constraint['groups'][number]['terms'][number];

function termPitfall({ operator, precision, version, written }: Term): string | undefined {
  const isZero = version.major === '0' && version.minor === '0' && version.patch === '0';
  if (operator === '^' && precision === 0) return `^${written} admits 0.0.0 alone: write ${written}`;
  if (operator === '~' && precision === 3 && isZero)
    return `~${written} admits every version: write ~0.0 for 0.0.x`;
  return undefined;
}

/** With pre-releases admitted, those of the bound itself come before it. */
function boundPitfall({ operator, version, written }: Term, admitsPrereleases: boolean): string | undefined {
  if (operator !== '<' || !admitsPrereleases || version.prerelease !== '') return undefined;
  const bound = `${version.major}.${version.minor}.${version.patch}`;
  return `<${written} admits pre-releases of ${bound}: write <${bound}-0 to leave them out`;
}
