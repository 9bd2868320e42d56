/** The command `plan`: what a person, a pipe and a workflow see of it. */
import { describe, expect, it } from 'vitest';
import type { PlanDocument } from '../../src/cli/plan/plan-document.ts';
import { imageHost, type RehearsalScene, startRehearsal } from './rehearsal-scene.ts';

const web = `${imageHost}/acme/web`;
const values = (tag: string) => `image:\n  name: ${web}\n  tag: "${tag}" # kept\n`;

const files = {
  'shop/Chart.yaml': 'name: shop\n',
  'shop/values.yaml': values('2.1.4'),
  'pay/Chart.yaml': 'name: pay\n',
  'pay/values.yaml': values('2.2.0'),
  'done/Chart.yaml': 'name: done\n',
  'done/values.yaml': values('2.1.5'),
  'crm/Chart.yaml': 'name: crm\n',
  'crm/values.yaml': values('1.4.0'),
};
const toValues = { 'write-back-method': 'git', 'write-back-target': 'helmvalues' };

async function scene(environment: Readonly<Record<string, string>> = {}): Promise<RehearsalScene> {
  const started = await startRehearsal(files, {}, environment);
  for (const tag of ['2.1.0', '2.1.4', '2.1.5', '2.2.0', 'latest'])
    started.registry.push('acme/web', tag, {});
  started.app('shop', { 'image-list': `web=${web}:~2.1`, ...toValues });
  started.app('pay', { 'image-list': `web=${web}:~2.1`, ...toValues, 'git-branch': 'main:bump' });
  started.app('done', { 'image-list': `web=${web}:~2.1`, ...toValues });
  return started;
}

function broken({ app }: RehearsalScene): void {
  app('crm', { 'image-list': `web=${imageHost}/acme/none`, ...toValues }, { namespace: 'team-a' });
}

