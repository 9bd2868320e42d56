/** The command `explain`: every value with its setting, every tag with its rule, and nothing asked twice. */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Explanation } from '../../src/cli/explain/explanation.ts';
import { startServer } from '../../src/web/server.ts';
import { aDecision, aRefusal, aStatus } from '../web/status-builders.ts';
import { anApplicationReport } from './builders.ts';
import { imageHost, type RehearsalScene, startRehearsal } from './rehearsal-scene.ts';

const web = `${imageHost}/acme/web`;
const values = (tag: string) => `image:\n  name: ${web}\n  tag: "${tag}" # kept\n`;
const files = {
  'shop/Chart.yaml': 'name: shop\n',
  'shop/values.yaml': values('2.1.4'),
  'done/Chart.yaml': 'name: done\n',
  'done/values.yaml': values('2.1.5'),
};
const toValues = { 'write-back-method': 'git', 'write-back-target': 'helmvalues' };
const tags = ['2.1.0', '2.1.4', '2.1.5', '2.1.6-rc1', '2.2.0', 'latest', `sha256-${'0'.repeat(64)}.sig`];

async function scene(): Promise<RehearsalScene> {
  const started = await startRehearsal(
    files,
    { auth: { kind: 'basic', users: { ci: 's3cret' } } },
    { LOGIN: 'ci:s3cret' },
  );
  for (const [index, tag] of tags.entries())
    started.registry.push('acme/web', tag, { created: `2024-01-0${index + 1}T00:00:00Z` });
  const login = { 'web.pull-secret': 'env:LOGIN' };
  started.app('shop', { 'image-list': `web=${web}:~2.1`, 'ignore-tags': '*-rc*', ...login, ...toValues });
  started.app('done', { 'image-list': `web=${web}:~2.1`, 'ignore-tags': '*-rc*', ...login, ...toValues });
  return started;
}

async function explained(
  { run }: RehearsalScene,
  ...words: readonly string[]
): Promise<{ readonly code: number | null; readonly explanation: Explanation }> {
  const { code, stdout } = await run('explain', '--json', ...words);
  return { code, explanation: JSON.parse(stdout) as Explanation };
}

