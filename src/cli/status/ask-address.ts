/** Asks for a page of a daemon at its own address. */
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import { quoted } from '../../core/base/quoted.ts';
import { within } from '../../net/deadline.ts';
import { userAgent } from '../process/build-info.ts';
import { systemClock } from '../process/clock.ts';
import { readTextFile } from '../settings/files/text-file.ts';

const timeoutMs = 15_000;
const maxBytes = 64 << 20;

interface Address {
  /** URL of the metrics port, or of the page itself. */
  readonly address: string;
  /** Path of the file with the token; "" for none. */
  readonly 'token-file': string;
}

export async function askAddress(
  { address, 'token-file': tokenFile }: Address,
  path: string,
): Promise<Outcome<string>> {
  const url = URL.parse(address.replace(/\/(status(\.json)?)?$/, ''));
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.search !== '')
    return fail(configFailure(`--address ${quoted(address)}: expected a URL such as http://127.0.0.1:8081`));
  const token = tokenFile === '' ? succeed('') : await readToken(tokenFile);
  if (!token.ok) return token;
  const authorization: Record<string, string> =
    token.value === '' ? {} : { authorization: `Bearer ${token.value}` };
  const headers = { accept: 'application/json', 'user-agent': userAgent, ...authorization };
  try {
    return await within(systemClock, timeoutMs, [], async (signal) => {
      const target = `${url.href.replace(/\/$/, '')}/${path}`;
      const answer = await fetch(target, { headers, redirect: 'error', signal });
      if (answer.status === 200) return succeed(await bounded(answer));
      const words =
        answer.status === 401 ? 'it wants the token of --status-token-file: use --token-file' : undefined;
      return fail(configFailure(`${url.host} answers ${answer.status}`, undefined, words));
    });
  } catch (error) {
    return fail(configFailure(`${url.host} does not answer: ${reasonOf(error)}`));
  }
}

async function readToken(path: string): Promise<Outcome<string>> {
  const read = await readTextFile(path);
  if (!read.ok) return read;
  const token = read.value?.trim() ?? '';
  return /^[!-~]+$/.test(token)
    ? succeed(token)
    : fail(configFailure(`--token-file ${quoted(path)}: there is no token in it`));
}

/** Throws for more than a status has. */
async function bounded({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What fetch fails for is in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}
