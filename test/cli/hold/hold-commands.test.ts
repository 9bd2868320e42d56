/** The commands pause, resume, skip, freeze and unfreeze against an API server: what is printed, and what is there then. */
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { annotationPrefix } from '../../../src/core/config/annotations.ts';
import { type KubeApi, type KubeApiOptions, type ObjectSeed, startKubeApi } from '../../fakes/kube-api.ts';
import { aConfigMap, anApplication } from '../../kube/fixtures.ts';
import { runInProcess, runToEnd, temporaryFolder } from '../start-program.ts';

const holds = 'argocd-image-updater-holds';
const imageList = `${annotationPrefix}image-list`;
const shop = (annotations: Readonly<Record<string, string>> = {}): ObjectSeed =>
  anApplication('shop', {
    annotations: {
      [imageList]: 'web=reg.invalid/acme/web, api=reg.invalid/acme/api',
      [`${annotationPrefix}update-strategy`]: 'nonsense', // so that no registry is asked
      ...annotations,
    },
  });

interface Scene {
  readonly server: KubeApi;
  readonly kubeconfig: string;
  readonly run: (...words: readonly string[]) => ReturnType<typeof runInProcess>;
  readonly data: (namespace?: string) => unknown;
}

async function scene(
  objects: readonly ObjectSeed[] = [shop()],
  options: KubeApiOptions = {},
): Promise<Scene> {
  const server = await startKubeApi({ objects, ...options });
  onTestFinished(() => server.stop());
  const kubeconfig = server.kubeconfig(join(temporaryFolder(), 'config'));
  return {
    server,
    kubeconfig,
    run: (...words) => runInProcess([...words, '--kubeconfig', kubeconfig], { USER: 'ann' }),
    data: (namespace = 'argocd') => server.objects.get('configmaps', namespace, holds)?.['data'],
  };
}

const writes = ({ requests }: KubeApi) => requests.filter(({ method }) => method !== 'GET');

