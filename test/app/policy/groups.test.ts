/** Whole cycles with groups whose members share a commit, or none. */
import { describe, expect, it } from 'vitest';
import { defaultGroupTemplate } from '../../../src/core/commit-message.ts';
import { parseTemplate } from '../../../src/core/template/template.ts';
import { valueOf } from '../../core/builders.ts';
import { app, setUp, values } from '../../fakes/memory-world.ts';
import { at, makeScene, policies, reasons, Shelf, url } from './scene.ts';

const good = url;
const slow = 'https://git.test/slow';
const release = { group: 'release' };

/** `fe` is in the repository `good`, `be` in `slow`, which is pushed to first. */
function makeTwo(more: { readonly fe?: Record<string, string>; readonly be?: Record<string, string> } = {}) {
  const applications = [
    app('fe', 'good', 'fe/values.yaml', 'main', { ...release, ...more.fe }),
    app('be', 'slow', 'be/values.yaml', 'main', { ...release, ...more.be }),
  ];
  const scene = setUp(applications, undefined, { policies });
  const shelf = new Shelf();
  scene.answers(shelf.answer);
  for (const name of ['fe', 'be']) shelf.tags.set(`acme/${name}`, ['1.0.0', '1.1.0']);
  const tags = () =>
    [scene.git.file(good, 'fe/values.yaml'), scene.git.file(slow, 'be/values.yaml')].map(
      (text) => /tag: (.*)/.exec(text ?? '')?.[1],
    );
  return { ...scene, shelf, tags, applications };
}

describe('a group in two repositories', () => {
  it('6.3: moves with one commit in each', async () => {
    const scene = makeTwo();

    const { writes, report } = await scene.cycle();

    expect(writes).toEqual({ fe: 'committed', be: 'committed' });
    expect(scene.tags()).toEqual(['1.1.0', '1.1.0']);
    expect(report.warnings).toEqual([]);
    expect([good, slow].map((one) => scene.git.messages(one).length)).toEqual([2, 2]);
  });

  it.each([
    { broken: slow, name: 'be' },
    { broken: good, name: 'fe' },
  ])('6.3: nothing is pushed where $name cannot be edited', async ({ broken, name }) => {
    const scene = makeTwo();
    scene.git.commit(broken, 'break it', { [`${name}/values.yaml`]: 'image: [\n' });

    const { writes, report } = await scene.cycle();

    const other = name === 'fe' ? 'be' : 'fe';
    expect(writes[other]).toMatch(
      new RegExp(`^release: nothing of it is written, for argocd/${name} cannot be: `),
    );
    expect([good, slow].flatMap((one) => scene.git.messages(one))).not.toContainEqual(
      expect.stringContaining('automatic update'),
    );
    expect(report.warnings).toEqual([]);
  });

  it('6.3: nothing more is pushed where the first push is refused', async () => {
    const scene = makeTwo();
    scene.git.refuse((message) => message.includes('automatic update of be'));

    const { writes, report } = await scene.cycle();

    expect(writes['fe']).toMatch(/^release: nothing of it is written, for argocd\/be cannot be: /);
    expect(scene.tags()).toEqual(['1.0.0', '1.0.0']);
    expect(report.warnings).toEqual([]);
  });

  it('GR-13: a second push that is refused splits it, which is told; the next cycle pushes the second', async () => {
    const scene = makeTwo({ fe: { 'fe.window': '' } });
    scene.git.refuse((message) => message.includes('automatic update of fe'));

    const first = await scene.cycle();

    expect(scene.tags()).toEqual(['1.0.0', '1.1.0']);
    expect(first.report.warnings).toEqual([
      'group-split: group release: argocd/be web is written to 1.1.0, argocd/fe web stays at 1.0.0; the next cycle goes on with it',
    ]);
    scene.git.refuse(() => false);
    const next = await scene.cycle();
    expect(next.writes['fe']).toBe('committed');
    expect(scene.tags()).toEqual(['1.1.0', '1.1.0']);
    expect(next.report.warnings).toEqual([]);
  });

  it('GR-13: no policy but freeze and hold stops what is left', async () => {
    const scene = makeTwo({ fe: { 'min-age': '1h' } });
    await scene.cycle();
    await scene.clock.advance(3_700_000);
    scene.git.refuse((message) => message.includes('automatic update of fe'));
    await scene.cycle();
    expect(scene.tags()).toEqual(['1.0.0', '1.1.0']);
    scene.git.refuse(() => false);
    const [fe, be] = scene.applications;
    if (fe === undefined || be === undefined) throw new Error('no applications');
    const closed = { 'argocd-image-updater.argoproj.io/window': 'deny "0 0 1 1 *" 8760h' };
    const later = { ...fe, annotations: { ...fe.annotations, ...closed } };
    scene.shelf.tags.set('acme/fe', ['1.0.0', '1.1.0', '1.2.0']);
    scene.shelf.pushed.set('acme/fe:1.1.0', 'pushed again');
    scene.sets('argocd-image-updater-holds', { 'argocd.fe': 'reason="bug 42"' });
    scene.list([later, at(be, '1.1.0')]);

    expect(Object.values(reasons((await scene.cycle()).report))).toEqual([
      expect.stringMatching(/^hold: bug 42/),
    ]);
    scene.sets('argocd-image-updater-holds', {});

    expect((await scene.cycle()).writes['fe']).toBe('committed');
    expect(scene.tags()).toEqual(['1.1.0', '1.1.0']);
  });

  it('a hold between decision and push of one stops both', async () => {
    const scene = makeTwo();
    scene.git.onCall((call) => {
      if (call === 'fetch') scene.sets('argocd-image-updater-holds', { 'argocd.fe': 'reason="bug 42"' });
    });

    const { report } = await scene.cycle();

    expect(scene.tags()).toEqual(['1.0.0', '1.0.0']);
    expect(reasons(report)).toMatchObject({
      fe: expect.stringMatching(/^hold: /) as unknown,
      be: expect.stringMatching(/^group-held: /) as unknown,
    });
  });

  it('a race for one branch is judged anew for both', async () => {
    const scene = makeTwo({ fe: { rollback: 'respect' } });
    let isFirst = true;
    scene.git.onCall((call) => {
      if (call !== 'commit' || !isFirst) return;
      isFirst = false;
      scene.git.commit(good, 'somebody else', { 'fe/values.yaml': values('fe', '1.1.0') });
    });

    await scene.cycle();

    expect(scene.tags()).toEqual(['1.1.0', '1.1.0']);
  });
});

