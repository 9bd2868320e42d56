/** The Applications of Argo CD's REST API. */
import type { ListedApplications } from '../../ports/cluster.ts';
import { isRecord } from '../../core/base/json.ts';
import { type ApiCall, apiFailure } from '../api/error.ts';
import { type Exchange, successBody } from '../api/exchange.ts';
import { type ApplicationFilters, nonEmpty, readNamespaces } from '../api/filters.ts';
import type { Sieve } from '../sieve.ts';
import { tokenAdvice } from './argocd-applications.ts';
import { ListReader } from './list-reader.ts';

const maxListBytes = 1 << 30; // the API has no pages; one item of it is held at a time

const rootPathAdvice =
  'if server.rootpath is set in argocd-cmd-params-cm, the address needs it: --argocd-server-addr <host>/<path>';

/** Throws `Failed` (kube). */
export async function listArgocdApplications(
  exchange: Exchange,
  filters: ApplicationFilters,
  sieve: Sieve,
  signal: AbortSignal,
): Promise<ListedApplications> {
  const forbidden = 'allow action "get" on resource "applications" to the account of the token';
  const call: ApiCall = {
    doing: 'list Applications of the Argo CD API',
    resource: 'applications',
    advice: { ...tokenAdvice, forbidden, 'not-found': rootPathAdvice },
  };
  const namespaces = readNamespaces(filters.applicationNamespace);
  const reader = new ListReader({
    restart: () => sieve.clear(),
    item: (object) => {
      // servers before 2.5 do not know the parameter
      if (namespaces.match(namespaceOf(object))) sieve.add(object);
    },
  });
  const path = listPath(filters);
  const request = { method: 'GET', path, maxBodyBytes: maxListBytes, sink: reader } as const;
  successBody(call, await exchange(call, request, signal));
  const fault = reader.fault();
  if (fault !== undefined) throw apiFailure(call, 'malformed', fault);
  return sieve.result();
}

function listPath(filters: ApplicationFilters): string {
  // no `fields`: the API knows a fixed set of them, in which `sourceType` is missing
  const query = new URLSearchParams();
  const selector = nonEmpty(filters.labelSelector);
  const [namespace, ...others] = readNamespaces(filters.applicationNamespace).listed;
  if (selector !== undefined) query.set('selector', selector);
  // the API takes one: of several all are listed, and sieved here
  if (namespace && others.length === 0) query.set('appNamespace', namespace);
  return `/api/v1/applications?${query.toString()}`;
}

function namespaceOf(object: unknown): unknown {
  const metadata = isRecord(object) ? object['metadata'] : undefined;
  return isRecord(metadata) ? metadata['namespace'] : undefined;
}
