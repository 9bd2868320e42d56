/** One HTTP exchange: no retry, no redirect, bounded in time and size. Whatever comes, it ends in one promise. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { setImmediate as othersTurn } from 'node:timers/promises';
import got, { RequestError } from 'got';
import type { Clock } from '../ports/clock.ts';
import { acceptedCodings, decode } from './codings.ts';
import type { ProtocolAgent } from './agents.ts';
import { faultWords, type SystemError } from './words/fault-words.ts';
import { ArrivingBody, type BodySink } from './in-flight/arriving-body.ts';
import type { Share } from './in-flight/in-flight.ts';
import { unreachableCode } from './reach.ts';

export interface WebRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A longer answer fails with "too-large"; counted as it comes and when it is decompressed. */
  readonly maxBytes: number;
  /** Of the memory for answers; whoever gives it drops the body and closes it. Absent: as much as is allowed at once. */
  readonly share?: Share | undefined;
  /** Takes the body of a 2xx answer, which is then empty, as it comes. Absent: it is kept until all of it is there. */
  readonly sink?: BodySink | undefined;
}

export interface WebReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** All `WWW-Authenticate` lines. */
  readonly challenges: readonly string[];
  /** Decompressed. Of a redirect, a refusal or an error: not more than `maxErrorBytes` of it. */
  readonly body: Buffer;
  /** Where the connection led: the host itself, or a proxy. */
  readonly address: string | undefined;
}

/** How long one exchange may take. */
export interface ExchangeTimes {
  /** From sending a request to the last byte of the answer's header. */
  readonly headerMs: number;
  /** Longest silence inside a body. */
  readonly idleMs: number;
  readonly wholeMs: number;
}

/** Bodies that are not what was asked for are read to be quoted in messages, if at all. */
export const maxErrorBytes = 64 * 1024;

export type FaultCode = 'timeout' | 'too-large' | 'network' | 'tls' | 'plain-http' | 'refused';

/** No whole answer came. The message says what happened and holds neither header nor body of the request. */
export class ExchangeFault extends Error {
  readonly code: FaultCode;
  /** What a person can do, where the fault makes that plain. */
  readonly advice: string | undefined;

  constructor(code: FaultCode, message: string, advice?: string) {
    super(message);
    this.code = code;
    this.advice = advice;
  }
}

/** Throws `ExchangeFault`, or the signal's reason; every status is an answer. */
export async function exchange(
  request: WebRequest,
  agent: ProtocolAgent,
  times: ExchangeTimes,
  clock: Clock,
  signal: AbortSignal,
): Promise<WebReply> {
  signal.throwIfAborted();
  try {
    const received = await receive(open(request, agent, signal), request, times, clock);
    return await readReply(received, request);
  } catch (error) {
    signal.throwIfAborted();
    throw toFault(error, request.url);
  }
}

function open({ method, url, headers, body, sink }: WebRequest, agent: ProtocolAgent, signal: AbortSignal) {
  return got.stream(url, {
    method,
    headers: { 'accept-encoding': sink === undefined ? acceptedCodings : 'identity', ...headers },
    ...(method === 'POST' || method === 'PATCH' ? { body: body ?? '' } : {}), // else a stream waits for one
    agent: { ...agent },
    signal,
    decompress: false, // got's answer to a compressed body is not the one that Node gave
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
  });
}

/** An answer as it came over the wire. */
interface Received {
  readonly response: IncomingMessage;
  readonly address: string | undefined;
  readonly body: Buffer;
  /** Enough was read, the rest was not. */
  readonly isPart: boolean;
}

/**
 * Listens to events, which costs a third less than iterating over the stream. What a listener throws would end the
 * process: these only gather, and all that may fail is left to who awaits.
 */
