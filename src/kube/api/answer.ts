/** The head and body of an answer, within bounds. */
import { blotOut } from '../../net/words/redact.ts';
import type { ApiAnswer } from './error.ts';

/** What HTTP libraries give of an answer's head. */
interface AnswerHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/**
 * `text` null: the body was larger than allowed. A refusal is quoted in messages, and a proxy may repeat in it what
 * it was sent: `authorization`, the header of the request, is cut out.
 */
export function makeAnswer(
  { status, headers }: AnswerHead,
  text: string | null,
  authorization: string,
): ApiAnswer {
  const retryAfter = oneHeader(headers['retry-after']);
  const date = oneHeader(headers['date']);
  const location = status >= 300 && status < 400 ? oneHeader(headers['location']) : undefined;
  return {
    status,
    body: status < 400 ? (text ?? '') : withoutSecrets(text ?? '', authorization),
    truncated: text === null,
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(date === undefined ? {} : { date }),
    ...(location === undefined ? {} : { location }),
  };
}

function withoutSecrets(text: string, authorization: string): string {
  const [scheme = '', value = ''] = authorization.split(' ');
  const decoded = scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString('utf8') : '';
  return blotOut(text, [value, decoded.slice(decoded.indexOf(':') + 1)]);
}

/** UTF-8. null: more than allowed; the rest is not read. */
export async function boundedText(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function oneHeader(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}
