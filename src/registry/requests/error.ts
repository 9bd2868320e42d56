/** Failures of a registry in words: what was being done, what came back, and never a credential. */
import { STATUS_CODES } from 'node:http';
import { Failed, type RegistryCode } from '../../core/base/outcome.ts';
import { describeWait } from '../../core/base/duration.ts';
import { isRecord } from '../../core/base/json.ts';
import { foreignWords } from '../../net/words/foreign-words.ts';

/** What a request is for. Every message starts with `action`: `list tags of ghcr.io/acme/api`. */
export interface Purpose {
  readonly action: string;
  /** Host of the registry's API, with port if any. */
  readonly host: string;
  readonly repository: string;
}

const longestQuote = 200;

export function registryFailed(
  purpose: Purpose,
  code: RegistryCode,
  detail: string,
  more: { readonly retryAfterMs?: number | undefined; readonly advice?: string } = {},
): Failed {
  const { retryAfterMs, advice } = more;
  return new Failed({
    kind: 'registry',
    message: `${purpose.action}: ${detail}`,
    code,
    host: purpose.host,
    repository: purpose.repository,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(advice === undefined ? {} : { advice }),
  });
}

/** The same failure, with the source of the credentials that are at fault ("" for none) and words behind its own. */
export function withLogin({ failure }: Failed, login: string, words = ''): Failed {
  if (failure.kind !== 'registry') return new Failed(failure);
  return new Failed({ ...failure, message: `${failure.message}${words}`, login });
}

/** The failure that an HTTP status means. `quote` is what the registry itself says about it. */
export function statusFailed(purpose: Purpose, status: number, quote = '', retryAfterMs?: number): Failed {
  const retry = retryAfterMs === undefined ? '' : `, retry in ${describeWait(retryAfterMs)}`;
  const words = quote === '' ? '' : ` (${quote})`;
  const code = status === 403 && retryAfterMs !== undefined ? 'rate-limited' : codeOf(status);
  return registryFailed(purpose, code, `${describeStatus(status)}${retry}${words}`, { retryAfterMs });
}

/** `429 too many requests`. */
export function describeStatus(status: number): string {
  return `${status} ${STATUS_CODES[status]?.toLowerCase() ?? ''}`.trimEnd();
}

/**
 * What an error body says, on one line of at most 200 characters, with `secrets` blotted out: a server may echo
 * what it was sent. Reads the `errors` list of the distribution-spec, OAuth2's `error_description`, else plain
 * text; HTML says nothing.
 */
export function quoteBody(body: Buffer, secrets: readonly string[]): string {
  return foreignWords(errorText(body.toString('utf8')), longestQuote, secrets);
}

function errorText(text: string): string {
  const trimmed = text.trim();
  if (trimmed.startsWith('<')) return markupText(trimmed);
  if (!trimmed.startsWith('{')) return trimmed;
  try {
    return errorMembers(JSON.parse(trimmed)).join('; ');
  } catch {
    return trimmed; // not JSON after all: quoted as it is
  }
}

/** Storages answer in XML, `<Code>` and `<Message>`; a page of HTML says nothing. */
function markupText(text: string): string {
  const parts = ['Code', 'Message'].map(
    (name) => new RegExp(`<${name}>([^<]{1,500})<`).exec(text)?.[1] ?? '',
  );
  return parts.filter((part) => part !== '').join(': ');
}

function errorMembers(body: unknown): readonly string[] {
  if (!isRecord(body)) return [];
  const listed: readonly unknown[] = Array.isArray(body['errors']) ? body['errors'] : [body];
  const texts: string[] = [];
  for (const item of listed.slice(0, 3)) {
    if (!isRecord(item)) continue;
    const code = item['code'] ?? item['error'];
    const message = item['message'] ?? item['error_description'] ?? item['details'];
    const said = [code, message].filter((part) => typeof part === 'string' && part !== '');
    if (said.length > 0) texts.push(said.join(': '));
  }
  return texts;
}

function codeOf(status: number): RegistryCode {
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  if (status === 429) return 'rate-limited';
  if (status === 408) return 'timeout';
  return status >= 500 || status === 425 || status === 499 ? 'server-error' : 'malformed';
}
