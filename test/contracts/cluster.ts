/** What every `Cluster` promises, whatever it reads from. */
import { describe, expect, it } from 'vitest';
import type { Application } from '../../src/core/config/application.ts';
import { readState } from '../../src/core/config/state/application-state.ts';
import { type JsonPatchOperation, livePatch } from '../../src/core/live-patch.ts';
import type { LiveIntention } from '../../src/core/plan.ts';
import type { SyncWindow } from '../../src/core/policy/window/sync-windows.ts';
import type { Cluster, LivePatch, ProjectSources } from '../../src/ports/cluster.ts';
import type { ObjectSeed } from '../fakes/kube-api.ts';
import {
  aConfigMap,
  anApplication,
  aSecret,
  byName,
  failureOf,
  imageList,
  never,
  theOne,
} from '../kube/fixtures.ts';

export interface ClusterSettings {
  readonly argocdNamespace?: string;
  readonly applicationNamespace?: string;
  readonly labelSelector?: string;
  readonly namePatterns?: readonly string[];
}

/** One world with these objects. */
export interface ClusterWorld {
  make(settings: ClusterSettings): Cluster;
  /** Somebody else adds or replaces an object. */
  put(object: ObjectSeed): Promise<void>;
}

export interface ClusterKind {
  readonly name: string;
  /** Whether Applications can be written to. */
  readonly live: boolean;
  /** False: objects that the schema of the CRD refuses cannot be there. */
  readonly isLax: boolean;
  start(objects: readonly ObjectSeed[]): Promise<ClusterWorld>;
}

type LiveEdit = LiveIntention['edit'];

const helmTag: LiveEdit = {
  kind: 'helm',
  parameters: [{ name: 'image.tag', value: '2.0.0&more', forceString: true }],
};
const kustomizeImage: LiveEdit = { kind: 'kustomize', images: ['web=acme/web:2'] };

function holdsEdit({ sources }: Application, edit: LiveEdit): boolean {
  const [source] = sources;
  return edit.kind === 'helm'
    ? source?.helm?.parameters.at(-1)?.value === edit.parameters[0]?.value
    : source?.kustomize?.images.at(-1) === edit.images[0];
}

function withSource(app: ObjectSeed, source: object): ObjectSeed {
  const spec = app['spec'] as { readonly source: object };
  return { ...app, spec: { ...spec, source: { ...spec.source, ...source } } };
}

function setImages(images: readonly string[]): LivePatch {
  return (live) => {
    const { source } = (live as { readonly spec: { readonly source: { readonly kustomize?: object } } }).spec;
    if (source.kustomize !== undefined) return [];
    return [
      { op: 'test', path: '/spec/source/path', value: 'web' },
      { op: 'add', path: '/spec/source/kustomize', value: { images } },
    ];
  };
}

