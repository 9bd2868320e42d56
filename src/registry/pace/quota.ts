/** What a registry says about the requests that it still grants, in each of the forms that are in use. */
import type { IncomingHttpHeaders } from 'node:http';
import { optionalProperty } from '../../core/base/optional-property.ts';
import type { RegistryRequest } from '../../ports/observation.ts';

export interface QuotaNews {
  /** Requests left in the window. */
  readonly left: number;
  /** Requests of a whole window. */
  readonly limit?: number;
  /** Length of the window. */
  readonly windowMs?: number;
  /** From now to the end of the window. */
  readonly resetMs?: number;
}

/** A longer window is none that anybody waits for. */
const longestWindowMs = 30 * 86_400_000;
/** A reset above this is no number of seconds but a time of the wall clock in seconds (GitLab, GitHub). */
const leastEpochSeconds = 1_000_000_000;
const longestHeader = 2_048;

/**
 * `ratelimit-remaining: 97;w=21600` with `ratelimit-limit` and `ratelimit-reset` (Docker Hub, GitLab), the same
 * behind `x-`, `RateLimit: "default";r=0;t=40` with `RateLimit-Policy` (IETF draft 7 on), and
 * `RateLimit: limit=100, remaining=0, reset=40` (the drafts before). Of several quotas the one with the least left
 * counts. Absent: nothing is said, or nothing that can be read.
 */
export function readQuota(headers: IncomingHttpHeaders, nowMs: number): QuotaNews | undefined {
  const field = (name: string): string | undefined => {
    const text = headers[name]?.toString() ?? headers[`x-${name}`]?.toString();
    return text === undefined || text.length > longestHeader ? undefined : text;
  };
  const remaining = readItems(field('ratelimit-remaining')).filter(isCount);
  const limits = [...readItems(field('ratelimit-limit')), ...readItems(field('ratelimit-policy'))];
  const said = remaining.length > 0 ? remaining.map(toNews) : readRateLimit(field('ratelimit'));
  const tightest = said.toSorted((a, b) => a.left - b.left)[0];
  if (tightest === undefined) return undefined;
  const policy = limits.find(({ parameters }) => sameWindow(parameters, tightest)) ?? limits[0];
  const reset = readItems(field('ratelimit-reset')).find(isCount)?.value;
  const limit = tightest.limit ?? number(policy?.parameters.get('q') ?? policy?.value);
  const windowMs = tightest.windowMs ?? windowOf(policy?.parameters);
  const resetMs = tightest.resetMs ?? untilReset(number(reset), nowMs);
  return {
    left: tightest.left,
    ...(limit === undefined ? {} : { limit }),
    ...(windowMs === undefined ? {} : { windowMs }),
    ...(resetMs === undefined ? {} : { resetMs }),
  };
}

/** As observations tell it. */
export function quotaFields(
  quota: QuotaNews | undefined,
): Pick<RegistryRequest, 'remaining' | 'limit' | 'resetMs'> {
  if (quota === undefined) return {};
  const { left: remaining, limit, resetMs } = quota;
  return { remaining, ...optionalProperty('limit', limit), ...optionalProperty('resetMs', resetMs) };
}

interface Item {
  readonly value: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** `"default";q=100;w=60, 20;w=1`: one item each. */
function readItems(text: string | undefined): readonly Item[] {
  if (text === undefined) return [];
  return text.split(',').map((part) => {
    const [value = '', ...rest] = part.split(';').map((piece) => piece.trim());
    const parameters = rest.map((piece): [string, string] => {
      const [key = '', said = ''] = piece.split('=');
      return [key.trim().toLowerCase(), said.trim()];
    });
    return { value, parameters: new Map(parameters) };
  });
}

function isCount({ value }: Item): boolean {
  return number(value) !== undefined;
}

function toNews({ value, parameters }: Item): QuotaNews {
  const windowMs = windowOf(parameters);
  return { left: Number(value), ...(windowMs === undefined ? {} : { windowMs }) };
}

function readRateLimit(text: string | undefined): readonly QuotaNews[] {
  const items = readItems(text);
  const pairs = new Map(items.map(({ value }): [string, string] => splitPair(value)));
  const old = number(pairs.get('remaining'));
  if (old !== undefined) return [newsOf(old, number(pairs.get('limit')), number(pairs.get('reset')))];
  return items.flatMap(({ parameters }) => {
    const left = number(parameters.get('r'));
    return left === undefined ? [] : [newsOf(left, undefined, number(parameters.get('t')))];
  });
}

function splitPair(text: string): [string, string] {
  const [key = '', value = ''] = text.split('=');
  return [key.trim().toLowerCase(), value.trim()];
}

function newsOf(left: number, limit: number | undefined, resetSeconds: number | undefined): QuotaNews {
  const resetMs = resetSeconds === undefined ? undefined : seconds(resetSeconds);
  return { left, ...(limit === undefined ? {} : { limit }), ...(resetMs === undefined ? {} : { resetMs }) };
}

function sameWindow(parameters: ReadonlyMap<string, string>, { windowMs }: QuotaNews): boolean {
  return windowMs !== undefined && windowOf(parameters) === windowMs;
}

function windowOf(parameters: ReadonlyMap<string, string> | undefined): number | undefined {
  const window = number(parameters?.get('w'));
  return window === undefined || window === 0 ? undefined : seconds(window);
}

function untilReset(reset: number | undefined, nowMs: number): number | undefined {
  if (reset === undefined) return undefined;
  if (reset < leastEpochSeconds) return seconds(reset);
  return Math.min(Math.max(reset * 1_000 - nowMs, 0), longestWindowMs);
}

function seconds(count: number): number {
  return Math.min(count * 1_000, longestWindowMs);
}

function number(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
