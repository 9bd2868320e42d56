/** Which Applications of the manifests are meant. */
import { isRecord } from '../../core/base/json.ts';
import { type Application, readApplication } from '../../core/config/application.ts';
import type { ListedApplications } from '../../ports/cluster.ts';
import { type ApplicationFilters, readNamespaces } from '../api/filters.ts';
import type { Sieve } from '../sieve.ts';
import { type LabelSelector, selectorMatches } from './label-selector.ts';
import type { Manifests } from './manifests.ts';

export function selectApplications(
  { applications, problems, summary }: Manifests,
  options: ApplicationFilters,
  selector: LabelSelector,
  sieve: Sieve,
): ListedApplications {
  const namespaces = readNamespaces(options.applicationNamespace);
  for (const object of applications) {
    const { namespace, labels } = placeAndLabels(object);
    if (namespaces.match(namespace) && selectorMatches(selector, labels)) sieve.add(object);
  }
  const result = sieve.result();
  const isEmpty = result.applications.length === 0;
  const reason = applications.length === 0 ? '' : '; none has the annotation image-list and fits the filters';
  const warnings = [
    ...(result.warnings ?? []),
    ...(isEmpty ? [`nothing to update in ${summary}${reason}`] : []),
  ];
  return { ...result, warnings, problems: [...problems, ...result.problems] };
}

/** null: there is none that can be read. */
export function applicationAmong(
  objects: readonly unknown[],
  namespace: string,
  name: string,
): Application | null {
  for (const object of objects) {
    const read = readApplication(object);
    if (read.ok && read.value.namespace === namespace && read.value.name === name) return read.value;
  }
  return null;
}

function placeAndLabels(object: unknown): {
  readonly namespace: unknown;
  readonly labels: Readonly<Record<string, string>>;
} {
  const metadata = isRecord(object) ? object['metadata'] : undefined;
  if (!isRecord(metadata)) return { namespace: '', labels: {} };
  const written = isRecord(metadata['labels']) ? Object.entries(metadata['labels']) : [];
  const labels = written.filter((label): label is [string, string] => typeof label[1] === 'string');
  return { namespace: metadata['namespace'], labels: Object.fromEntries(labels) };
}