describe('pause', () => {
  it('HO-01 holds an Application, tells the same by kubectl, and what undoes it', async () => {
    const { run, data } = await scene();

    const { code, stdout, stderr } = await run(
      'pause',
      'argocd/shop',
      '--until',
      '2099-12-01T08:00:00Z',
      '--reason',
      'bug 42',
    );

    expect([code, stderr]).toEqual([0, '']);
    const [told, same = '', undo] = stdout.split('\n');
    expect(told).toBe('argocd/shop is held until 2099-12-01T08:00:00Z: bug 42 (ann)');
    expect(undo).toBe('  undo     tidewaiter resume argocd/shop');
    const place = 'kubectl -n argocd';
    expect(same).toContain(
      `same as  ${place} create configmap ${holds} && ${place} patch configmap ${holds} --type merge -p '`,
    );
    const [, patch = ''] = / -p '(.*)'$/.exec(same) ?? [];
    expect(data()).toEqual((JSON.parse(patch) as { readonly data: unknown }).data);
    expect(JSON.stringify(data())).toMatch(
      /^\{"argocd\.shop":"hold:\\n {2}until: \\"2099-12-01T08:00:00Z\\"\\n {2}reason: bug 42\\n {2}by: ann\\n {2}since: .*\}$/,
    );
  });

  it('replaces a hold and names the one before, in another namespace too', async () => {
    const { run, data } = await scene();
    await run('pause', 'shop', 'web', '-n', 'gitops', '--argocd-namespace=argocd', '--reason', 'one');

    const { stdout } = await run('pause', 'shop', 'web', '--namespace=gitops', '--reason', 'two', '--by=');

    expect(stdout).toContain('argocd/shop web is held: two\nbefore it was held: one (ann)\n');
    expect(stdout).toContain(`same as  kubectl -n gitops patch configmap ${holds}`);
    expect(stdout).toContain('undo     tidewaiter pause argocd/shop web --reason one -n gitops');
    expect(JSON.stringify(data('gitops'))).toContain('"argocd.shop.web":"hold:\\n  reason: two\\n  since:');
    expect(data()).toBeUndefined();
  });

  it.each([
    [
      ['argocd/shpo'],
      'no Application "argocd/shpo" is there, or it has no annotation image-list; did you mean argocd/shop?',
    ],
    [['shpo'], 'did you mean shop?'],
    [['argocd/plain'], 'no Application "argocd/plain" is there, or it has no annotation image-list'],
    [['shop', 'wbe'], 'argocd/shop has no alias "wbe"; there are "web", "api"; did you mean web?'],
    [['shop', '--until', '2.5'], '--until "2.5": expected a time such as 2026-12-01T08:00:00Z'],
    [['shop', '--until', '2020-01-01'], '--until 2020-01-01: 2020-01-02T00:00:00Z is over already'],
    [
      ['shop', '--until', '2099-12-01T08:00', '--zone', 'Mars/Base'],
      'expected an IANA name such as Europe/Berlin',
    ],
    [['shop', '--zone', 'Europe/Berlin'], '--zone has no effect without --until'],
    [[], 'needs an Application'],
  ])('says what is wrong with %j, and changes nothing', async (words, message) => {
    const { run, server } = await scene([shop(), anApplication('plain', { annotations: null })]);

    const { code, stdout, stderr } = await run('pause', ...words);

    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(message);
    expect(writes(server)).toEqual([]);
  });

  it('HO-03 understands local times and durations', async () => {
    const { run } = await scene();

    const zoned = await run('pause', 'shop', '--until', '2099-12-01T08:00', '--zone', 'Europe/Berlin');
    const later = await run('pause', 'shop', '--until', '3d');

    expect(zoned.stdout).toContain('is held until 2099-12-01T07:00:00Z');
    expect(later.stdout).toMatch(/is held until \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \(ann\)\n/);
  });

  it('changes nothing with --dry-run, and says so', async () => {
    const { run, server } = await scene();

    const { code, stdout } = await run('pause', 'argocd/shop', '--dry-run');

    expect(code).toBe(0);
    expect(stdout).toMatch(/\nnot changed: --dry-run\n$/);
    expect(writes(server)).toEqual([]);
  });

  it('HO-17 leaves the annotations of what an ApplicationSet made alone', async () => {
    const app = shop();
    const ownerReferences = [
      { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: 'shops', uid: '1' },
    ];
    const { run, server, data } = await scene([
      { ...app, metadata: { ...app.metadata, ownerReferences } } as ObjectSeed,
    ]);

    expect((await run('pause', 'argocd/shop', 'web')).code).toBe(0);

    expect(Object.keys(data() as object)).toEqual(['argocd.shop.web']);
    expect(writes(server).map(({ path }) => path)).toEqual(['/api/v1/namespaces/argocd/configmaps']);
  });

  it('HO-18 two at the same time, of two processes: both entries survive', async () => {
    const { kubeconfig, server, data } = await scene([shop(), aConfigMap(holds, { 'argocd.other': 'true' })]);
    // whoever writes second has read what is not there any more, three times over
    const interfere = (round: number) => (): void => {
      const before = (data() ?? {}) as Readonly<Record<string, string>>;
      server.objects.put(aConfigMap(holds, { ...before, [`argocd.round-${round}`]: 'true' }));
    };
    for (const round of [1, 2, 3])
      server.faults.push({
        when: ({ method, path }) => method === 'PUT' && path.endsWith(holds),
        times: 1,
        respond: { kind: 'before', act: interfere(round) },
      });
    const pauseOf = (alias: string) =>
      runToEnd(['pause', 'argocd/shop', alias, '--kubeconfig', kubeconfig], { USER: 'ann' });

    const ended = await Promise.all([pauseOf('web'), pauseOf('api')]);

    expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    expect(Object.keys(data() as object).toSorted()).toEqual([
      'argocd.other',
      'argocd.round-1',
      'argocd.round-2',
      'argocd.round-3',
      'argocd.shop.api',
      'argocd.shop.web',
    ]);
  });

  it('HO-18 gives up on somebody who writes all the time', async () => {
    const { run, server } = await scene([shop(), aConfigMap(holds, {})]);
    let count = 0;
    server.faults.push({
      when: ({ method }) => method === 'PUT',
      respond: {
        kind: 'before',
        act: () => server.objects.put(aConfigMap(holds, { n: String((count += 1)) })),
      },
    });

    const { code, stderr } = await run('pause', 'argocd/shop');

    expect(code).toBe(1);
    expect(stderr).toContain(
      `Error: update ConfigMap argocd/${holds}: somebody else writes to it all the time`,
    );
    expect(count).toBe(5);
  });

  it('names the Role that is missing', async () => {
    const rules = [{ apiGroups: ['argoproj.io'], resources: ['applications'], verbs: ['list'] }];
    const { run } = await scene([shop()], { rules });

    const { code, stderr } = await run('pause', 'argocd/shop');

    expect(code).toBe(1);
    expect(stderr).toContain(
      'Advice: allow verbs "get", "create" and "update" on "configmaps" in namespace "argocd" by a Role',
    );
  });

  it('does not write over an entry that cannot be read', async () => {
    const { run, server } = await scene([shop(), aConfigMap(holds, { 'argocd.shop': 'hold: {unitl: x}' })]);

    const { code, stderr } = await run('pause', 'argocd/shop');

    expect(code).toBe(1);
    expect(stderr).toContain(`ConfigMap ${holds}, argocd.shop cannot be read`);
    expect(writes(server)).toEqual([]);
  });
});

describe('resume', () => {
  const unseen =
    /^Warning: whether Git or the health of Applications holds something back is not known: .*\n$/;

  it('takes away holds and skipped versions, and tells what undoes that', async () => {
    const { run, data } = await scene();
    await run('pause', 'argocd/shop', '--reason', 'bug 42');
    await run('skip', 'argocd/shop', 'web', '2.1.5', '--reason', 'crashes');

    const { code, stdout, stderr } = await run('resume', 'argocd/shop');

    expect([code, data()]).toEqual([0, {}]);
    expect(stderr).toMatch(unseen);
    const [held, skipped, , undo = ''] = stdout.split('\n');
    expect(held).toBe('argocd/shop is held no more; it was: bug 42 (ann)');
    expect(skipped).toBe('argocd/shop web skips 2.1.5 (crashes) no more');
    expect(undo).toContain(
      `undo     kubectl -n argocd patch configmap ${holds} --type merge -p '{"data":{"argocd.shop":"hold:`,
    );
  });

  it.each([
    ['web', { 'web.hold': 'reason="bug 42"' }, ['web.hold']],
    ['web', { hold: 'true', 'api.hold': 'true' }, ['hold']],
    [undefined, { hold: 'true', 'api.hold': 'true' }, ['hold', 'api.hold']],
    ['web', { 'web.hold': 'until=2020-01-01' }, []],
    ['web', { 'web.hold': 'false' }, []],
    ['web', { 'web.hold': 'unreadable' }, ['web.hold']],
  ])('of %s tells which annotations of %j still hold', async (alias, annotations, keys) => {
    const prefixed = Object.entries(annotations).map(([key, value]) => [annotationPrefix + key, value]);
    const { run } = await scene([shop(Object.fromEntries(prefixed) as Record<string, string>)]);

    const { code, stdout } = await run('resume', 'argocd/shop', ...(alias === undefined ? [] : [alias]));

    expect(code).toBe(keys.length === 0 ? 0 : 3);
    expect(stdout.split('\n').filter((line) => line.startsWith('still'))).toEqual(
      keys.map(
        (key) =>
          `still withheld by the annotation ${key}: kubectl annotate -n argocd application shop ${annotationPrefix}${key}-`,
      ),
    );
  });

  it('exits with 3 where the namespace or a freeze holds', async () => {
    const { run } = await scene([shop(), aConfigMap(holds, { argocd: 'true', freeze: 'reason=x' })]);

    const { code, stdout } = await run('resume', 'argocd/shop', 'web');

    expect(code).toBe(3);
    expect(stdout).toContain(`still withheld by ConfigMap ${holds}, freeze: frozen: x\n`);
    expect(stdout).toContain(`still withheld by ConfigMap ${holds}, argocd: hold\n`);
  });
});

describe('skip', () => {
  it.each([
    [['shop', 'web', '2.1.*'], 'no globs here; ignore-tags has them'],
    [['shop', 'web', '2.1.5,2.1.6'], 'expected one tag, or one digest'],
    [['shop', 'web'], 'needs an Application, an alias and a tag'],
  ])('HO-10 refuses %j', async (words, message) => {
    const { run, server } = await scene();

    const { code, stderr } = await run('skip', ...words);

    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(writes(server)).toEqual([]);
  });
});

describe('freeze', () => {
  it('needs a reason, and is ended by unfreeze', async () => {
    const { run, data } = await scene();

    expect((await run('freeze')).stderr).toContain('needs --reason');
    const frozen = await run('freeze', '--reason', 'incident 7', '--until', '2099-01-01T00:00:00Z');
    expect(frozen.stdout).toContain('nothing is written until 2099-01-01T00:00:00Z: incident 7 (ann)');
    expect(data()).toEqual({ freeze: 'until=2099-01-01T00:00:00Z reason="incident 7" by=ann' });

    const thawed = await run('unfreeze');
    expect(thawed.stdout).toContain(
      'writes go on; it was frozen until 2099-01-01T00:00:00Z: incident 7 (ann)',
    );
    expect(data()).toEqual({});
    expect(await run('unfreeze')).toEqual({
      code: 0,
      stdout: 'nothing was frozen\nnothing to change\n',
      stderr: '',
    });
  });

  it('reads no Applications', async () => {
    const { run, server } = await scene();

    await run('freeze', '--reason', 'incident 7');

    expect(server.requests.filter(({ path }) => path.includes('applications'))).toEqual([]);
  });
});
