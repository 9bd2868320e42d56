/** The command `test IMAGE`, on a registry in this process. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakeRegistry, startFakeRegistry } from '../fakes/registry.ts';
import { runInProcess, temporaryFolder } from './start-program.ts';

let registry: FakeRegistry;
let registriesConf = '';

beforeAll(async () => {
  registry = await startFakeRegistry({ auth: { kind: 'basic', users: { ci: 's3cret' } } });
  for (const tag of ['1.0.0', '1.1.0', '1.2.0', '2.0.0', 'latest']) {
    registry.push('acme/web', tag, { created: '2026-01-02T03:04:05Z' });
  }
  registriesConf = join(temporaryFolder(), 'registries.conf');
  const entry = {
    name: 'test',
    prefix: 'reg.test',
    api_url: registry.url,
    credentials: 'env:REGISTRY_LOGIN',
  };
  writeFileSync(registriesConf, JSON.stringify({ registries: [entry] }));
});

afterAll(() => registry.close());

function test(...flags: readonly string[]) {
  const environment = { REGISTRY_LOGIN: 'ci:s3cret', OTHER_LOGIN: 'ci:wrong' };
  return runInProcess(['test', '--registries-conf-path', registriesConf, ...flags], environment);
}

describe('test', () => {
  it.each([
    { flags: ['reg.test/acme/web:1.0.0', '--semver-constraint', '1.x'], chosen: 'reg.test/acme/web:1.2.0' },
    { flags: ['reg.test/acme/web:1.0.0'], chosen: 'reg.test/acme/web:2.0.0' },
    { flags: ['reg.test/acme/web'], chosen: 'reg.test/acme/web:2.0.0' },
    {
      flags: ['reg.test/acme/web:1.0.0', '--ignore-tags', '2.*', '--ignore-tags', '1.2.*'],
      chosen: 'reg.test/acme/web:1.1.0',
    },
    {
      flags: ['reg.test/acme/web:1.0.0', '--allow-tags', 'regexp:^1\\.1'],
      chosen: 'reg.test/acme/web:1.1.0',
    },
    {
      flags: ['reg.test/acme/web:1.0.0', '--update-strategy', 'alphabetical'],
      chosen: 'reg.test/acme/web:latest',
    },
  ])('$flags -> $chosen', async ({ flags, chosen }) => {
    const { code, stdout, stderr } = await test(...flags);

    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`msg="latest image according to constraint is ${chosen}"`);
    expect(stdout).toContain(' image_name=reg.test/acme/web');
  });

  it('says why the other tags were dropped', async () => {
    const { stdout } = await test(
      'reg.test/acme/web:1.0.0',
      '--semver-constraint=1.x',
      '--ignore-tags=1.2.*',
    );

    expect(stdout).toContain('Found 5 tags in registry');
    expect(stdout).toMatch(/1 tags dropped by [^"]*ignore-tags.*examples=1\.2\.0/);
    expect(stdout).toMatch(/1 tags dropped by constraint 1\.x.*examples=2\.0\.0/);
  });

  it.each([
    {
      flags: ['--ignore-tags=[!1]*'],
      says: '--ignore-tags \\"[!1]*\\" takes the ! for a member of the class',
    },
    { flags: ['--semver-constraint=~0.0.0'], says: '~0.0.0 admits every version' },
  ])('warns of $flags', async ({ flags, says }) => {
    const { code, stdout } = await test('reg.test/acme/web:1.0.0', ...flags);

    expect(code).toBe(0);
    expect(stdout).toContain(says);
  });

  it('11-S1 does not warn of credentials that its own flag names', async () => {
    const { stdout } = await test('reg.test/acme/web:1.0.0', '--credentials=env:REGISTRY_LOGIN');

    expect(stdout).not.toContain('level=warning');
  });

  it('exits with 0 where there is nothing newer', async () => {
    const { code, stdout } = await test('reg.test/acme/web:2.0.0');

    expect(code).toBe(0);
    expect(stdout).toContain('no newer version of image found');
  });

  it.each([
    { title: 'a bad reference', flags: ['reg.test/UPPER'], problem: /UPPER/ },
    {
      title: 'an unknown strategy',
      flags: ['reg.test/acme/web:1', '--update-strategy=newst'],
      problem: /msg="--update-strategy \\"newst\\": expected one of semver/,
    },
    {
      title: 'a bad platform',
      flags: ['reg.test/acme/web:1.0.0', '--platforms=amd64'],
      problem: /msg="--platforms: \\"amd64\\" fits no image/,
    },
    {
      title: 'a bad constraint',
      flags: ['reg.test/acme/web:1.0.0', '--semver-constraint=>>1'],
      problem: /msg="--semver-constraint: constraint \\">>1\\"/,
    },
    {
      title: 'a bad source of credentials',
      flags: ['reg.test/acme/web:1.0.0', '--credentials=nothing'],
      problem: /msg="--credentials: credential source \\"nothing\\"/,
    },
    {
      title: 'a digest without the tag to follow',
      flags: ['reg.test/acme/web:1.0.0', '--update-strategy=digest'],
      problem: /image \\"reg\.test\/acme\/web\\": .* give it with --semver-constraint/,
    },
    {
      title: '11-15, a pattern without regexp:',
      flags: ['reg.test/acme/web:1.0.0', '--allow-tags', '^1'],
      problem: /expected any or regexp:<RE2 pattern>/,
    },
    { title: 'a missing repository', flags: ['reg.test/acme/none:1.0.0'], problem: /acme\/none/ },
    {
      title: 'refused credentials',
      flags: ['reg.test/acme/web:1.0.0', '--credentials=env:OTHER_LOGIN'],
      problem: /401/,
    },
    {
      title: 'a Secret without Kubernetes',
      flags: ['reg.test/acme/web:1.0.0', '--credentials=pullsecret:ns/name', '--disable-kubernetes'],
      problem: /--disable-kubernetes/,
    },
  ])('exits with 1 on $title', async ({ flags, problem }) => {
    const { code, stderr } = await test(...flags);

    expect(code).toBe(1);
    expect(stderr).toMatch(/level=fatal/);
    expect(stderr).toMatch(problem);
    expect(stderr).not.toContain('s3cret');
  });
});
