/** Which versions count, by annotations (spec/policies.md 8.4). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConfig, annotationPrefix, type AppConfig } from '../../../src/core/config/annotations.ts';
import { decideImage } from '../../../src/core/decide/decide.ts';
import type { Decision } from '../../../src/core/decide/decision.ts';
import type { KnownVersion } from '../../../src/core/decide/live.ts';
import { tagOrder } from '../../../src/core/strategy/tag-order.ts';
import { tagRule } from '../../../src/core/version/tag-rule.ts';
import { anApplication, aRef, valueOf } from '../builders.ts';

const options = { argocdNamespace: 'argocd', defaultPlatform: 'linux/amd64' };

function configOf(entry: string, annotations: Readonly<Record<string, string>>): AppConfig {
  const all = { 'image-list': `web=ghcr.io/acme/web${entry}`, ...annotations };
  const prefixed = Object.entries(all).map(([key, value]) => [annotationPrefix + key, value]);
  return readConfig(anApplication({ annotations: Object.fromEntries(prefixed) }), options);
}

function decide(
  entry: string,
  annotations: Readonly<Record<string, string>>,
  running: string | undefined,
  tags: readonly string[],
): Decision {
  const [configured] = configOf(entry, annotations).images;
  if (configured === undefined) throw new Error('no image');
  const image = valueOf(configured.image);
  const live: KnownVersion =
    running === undefined
      ? { kind: 'unversioned' }
      : { kind: 'live', ref: aRef(`ghcr.io/acme/web:${running}`) };
  const answer = { ok: true, value: { kind: 'tags', tags } } as const;
  return decideImage(image, live, answer, valueOf(tagRule(image.filter)));
}

function outcomeOf(decision: Decision): string {
  switch (decision.kind) {
    case 'update':
      return decision.to.tag ?? '';
    case 'current':
      return decision.noChoice === undefined ? `stays ${decision.at.tag}` : `no choice: ${decision.noChoice}`;
    case 'held':
    case 'waiting':
      return `${decision.kind} ${decision.reason.code}: ${decision.reason.reason}; ${decision.reason.ends}`;
    case 'skipped':
      return `${decision.reason}: ${decision.message}`;
    case 'failed':
      return `failed: ${decision.failure.message}`;
  }
}

describe('which version is chosen', () => {
  const group = { 'web.allow-tags': 'regexp:^build-(?P<n>\\d+)-', 'web.version-group': 'n' };
  const numeric = { 'web.update-strategy': 'numeric' };
  const inside = { 'web.allow-tags': 'regexp:^rel-(?<v>[^-]+)-', 'web.version-group': 'v' };
  const variant = { 'keep-variant': 'true' };

  it.each<[string, string, Readonly<Record<string, string>>, string | undefined, string, string]>([
    ['WF-11', ':~2.1', { prerelease: 'rc' }, '2.1.4', '2.1.5 2.1.6-rc.1 2.1.6-beta.1', '2.1.6-rc.1'],
    ['WF-11, a count in the word', ':~2.1', { prerelease: 'rc' }, '2.1.4', '2.1.5 2.1.6-rc1', '2.1.6-rc1'],
    ['WF-11, in any case', ':~2.1', { prerelease: 'RC' }, '2.1.4', '2.1.6-rc1', '2.1.6-rc1'],
    ['WF-11, outside the constraint', ':~2.1', { prerelease: 'rc' }, '2.1.4', '2.1.5 2.2.0-rc.1', '2.1.5'],
    ['WF-11, numbers alone', ':~2.1', { prerelease: 'rc' }, '2.1.4', '2.1.5 2.1.6-1', '2.1.5'],
    ['WF-13', '', { prerelease: 'deny' }, '2.1.4', '3.0.0-rc.1 2.1.5', '2.1.5'],
    [
      'WF-13, a constraint that admits them',
      ':>=2-0',
      { prerelease: 'deny' },
      '2.1.4',
      '3.0.0-rc.1 2.1.5',
      '2.1.5',
    ],
    ['WF-13, allow is the default', '', { prerelease: 'allow' }, '2.1.4', '3.0.0-rc.1 2.1.5', '3.0.0-rc.1'],
    ['WF-14', '', { ...group, ...numeric }, 'build-9-a', 'build-9-a build-10-b', 'build-10-b'],
    [
      'WF-14, equal ones',
      '',
      { ...group, ...numeric },
      'build-10-a',
      'build-10-a build-10-b',
      'stays build-10-a',
    ],
    [
      'WF-14, none of them runs',
      '',
      { ...group, ...numeric },
      'build-9-a',
      'build-10-a build-10-b',
      'build-10-b',
    ],
    [
      'WF-14, as a version under a constraint',
      ':~2.1',
      inside,
      'rel-2.1.0-x',
      'rel-2.1.9-a rel-2.2.0-b rel-2.1.10-a',
      'rel-2.1.10-a',
    ],
    [
      'WF-14, as text',
      '',
      { ...inside, 'update-strategy': 'alphabetical' },
      undefined,
      'rel-a-z rel-b-a',
      'rel-b-a',
    ],
    ['WF-15', '', { 'allow-tags': 'regexp:(?P<version>\\d+)$' }, '1.0.0', '1.1.0 2024', '2024'],
    ['WF-16', '', variant, '2.1.4-alpine3.19', '2.1.5 2.1.5-alpine3.20 2.1.6-slim', '2.1.5-alpine3.20'],
    ['WF-16, the digits of the variant', '', variant, '2.1.4-ls9', '2.1.4-ls30 2.1.4-ls4', '2.1.4-ls30'],
    ['WF-16, numbers before digits', '', variant, '2.1.4-ls9', '2.1.4-ls30 2.1.5-ls4', '2.1.5-ls4'],
    ['WF-16, no variant', '', variant, '2.1.4', '2.1.5 2.1.6-slim', '2.1.5'],
    [
      'WF-16, under a constraint',
      ':~2.1',
      variant,
      '2.1.4-alpine',
      '2.1.5-alpine 2.2.0-alpine',
      '2.1.5-alpine',
    ],
    [
      'WF-16, nothing runs, the entry tells',
      ':2.1-alpine',
      variant,
      undefined,
      '2.1.5 2.1.4-alpine',
      '2.1.4-alpine',
    ],
    ['WF-16, nothing tells', '', variant, undefined, '2.1.5 2.1.6-alpine', '2.1.5'],
    [
      'WF-16, behind a group',
      '',
      { ...group, ...numeric, ...variant },
      'build-9-a',
      'build-10-b build-10-a',
      'build-10-a',
    ],
    ['WF-17', '', variant, '2.2.0-rc1', '2.2.0', '2.2.0'],
    [
      'WF-17, a pre-release of the variant',
      '',
      variant,
      '2.2.0-rc1-alpine',
      '2.2.0 2.2.0-alpine',
      '2.2.0-alpine',
    ],
    ['WF-18', '', numeric, '010', '9 10 010', 'stays 010'],
    [
      'WF-18, any length',
      '',
      numeric,
      '9',
      '18446744073709551617 18446744073709551616',
      '18446744073709551617',
    ],
    ['WF-18, by value', '', numeric, '9', '9 10 v11 11-rc 1e3', '10'],
    ['WF-19', '', { 'strict-semver': 'true' }, '2.1.4', '20240101 2.1.5 2.2 v1.02.3 3', '2.1.5'],
    ['WF-19, the optional v', '', { 'strict-semver': 'true' }, '2.1.4', 'v2.1.6 2.1.5', 'v2.1.6'],
    ['WF-19, what runs need not be strict', '', { 'strict-semver': 'true' }, '2.1', '2.1.5', '2.1.5'],
  ])('%s: image%s, %j, at %s of [%s] -> %s', (_row, entry, annotations, running, tags, expected) => {
    expect(outcomeOf(decide(entry, annotations, running, tags.split(' ')))).toBe(expected);
  });

  it.each<[string, string, Readonly<Record<string, string>>, string, string, string]>([
    [
      'WF-12',
      '',
      { prerelease: 'deny' },
      '2.2.0-rc.1',
      '2.1.5 2.2.0-rc.1',
      'held prerelease: 2.2.0-rc.1 is a pre-release',
    ],
    [
      'WF-12, it is gone',
      '',
      { prerelease: 'deny' },
      '2.2.0-rc.1',
      '2.1.5',
      'a version newer than 2.2.0-rc.1 that is admitted',
    ],
    ['WF-12, newer', '', { prerelease: 'deny' }, '2.2.0-rc.1', '2.1.5 2.2.0', '2.2.0'],
    [
      'WF-12, nothing left',
      '',
      { prerelease: 'deny' },
      '2.1.4',
      '3.0.0-rc.1',
      'a pre-release dropped 1 (3.0.0-rc.1)',
    ],
    ['WF-14, no version in it', '', { ...group }, 'build-9-a', 'build-x', 'allow-tags dropped 1'],
    [
      'WF-14, unmatched',
      '',
      { ...inside, 'web.allow-tags': 'regexp:rel(-(?P<v>\\d))?' },
      'rel-1',
      'rel',
      'no version in it dropped 1 (rel)',
    ],
    [
      'WF-18, what runs is no number',
      '',
      numeric,
      'v9',
      '10',
      'failed: running tag "v9": not a number, which strategy numeric needs',
    ],
    ['WF-18, no numbers', '', numeric, '9', 'a 1.0', 'not a number dropped 2 (a, 1.0)'],
    [
      'WF-16, other variants',
      '',
      variant,
      '2.1.4-alpine',
      '2.1.5 2.1.6-slim',
      'another variant than -alpine dropped 2',
    ],
    [
      'WF-16, what runs has no variant',
      ':~2.1',
      variant,
      'latest-alpine',
      '2.1.5 2.1.5-alpine',
      'failed: running tag "latest-alpine": not a version, so nothing tells the variant',
    ],
    ['WF-19, dropped', '', { 'strict-semver': 'true' }, '2.1.4', '2.2', 'not three numbers dropped 1 (2.2)'],
  ])('%s: image%s, %j, at %s of [%s]: %s', (_row, entry, annotations, running, tags, expected) => {
    expect(outcomeOf(decide(entry, annotations, running, tags.split(' ')))).toContain(expected);
  });
});

describe('mistakes', () => {
  it.each<[string, string, Readonly<Record<string, string>>, string]>([
    [
      'WF-11',
      '',
      { 'web.prerelease': 'rc1' },
      'web.prerelease "rc1": expected allow, deny, or identifiers parted by commas, such as rc or alpha,beta; did you mean rc?',
    ],
    ['WF-11', '', { prerelease: 'deny,rc' }, 'prerelease "deny,rc": expected allow, deny'],
    [
      'WF-14',
      '',
      { 'web.version-group': 'n' },
      'web.version-group "n": expected a group of allow-tags: regexp:<pattern>, and there is no such pattern',
    ],
    [
      'WF-14',
      '',
      { 'web.version-group': 'm', 'allow-tags': 'regexp:(?P<n>a)[(?P<m>]' },
      'web.version-group "m": allow-tags "regexp:(?P<n>a)[(?P<m>]" has no group (?P<m>…)',
    ],
    [
      'WF-14',
      '',
      { 'web.version-group': '(n)', 'allow-tags': 'regexp:(?P<n>a)' },
      'a name of a group has letters, digits and _ only',
    ],
    [
      'WF-18',
      ':~1',
      { 'update-strategy': 'numeric' },
      'the strategy numeric takes no constraint, and "~1" is one; say with allow-tags which numbers are meant',
    ],
    ['WF-16', '', { 'keep-variant': 'yes' }, 'keep-variant "yes": expected true or false'],
    ['WF-19', '', { 'strict-semver': 'on' }, 'strict-semver "on": expected true or false'],
  ])('%s: image%s with %j: %s', (_row, entry, annotations, expected) => {
    const image = configOf(entry, annotations).images[0]?.image;
    expect(image?.ok === false ? image.failure.message : 'read').toContain(expected);
  });

  it.each<[Readonly<Record<string, string>>, string | undefined]>([
    [
      { 'web.update-strategy': 'newest-build', 'web.prerelease': 'deny' },
      'web.prerelease has no effect with update-strategy newest-build',
    ],
    [
      { 'web.update-strategy': 'numeric', 'web.keep-variant': 'true' },
      'web.keep-variant has no effect with update-strategy numeric',
    ],
    [
      { 'web.update-strategy': 'alphabetical', 'web.strict-semver': 'true' },
      'web.strict-semver has no effect with update-strategy alphabetical',
    ],
    [{ 'web.update-strategy': 'newest-build', prerelease: 'deny' }, undefined],
    [{ 'web.update-strategy': 'newest-build', 'web.prerelease': 'allow' }, undefined],
  ])('%j: %s', (annotations, expected) => {
    const warnings = configOf('', annotations).warnings.map(({ message }) => message);
    expect(warnings).toEqual(expected === undefined ? [] : [expected]);
  });
});

describe('the order of numbers', () => {
  it('WF-18: is that of their values, whatever their length', () => {
    const digits = fc.stringMatching(/^\d{1,40}$/);
    const order = tagOrder({ kind: 'numeric' });
    fc.assert(
      fc.property(digits, digits, (a, b) => {
        const difference = BigInt(a) - BigInt(b);
        expect(Math.sign(order(a, b) ?? Number.NaN)).toBe(difference === 0n ? 0 : difference > 0n ? 1 : -1);
      }),
    );
  });
});