describe('plan', () => {
  it('shows what would change, and the rest as numbers; nothing is written', async () => {
    const { run, branch } = await scene();

    const { code, stdout, stderr } = await run('plan');

    expect([code, stderr]).toEqual([2, '']);
    const [titles, ...lines] = stdout.split('\n');
    expect(titles).toMatch(/^APPLICATION +IMAGE +NOW +THEN +WHERE +NOTE$/);
    expect(lines).toContain(
      'argocd/pay   web    2.2.0  2.1.5  pay/values.yaml image.tag   downgrade, on bump',
    );
    expect(lines).toContain('argocd/shop  web    2.1.4  2.1.5  shop/values.yaml image.tag');
    expect(stdout).toMatch(
      /\n2 of 3 Applications would change: 2 commits in 1 repository; 1 image up to date, 1 registry request, \d+\.\d s\n$/,
    );
    expect(stdout).not.toContain('argocd/done');
    expect((await branch()).commits).toHaveLength(1);
  });

  it('WF-02: notes a digest that is written, be the tag the same or not', async () => {
    const started = await scene();
    const pinned = { 'image-list': `web=${web}:~2.1`, ...toValues, 'web.write-format': 'tag@digest' };
    started.app('shop', pinned);
    started.app('done', pinned);
    const digest = started.registry.push('acme/web', '2.1.5', {}).slice(0, 'sha256:'.length + 12);

    const { stdout } = await started.run('plan', '--app=shop', '--app=done');

    expect(stdout).toContain(
      `argocd/done  web    2.1.5  2.1.5  done/values.yaml image.tag  digest ${digest}\n`,
    );
    expect(stdout).toContain(
      `argocd/shop  web    2.1.4  2.1.5  shop/values.yaml image.tag  digest ${digest}\n`,
    );
    const explained = await started.run('explain', 'done');
    expect(explained.stdout).toContain('write-format tag@digest (web.write-format)');
    expect(explained.stdout).toContain(`2.1.5@${digest}`);
    expect(explained.stdout).toMatch(/: the same version\s+with its digest\n/);
  });

  it('notes what policies withhold, and ends with 3 where nothing else is left', async () => {
    const started = await scene();
    const shop = { 'image-list': `web=${web}:~2`, ...toValues };
    started.app('shop', { ...shop, hold: 'until=2126-12-01T08:00:00Z reason="bug 42"' });
    started.app('done', { ...shop, 'skip-tags': '2.2.0 # crashes' });

    const { code, stdout } = await started.run('plan', '--app=shop', '--app=done');

    expect(code).toBe(3);
    expect(stdout).toMatch(
      /\nargocd\/shop +web +2\.1\.4 +2\.1\.4 +2\.2\.0 waiting until 2126-12-01 08:00 UTC: bug 42 \(annotation hold\)\n/,
    );
    expect(stdout).toMatch(
      /\nargocd\/done +web +2\.1\.5 +2\.1\.5 +2\.2\.0 held: 2\.2\.0 is skipped by annotation skip-tags: crashes\n/,
    );
    expect(stdout).toContain('2 images withheld');
    for (const output of ['markdown', 'github'])
      expect((await started.run('plan', '--app=shop', `--output=${output}`)).stdout).toContain(
        '2.2.0 waiting until 2126-12-01 08:00 UTC: bug 42',
      );
    started.app('shop', { ...shop, 'skip-tags': '2.2.0 # crashes' });
    const lesser = await started.run('plan', '--app=shop');
    expect(lesser.code).toBe(2);
    expect(lesser.stdout).toMatch(/2\.1\.4 +2\.1\.5 .*2\.2\.0 held: 2\.2\.0 is skipped/);
  });

  it('names the image of what is warned of one image, and few of the tags that no rule admits', async () => {
    const started = await scene();
    started.app('shop', { 'image-list': `web=${web}:~7,job=${web}:~8`, ...toValues });

    const { stdout } = await started.run('plan');

    expect(stdout).toContain(
      `\n! none of 5 tags is left: not a version dropped 1 (latest); constraint ~7 dropped 4 (2.1.0, 2.1.4, 2.1.5, …)\n  argocd/shop: web=${web}:~7\n`,
    );
    expect((await started.run('explain', 'shop', 'web')).stdout).toContain('(2.1.0, 2.1.4, 2.1.5, …)');
  });

  it('ends with 0 where nothing would change, and with 1 where something fails, with its advice', async () => {
    const started = await scene();
    expect((await started.run('plan', '--app=done')).code).toBe(0);
    broken(started);

    const { code, stdout } = await started.run('plan');

    expect(code).toBe(1);
    expect(stdout).toMatch(
      /\n✗ .*acme\/none[^→]*\n {2}team-a\/crm\n {2}→ check the spelling of the repository/,
    );
    expect(stdout).toContain('2 of 4 Applications would change');
    expect(stdout).toContain('1 Application with failures');
  });

  it('looks at the Applications that --app names alone: a scope, which asks nothing about the others', async () => {
    const started = await scene();
    broken(started);

    const { code, stdout } = await started.run('plan', '--app', 'argocd/*op,don?');

    expect(code).toBe(2);
    expect(stdout).toContain('1 of 2 Applications would change');
    expect(stdout).not.toContain('argocd/pay');
    expect(started.registry.requests.some(({ path }) => path.includes('none'))).toBe(false);
    expect(await started.run('plan', '--app', '[')).toMatchObject({ code: 1, stdout: '' });
  });

  it.each([
    { scope: [], cycle: [] },
    { scope: ['--app=shop'], cycle: ['--match-application-name=shop'] },
  ])('asks registry and Git server no more than a cycle of that scope: %o', async ({ scope, cycle }) => {
    const started = await scene();
    started.app('crm', { 'image-list': `web=${web}`, 'web.update-strategy': 'newest-build', ...toValues });
    const { registry, git, run } = started;
    const asked = async (command: () => ReturnType<typeof run>) => {
      const before = [registry.requests.length, git.requests.length] as const;
      await command();
      return { registry: registry.requests.length - before[0], git: git.requests.length - before[1] };
    };

    const ofCycle = await asked(() => run('run', '--once', '--dry-run', ...cycle));
    const ofPlan = await asked(() => run('plan', ...scope));

    expect(ofCycle.registry).toBeGreaterThan(0);
    expect(ofPlan.registry).toBe(ofCycle.registry);
    expect(ofPlan.git).toBeLessThanOrEqual(ofCycle.git);
  });

  it.each([80, 160])('fits %i columns', async (width) => {
    const started = await scene({ COLUMNS: String(width) });
    broken(started);
    const name = 'a-name-that-is-as-long-as-names-of-applications-are-in-many-companies';
    started.app(name, { 'image-list': `web=${web}:~2.1`, ...toValues }, { path: 'shop' });

    const { stdout } = await started.run('plan');

    const lines = stdout.split('\n').filter((line) => !line.startsWith('✗'));
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
    expect(stdout).toContain('2.1.4  2.1.5');
  });

  it('shows with --diff what git apply takes', async () => {
    const { run } = await scene();

    const { stdout } = await run('plan', '--diff', '--app=shop');

    expect(stdout).toContain(
      [
        '--- a/shop/values.yaml',
        '+++ b/shop/values.yaml',
        '@@ -1,3 +1,3 @@',
        ' image:',
        `   name: ${web}`,
        '-  tag: "2.1.4" # kept',
        '+  tag: "2.1.5" # kept',
        '',
      ].join('\n'),
    );
  });

  it('is a comment of a pull request with --output markdown, in which nothing else is markup', async () => {
    const started = await scene();
    broken(started);

    const { stdout } = await started.run('plan', '--output=markdown');

    expect(stdout).toContain(
      '| `argocd/shop` | `web` | `2.1.4` | `2.1.5` | `shop/values.yaml image.tag` |  |',
    );
    expect(stdout).toMatch(/- ❌ .*acme\/none/);
    expect(stdout).toContain('```diff\n--- a/shop/values.yaml');
  });

  it('annotates a workflow with --output github', async () => {
    const started = await scene();
    broken(started);

    const { stdout } = await started.run('plan', '--output=github');

    expect(stdout).toContain('::notice title=argocd/shop web::2.1.4 → 2.1.5 in shop/values.yaml image.tag\n');
    expect(stdout).toMatch(/^::error title=team-a\/crm::.*acme\/none/m);
  });

  it('is data with --output json', async () => {
    const { run } = await scene();

    const { stdout } = await run('plan', '--output=json', '--app=shop');

    expect(JSON.parse(stdout)).toMatchObject({
      numbers: { applications: 1, changing: 1, commits: 1, registryRequests: 1 },
      changes: [{ application: 'argocd/shop', alias: 'web', image: web, from: '2.1.4', to: '2.1.5' }],
      commits: [{ application: 'argocd/shop', branch: 'main', files: [{ path: 'shop/values.yaml' }] }],
      problems: [],
    });
  });

  it('tries annotations that are not there yet, on an Application that has none', async () => {
    const started = await scene();
    started.app('crm', {}, { namespace: 'team-a' });
    const path = started.file(
      'annotations.yaml',
      `image-list: web=${web}:2.x\nwrite-back-method: git\nargocd-image-updater.argoproj.io/write-back-target: helmvalues\n`,
    );

    const { code, stdout } = await started.run('plan', `--enable=team-a/crm=${path}`);

    expect(code).toBe(2);
    expect(stdout).toContain('team-a/crm   web    1.4.0  2.2.0  crm/values.yaml image.tag');
    expect(stdout).toContain('1 of 1 Application would change');
  });

  it.each([
    ['team-a/none={file}', /--enable team-a\/none: no Application of that name/],
    ['crm={file}', /expected <namespace>\/<name>=<file>/],
    ['team-a/crm=/does/not/exist', /no such file/],
    ['team-a/crm={bad}', /web\.force-update: expected a text; quote it/],
  ])('refuses --enable %s', async (text, problem) => {
    const started = await scene();
    const file = started.file('good.yaml', `image-list: ${web}\n`);
    const bad = started.file('bad.yaml', 'web.force-update: true\n');

    const { code, stderr } = await started.run(
      'plan',
      `--enable=${text.replace('{file}', file).replace('{bad}', bad)}`,
    );

    expect(code).toBe(1);
    expect(stderr).toMatch(problem);
  });

  it('plans the trailers that run then writes, by the flag and by the annotation', async () => {
    const started = await scene();
    const own = { 'image-list': `web=${web}:~2.1`, ...toValues, 'git-commit-trailers': 'false' };
    started.app('pay', own);
    const flags = ['--git-commit-trailers', '--git-commit-sign-off'];

    const { stdout } = await started.run('plan', '--output=json', ...flags);
    await started.run('run', '--once', ...flags);

    const messages = (JSON.parse(stdout) as PlanDocument).commits.map(({ message }) => message);
    const signed = 'Signed-off-by: argocd-image-updater <noreply@argoproj.io>\n';
    const { commits } = await started.branch();
    expect(
      commits
        .slice(0, 2)
        .map(({ message }) => message)
        .toReversed(),
    ).toEqual([`${messages[0]}\n${signed}`, `${messages[1]}${signed}`]);
    expect(messages[0]).not.toContain('Image-Updater');
    expect(messages[1]).toMatch(
      /'2\.1\.5'\n\nImage-Updater-Application: argocd\/shop\nImage-Updater-Rule: semver ~2\.1\nImage-Updater-Change: main \S+values\.yaml image\.tag 2\.1\.4 -> 2\.1\.5\n$/,
    );
  });

  it('says why it could not start', async () => {
    const { run } = await scene();

    const { code, stdout, stderr } = await run('plan', '--applications=/does/not/exist');

    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^Error: .*\/does\/not\/exist/);
  });
});
