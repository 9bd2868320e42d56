/** A SOCKS5 proxy that sends every host name to 127.0.0.1 and logs what it was asked for. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface SocksProxy {
  /** `127.0.0.1:<port>`, for any of the schemes. */
  readonly host: string;
  /** `name host:port` or `address host:port`, in order. */
  readonly log: string[];
  close(): Promise<void>;
}

export async function startSocksProxy(): Promise<SocksProxy> {
  const log: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client);
    client.on('error', () => client.destroy());
    client.once('data', () => {
      client.write(Buffer.of(5, 0)); // no authentication
      client.once('data', (request: Buffer) => {
        const { kind, host, port } = readRequest(request);
        log.push(`${kind} ${host}:${port}`);
        const upstream = connect(port, '127.0.0.1', () => {
          client.write(Buffer.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
          upstream.pipe(client);
          client.pipe(upstream);
        });
        sockets.add(upstream);
        upstream.on('error', () => client.destroy());
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    log,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Source: RFC 1928, 4. */
function readRequest(request: Buffer): {
  readonly kind: string;
  readonly host: string;
  readonly port: number;
} {
  if (request[3] === 3) {
    const length = request[4] ?? 0;
    const host = request.subarray(5, 5 + length).toString('latin1');
    return { kind: 'name', host, port: request.readUInt16BE(5 + length) };
  }
  return { kind: 'address', host: request.subarray(4, 8).join('.'), port: request.readUInt16BE(8) };
}