describe('a group in one branch', () => {
  it('a hold between decision and push of one stops both', async () => {
    const scene = makeScene({ fe: release, be: release });
    scene.git.onCall((call) => {
      if (call === 'fetch') scene.sets('argocd-image-updater-holds', { 'argocd.fe': 'reason="bug 42"' });
    });

    const { report } = await scene.cycle();

    expect([scene.tagOf('fe'), scene.tagOf('be')]).toEqual(['1.0.0', '1.0.0']);
    expect(reasons(report)).toMatchObject({
      fe: expect.stringMatching(/^hold: /) as unknown,
      be: expect.stringMatching(/^group-held: /) as unknown,
    });
  });

  it('of three, one that one of the others shares another group with, moves with both', async () => {
    const list = { 'image-list': 'web=ghcr.io/acme/b,api=ghcr.io/acme/c' };
    const keys = { 'api.helm.image-name': 'api.name', 'api.helm.image-tag': 'api.tag' };
    const both = { ...list, ...keys, 'web.group': 'one', 'api.group': 'two' };
    const scene = makeScene({ a: { group: 'one' }, b: both, c: { group: 'two' } });
    const b = scene.applications[1];
    if (b === undefined) throw new Error('no b');
    const images = ['ghcr.io/acme/b:1.0.0', 'ghcr.io/acme/c:1.0.0'];
    const running = { ...b, status: { sourceTypes: ['Helm'], images } } as typeof b;
    scene.list([scene.applications[0] ?? b, running, scene.applications[2] ?? b]);
    const api = 'api:\n  name: ghcr.io/acme/c\n  tag: 1.0.0\n';
    scene.git.commit(url, 'two images', { 'b/values.yaml': values('b', '1.0.0') + api });

    const { writes } = await scene.cycle();

    expect(writes).toEqual({ a: 'committed', b: 'committed', c: 'committed' });
    expect(scene.git.messages(url)).toHaveLength(3); // one commit of ours
  });
});

describe('commit-group', () => {
  const names = Array.from({ length: 20 }, (_, i) => `app-${i}`);
  const all = Object.fromEntries(names.map((name) => [name, { 'commit-group': 'shop' }]));

  it('LI-05: of 20 with 5 an hour for all is one commit', async () => {
    const limited = { ...policies, maxCommitsPerHour: { value: 5, source: '--max-commits-per-hour' } };
    const applications = [...names, 'other', 'one-more'].map((name) =>
      app(name, 'good', `${name}/values.yaml`, 'main', all[name] ?? {}),
    );
    const scene = setUp(applications, undefined, { policies: limited });
    await scene.cycle(); // nobody knows what was spent: nothing goes
    await scene.clock.advance(12 * 60_000);

    const { writes } = await scene.cycle();

    const named = (isCommitted: boolean) =>
      Object.keys(writes).filter((name) => (writes[name] === 'committed') === isCommitted);
    expect(scene.git.messages(good)).toHaveLength(2);
    expect(named(true)).toEqual(names);
    expect(named(false)).toEqual(['other', 'one-more']);
  });

  it('6.4: members whose branches have several names are written nowhere', async () => {
    const branch = { 'commit-group': 'shop', 'git-branch': 'main:bump-{{.AppName}}' };
    const scene = makeScene({ fe: branch, be: branch, other: {} });

    const { writes } = await scene.cycle();

    const why =
      'commit-group shop: git-branch gives its members several branches: bump-be of argocd/be, bump-fe of argocd/fe';
    expect(writes).toEqual({ fe: why, be: why, other: 'committed' });
  });

  it('6.4: members with other credentials than the first are refused, and stop nobody', async () => {
    const shared = { 'commit-group': 'shop' };
    const own = { ...shared, 'write-back-method': 'git:secret:argocd/other' };
    const scene = makeScene({ fe: own, be: shared, db: shared });

    const { writes } = await scene.cycle();

    expect(writes).toEqual({
      fe: 'commit-group shop: its commit is pushed with the credentials of argocd/be; argocd/fe has others',
      be: 'committed',
      db: 'committed',
    });
  });

  it('6.4: its messages have a template of their own', async () => {
    const text = 'release {{.Group}}:{{range .Apps}} {{.AppName}}{{end}}';
    const groupTemplate = valueOf(parseTemplate(text));
    const shared = { 'commit-group': 'shop' };
    const applications = ['fe', 'be'].map((name) => app(name, 'good', `${name}/values.yaml`, 'main', shared));
    const scene = setUp(applications, undefined, { policies, groupTemplate });

    await scene.cycle();

    expect(scene.git.messages(good)[0]).toMatch(/^release shop: be fe\n/);
    expect(defaultGroupTemplate).toContain('{{ .Group }}');
  });
});