async function receive(
  stream: ReturnType<typeof open>,
  { maxBytes, share, sink }: WebRequest,
  { headerMs, idleMs, wholeMs }: ExchangeTimes,
  clock: Clock,
): Promise<Received> {
  const { promise, resolve, reject } = Promise.withResolvers<Received>();
  const body = new ArrivingBody();
  let isAnswer = false;
  let address: string | undefined;
  const breakOff = (code: FaultCode, message: string): void => {
    reject(new ExchangeFault(code, message));
    stream.destroy();
  };
  const finish = (isPart: boolean): void => {
    const { response } = stream;
    if (response === undefined) breakOff('network', 'the stream ended without a response');
    else resolve({ response, address, body: body.whole(), isPart });
  };
  const silentFor = (ms: number, what: string) =>
    clock.after(ms, () => breakOff('timeout', `${what} ${ms} ms`));
  let cancelWhole = silentFor(wholeMs, 'not finished within');
  // From name lookup to header in one: a host that takes no connection is as silent as one that never answers.
  let cancelSilence = silentFor(headerMs, 'no answer within');
  const progress = (): void => {
    cancelSilence();
    cancelSilence = silentFor(idleMs, 'the answer stalled for');
  };
  // The time until there is room for more of it is not the server's.
  const waitFor = (room: Promise<void>): void => {
    stream.pause();
    cancelWhole();
    cancelSilence();
    void room.then(() => {
      if (stream.destroyed) return;
      cancelWhole = silentFor(wholeMs, 'not finished within');
      progress();
      stream.resume();
    });
  };
  const lost = share?.begin((reason) => breakOff('timeout', reason));
  if (lost !== undefined) breakOff('timeout', lost);
  stream.once('response', (response: IncomingMessage) => {
    isAnswer = isSuccess(response.statusCode);
    address = response.socket.remoteAddress; // gone when the connection is used again
    const length = Number(response.headers['content-length']);
    if (isAnswer && length <= maxBytes) body.expect(length);
    if (isAnswer) sink?.begin();
    if (isAnswer && sink !== undefined && isPlain(response)) body.handOn(sink);
    progress();
  });
  stream.on('data', (chunk: Buffer) => {
    progress();
    body.add(chunk);
    if (isAnswer && body.length > maxBytes) breakOff('too-large', tooLarge(maxBytes));
    const room = share?.arrived(chunk.length);
    if (room !== undefined) waitFor(room);
    if (isAnswer || body.length <= maxErrorBytes) return;
    finish(true);
    stream.destroy();
  });
  stream.once('end', () => finish(false));
  stream.on('error', reject);
  stream.once('close', () => breakOff('network', 'the connection closed before the end'));
  try {
    return await promise;
  } finally {
    share?.complete();
    cancelWhole();
    cancelSilence();
  }
}

const isPlain = ({ headers }: IncomingMessage): boolean => (headers['content-encoding'] ?? '') === '';
const isSuccess = (status: number | undefined = 0): boolean => status >= 200 && status < 300;
const tooLarge = (maxBytes: number): string => `the answer is longer than ${maxBytes} bytes`;

async function readReply(
  { response, address, body, isPart }: Received,
  { maxBytes, share, sink }: WebRequest,
): Promise<WebReply> {
  const { statusCode: status = 0, headers } = response;
  const bound = isSuccess(status) ? maxBytes : maxErrorBytes;
  const { bytes, isCut } = await decode(body, headers['content-encoding'], {
    maxBytes: bound,
    isPart,
    onBytes: (count) => share?.arrived(count),
  });
  if (isCut && isSuccess(status)) throw new ExchangeFault('too-large', tooLarge(maxBytes));
  const challenges = response.headersDistinct['www-authenticate'] ?? [];
  const reply = { status, headers, challenges, address };
  if (sink === undefined || !isSuccess(status)) return { ...reply, body: bytes };
  await pour(bytes, sink);
  return { ...reply, body: Buffer.alloc(0) };
}

const pouredBytes = 256 * 1024;

/** What a server compressed though it was asked not to, in turns. */
async function pour(bytes: Buffer, sink: BodySink): Promise<void> {
  for (let at = 0; at < bytes.length; at += pouredBytes) {
    sink.take(bytes.subarray(at, at + pouredBytes));
    await othersTurn();
  }
}

/** The error itself never goes on as a cause: got's hold all request options, credentials included. */
function toFault(error: unknown, { host }: URL): Error {
  if (error instanceof ExchangeFault) return error;
  if (!(error instanceof Error)) return new ExchangeFault('network', String(error));
  if (!(error instanceof RequestError)) return new ExchangeFault('network', error.message);
  if (error.code === unreachableCode) return new ExchangeFault('refused', error.message);
  const { code, message } = error;
  const { hostname, address, port } = (error.cause ?? {}) as Partial<SystemError>;
  const words = faultWords({ code, message, hostname, address, port }, host);
  if (words !== undefined) return new ExchangeFault(words.code, words.message, words.advice);
  return new ExchangeFault('network', message.includes(code) ? message : `${code} ${message}`);
}
