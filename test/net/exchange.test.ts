/** Whatever bytes come over the wire, an exchange ends in an answer or a fault, and nothing is thrown beside it. */
import { once } from 'node:events';
import { Agent } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { InFlight, type Share } from '../../src/net/in-flight/in-flight.ts';
import { exchange, ExchangeFault, maxErrorBytes, type WebReply } from '../../src/net/exchange.ts';
import { makeManualClock, whileTimePasses } from '../fakes/clock.ts';
import { generatedRuns } from '../generated-runs.ts';

const times = { headerMs: 1e8, idleMs: 1e8, wholeMs: 1e8 }; // a second passes each turn of the event loop
const never = new AbortController().signal;

/** A server that sends these bytes to whoever asks anything, and hangs up, or sends nothing more. */
async function startRawServer(
  bytes: () => string | Uint8Array,
  end: 'hangs up' | 'stalls' = 'hangs up',
): Promise<URL> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => (end === 'stalls' ? socket.write(bytes()) : socket.end(bytes())));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

async function get(
  url: URL,
  method: 'GET' | 'HEAD' = 'GET',
  maxBytes = 1_000_000,
): Promise<WebReply | ExchangeFault> {
  const agent = new Agent();
  const clock = makeManualClock();
  const request = { method, url, headers: {}, maxBytes };
  try {
    return await whileTimePasses(clock, exchange(request, { http: agent }, times, clock, never));
  } catch (error) {
    if (error instanceof ExchangeFault) return error;
    throw error;
  } finally {
    agent.destroy();
  }
}

const head = (status: string, ...lines: readonly string[]): string =>
  [`HTTP/1.1 ${status}`, ...lines, '', ''].join('\r\n');

const wires: Readonly<Record<string, string | Uint8Array>> = {
  nothing: '',
  'no HTTP': 'SSH-2.0-OpenSSH_9.2\r\n',
  'half a head': 'HTTP/1.1 200 OK\r\nContent-Ty',
  'a switch of protocols': head('101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'),
  'interim answers': `${head('100 Continue')}${head('103 Early Hints', 'Link: <x>')}${head('200 OK')}{}`,
  'interim answers alone': head('100 Continue').repeat(50),
  'a status below all': head('000 Nothing', 'Content-Length: 0'),
  'a status above all': head('999 Odd', 'Content-Length: 0'),
  'a status of many digits': head('20000000000000000000 OK', 'Content-Length: 0'),
  'a body behind 204': `${head('204 No Content', 'Content-Length: 2')}{}`,
  'a coding behind 304': head('304 Not Modified', 'Content-Encoding: gzip', 'Content-Length: 20'),
  'a negative length': `${head('200 OK', 'Content-Length: -1')}{}`,
  'a length that is none': `${head('200 OK', 'Content-Length: many')}{}`,
  'two lengths': `${head('200 OK', 'Content-Length: 2', 'Content-Length: 3')}{}`,
  'a length and chunks': `${head('200 OK', 'Content-Length: 2', 'Transfer-Encoding: chunked')}2\r\n{}\r\n0\r\n\r\n`,
  'broken chunks': `${head('200 OK', 'Transfer-Encoding: chunked')}zz\r\n{}`,
  'a chunk of endless size': `${head('200 OK', 'Transfer-Encoding: chunked')}ffffffffffffffffff\r\n{}`,
  'a trailer': `${head('200 OK', 'Transfer-Encoding: chunked')}2\r\n{}\r\n0\r\nWWW-Authenticate: x\r\n\r\n`,
  'a body that is too short': `${head('200 OK', 'Content-Length: 100')}{}`,
  'a body that is too long': `${head('200 OK', 'Content-Length: 1')}{}`,
  'a head of a megabyte': head('200 OK', `X: ${'a'.repeat(1 << 20)}`),
  'very many headers': head('200 OK', ...Array.from({ length: 3_000 }, (_, index) => `X-${index}: 1`)),
  'NUL in a header': head('200 OK', 'X: a\0b'),
  'bytes above ASCII in headers': Buffer.from(
    head('401 Unauthorized', 'WWW-Authenticate: Bearer realm="\xff\xfe"'),
    'latin1',
  ),
  'headers of Object': head('200 OK', '__proto__: 1', 'constructor: 2', 'toString: 3', 'Content-Length: 0'),
  'very many challenges': head('401 Unauthorized', ...Array<string>(500).fill('WWW-Authenticate: Basic')),
  'a redirect nowhere': head('302 Found', 'Location: http://[', 'Content-Length: 0'),
  'odd cookies': head('200 OK', 'Set-Cookie: =;;;=\t', 'Set-Cookie: a', 'Content-Length: 0'),
  'an odd date': `${head('429 Too Many Requests', 'Retry-After: \t-1e999', 'Date: never', 'Content-Length: 0')}`,
  'gzip that is empty': head('200 OK', 'Content-Encoding: gzip', 'Content-Length: 0'),
  'gzip that is cut': Buffer.concat([
    Buffer.from(head('200 OK', 'Content-Encoding: gzip', 'Content-Length: 20')),
    gzipSync('{"tags":["1.0.0"]}').subarray(0, 20),
  ]),
};

