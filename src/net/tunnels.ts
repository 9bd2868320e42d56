/** Connections through proxies that hand bytes on, with our rules of TLS for the host behind. Loaded when needed. */
import type { ClientRequest } from 'node:http';
import { HttpsProxyAgent, type HttpsProxyAgentOptions } from 'https-proxy-agent';
import { SocksProxyAgent, type SocksProxyAgentOptions } from 'socks-proxy-agent';
import type { TlsSettings } from './trust.ts';

/** For https through a proxy of HTTP, asked by CONNECT. */
export function makeTunnel(
  proxy: URL,
  options: HttpsProxyAgentOptions<string>,
  tls: TlsSettings,
): HttpsProxyAgent<string> {
  return new Tunnel(proxy, options, tls);
}

/** Host names are the proxy's to look up, as with Go. */
export function makeSocksTunnel(
  proxy: URL,
  options: SocksProxyAgentOptions,
  tls: TlsSettings | undefined,
): SocksProxyAgent {
  return new SocksTunnel(proxy, options, tls);
}

class Tunnel extends HttpsProxyAgent<string> {
  readonly #tls: TlsSettings;

  constructor(proxy: URL, options: HttpsProxyAgentOptions<string>, tls: TlsSettings) {
    super(proxy, options);
    this.#tls = tls;
  }

  override async connect(
    request: ClientRequest,
    options: Parameters<HttpsProxyAgent<string>['connect']>[1],
  ): ReturnType<HttpsProxyAgent<string>['connect']> {
    let status = 200;
    request.once('proxyConnect', (answer: { readonly statusCode: number }) => {
      status = answer.statusCode;
    });
    const socket = await super.connect(request, { ...options, ...this.#tls } as typeof options);
    if (status === 200) return socket;
    socket.destroy(); // else the proxy's refusal would be read as the host's own answer
    throw new Error(`the proxy answered ${status} when asked for a way to ${options.host}`);
  }
}

class SocksTunnel extends SocksProxyAgent {
  readonly #tls: TlsSettings | undefined;

  constructor(proxy: URL, options: SocksProxyAgentOptions, tls: TlsSettings | undefined) {
    super(proxy.href.replace(/^socks4:/, 'socks4a:').replace(/^socks5:/, 'socks5h:'), options);
    this.#tls = tls;
  }

  override async connect(
    request: ClientRequest,
    options: Parameters<SocksProxyAgent['connect']>[1],
  ): ReturnType<SocksProxyAgent['connect']> {
    return await super.connect(request, { ...options, ...this.#tls } as typeof options);
  }
}