export function clusterContract(kind: ClusterKind): void {
  // a kind that a promise is not for has no test of it: a skipped one would look like a gap
  const noTest = Object.assign(() => undefined, { each: () => () => undefined }) as unknown as typeof it;
  const liveIt = kind.live ? it : noTest;
  const laxIt = kind.isLax ? it : noTest;

  async function listed(objects: readonly ObjectSeed[], settings: ClusterSettings = {}) {
    const world = await kind.start(objects);
    return world
      .make({ argocdNamespace: 'argocd', ...settings })
      .openCycle()
      .applications(never);
  }

  describe(`the cluster contract on ${kind.name}`, () => {
    it('F-10 lists annotated Applications of all namespaces', async () => {
      const { applications, problems } = await listed([
        anApplication('shop'),
        anApplication('shop', { namespace: 'team-a' }),
        anApplication('empty-list', { annotations: { [imageList]: '' } }),
        anApplication('plain', { annotations: null }),
        anApplication('other', { annotations: { 'argocd-image-updater.argoproj.io/git-branch': 'main' } }),
      ]);

      expect(byName(applications).toSorted()).toEqual(['argocd/empty-list', 'argocd/shop', 'team-a/shop']);
      expect(problems).toEqual([
        {
          app: 'argocd/other',
          level: 'warning',
          message: 'git-branch has no effect: there is no image-list. The Application is left alone.',
          advice: 'correct the annotation, or remove it',
        },
      ]);
    });

    it('reads one Application, annotated or not, whatever the filters say', async () => {
      const images = ['ghcr.io/acme/web:1.1.0'];
      const health = { status: 'Healthy', lastTransitionTime: '2026-11-28T10:00:00Z' };
      const status = { summary: { images }, health, sync: { status: 'Synced' } };
      const world = await kind.start([anApplication('staging', { annotations: null, status })]);
      const cycle = world.make({ argocdNamespace: 'argocd', namePatterns: ['shop-*'] }).openCycle();

      const staging = await cycle.application('argocd', 'staging', never);

      expect(staging).toMatchObject({ namespace: 'argocd', name: 'staging', status: { images } });
      expect(readState(staging?.state ?? '')).toMatchObject({
        health: 'Healthy',
        healthSinceMs: Date.UTC(2026, 10, 28, 10),
        sync: 'Synced',
      });
      for (const name of ['nobody', '../argocd/staging'])
        expect(await cycle.application('argocd', name, never)).toBeNull();
    });

    liveIt('tells what time the server said it is, in its first answer of a cycle', async () => {
      const world = await kind.start([anApplication('shop')]);
      const cycle = world.make({ argocdNamespace: 'argocd' }).openCycle();
      expect(cycle.clockReading()).toBeUndefined();

      const beforeMs = Date.now();
      await cycle.applications(never);

      const { theirsMs = 0, whose } = cycle.clockReading() ?? {};
      expect(whose).toMatch(/^the (Argo CD )?API( server)?$/);
      expect(Math.abs(theirsMs - beforeMs)).toBeLessThan(60_000);
    });

    const meant = 'argocd-image-updater.argoproj.io/image-list';

    it.each([
      ['argocd-image-updater.argoproj.io/imagelist', 'imagelist is unknown; did you mean image-list?'],
      ['argocd-image-updater.argoproj.io/images-list', 'images-list is unknown; did you mean image-list?'],
      ['argocd-image-updator.argoproj.io/image-list', `did you mean ${meant}?`],
      ['argocd-imageupdater.argoproj.io/image-list', `did you mean ${meant}?`],
      ['argocd-image-updater.argoproj.com/image-lis', `did you mean ${meant}?`],
      [
        'argocd-image-updater.argoprj.io/web.update-strategy',
        'did you mean argocd-image-updater.argoproj.io/web.update-strategy?',
      ],
    ])('fault O-S2-8: warns of an Application with %s and no image-list', async (key, says) => {
      const { applications, problems } = await listed([
        anApplication('shop', { annotations: { [key]: 'web=acme/web' } }),
        anApplication('plain', {
          annotations: { 'argocd.argoproj.io/sync-wave': '1', 'example.com/image-list': 'x' },
        }),
      ]);

      expect(applications).toEqual([]);
      expect(theOne(problems)).toMatchObject({ app: 'argocd/shop', level: 'warning' });
      expect(theOne(problems).message).toContain(says);
      expect(theOne(problems).message).toContain('The Application is left alone.');
    });

    it('gives annotations, labels, sources and status', async () => {
      const { applications } = await listed([
        anApplication('shop', {
          labels: { team: 'a' },
          helm: { parameters: [{ name: 'image.tag', value: '1.0.0' }] },
          status: { sourceType: 'Helm', summary: { images: ['acme/web:1.0.0'] } },
        }),
      ]);

      expect(theOne(applications)).toMatchObject({
        namespace: 'argocd',
        name: 'shop',
        project: 'default',
        labels: { team: 'a' },
        annotations: { [imageList]: 'web=acme/web' },
        sourceKind: 'single',
        sources: [
          {
            repoURL: 'https://git.example.com/ops/deploy.git',
            helm: { parameters: [{ name: 'image.tag', value: '1.0.0', forceString: false }] },
          },
        ],
        status: { sourceTypes: ['Helm'], images: ['acme/web:1.0.0'] },
      });
    });

    it('lists only one namespace where one is set', async () => {
      const objects = [anApplication('shop'), anApplication('shop', { namespace: 'team-a' })];

      const { applications } = await listed(objects, { applicationNamespace: 'team-a' });

      expect(byName(applications)).toEqual(['team-a/shop']);
    });

    it.each([
      ['team-a,argocd', ['argocd/shop', 'team-a/shop']],
      ['*-a', ['team-a/shop']],
      ['[f-h]it*,argocd', ['argocd/shop', 'gitops/shop']],
      ['nowhere-*', []],
    ])('daemon.md 2.7: lists the namespaces %j', async (applicationNamespace, expected) => {
      const objects = ['argocd', 'gitops', 'team-a'].map((namespace) => anApplication('shop', { namespace }));

      const { applications } = await listed(objects, { applicationNamespace });

      expect(byName(applications)).toEqual(expected);
    });

    it.each([
      ['team=a', ['argocd/one']],
      ['team!=a', ['argocd/three', 'argocd/two']],
      ['team in (a, b),!canary', ['argocd/one']],
      ['team notin (a)', ['argocd/three', 'argocd/two']],
      ['canary', ['argocd/two']],
      ['', ['argocd/one', 'argocd/three', 'argocd/two']],
    ])('selects by labels %j', async (labelSelector, expected) => {
      const objects = [
        anApplication('one', { labels: { team: 'a' } }),
        anApplication('two', { labels: { team: 'b', canary: '' } }),
        anApplication('three'),
      ];

      const { applications } = await listed(objects, { labelSelector });

      expect(byName(applications).toSorted()).toEqual(expected);
    });

    it.each([
      [['shop-*'], ['argocd/shop-a', 'argocd/shop-b']],
      [
        ['shop-a', 'till'],
        ['argocd/shop-a', 'argocd/till'],
      ],
      [['shop-[b-z]'], ['argocd/shop-b']],
      [['none'], []],
      [
        ['shop-?', '['],
        ['argocd/shop-a', 'argocd/shop-b'],
      ],
    ])('F-11 selects by name patterns %j', async (namePatterns, expected) => {
      const objects = [anApplication('shop-a'), anApplication('shop-b'), anApplication('till')];

      const { applications } = await listed(objects, { namePatterns });

      expect(byName(applications).toSorted()).toEqual(expected);
    });

    it('F-12 warns of a malformed name pattern, which matches nothing', async () => {
      const { applications, warnings } = await listed([anApplication('shop')], { namePatterns: ['sho[p'] });

      expect(applications).toEqual([]);
      expect(warnings).toContain(
        '--match-application-name "sho[p" is no shell pattern and matches no Application',
      );
    });

    it('warns when Applications say that Argo CD lives elsewhere', async () => {
      const { warnings } = await listed([
        anApplication('shop', { status: { controllerNamespace: 'gitops' } }),
      ]);

      expect(theOne(warnings ?? [])).toContain('set --argocd-namespace=gitops');
    });

    laxIt('names an unreadable Application and lists the others', async () => {
      const bad = anApplication('bad');
      const { applications, problems } = await listed([
        anApplication('good'),
        { ...bad, spec: { ...(bad['spec'] as object), source: { repoURL: 7 } } },
      ]);

      expect(byName(applications)).toEqual(['argocd/good']);
      expect(theOne(problems)).toMatchObject({
        app: 'argocd/bad',
        message: expect.stringContaining('repoURL'),
      });
    });

    laxIt('says nothing about an unreadable Application that is not ours', async () => {
      const bad = { ...anApplication('bad', { annotations: null }), spec: 7 };

      const { problems } = await listed([bad]);

      expect(problems).toEqual([]);
    });

    it('tells where Argo CD lives', async () => {
      const world = await kind.start([]);

      expect(world.make({ argocdNamespace: 'gitops' }).openCycle().argocdNamespace).toBe('gitops');
    });

    it('reads Secrets, decoded, and ConfigMaps', async () => {
      const world = await kind.start([
        aSecret('creds', { username: 'tom', password: 'pa:ss\n' }, { team: 'a' }),
        aConfigMap('settings', { url: 'https://argocd.example.com' }, 'gitops'),
      ]);
      const { secrets } = world.make({}).openCycle();

      expect(await secrets.secret('argocd', 'creds')).toEqual({
        namespace: 'argocd',
        name: 'creds',
        labels: { team: 'a' },
        type: 'Opaque',
        values: { username: 'tom', password: 'pa:ss\n' },
      });
      expect(await secrets.configMap('gitops', 'settings')).toMatchObject({
        type: '',
        values: { url: 'https://argocd.example.com' },
      });
    });

    it.each(['missing', '../creds', '', 'creds?x=y'])('has no Secret named %j', async (name) => {
      const world = await kind.start([aSecret('creds', { a: 'b' })]);

      expect(await world.make({}).openCycle().secrets.secret('argocd', name)).toBeNull();
    });

    it("lists Argo CD's Secrets of one type in its namespace", async () => {
      const label = 'argocd.argoproj.io/secret-type';
      const world = await kind.start([
        aSecret('repo-b', { url: 'b' }, { [label]: 'repository' }),
        aSecret('repo-a', { url: 'a' }, { [label]: 'repository' }),
        aSecret('creds', { url: 'c' }, { [label]: 'repo-creds' }),
        aSecret('elsewhere', { url: 'd' }, { [label]: 'repository' }, 'team-a'),
      ]);

      const found = await world
        .make({ argocdNamespace: 'argocd' })
        .openCycle()
        .secrets.argocdSecrets('repository');

      expect(found.map(({ values }) => values['url'] ?? '').toSorted()).toEqual(['a', 'b']);
    });

    it('keeps what it read until the cycle ends', async () => {
      const world = await kind.start([aSecret('creds', { key: 'old' })]);
      const cluster = world.make({});
      const cycle = cluster.openCycle();
      await cycle.secrets.secret('argocd', 'creds');

      await world.put(aSecret('creds', { key: 'new' }));

      expect((await cycle.secrets.secret('argocd', 'creds'))?.values).toEqual({ key: 'old' });
      expect((await cluster.openCycle().secrets.secret('argocd', 'creds'))?.values).toEqual({ key: 'new' });
    });

    it('sees new Applications in the next cycle', async () => {
      const world = await kind.start([anApplication('one')]);
      const cluster = world.make({});
      await cluster.openCycle().applications(never);

      await world.put(anApplication('two'));

      const { applications } = await cluster.openCycle().applications(never);
      expect(byName(applications).toSorted()).toEqual(['argocd/one', 'argocd/two']);
    });

    it('fails as cancelled when the cycle is stopped', async () => {
      const world = await kind.start([anApplication('one')]);

      const failure = await failureOf(world.make({}).openCycle().applications(AbortSignal.abort()));

      expect(failure).toMatchObject({ kind: 'kube', code: 'cancelled' });
    });

    it(kind.live ? 'patches a live Application once' : 'refuses to patch', async () => {
      const world = await kind.start([anApplication('shop')]);
      const cycle = world.make({ argocdNamespace: 'argocd' }).openCycle();
      const app = theOne((await cycle.applications(never)).applications);
      const work = cycle.patchApplication(app, setImages(['acme/web:2']), never);

      if (!kind.live) {
        const failure = await failureOf(work);
        expect(failure.kind).toBe('config');
        expect(failure.message).toContain('write-back-method');
        return;
      }
      expect(await work).toBe('patched');
      const after = theOne((await world.make({}).openCycle().applications(never)).applications);
      expect(after.sources[0]?.kustomize?.images).toEqual(['acme/web:2']);
    });

    const odd = `https://a/?a=1&b=2 <tag> "q" \\ é😀 \u0001\b\f\n\u007f\u2028\u2029`;

    liveIt.each<[string, object, LiveEdit]>([
      [
        'a parameter with characters that Go escapes',
        { helm: { parameters: [{ name: 'url', value: odd }] } },
        helmTag,
      ],
      ['values with them, and no parameters', { helm: { values: `a: &x ${odd}` } }, helmTag],
      [
        'numbers that no double holds',
        { helm: { valuesObject: { big: 9_007_199_254_740_993n, rate: 1.5, huge: 1e21 } } },
        helmTag,
      ],
      ['an empty helm block', { helm: {} }, helmTag],
      ['no block', {}, helmTag],
      ['odd images', { kustomize: { images: ['a&b=x:1', `${odd}=y:1`] } }, kustomizeImage],
      ['a kustomize block without images', { kustomize: { namePrefix: 'a<b>' } }, kustomizeImage],
      ['an odd repository', { repoURL: 'https://git.example.com/x.git?a=1&b=<2>' }, kustomizeImage],
    ])('fault D1: patches an Application with %s', async (_, source, edit) => {
      const world = await kind.start([withSource(anApplication('shop'), source)]);
      const cycle = world.make({ argocdNamespace: 'argocd' }).openCycle();
      const app = theOne((await cycle.applications(never)).applications);
      const intention = {
        kind: 'argocd',
        app,
        key: 'argocd/shop',
        sourceIndex: 0,
        edit,
        changes: [],
      } as const;

      expect(await cycle.patchApplication(app, (live) => livePatch(intention, live), never)).toBe('patched');

      const { applications } = await world.make({}).openCycle().applications(never);
      const again = { ...intention, app: theOne(applications) };
      expect(holdsEdit(again.app, edit)).toBe(true);
      expect(await cycle.patchApplication(again.app, (live) => livePatch(again, live), never)).toBe(
        'unchanged',
      );
    });

    liveIt('fault D1: says at once that a patch is refused that nobody raced', async () => {
      const world = await kind.start([anApplication('shop')]);
      const cycle = world.make({ argocdNamespace: 'argocd' }).openCycle();
      const app = theOne((await cycle.applications(never)).applications);
      let computed = 0;
      const compute = (): readonly JsonPatchOperation[] => {
        computed += 1;
        return [
          { op: 'test', path: '/spec/source/path', value: 'another' },
          { op: 'add', path: '/spec/source/kustomize', value: {} },
        ];
      };

      const failure = await failureOf(cycle.patchApplication(app, compute, never));

      expect(failure).toMatchObject({ kind: 'kube', code: 'invalid' });
      expect(failure.message).toMatch(/refused, though nobody changed the Application: (?:422|500) .{20}/);
      expect(computed).toBe(3); // as listed, as read, as read again
    });

    liveIt('fault D2: fails where the server drops what was patched', async () => {
      const world = await kind.start([withSource(anApplication('shop'), {})]);
      const cycle = world.make({ argocdNamespace: 'argocd' }).openCycle();
      const app = theOne((await cycle.applications(never)).applications);
      const compute = (live: unknown): readonly JsonPatchOperation[] =>
        JSON.stringify(live).includes('notInTheCrd')
          ? []
          : [{ op: 'add', path: '/spec/source/notInTheCrd', value: 'x' }];

      const failure = await failureOf(cycle.patchApplication(app, compute, never));

      expect(failure).toMatchObject({ kind: 'kube', code: 'invalid' });
      expect(failure.message).toContain('the server took the patch and dropped /spec/source/notInTheCrd');
    });
  });

  describe(`${kind.name}: projects`, () => {
    const project = async (name: string, objects: readonly ObjectSeed[]): Promise<ProjectSources> => {
      const world = await kind.start(objects);
      return world.make({ argocdNamespace: 'argocd' }).openCycle().projects.project(name);
    };
    const teamA = aProject('team-a', ['https://git.test/team-a/*', '!https://git.test/team-a/secret'], {
      team: 'a',
    });

    it('fault A10: tell what their Applications may use, and where these may be', async () => {
      const open = { ...aProject('open', ['*']), spec: { sourceRepos: ['*'], sourceNamespaces: ['team-*'] } };

      expect(await project('team-a', [teamA, open])).toEqual({
        sourceRepos: ['https://git.test/team-a/*', '!https://git.test/team-a/secret'],
        sourceNamespaces: [],
      });
      expect(await project('open', [open])).toEqual({ sourceRepos: ['*'], sourceNamespaces: ['team-*'] });
      expect(await project('empty', [aProject('empty')])).toEqual({ sourceRepos: [], sourceNamespaces: [] });
    });

    it('fault A10: have their own repositories, and what global projects permit to their labels', async () => {
      const repository = (name: string, project: string) =>
        aSecret(
          name,
          { url: `https://git.test/${name}`, project },
          { 'argocd.argoproj.io/secret-type': 'repository' },
        );
      const globalProjects = JSON.stringify([
        { projectName: 'everybody', labelSelector: { matchLabels: { team: 'a' } } },
        { projectName: 'team-a', labelSelector: {} },
        {
          projectName: 'gone',
          labelSelector: { matchExpressions: [{ key: 'team', operator: 'DoesNotExist' }] },
        },
      ]);
      const found = await project('team-a', [
        teamA,
        aProject('everybody', ['https://git.test/shared'], { global: 'yes' }),
        repository('scoped', 'team-a'),
        repository('foreign', 'team-b'),
        aConfigMap('argocd-cm', { globalProjects }),
      ]);

      expect(found.sourceRepos.toSorted()).toEqual([
        '!https://git.test/team-a/secret',
        'https://git.test/scoped',
        'https://git.test/shared',
        'https://git.test/team-a/*',
      ]);
    });

    it.each(['none', 'UPPER', '../applications/x', ''])(
      'fault A10: fail where there is none: %j',
      async (name) => {
        expect((await failureOf(project(name, [teamA]))).message).toMatch(/AppProject/);
      },
    );

    const windowsOf = async (
      name: string,
      objects: readonly ObjectSeed[],
    ): Promise<readonly SyncWindow[]> => {
      const world = await kind.start(objects);
      return world.make({ argocdNamespace: 'argocd' }).openCycle().projects.syncWindows(name);
    };
    const nightly = { kind: 'deny', schedule: '0 22 * * *', duration: '1h', applications: ['*'] };
    const full = {
      kind: 'allow',
      schedule: '0 9 * * 1-5',
      duration: '8h30m',
      applications: ['shop-*'],
      namespaces: ['web'],
      clusters: ['in-cluster'],
      manualSync: true,
      andOperator: true,
      timeZone: 'Europe/Berlin',
    };
    const bare = { namespaces: [], clusters: [], manualSync: false, andOperator: false, timeZone: '' };

    it('policies.md 5.2: tell their sync windows, as written', async () => {
      const windowed = withSpec(aProject('team-a'), { syncWindows: [full, nightly] });
      const broken = withSpec(aProject('team-b'), { syncWindows: [{ schedule: 'never', duration: 'x' }] });

      expect(await windowsOf('team-a', [windowed])).toEqual([full, { ...nightly, ...bare }]);
      expect(await windowsOf('team-b', [broken])).toEqual([
        { kind: '', schedule: 'never', duration: 'x', applications: [], ...bare },
      ]);
      expect(await windowsOf('empty', [aProject('empty')])).toEqual([]);
    });

    it('WI-19 have the windows of their global projects as well', async () => {
      const globalProjects = JSON.stringify([
        { projectName: 'team-a', labelSelector: {} },
        { projectName: 'other', labelSelector: { matchLabels: { team: 'b' } } },
        { projectName: 'everybody', labelSelector: { matchLabels: { team: 'a' } } },
      ]);
      const found = await windowsOf('team-a', [
        withSpec(teamA, { syncWindows: [full] }),
        withSpec(aProject('everybody', [], { global: 'yes' }), { syncWindows: [nightly] }),
        withSpec(aProject('other'), { syncWindows: [full] }),
        aConfigMap('argocd-cm', { globalProjects }),
      ]);

      expect(found.map(({ kind: what }) => what)).toEqual(['allow', 'deny']);
    });

    it('policies.md 5.2: nobody can tell the windows of a project that is not there', async () => {
      expect((await failureOf(windowsOf('none', [teamA]))).message).toMatch(/AppProject/);
    });

    laxIt('policies.md 5.2: windows that are none fail, and hurt nothing else', async () => {
      const odd = withSpec(teamA, { syncWindows: [{ schedule: 7 }] });
      const world = await kind.start([odd]);
      const { projects } = world.make({ argocdNamespace: 'argocd' }).openCycle();

      expect((await failureOf(projects.syncWindows('team-a'))).message).toContain(
        'syncWindows of team-a are no list of windows',
      );
      expect((await projects.project('team-a')).sourceRepos).toHaveLength(2);
    });

    it('keep what they read until the cycle ends', async () => {
      const world = await kind.start([withSpec(teamA, { syncWindows: [full] })]);
      const { projects } = world.make({ argocdNamespace: 'argocd' }).openCycle();
      await projects.syncWindows('team-a');

      await world.put(withSpec(teamA, { syncWindows: [] }));

      expect(await projects.syncWindows('team-a')).toHaveLength(1);
    });

    laxIt('fault A10: fail where they cannot be read', async () => {
      const odd = { ...teamA, spec: { sourceRepos: 'https://git.test/team-a' } };

      expect((await failureOf(project('team-a', [odd]))).message).toContain(
        'its sourceRepos are no list of texts',
      );
    });
  });
}

function withSpec(project: ObjectSeed, spec: object): ObjectSeed {
  return { ...project, spec: { ...(project['spec'] as object), ...spec } };
}

function aProject(
  name: string,
  sourceRepos?: readonly string[],
  labels: Readonly<Record<string, string>> = {},
): ObjectSeed {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name, namespace: 'argocd', labels },
    spec: sourceRepos === undefined ? {} : { sourceRepos },
  };
}
