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
    expect(stdout.split('\n', 1)[0]?.split(',', 1)).toEqual([chosen]);
    expect(stdout).toContain('  image    reg.test/acme/web\n');
  });

  it('says why the other tags were dropped', async () => {
    const { stdout } = await test(
      'reg.test/acme/web:1.0.0',
      '--semver-constraint=1.x',
      '--ignore-tags=1.2.*',
    );

    expect(stdout).toContain('  tags     5 in the registry\n');
    expect(stdout).toMatch(/ {2}dropped {2}1 by [^:]*ignore-tags[^:]*: 1\.2\.0\n/);
    expect(stdout).toContain('  dropped  1 by constraint 1.x: 2.0.0\n');
  });

  it.each([
    {
      flags: ['--ignore-tags=[!1]*'],
      says: 'Warning: --ignore-tags "[!1]*" takes the ! for a member of the class',
    },
    { flags: ['--semver-constraint=~0.0.0'], says: '~0.0.0 admits every version' },
  ])('warns of $flags', async ({ flags, says }) => {
    const { code, stderr } = await test('reg.test/acme/web:1.0.0', ...flags);

    expect(code).toBe(0);
    expect(stderr).toContain(says);
    expect((await test('reg.test/acme/web:1.0.0', ...flags, '--loglevel=error')).stderr).toBe('');
  });

  it('11-S1 does not warn of credentials that its own flag names', async () => {
    const { stderr } = await test('reg.test/acme/web:1.0.0', '--credentials=env:REGISTRY_LOGIN');

    expect(stderr).toBe('');
  });

  it('exits with 0 where there is nothing newer', async () => {
    const { code, stdout } = await test('reg.test/acme/web:2.0.0');

    expect(code).toBe(0);
    expect(stdout).toMatch(/^reg\.test\/acme\/web:2\.0\.0 stays: nothing newer\n/);
  });

  it.each([
    { title: 'a bad reference', flags: ['reg.test/UPPER'], problem: /UPPER/ },
    {
      title: 'an unknown strategy',
      flags: ['reg.test/acme/web:1', '--update-strategy=newst'],
      problem: /Error: --update-strategy "newst": expected one of semver/,
    },
    {
      title: 'a bad platform',
      flags: ['reg.test/acme/web:1.0.0', '--platforms=amd64'],
      problem: /Error: --platforms: "amd64" fits no image/,
    },
    {
      title: 'a bad constraint',
      flags: ['reg.test/acme/web:1.0.0', '--semver-constraint=>>1'],
      problem: /Error: --semver-constraint: constraint ">>1"/,
    },
    {
      title: 'a bad source of credentials',
      flags: ['reg.test/acme/web:1.0.0', '--credentials=nothing'],
      problem: /Error: --credentials: credential source "nothing"/,
    },
    {
      title: 'a digest without the tag to follow',
      flags: ['reg.test/acme/web', '--update-strategy=digest'],
      problem: /image "reg\.test\/acme\/web": .* write <image>:<tag>/,
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
    expect(stderr).toMatch(/^Error: /m);
    expect(stderr).toMatch(problem);
    expect(stderr).not.toMatch(/\btest\.|image-list|annotation|level=/);
    expect(stderr).not.toContain('s3cret');
  });
});

/** Secrets, and the registries file as 0.18's manifests have it. */
function manifests(): string {
  const folder = temporaryFolder();
  const entry = { name: 'mine', prefix: 'reg.test', api_url: registry.url };
  const objects = [
    {
      kind: 'Secret',
      metadata: { namespace: 'argocd', name: 'registry' },
      stringData: { creds: 'ci:s3cret', bad: 'ci:wr0ng' },
    },
    {
      kind: 'ConfigMap',
      metadata: { namespace: 'argocd', name: 'argocd-image-updater-config' },
      data: { 'registries.conf': JSON.stringify({ registries: [entry] }) },
    },
  ];
  for (const [index, object] of objects.entries()) {
    writeFileSync(join(folder, `${index}.yaml`), JSON.stringify({ apiVersion: 'v1', ...object }));
  }
  return folder;
}

