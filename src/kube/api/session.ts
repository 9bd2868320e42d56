/** Address, headers and the one kept connection for requests to a Kubernetes API server. */
import { isDeepStrictEqual } from 'node:util';
import { type DispatcherOptions, RequestContext } from '@kubernetes/client-node';
import type { Clock } from '../../ports/clock.ts';
import { Failed } from '../../core/base/outcome.ts';
import { isRecord } from '../../core/base/json.ts';
import { foreignWords } from '../../net/words/foreign-words.ts';
import { maxServerWords } from './error.ts';
import type { CapturingKubeConfig } from './capturing-config.ts';

type Dispatcher = NonNullable<ReturnType<RequestContext['getDispatcher']>>;

/** What a request has to be sent with. */
export interface Session {
  readonly origin: string;
  /** Path of the server's address, "" or `/k8s/clusters/c-1`. */
  readonly basePath: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The one of the headers that must not be shown; "" for none. */
  readonly authorization: string;
  readonly dispatcher: Dispatcher;
}

export interface Sessions {
  current(): Promise<Session>;
  /** Reads all credentials anew, for use after a 401; many callers at once cause one reading. */
  renew(refused: Session): Promise<Session>;
}

const renewAfterMs = 60_000; // as often as client-go reads a service account's token

/**
 * client-node makes a new agent, and with it a new TLS connection, for every request. Here one is kept as long
 * as the connection options (CA, client certificate, proxy) stay the same. Throws `Failed` (kube `unauthorized`).
 */
export function makeSessions(load: () => CapturingKubeConfig, clock: Clock): Sessions {
  const opener = new SessionOpener(load);
  let opened: { readonly session: Promise<Session>; readonly atMs: number } | null = null;

  function open(anew: boolean): Promise<Session> {
    const session = opener.open(anew);
    opened = { session, atMs: clock.monotonicMs() };
    session.catch(() => {
      if (opened?.session === session) opened = null; // the next request tries again
    });
    return session;
  }

  return {
    async current() {
      if (opened === null || clock.monotonicMs() - opened.atMs >= renewAfterMs) return open(false);
      return opened.session;
    },
    async renew(refused) {
      const latest = opened === null ? null : await opened.session;
      return latest === null || latest === refused ? open(true) : latest;
    },
  };
}

class SessionOpener {
  readonly #load: () => CapturingKubeConfig;
  #config: CapturingKubeConfig | null = null;
  #kept: { readonly options: DispatcherOptions; readonly dispatcher: Dispatcher } | null = null;

  constructor(load: () => CapturingKubeConfig) {
    this.#load = load;
  }

  async open(anew: boolean): Promise<Session> {
    const config = this.#configFor(anew);
    const server = new URL(config.getCurrentCluster()?.server ?? '');
    const context = new RequestContext(server.href, 'GET');
    try {
      await config.applySecurityAuthentication(context);
    } catch (fault) {
      throw credentialsFailure(fault);
    }
    const headers = trimmed(context.getHeaders());
    return {
      origin: server.origin,
      basePath: server.pathname.replace(/\/+$/, ''),
      headers,
      authorization: headers['Authorization'] ?? headers['authorization'] ?? '',
      dispatcher: this.#keep(config, context),
    };
  }

  /** A credential plugin's tokens are cached inside the config; any other one is read anew each time. */
  #configFor(anew: boolean): CapturingKubeConfig {
    const config = this.#config;
    const usesPlugin = isRecord(config?.getCurrentUser()?.exec);
    if (!anew && config !== null && usesPlugin) return config;
    const loaded = this.#load();
    this.#config = loaded;
    return loaded;
  }

  #keep(config: CapturingKubeConfig, context: RequestContext): Dispatcher {
    const options = config.captured;
    const dispatcher = context.getDispatcher();
    if (options === null || dispatcher === undefined) throw new Error('client-node prepared no connection');
    if (this.#kept !== null && isDeepStrictEqual(this.#kept.options, options)) return this.#kept.dispatcher;
    const old = this.#kept?.dispatcher;
    this.#kept = { options, dispatcher };
    // requests under way end first; a socket that cannot be closed properly is dropped
    old?.close().catch(() => old.destroy());
    return dispatcher;
  }
}

/** Files of tokens often end with a line end, which no header may hold. */
function trimmed(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value).trim()]));
}

function credentialsFailure(fault: unknown): Failed {
  if (fault instanceof Failed) return fault;
  const detail = fault instanceof Error ? foreignWords(fault.message, maxServerWords) : 'unreadable';
  const message = `read the credentials for the Kubernetes API: ${detail}`;
  return new Failed({ kind: 'kube', message, code: 'unauthorized', resource: 'kubeconfig' }, fault);
}