describe('fault R1: what comes over a wire ends no process', () => {
  it.each(Object.entries(wires))('%s', async (_name, bytes) => {
    const url = await startRawServer(() => bytes);

    for (const method of ['GET', 'HEAD'] as const) {
      const ended = await get(url, method);

      if (ended instanceof ExchangeFault) expect(ended.code).toMatch(/^(?:network|too-large|timeout)$/);
      else expect(ended.body.length).toBeLessThanOrEqual(maxErrorBytes);
    }
  });

  it('any bytes', async () => {
    let bytes: Uint8Array = Buffer.of();
    const url = await startRawServer(() => bytes);
    const parts = fc.oneof(
      fc.constantFrom('HTTP/1.1 200 OK\r\n', 'HTTP/1.1 401 X\r\n', '\r\n', 'Content-Encoding: gzip\r\n'),
      fc.constantFrom(
        'Content-Length: 5\r\n',
        'Transfer-Encoding: chunked\r\n',
        'WWW-Authenticate: ',
        '5\r\n',
      ),
      fc.string({ maxLength: 12 }),
    );

    await fc.assert(
      fc.asyncProperty(fc.array(parts, { maxLength: 10 }), async (chosen) => {
        bytes = Buffer.from(chosen.join(''));
        const ended = await get(url);
        expect(ended instanceof ExchangeFault || ended.status > 0).toBe(true);
      }),
      { numRuns: generatedRuns(200) },
    );
  });
});

describe('fault A6: the body of an error', () => {
  it('is read up to 64 KiB, and the status counts all the same', async () => {
    const url = await startRawServer(() => `${head('404 Not Found')}${'" a\u0001'.repeat(1_000_000)}`);

    const ended = await get(url);

    expect(ended).toMatchObject({ status: 404 });
    expect((ended as WebReply).body.length).toBeLessThanOrEqual(maxErrorBytes);
  });

  it('that is compressed is read up to 64 KiB too', async () => {
    const body = gzipSync('x'.repeat(5_000_000));
    const start = head('500 Oops', 'Content-Encoding: gzip', `Content-Length: ${body.length}`);
    const url = await startRawServer(() => Buffer.concat([Buffer.from(start), body]));

    expect((await get(url)) as WebReply).toMatchObject({
      status: 500,
      body: Buffer.from('x'.repeat(maxErrorBytes)),
    });
  });
});

describe('fault A6: a large body', () => {
  const size = 3_000_000;
  const large = { maxBytes: 10_000_000, headers: {}, method: 'GET' } as const;
  const plain = (): string => `${head('200 OK', `Content-Length: ${size}`)}${'x'.repeat(size)}`;
  const packed = (): Buffer => {
    const body = gzipSync('x'.repeat(size));
    const start = head('200 OK', 'Content-Encoding: gzip', `Content-Length: ${body.length}`);
    return Buffer.concat([Buffer.from(start), body]);
  };

  /** Somebody else's large answer is there already. */
  function startBusy() {
    const clock = makeManualClock();
    const inFlight = new InFlight(clock);
    const other = inFlight.open();
    void other.arrived(size);
    const agent = new Agent();
    onTestFinished(() => agent.destroy());
    const ask = (url: URL, share: Share, { ms = 10_000, signal = never } = {}) =>
      exchange(
        { ...large, url, share },
        { http: agent },
        { headerMs: ms, idleMs: ms, wholeMs: ms },
        clock,
        signal,
      );
    return { clock, inFlight, other, ask };
  }

  /** Until the share waits for a place. */
  async function waiting(share: Share): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const arrived = share.arrived.bind(share);
    share.arrived = (bytes) => {
      const room = arrived(bytes);
      if (share.arrivedBytes > 1024 * 1024) resolve();
      return room;
    };
    await promise;
  }

  it.each([
    { body: 'as it is', bytes: plain },
    { body: 'compressed', bytes: packed },
  ])('$body waits while another one is held, which is not the time of the server', async ({ bytes }) => {
    const { clock, inFlight, other, ask } = startBusy();
    const url = await startRawServer(bytes);
    const share = inFlight.open();
    const wait = waiting(share);
    let isThere = false;
    const reply = ask(url, share).finally(() => {
      isThere = true;
    });
    await wait;
    await clock.advance(60_000);
    expect(isThere).toBe(false);

    other.close();
    expect((await reply).body.length).toBe(size);
    expect(inFlight.open().arrived(size)).toBeInstanceOf(Promise);
    share.close();
  });

  it('that nobody wants any more gives its turn back', async () => {
    const { inFlight, other, ask } = startBusy();
    const share = inFlight.open();
    const stop = new AbortController();
    const wait = waiting(share);
    const reply = ask(await startRawServer(plain), share, { signal: stop.signal });
    await wait;
    stop.abort(new Error('left'));

    await expect(reply).rejects.toThrow('left');
    share.close();
    other.close();
    expect(inFlight.open().arrived(size)).toBeUndefined();
  });

  it('that stalls while others wait ends with what it lacked', async () => {
    const { clock, inFlight, other, ask } = startBusy();
    other.close();
    const share = inFlight.open();
    const begun = waiting(share);
    const start = head('200 OK', `Content-Length: ${size * 2}`);
    const reply = ask(await startRawServer(() => `${start}${'x'.repeat(size)}`, 'stalls'), share, {
      ms: 1e8,
    });
    await begun;
    const next = other.arrived(size);

    await expect(whileTimePasses(clock, reply)).rejects.toThrow(
      /less than \d+ bytes came in 5s, while others waited/,
    );
    await expect(next).resolves.toBeUndefined();
  });
});
