/** Where a quota of the registry ran out: how far dating came, and how long the rest will take. */
import { describeWait } from '../../core/base/duration.ts';
import { Failed } from '../../core/base/outcome.ts';
import type { KnownTags } from '../image/facts.ts';
import { knownDate } from './image-date.ts';
import type { DatedTagsSource } from './source.ts';

export function isShortage(error: unknown): error is Failed {
  return (
    error instanceof Failed && error.failure.kind === 'registry' && error.failure.code === 'rate-limited'
  );
}

/** Requests that a tag costs at most times: its index, and the one image that is wanted. */
const requestsPerTag = 2;

/** The same error, with the outlook where it is a shortage. */
export function withOutlook(
  error: unknown,
  { access, facts }: DatedTagsSource,
  platforms: readonly string[],
  tags: readonly string[],
  found: KnownTags,
): unknown {
  if (!isShortage(error) || error.failure.kind !== 'registry') return error;
  const grant = access.grant();
  if (grant === undefined) return error;
  let [dated, requests] = [0, 0];
  for (const tag of tags) {
    const digest = found.get(tag)?.digest;
    if (digest === undefined) requests += requestsPerTag;
    else if (knownDate(facts, digest, platforms) === undefined) requests += requestsPerTag - 1;
    else dated += 1;
  }
  const windows = requests / grant.limit;
  const outlook = `${dated} of ${tags.length} tags are dated; at this quota the others take about ${describeWait(windows * grant.windowMs)}`;
  const remedy = error.failure.message.includes(grant.remedy) ? '' : grant.remedy;
  return new Failed({ ...error.failure, message: `${error.failure.message}${remedy}; ${outlook}` });
}