describe('explain', () => {
  it('WF-13, WF-19: names the rule of versions that leaves a tag out', async () => {
    const started = await scene();
    started.app('shop', {
      'image-list': `web=${web}`,
      'web.pull-secret': 'env:LOGIN',
      'strict-semver': 'true',
      'web.prerelease': 'deny',
      ...toValues,
    });
    started.registry.push('acme/web', '20240101', {});

    const { stdout } = await started.run('explain', 'argocd/shop', 'web');

    expect(stdout).toContain('              prerelease deny (web.prerelease)\n');
    expect(stdout).toContain('              strict-semver true (strict-semver, of the application)\n');
    expect(stdout).toMatch(/2\.1\.6-rc1 +a pre-release\n/);
    expect(stdout).toMatch(/20240101 +not three numbers\n/);
  });

  it('tells settings with their origin, the answer with its login, each tag with one rule, and the diff', async () => {
    const { run } = await scene();

    const { code, stdout } = await run('explain', 'argocd/shop', 'web');

    expect(code).toBe(2);
    expect(stdout).toContain(`argocd/shop  web=${web}:~2.1\n`);
    expect(stdout).toContain('  rules       constraint ~2.1 (image-list)\n');
    expect(stdout).toContain('              update-strategy semver (default)\n');
    expect(stdout).toContain('              ignore-tags *-rc* (ignore-tags, of the application)\n');
    expect(stdout).toContain('              pull-secret env:LOGIN (web.pull-secret)\n');
    expect(stdout).toMatch(
      / {2}registry {4}reg\.test \(http:\S+\): 7 tags, asked \d+ s ago, with the login env:LOGIN\n/,
    );
    expect(stdout).not.toContain('s3cret');
    const lines = stdout.split('\n').filter((line) => /^ {3}( {2}|→ )\S/.test(line));
    expect(lines.slice(0, 7).map((line) => line.trim().replaceAll(/ +/g, ' '))).toEqual([
      '→ 2.1.5 chosen',
      '2.1.4 older, running',
      '2.1.0 older',
      '2.1.6-rc1 ignore-tags',
      `sha256-${'0'.repeat(64)}.sig signature`,
      'latest not a version',
      '2.2.0 constraint ~2.1',
    ]);
    expect(stdout).toContain('  decision    2.1.4 → 2.1.5: newer version\n');
    expect(stdout).toMatch(/ {2}write {7}main of http\S+\/deploy/);
    expect(stdout).toContain('     -  tag: "2.1.4" # kept\n     +  tag: "2.1.5" # kept\n');
    expect(stdout).toContain(
      '              target helmvalues:/shop/values.yaml (write-back-target, of the application)\n',
    );
    expect(stdout).not.toContain('since');
  });

  it('names all policies that withhold a version, and their ends', async () => {
    const started = await scene();
    const image = { 'image-list': `web=${web}:~2`, 'web.pull-secret': 'env:LOGIN', ...toValues };
    const window = 'deny "* * * * *" 1h';
    started.app('shop', { ...image, hold: 'until=2126-12-01T08:00:00Z reason="bug 42"', window });

    const held = await explained(started, 'shop');
    const { stdout } = await started.run('explain', 'shop');
    started.app('shop', { ...image, 'skip-tags': '2.2.0 # crashes' });
    const lesser = await explained(started, 'shop');

    expect(held.code).toBe(3);
    expect(held.explanation.images[0]?.decision).toMatchObject({
      state: 'held',
      policy: {
        code: 'hold',
        until: '2126-12-01T08:00:00.000Z',
        ends: 'its removal, or tidewaiter resume',
        also: ['window'],
      },
    });
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'decision 2.1.4 stays: hold until 2126-12-01 08:00 UTC: bug 42 (annotation hold); ends with its removal, or tidewaiter resume; also window',
    );
    expect([lesser.code, lesser.explanation.images[0]?.decision.passedOver]).toMatchObject([
      2,
      [{ version: '2.2.0', code: 'skip-tags', ends: 'another version', also: [] }],
    ]);
    expect((await started.run('explain', 'shop')).stdout.replaceAll(/\s+/g, ' ')).toContain(
      'better 2.2.0, withheld by skip-tags: 2.2.0 is skipped by annotation skip-tags: crashes',
    );
  });

  it('tells what annotations say that holds back, as it is written', async () => {
    const started = await scene();
    started.app('slow', {
      'image-list': `web=${web}:~2.1`,
      'min-age': '1s',
      'web.skip-tags': '2.1.3 # crashes\n2.1.2',
      'max-commits-per-hour': '10',
      ...toValues,
    });
    const { explanation } = await explained(started, 'argocd/slow');

    expect(explanation.images[0]?.settings.filter(({ from }) => !/default|list|write/.test(from))).toEqual([
      { setting: 'skip-tags', value: '2.1.3 # crashes 2.1.2', from: 'web.skip-tags', reach: 'image' },
      { setting: 'min-age', value: '1s', from: 'min-age', reach: 'application' },
      { setting: 'max-commits-per-hour', value: '10', from: 'max-commits-per-hour', reach: 'application' },
    ]);
  });

  it('asks registry and Git server no more than a cycle of that scope', async () => {
    const started = await scene();
    const { registry, git, run } = started;
    const asked = () => [registry.requests.length, git.requests.length];
    await run('run', '--once', '--dry-run', '--match-application-name=shop');
    const cycle = asked();

    await run('explain', 'shop');

    const [requests = 0, gitRequests = 0] = asked();
    expect(requests - (cycle[0] ?? 0)).toBe(cycle[0]);
    expect(gitRequests - (cycle[1] ?? 0)).toBeLessThanOrEqual(cycle[1] ?? 0);
  });

  it.each([
    ['semver', {}],
    ['semver', { 'web.allow-tags': 'regexp:^2' }],
    ['alphabetical', { 'web.update-strategy': 'alphabetical' }],
    ['newest-build', { 'web.update-strategy': 'newest-build' }],
    ['newest-build', { 'web.update-strategy': 'newest-build', 'web.allow-tags': 'regexp:^(2.1|latest)' }],
    ['none left', { 'web.allow-tags': 'regexp:^9' }],
    ['none admitted', { 'image-list': `web=${web}:~7` }],
  ])('names every tag of the list exactly once: %s %o', async (_title, more) => {
    const started = await scene();
    started.app('shop', { 'image-list': `web=${web}`, 'web.pull-secret': 'env:LOGIN', ...toValues, ...more });

    const { explanation } = await explained(started, 'shop');

    const [image] = explanation.images;
    expect(image?.registry?.tags).toBe(tags.length);
    expect(image?.candidates.map(({ tag }) => tag).toSorted()).toEqual(tags.toSorted());
    expect(image?.candidates.filter(({ rule }) => rule === 'chosen').length).toBeLessThanOrEqual(1);
  });

  it('shows thirty candidates, and all of them with --all', async () => {
    const started = await scene();
    for (let patch = 10; patch < 60; patch += 1) started.registry.push('acme/web', `2.1.${patch}`, {});

    const short = await started.run('explain', 'done');
    const long = await started.run('explain', 'done', '--all');

    expect(short.stdout).toContain('… and 27 more, shown with --all');
    expect(short.stdout).toContain('2.1.5');
    expect(long.stdout.split('\n').filter((line) => /^ {3}( {2}|→ )2\.1\.\d+ /.test(line))).toHaveLength(53);
    expect(short.stdout).toContain('  candidates  57: 1 chosen, 52 older, ');
  });

  it('ends with 0 up to date, 1 failed, 3 held', async () => {
    const started = await scene();
    started.app(
      'held',
      { 'image-list': `web=${web}:~9`, 'web.pull-secret': 'env:LOGIN', ...toValues },
      { path: 'shop' },
    );
    started.app(
      'bad',
      { 'image-list': `web=${web}:~2.1`, 'web.update-strategy': 'newst', ...toValues },
      { path: 'shop' },
    );

    expect((await explained(started, 'done')).code).toBe(0);
    const failed = await explained(started, 'bad');
    expect([failed.code, failed.explanation.images[0]?.decision.message]).toEqual([
      1,
      'web.update-strategy "newst": expected one of semver, newest-build, alphabetical, digest, numeric',
    ]);
    const held = await explained(started, 'held');
    expect([held.code, held.explanation.state]).toEqual([3, 'held']);
  });

  it.each([
    [['shpo'], /no Application "shpo" is listed.*did you mean shop\?/],
    [['shop', 'wbe'], /argocd\/shop has no alias "wbe"; there are "web"/],
    [['twin'], /several Applications: argocd\/twin, team-a\/twin/],
    [[], /needs an Application/],
  ])('says what is wrong with %j', async (words, problem) => {
    const started = await scene();
    for (const namespace of ['argocd', 'team-a'])
      started.app('twin', { 'image-list': web, ...toValues }, { namespace, path: 'shop' });

    const { code, stdout, stderr } = await started.run('explain', ...words);

    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(problem);
  });
});

