/** What registries say about their quotas, in every form. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readQuota } from '../../../src/registry/pace/quota.ts';

const nowMs = 1_700_000_000_000;

it.each<{
  readonly name: string;
  readonly headers: Record<string, string>;
  readonly is: ReturnType<typeof readQuota>;
}>([
  {
    name: 'Docker Hub',
    headers: { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '97;w=21600' },
    is: { left: 97, limit: 100, windowMs: 21_600_000 },
  },
  {
    name: 'a plain number with a reset in seconds',
    headers: { 'ratelimit-remaining': ' 0 ', 'ratelimit-reset': '40' },
    is: { left: 0, resetMs: 40_000 },
  },
  {
    name: 'a reset as a time of day (GitLab)',
    headers: { 'ratelimit-limit': '600', 'ratelimit-remaining': '3', 'ratelimit-reset': '1700000060' },
    is: { left: 3, limit: 600, resetMs: 60_000 },
  },
  {
    name: 'a reset in the past',
    headers: { 'ratelimit-remaining': '3', 'ratelimit-reset': '1690000000' },
    is: { left: 3, resetMs: 0 },
  },
  {
    name: 'x- before each name (GitHub)',
    headers: { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1700000300' },
    is: { left: 0, limit: 5000, resetMs: 300_000 },
  },
  {
    name: 'RateLimit and RateLimit-Policy of the IETF draft',
    headers: { ratelimit: '"default";r=0;t=40', 'ratelimit-policy': '"default";q=100;w=60' },
    is: { left: 0, limit: 100, windowMs: 60_000, resetMs: 40_000 },
  },
  {
    name: 'several quotas: the one with the least left',
    headers: { ratelimit: '"burst";r=9;t=1, "day";r=2;t=5000' },
    is: { left: 2, resetMs: 5_000_000 },
  },
  {
    name: 'RateLimit of the drafts before',
    headers: { ratelimit: 'limit=100, remaining=0, reset=40' },
    is: { left: 0, limit: 100, resetMs: 40_000 },
  },
  { name: 'no number', headers: { 'ratelimit-remaining': 'none' }, is: undefined },
  { name: 'a negative number', headers: { 'ratelimit-remaining': '-1' }, is: undefined },
  { name: 'too many digits', headers: { 'ratelimit-remaining': '9'.repeat(400) }, is: undefined },
  { name: 'nothing', headers: {}, is: undefined },
])('fault R3: reads $name', ({ headers, is }) => {
  expect(readQuota(headers, nowMs)).toEqual(is);
});

it('fault R3: reads any header without throwing, and no wait is longer than 30 days', () => {
  const header = fc.oneof(fc.string(), fc.stringMatching(/^[\d;, =wrtq"a-z]{0,40}$/));
  const names = [
    'ratelimit',
    'ratelimit-remaining',
    'ratelimit-limit',
    'ratelimit-reset',
    'ratelimit-policy',
  ];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), header), (headers) => {
      const quota = readQuota(headers, nowMs);
      for (const value of Object.values(quota ?? {})) expect(value).toBeGreaterThanOrEqual(0);
      expect(Math.max(quota?.windowMs ?? 0, quota?.resetMs ?? 0)).toBeLessThanOrEqual(30 * 86_400_000);
    }),
  );
});
