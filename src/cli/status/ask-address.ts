/** Asks for a page of a daemon at its own address, through the proxy and with the trust that the environment names. */
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import { quoted } from '../../core/base/quoted.ts';
import { within } from '../../net/deadline.ts';
import { ExchangeFault } from '../../net/exchange.ts';
import { makeSendRequest, systemRoute } from '../../net/side-request.ts';
import type { Environment } from '../flags/flag-values.ts';
import { userAgent } from '../process/build-info.ts';
import { systemClock } from '../process/clock.ts';
import { readTextFile } from '../settings/files/text-file.ts';

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
  environment: Environment,
  timeoutMs: number,
): Promise<Outcome<string>> {
  const url = URL.parse(address.replace(/\/(status(\.json)?)?$/, ''));
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.search !== '')
    return fail(configFailure(`--address ${quoted(address)}: expected a URL such as http://127.0.0.1:8081`));
  const token = tokenFile === '' ? succeed('') : await readToken(tokenFile);
  if (!token.ok) return token;
  const authorization: Record<string, string> =
    token.value === '' ? {} : { authorization: `Bearer ${token.value}` };
  const headers = { accept: 'application/json', 'user-agent': userAgent, ...authorization };
  const request = {
    method: 'GET',
    url: `${url.href.replace(/\/$/, '')}/${path}`,
    headers,
    maxBytes,
  } as const;
  const send = makeSendRequest(environment, systemClock);
  try {
    const { status, body } = await within(systemClock, timeoutMs, [], (signal) =>
      send(request, systemRoute(environment), signal),
    );
    return status === 200
      ? succeed(body)
      : fail(configFailure(`${url.host} answers ${status}`, undefined, adviceOn(status)));
  } catch (error) {
    const advice = error instanceof ExchangeFault ? error.advice : undefined;
    return fail(configFailure(`${url.host} does not answer: ${reasonOf(error)}`, undefined, advice));
  }
}

function adviceOn(status: number): string | undefined {
  return status === 401 ? 'it wants the token of --status-token-file: use --token-file' : undefined;
}

async function readToken(path: string): Promise<Outcome<string>> {
  const read = await readTextFile(path);
  if (!read.ok) return read;
  const token = read.value?.trim() ?? '';
  return /^[!-~]+$/.test(token)
    ? succeed(token)
    : fail(configFailure(`--token-file ${quoted(path)}: there is no token in it`));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