describe('explain beside a running daemon', () => {
  it('tells since when a warning lasts, and only of one that the daemon has too', async () => {
    const started = await scene();
    const misspelt = 'nobody.allow-tags';
    started.app('shop', {
      'image-list': `web=${web}:~2`,
      [misspelt]: 'any',
      'ignore-tag': 'rc',
      ...toValues,
    });
    const { explanation: alone } = await explained(started, 'shop');
    const [first, second] = alone.warnings;
    const bench = aStatus();
    const warnings = [{ message: first?.message ?? '', annotation: misspelt }];
    bench.cycle([anApplicationReport({ app: 'argocd/shop', decisions: [aDecision('current')], warnings })]);
    bench.pass(60_000);
    bench.cycle([anApplicationReport({ app: 'argocd/shop', decisions: [aDecision('current')], warnings })]);
    const server = await startServer(bench.pages(), { host: '127.0.0.1', port: 0 });
    onTestFinished(() => server.close());
    const address = `--address=http://127.0.0.1:${server.port}`;

    const { explanation } = await explained(started, 'shop', address);

    expect(alone.warnings.map(({ since }) => since)).toEqual([undefined, undefined]);
    expect(explanation.warnings).toEqual([{ ...first, since: '2026-01-01T00:00:00.000Z' }, second]);
    expect((await started.run('explain', 'shop', address)).stdout).toMatch(
      /^ {2}warning {5}nobody\.allow-tags .+\n(?: {14}.+\n)* {2}since {7}2026-01-01T00:00:00Z /m,
    );
  });

  it('tells since when it is so, where the daemon sees the same, and once why that is not known', async () => {
    const started = await scene();
    started.app('shop', { 'image-list': `web=${web}:~2`, 'web.update-strategy': 'newst', ...toValues });
    const entry = `web=${web}:~2`;
    const bench = aStatus();
    bench.cycle([
      anApplicationReport({
        app: 'argocd/shop',
        decisions: [aDecision('failed', { entry, failure: aRefusal })],
      }),
      anApplicationReport({ app: 'argocd/done', decisions: [aDecision('current')] }),
    ]);
    const server = await startServer(bench.pages(), { host: '127.0.0.1', port: 0 });
    const address = `--address=http://127.0.0.1:${server.port}`;

    const { explanation } = await explained(started, 'shop', address);
    expect(explanation.images.map(({ since }) => since)).toEqual(['2026-01-01T00:00:00.000Z']);
    const { code, stdout } = await started.run('explain', 'shop', address);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ {2}since {7}2026-01-01T00:00:00Z \(.+\), says the running daemon$/m);
    // up to date for us, with another rule than the daemon's
    expect((await started.run('explain', 'done', address)).stdout).not.toContain('  since ');

    bench.cycle([
      anApplicationReport({
        app: 'argocd/done',
        write: { kind: 'failed', failure: { ...aRefusal, message: 'push main: declined' } },
      }),
    ]);
    expect((await explained(started, 'done', address)).explanation.daemon).toEqual([
      expect.objectContaining({ message: 'push main: declined', since: '2026-01-01T00:00:00.000Z' }),
    ]);
    expect((await started.run('explain', 'done', address)).stdout).toMatch(
      /^ {2}daemon {6}the running daemon fails: push main: declined\n {14}→ .+\n {2}since /m,
    );

    await server.close();
    const alone = await started.run('explain', 'shop', address);
    expect([alone.code, alone.stdout.includes('  since ')]).toEqual([1, false]);
    expect(alone.stderr).toMatch(
      /^Since when it is so is not known: 127\.0\.0\.1:\d+ does not answer: .+\n$/,
    );
  });
});
