/** The port to Argo CD's own REST API (`--applications-api argocd`): Applications there, the rest in Kubernetes. */
import { readOneApplication } from '../one-application.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Cluster, ClusterCycle, SecretReader } from '../../ports/cluster.ts';
import { configFailure, Failed } from '../../core/base/outcome.ts';
import {
  annotateArgocdApplication,
  makeArgocdLiveApplications,
  oneArgocdApplication,
  refreshArgocdApplication,
} from './argocd-applications.ts';
import { listArgocdApplications } from './argocd-list.ts';
import { makeArgocdProjects } from './argocd-projects.ts';
import { makeArgocdTransport } from './argocd-transport.ts';
import type { Environment } from '../../net/trust.ts';
import { within } from '../../net/deadline.ts';
import { type Exchange, makeExchange, type OnRequest } from '../api/exchange.ts';
import { type ApplicationFilters, nonEmpty } from '../api/filters.ts';
import { patchLive } from '../live-patch.ts';
import { optionalProperty } from '../../core/base/optional-property.ts';
import { timedExchange } from '../api/server-time.ts';
import { readNamePatterns } from '../names.ts';
import { makePatchMemory } from '../patch-memory.ts';
import { makeSieve } from '../sieve.ts';

export interface ArgocdOptions extends ApplicationFilters {
  /**
   * `--argocd-server-addr`: `host`, `host:port`, `host:port/path`; a scheme is ignored. Absent or empty: the
   * Service `argocd-server` in Argo CD's namespace.
   */
  readonly serverAddress?: string;
  /** Plain HTTP, port 80 by default. */
  readonly plaintext: boolean;
  /** The server's certificate is not verified. */
  readonly insecure: boolean;
  /** Bearer token of an account or a project role. */
  readonly token: string;
  /** For Secrets, ConfigMaps and Events; null with `--disable-kubernetes`. */
  readonly kubernetes: Cluster | null;
  /** `--argocd-namespace` where there is no Kubernetes to ask; absent or empty: `argocd`. */
  readonly argocdNamespace?: string;
  readonly clock: Clock;
  /** Proxy variables, SSL_CERT_FILE and such. */
  readonly environment: Environment;
  readonly userAgent: string;
  readonly timeouts?: { readonly requestMs: number; readonly listMs: number };
  /** For the counters `argocd_api_requests_total` and `argocd_api_errors_total`. */
  readonly onRequest?: OnRequest;
}

const standardTimeouts = { requestMs: 60_000, listMs: 180_000 }; // a list comes in one answer

/** Throws `Failed` (config) for a server address that is none. No request is sent before a cycle asks. */
export function makeArgocdCluster(options: ArgocdOptions): Cluster {
  const { kubernetes, clock } = options;
  const argocdNamespace =
    kubernetes?.openCycle().argocdNamespace ?? nonEmpty(options.argocdNamespace) ?? 'argocd';
  const timeouts = options.timeouts ?? standardTimeouts;
  const kept = argocdExchange(options, argocdNamespace, timeouts.requestMs);
  const names = readNamePatterns(options.namePatterns);
  const patching = { live: makeArgocdLiveApplications(kept), clock, memory: makePatchMemory() };

  return {
    hasImageUpdaters: async (signal) => (await kubernetes?.hasImageUpdaters?.(signal)) ?? false,
    ...optionalProperty('policyMemory', kubernetes?.policyMemory),
    otherUpdaters: async (signal) => (await kubernetes?.otherUpdaters?.(signal)) ?? [],
    openCycle(): ClusterCycle {
      const beside = kubernetes?.openCycle() ?? null;
      const timed = timedExchange(kept, clock, 'the Argo CD API');
      const { exchange } = timed;
      return {
        argocdNamespace,
        secrets: beside?.secrets ?? refusingReader(),
        projects: makeArgocdProjects(exchange, { clock, deadlineMs: timeouts.listMs }),
        applications: (signal) =>
          within(clock, timeouts.listMs, [signal], (limited) =>
            listArgocdApplications(
              exchange,
              options,
              makeSieve(names, argocdNamespace, options.tried),
              limited,
            ),
          ),
        application: (namespace, name, signal) =>
          readOneApplication(exchange, oneArgocdApplication({ namespace, name }), signal),
        clockReading: () => timed.reading() ?? beside?.clockReading(),
        recordUpdate: async (app, changes, signal, commit) =>
          beside?.recordUpdate(app, changes, signal, commit),
        recordWithheld: async (app, withheld, signal) => beside?.recordWithheld(app, withheld, signal),
        recordFailing: async (app, failing, signal) => beside?.recordFailing(app, failing, signal),
        recordReverted: async (app, reverted, signal) => beside?.recordReverted(app, reverted, signal),
        refreshApplication: (app, signal) => refreshArgocdApplication(exchange, app, clock, signal),
        annotateApplication: (app, annotations, signal) =>
          annotateArgocdApplication(exchange, app, annotations, signal),
        patchApplication: (app, compute, signal) => patchLive(patching, app, compute, signal),
      };
    },
  };
}

function argocdExchange(options: ArgocdOptions, argocdNamespace: string, requestTimeoutMs: number): Exchange {
  const { insecure, userAgent, clock, environment, onRequest } = options;
  const token = readToken(options.token);
  const base = argocdServerBase(options.serverAddress ?? '', options.plaintext, argocdNamespace);
  return makeExchange({
    transport: makeArgocdTransport({
      base,
      insecure,
      token,
      userAgent,
      environment,
      clock,
      requestTimeoutMs,
    }),
    clock,
    requestTimeoutMs,
    ...(onRequest === undefined ? {} : { onRequest }),
  });
}

/** Files that hold a token end with a line break. Throws `Failed` (config) for text that no header takes. */
function readToken(text: string): string {
  const token = text.trim();
  if (/^[\x21-\x7e]*$/.test(token)) return token;
  const problem = 'holds a line break, a blank or another character that no token has';
  throw new Failed(
    configFailure(`the token of the Argo CD API (ARGOCD_TOKEN, --argocd-auth-token) ${problem}`),
  );
}

/**
 * `https://argocd-server.argocd`, without slash at the end. Throws `Failed` (config) for an address that is none;
 * a scheme in it is ignored. Source: daemon.md 1.2.
 */
export function argocdServerBase(address: string, plaintext: boolean, argocdNamespace: string): string {
  const wanted = nonEmpty(address) ?? `argocd-server.${argocdNamespace}`;
  const bare = wanted.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').replace(/\/+$/, '');
  const url = URL.parse(`${plaintext ? 'http' : 'https'}://${bare}`);
  if (url === null || url.host === '' || /[@?#\s]/.test(bare)) {
    throw new Failed(configFailure('--argocd-server-addr: expected host, host:port or host:port/path'));
  }
  return url.href.replace(/\/+$/, '');
}

function refusingReader(): SecretReader {
  const refuse = (what: string): Promise<never> => {
    const message =
      `read ${what}: Kubernetes is switched off by --disable-kubernetes; ` +
      'use env: or ext: for credentials of registries, and write-back-method argocd';
    return Promise.reject(new Failed(configFailure(message)));
  };
  return {
    isSwitchedOff: true,
    secret: (namespace, name) => refuse(`Secret ${namespace}/${name}`),
    configMap: (namespace, name) => refuse(`ConfigMap ${namespace}/${name}`),
    argocdSecrets: (type) => refuse(`Argo CD's Secrets of type ${type}`),
  };
}
