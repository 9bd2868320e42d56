/** A forward proxy that sends every host name to 127.0.0.1 and logs what it was asked for. */
import { createServer, request as forward } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

export interface HttpProxy {
  readonly url: string;
  /** `CONNECT host:port` and `GET http://…`, in order. */
  readonly log: string[];
  close(): Promise<void>;
}

export async function startHttpProxy(): Promise<HttpProxy> {
  const log: string[] = [];
  const server = createServer((incoming, outgoing) => {
    log.push(`${incoming.method} ${incoming.url}`);
    if (!URL.canParse(incoming.url ?? '')) return void outgoing.writeHead(400).end('no absolute URL');
    const { port, pathname, search } = new URL(incoming.url ?? '');
    const options = {
      host: '127.0.0.1',
      port,
      path: `${pathname}${search}`,
      method: incoming.method,
      headers: incoming.headers,
    };
    const sent = forward(options, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    sent.on('error', () => outgoing.writeHead(502).end());
    incoming.pipe(sent);
  });
  server.on('connect', (incoming, client) => {
    log.push(`CONNECT ${incoming.url}`);
    const upstream = connect(Number(incoming.url?.split(':').at(-1)), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.pipe(client);
      client.pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    // The server does not count sockets of CONNECT as its own, and would wait for them when it closes.
    upstream.on('close', () => client.end(() => client.destroy()));
    client.on('error', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
