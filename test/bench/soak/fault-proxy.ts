/** Stands between the program and a server, and does to their exchange what networks and busy servers do. */
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Random } from './random.ts';

export interface FaultProxy {
  readonly url: string;
  /** Share of exchanges that something happens to; 0 lets all of them through. */
  rate: number;
  /** By kind of fault, those that were let through included. */
  readonly counts: Map<string, number>;
  close(): Promise<void>;
}

/** What may happen to one exchange. */
type Fault = (incoming: IncomingMessage, outgoing: ServerResponse, target: string, random: Random) => void;

const faults: Readonly<Record<string, Fault>> = {
  late: (incoming, outgoing, target, random) => {
    setTimeout(() => pass(incoming, outgoing, target), 50 + random.below(1_500));
  },
  reset: (incoming) => void incoming.socket.destroy(),
  refused: (incoming, outgoing, _target, random) => {
    incoming.resume();
    const retryAfter = random.next() < 0.5 ? {} : { 'retry-after': '1' };
    outgoing.writeHead(random.pick([429, 500, 502, 503]), { ...retryAfter, 'content-type': 'text/plain' });
    outgoing.end('try again');
  },
  stall: (incoming, _outgoing, _target, random) => {
    setTimeout(() => incoming.socket.destroy(), 2_000 + random.below(4_000));
  },
  'half body': (incoming, outgoing, target, random) => pass(incoming, outgoing, target, random.next()),
  'lost answer': (incoming, outgoing, target) => pass(incoming, outgoing, target, 0),
};

/** `target`: origin of the server. */
export async function startFaultProxy(target: string, random: Random): Promise<FaultProxy> {
  const counts = new Map<string, number>();
  const server = createServer((incoming, outgoing) => {
    incoming.on('error', () => undefined); // a client that leaves is no fault of ours
    outgoing.on('error', () => undefined);
    const kind = random.next() < proxy.rate ? random.pick(Object.keys(faults)) : 'none';
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    (faults[kind] ?? pass)(incoming, outgoing, target, random);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    rate: 0,
    counts,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

/** `share` of the body arrives, then the connection ends; the server has done its work all the same. */
function pass(incoming: IncomingMessage, outgoing: ServerResponse, target: string, share?: unknown): void {
  const cut = typeof share === 'number' ? share : undefined;
  const options = { method: incoming.method, headers: incoming.headers };
  const passed = forward(new URL(incoming.url ?? '/', target), options, (answer) => {
    if (cut === undefined) {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      return;
    }
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('end', () => {
      const body = Buffer.concat(chunks);
      if (cut > 0) {
        outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, 'content-length': body.length });
        outgoing.write(body.subarray(0, Math.floor(body.length * cut)));
      }
      setTimeout(() => incoming.socket.destroy(), 10);
    });
  });
  passed.on('error', () => incoming.socket.destroy());
  incoming.pipe(passed);
}
