/** The webhook of 0.18: `POST /webhook?type=…`, answered before any work is done. */
import { type Context, Hono } from 'hono';
import type { Delivery } from './webhook/delivery.ts';
import { foreignWords } from '../net/words/foreign-words.ts';
import type { PushEvent } from '../ports/push-event.ts';
import type { TokenVerdict } from './webhook/id-token.ts';
import type { Sender } from './webhook/sender.ts';
import { senders } from './webhook/senders/senders.ts';

export interface WebhookOptions {
  /** Of a type of sender; of several secrets any will do. None: the sender need not prove anything. */
  readonly secretsOf: (type: string) => Promise<readonly string[]>;
  /** By type of sender: it may prove itself by a token too, `Authorization: Bearer …`, which this judges. */
  readonly tokens: ReadonlyMap<string, (token: string) => Promise<TokenVerdict>>;
  /** Senders without a secret or a token are refused. */
  readonly requiresSecret: boolean;
  /** False where no more can wait. */
  readonly accept: (events: readonly PushEvent[]) => boolean;
  /** False: another replica takes what is pushed. */
  readonly leads: () => boolean;
  /** Seconds after which a sender that was turned away may come again. */
  readonly retryAfterSeconds: number;
  readonly observe: (delivery: ObservedDelivery) => void;
}

/** What became of a delivery; holds nothing of its URL, which may carry a secret. */
export interface ObservedDelivery {
  /** "" where it is none that we know. */
  readonly sender: string;
  readonly result: 'accepted' | 'ignored' | 'refused' | 'unproven' | 'malformed' | 'full' | 'standby';
  readonly status: number;
  readonly detail: string;
  readonly events: readonly PushEvent[];
}

const maxBodyBytes = 1024 * 1024;
const maxReasonLength = 200;

interface Answer {
  readonly result: ObservedDelivery['result'];
  readonly status: 200 | 400 | 401 | 405 | 413 | 429 | 503;
  readonly text: string;
  readonly events?: readonly PushEvent[];
}

export function makeWebhookApp(options: WebhookOptions): Hono {
  const app = new Hono();
  app.all('/healthz', (context) => context.text('OK'));
  app.all('/webhook', async (context) => {
    const type = context.req.query('type') ?? context.req.header('x-registry-type') ?? '';
    const sender = senders.find((known) => known.type === type);
    const answer = await answerTo(context, type, sender, options);
    const { result, status, text: detail, events = [] } = answer;
    options.observe({ sender: sender?.type ?? '', result, status, detail, events });
    if (status === 405) context.header('allow', 'POST');
    if (status === 429 || status === 503) context.header('retry-after', String(options.retryAfterSeconds));
    // 0.18 ends the text of an error with a line break, and that of success not.
    return context.text(result === 'accepted' ? detail : `${detail}\n`, status);
  });
  return app;
}

async function answerTo(
  context: Context,
  type: string,
  sender: Sender | undefined,
  options: WebhookOptions,
): Promise<Answer> {
  if (context.req.method !== 'POST') return { result: 'malformed', status: 405, text: 'only POST is taken' };
  if (sender === undefined) return { result: 'malformed', status: 400, text: unknownType(type) };
  const body = await readBounded(context.req.raw);
  if (body === undefined) return { result: 'malformed', status: 413, text: 'request body too large' };
  const delivery = deliveryOf(context, body);
  const refusal = await refusalOf(sender, delivery, options);
  if (refusal !== undefined) return refusal;
  const reading = sender.read(delivery);
  switch (reading.kind) {
    case 'malformed':
      return { result: 'malformed', status: 400, text: reasonOf(reading) };
    case 'ignored':
      return { result: 'ignored', status: 200, text: `ignored: ${reasonOf(reading)}` };
    case 'pushes': {
      const { events } = reading;
      if (!options.leads())
        return { result: 'standby', status: 503, text: 'another replica takes webhooks', events };
      if (options.accept(events))
        return { result: 'accepted', status: 200, text: 'Webhook received and processing', events };
      return { result: 'full', status: 429, text: 'too many events are waiting', events };
    }
  }
}

/** It quotes the body, which may be a mebibyte of anything: it is answered, and logged. */
function reasonOf({ reason }: { readonly reason: string }): string {
  return foreignWords(reason, maxReasonLength);
}

function unknownType(type: string): string {
  const supported = `Supported types: ${senders.map((sender) => sender.type).join(', ')}`;
  if (type === '') return `missing registry type parameter. ${supported}`;
  return `invalid registry type: ${JSON.stringify(type.slice(0, 40))}. ${supported}`;
}

/** undefined: it is let in. */
async function refusalOf(
  { type, proof }: Sender,
  delivery: Delivery,
  options: WebhookOptions,
): Promise<Answer | undefined> {
  const secrets = await options.secretsOf(type);
  const judge = options.tokens.get(type);
  if (secrets.length === 0 && judge === undefined)
    return options.requiresSecret ? refused(`no secret is set for ${type}`) : undefined;
  const verdict = secrets.length === 0 ? 'missing' : proof(delivery, secrets);
  if (verdict === 'proven') return undefined;
  const token = bearerOf(delivery);
  if (judge !== undefined && token !== undefined) return tokenRefusal(await judge(token));
  return refused(`${verdict} webhook secret or ${judge === undefined ? 'signature' : 'token'}`);
}

function refused(text: string): Answer {
  return { result: 'refused', status: 401, text };
}

/** Whoever cannot be judged now may come again: its sender does so after an answer of 5xx. */
function tokenRefusal(verdict: TokenVerdict): Answer | undefined {
  switch (verdict.kind) {
    case 'proven':
      return undefined;
    case 'wrong':
      return refused(`wrong token: ${verdict.reason}`);
    case 'unknown':
      return { result: 'unproven', status: 503, text: verdict.reason };
  }
}

function bearerOf({ header }: Delivery): string | undefined {
  return /^Bearer +(\S+)$/i.exec(header('authorization') ?? '')?.[1];
}

function deliveryOf({ req }: Context, body: Buffer): Delivery {
  return { body, header: (name) => req.header(name), query: (name) => req.queries(name)?.at(-1) };
}

/** undefined: larger than is read. */
async function readBounded(request: Request): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
