/** Answers and faults of a cluster API -> failures that say what was being done and what to do about it. */
import { ExchangeFault, type FaultCode } from '../../net/exchange.ts';
import { UnreadableCertificates } from '../../net/trust.ts';
import { Failed, type KubeCode } from '../../core/base/outcome.ts';
import { isRecord, parseJson } from '../../core/base/json.ts';
import { foreignWords } from '../../net/words/foreign-words.ts';
import { faultWords, type SystemError } from '../../net/words/fault-words.ts';

/** One call, as messages tell it. */
export interface ApiCall {
  /** What was being done, with the objects named: `read Secret argocd/creds`. */
  readonly doing: string;
  /** For `Failure.resource`: `applications.argoproj.io`, `secrets argocd/creds`. */
  readonly resource: string;
  /** What the reader of the message can do, by code; where absent the general advice is given. */
  readonly advice?: Partial<Record<KubeCode, string>>;
}

/** An answer that was received whole, unless `truncated`. */
export interface ApiAnswer {
  readonly status: number;
  /** Text of the `Retry-After` header. */
  readonly retryAfter?: string;
  /** Text of the `Date` header: what time the server says it is. */
  readonly date?: string;
  /** Text of the `Location` header of a redirect; redirects are not followed. */
  readonly location?: string;
  readonly body: string;
  /** The body was larger than allowed and is not there. */
  readonly truncated: boolean;
}

export const maxServerWords = 400;

/** `detail` is what happened, without secrets; `remedy` is what to do about it, where that is plainer than what the code says. */
export function apiFailure(
  call: ApiCall,
  code: KubeCode,
  detail: string,
  { cause, remedy }: { readonly cause?: unknown; readonly remedy?: string | undefined } = {},
): Failed {
  const advice = call.advice?.[code] ?? remedy;
  const { resource } = call;
  const failure = { kind: 'kube', message: `${call.doing}: ${detail}`, code, resource } as const;
  return new Failed(advice === undefined ? failure : { ...failure, advice }, cause);
}

/** The failure that an answer outside 2xx stands for. */
export function answerFailure(call: ApiCall, answer: ApiAnswer): Failed {
  const words = serverWords(answer);
  return apiFailure(call, statusCode(answer.status), `${answer.status}${words === '' ? '' : ` ${words}`}`);
}

/** A fault of the transport: no whole answer came. `timedOut` tells our own deadline from other aborts. */
export function transportFailure(call: ApiCall, fault: unknown, timedOut: boolean): Failed {
  if (fault instanceof Failed) return fault;
  const cause = fault;
  if (timedOut || isTimeout(fault)) return apiFailure(call, 'timeout', 'no answer in time', { cause });
  if (fault instanceof UnreadableCertificates) return apiFailure(call, 'tls', fault.message, { cause });
  const words = wordsOf(fault);
  if (words === undefined && isAbort(fault)) return apiFailure(call, 'cancelled', 'cancelled', { cause });
  const { code, message, advice } = words ?? { code: 'network', message: 'the connection failed' };
  if (code === 'plain-http') {
    return apiFailure(call, 'tls', message, { cause, remedy: 'check the port, or use plain http' });
  }
  return apiFailure(call, code === 'tls' ? 'tls' : 'network', message, { cause, remedy: advice });
}

function isTimeout(fault: unknown): boolean {
  if (fault instanceof ExchangeFault) return fault.code === 'timeout';
  return /TIMEOUT|ETIMEDOUT/.test(systemError(fault)?.code ?? '');
}

interface Words {
  readonly code: FaultCode;
  readonly message: string;
  readonly advice?: string | undefined;
}

function wordsOf(fault: unknown): Words | undefined {
  if (fault instanceof ExchangeFault) return fault;
  const error = systemError(fault);
  if (error === undefined) return undefined;
  const unknown = { code: 'network', message: `the connection failed (${error.code})` } as const;
  return faultWords(error, 'the server') ?? (isAbort(fault) ? undefined : unknown);
}

function statusCode(status: number): KubeCode {
  switch (status) {
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
      return 'not-found';
    case 409:
      return 'conflict';
    case 410:
      return 'gone';
    case 400:
    case 413:
    case 415:
    case 422:
      return 'invalid';
    case 504:
      return 'timeout';
    default:
      return status === 429 || status >= 500 ? 'server-error' : 'malformed';
  }
}

/** `message` of a Kubernetes Status or of an Argo CD error, on one line and bounded. */
export function serverWords(answer: ApiAnswer): string {
  if (answer.location !== undefined) return 'a redirect, which is not followed';
  const status = parsedObject(answer.body);
  const words = status['message'];
  return typeof words === 'string' ? foreignWords(words, maxServerWords) : '';
}

/** The JSON object in a text, or an empty one. */
export function parsedObject(text: string): Readonly<Record<string, unknown>> {
  const parsed = parseJson(text);
  return isRecord(parsed) ? parsed : {}; // an answer of something else, such as a proxy's page; the status says enough
}

function isAbort(fault: unknown): boolean {
  return fault instanceof Error && (fault.name === 'AbortError' || fault.name === 'TimeoutError');
}

/** The error that has the system's or library's code (`ECONNREFUSED`), looked for along the chain of causes. */
function systemError(fault: unknown): SystemError | undefined {
  let at = fault;
  for (let depth = 0; depth < 5 && isErrorLike(at); depth += 1) {
    const { code, message, hostname, address, port } = at;
    if (typeof code === 'string') return { code, message: String(message), hostname, address, port };
    at = at.cause;
  }
  return undefined;
}

function isErrorLike(value: unknown): value is Partial<Record<keyof SystemError | 'cause', unknown>> {
  return typeof value === 'object' && value !== null;
}