describe('fault O-S2-14: test', () => {
  it('reads Secrets and registries from --applications, and names the login without showing it', async () => {
    const applications = `--applications=${manifests()}`;
    const login = '--credentials=secret:argocd/registry#creds';

    const { code, stdout, stderr } = await runInProcess([
      'test',
      applications,
      login,
      'reg.test/acme/web:1.0.0',
    ]);

    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(
      [
        'reg.test/acme/web:2.0.0, up from 1.0.0',
        '  image    reg.test/acme/web',
        '  current  1.0.0',
        '  login    secret:argocd/registry#creds, of --credentials',
        '  tags     5 in the registry',
        '  dropped  1 by not a version: latest',
        '',
      ].join('\n'),
    );
  });

  it('tells of a Secret that the files do not have, and of files that are not there', async () => {
    const ask = async (...flags: readonly string[]) =>
      await runInProcess(['test', 'reg.test/acme/web:1.0.0', ...flags]);

    const without = await ask(`--applications=${manifests()}`, '--credentials=secret:argocd/other#creds');
    expect([without.code, without.stdout]).toEqual([1, '']);
    expect(without.stderr).toContain('argocd/other');
    const nowhere = await ask('--applications=/does/not/exist');
    expect(nowhere).toMatchObject({
      code: 1,
      stderr: 'Error: --applications "/does/not/exist": no such file or folder\n',
    });
  });

  it.each([
    ['reg.test/acme/web:~1.1', 'reg.test/acme/web:1.1.0'],
    ['reg.test/acme/web:1.x', 'reg.test/acme/web:1.2.0'],
    ['reg.test/acme/web:<2', 'reg.test/acme/web:1.2.0'],
    ['reg.test/acme/web:>=1.0, <1.2', 'reg.test/acme/web:1.1.0'],
  ])("takes the constraint of %s in the tag's place", async (image, chosen) => {
    const { code, stdout } = await test(image);

    expect([code, stdout.split('\n', 1)]).toEqual([0, [chosen]]);
    expect(stdout).toContain('  current  none given\n');
  });

  it("refuses two constraints, and leaves a version in the tag's place what runs", async () => {
    const both = await test('reg.test/acme/web:~1.1', '--semver-constraint=2.x');
    expect(both.stderr).toBe(
      'Error: image "reg.test/acme/web:~1.1" holds the constraint "~1.1", and --semver-constraint "2.x": give one of them\n',
    );
    const { stdout } = await test('reg.test/acme/web:2.0.0', '--semver-constraint=1.x');
    expect(stdout).toMatch(/^reg\.test\/acme\/web:1\.2\.0, down from 2\.0\.0\n/);
  });

  it('follows the tag of the image with strategy digest', async () => {
    const { code, stdout } = await test('reg.test/acme/web:latest', '--update-strategy=digest');

    expect(code).toBe(0);
    expect(stdout).toMatch(/^reg\.test\/acme\/web:latest@sha256:[0-9a-f]{64}, another digest than latest\n/);
  });

  it.each([
    {
      flags: ['--update-strategy=latest'],
      says: '--update-strategy "latest" is deprecated: write newest-build',
    },
    {
      flags: ['--platforms=linux/amd64'],
      says: '--platforms has no effect with --update-strategy semver: the annotation <alias>.verify-platform: true',
    },
    { flags: ['--platforms=linux/amd46'], says: '--platforms: "linux/amd46" has no known architecture' },
    {
      flags: ['--update-strategy=alphabetical', '--semver-constraint=1.x'],
      says: 'image "reg.test/acme/web:1.x": strategy alphabetical ignores the constraint "1.x"',
    },
  ])('names settings as the command line spells them: $flags', async ({ flags, says }) => {
    const { stderr } = await test('reg.test/acme/web:1.0.0', ...flags);

    expect(stderr).toContain(`Warning: ${says}`);
    expect(stderr).not.toMatch(/\btest\.|image-list/);
  });

  it.each([
    ['--semver-constraint=1.x\n|| 1.1.x', '\\u{a}'],
    ['--credentials=env:LOGIN\u{202e}', '\\u{202e}'],
    ['--credentials=ext:/no\u{1b}[31m', '\\u{1b}'],
  ])('lets nothing invisible of %j reach the terminal', async (flag, shown) => {
    const { stdout, stderr } = await test('reg.test/acme/web:1.0.0', flag);

    expect(stdout + stderr).toContain(shown);
    expect((stdout + stderr).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  });
});
