/** `promote-from`, `rollout`, `rollout-order`, `group-min`, `max-commits-per-hour`: who goes first, and how many. */
import { type Outcome, succeed } from '../../base/outcome.ts';
import { optionalProperty } from '../../base/optional-property.ts';
import type { PromotionSource, RolloutShare } from '../settings.ts';
import { refuseWord } from './refusal.ts';

const objectName = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;
const maxSources = 20;

/** `<namespace>/<application>[/<alias>]`, several between commas. */
export function parsePromoteFrom(text: string): Outcome<readonly PromotionSource[]> {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  if (items.length === 0 || items.length > maxSources)
    return refuseWord(text, `expected 1 to ${maxSources} Applications as <namespace>/<name>`);
  const sources = items.map(parseSource);
  const wrong = items[sources.indexOf(undefined)];
  if (wrong !== undefined)
    return refuseWord(wrong, 'expected <namespace>/<application> or <namespace>/<application>/<alias>');
  return succeed(sources.filter((source) => source !== undefined));
}

/** An alias may hold a `/`. */
function parseSource(text: string): PromotionSource | undefined {
  const [, namespace = '', name = '', alias] = /^([^/\s]+)\/([^/\s]+)(?:\/(\S+))?$/.exec(text) ?? [];
  if (!objectName.test(namespace) || !objectName.test(name)) return undefined;
  return { namespace, name, ...optionalProperty('alias', alias) };
}

/** As `parsePromoteFrom` reads it. */
export function promotionSourceText({ namespace, name, alias }: PromotionSource): string {
  return [namespace, name, ...(alias === undefined ? [] : [alias])].join('/');
}

const maxFirst = 10_000;

/** `one-first`, `3`, `25%`. */
export function parseRollout(text: string): Outcome<RolloutShare> {
  if (text === 'one-first') return succeed({ kind: 'count', count: 1 });
  const [, digits = '', percent] = /^(\d{1,6})(%?)$/.exec(text) ?? [];
  const number = digits === '' ? 0 : Number(digits);
  if (number < 1 || number > (percent === '%' ? 100 : maxFirst))
    return refuseWord(text, `expected one-first, a number from 1 to ${maxFirst}, or 1% to 100%`);
  return succeed(percent === '%' ? { kind: 'percent', percent: number } : { kind: 'count', count: number });
}

/** 0 to 999. */
export function parseRolloutOrder(text: string): Outcome<number> {
  return wholeNumber(text, 0, 999);
}

/** 1 to 1000. */
export function parseGroupMin(text: string): Outcome<number> {
  return wholeNumber(text, 1, 1_000);
}

/** 1 to 10000 (LI-07). */
export function parseMaxCommits(text: string): Outcome<number> {
  if (/^0+$/.test(text)) return refuseWord(text, 'expected 1 to 10000; to stop all writes use freeze');
  return wholeNumber(text, 1, 10_000);
}

function wholeNumber(text: string, least: number, most: number): Outcome<number> {
  const number = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return succeed(number);
  return refuseWord(text, `expected a whole number from ${least} to ${most}`);
}
