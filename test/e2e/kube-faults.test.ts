/** API servers that refuse, stumble, stall or vanish: what depends on the answer waits, and nothing else. */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { KubeCode } from '../../src/core/base/outcome.ts';
import { kubeCodes } from '../../src/core/report/problem-codes.ts';
import { type Fault, type LoggedRequest, startKubeApi } from '../fakes/kube-api.ts';
import { type Bench, type BenchOptions, kubeToken, startBench } from './support/bench.ts';
import { parseLogLine, problemsIn, problemsOf } from './support/log.ts';
import { pullSecret } from './support/objects.ts';

const image = 'reg.test/acme/web';
const minuteMs = 60_000;

/** Four applications that need different things of the API server. */
const applications = {
  'by-git': { 'write-back-method': 'git' },
  'by-named-secret': { 'write-back-method': 'git:secret:argocd/git-credentials' },
  'by-patch': {},
  'by-pull-secret': { 'write-back-method': 'git', 'web.pull-secret': 'pullsecret:argocd/pull' },
} as const;

type Name = keyof typeof applications;

const names = Object.keys(applications) as Name[];

interface Scene extends Bench {
  /** Names of all that were updated since the last call, by commit or patch. */
  updated(): Promise<readonly string[]>;
  /** Somebody pushes a tag that is newer than all before. */
  pushTag(): void;
}

async function startScene(options: BenchOptions = {}): Promise<Scene> {
  const bench = await startBench(options);
  onTestFinished(() => bench.close());
  bench.kube.objects.put(pullSecret('pull', 'reg.test', 'ci', 'any'));
  const repoURL = await bench.addRepository('deploy', { 'README.md': 'deploy\n' });
  for (const [name, annotations] of Object.entries(applications)) {
    const parts = { repoURL, images: [`${image}:1.0.0`] };
    bench.addApplication(name, {
      ...parts,
      annotations: { 'image-list': `web=${image}:1.x`, ...annotations },
    });
  }
  let minor = 0;
  let known: readonly string[] = [];
  const scene: Scene = {
    ...bench,
    pushTag: () => {
      minor += 1;
      bench.registry().push('acme/web', `1.${minor}.0`, {});
    },
    updated: async () => {
      const all = [...(await committed(bench)), ...patched(bench)];
      const fresh = all.filter((update) => !known.includes(update));
      known = all;
      return fresh.map((update) => update.split(' ')[0] ?? '').toSorted();
    },
  };
  scene.pushTag();
  return scene;
}

async function committed(bench: Bench): Promise<readonly string[]> {
  const messages = await bench.commits('deploy');
  return messages.map((message) => {
    const [, name = ''] = /automatic update of (\S+)/.exec(message) ?? [];
    const [, tag = ''] = /to '(\S+)'/.exec(message) ?? [];
    return `${name} ${tag}`;
  });
}

function patched({ kube }: Bench): readonly string[] {
  const { spec } = kube.objects.get('applications', 'argocd', 'by-patch') as unknown as {
    readonly spec: { readonly source: { readonly kustomize?: { readonly images: readonly string[] } } };
  };
  return (spec.source.kustomize?.images ?? []).map((text) => `by-patch ${text}`);
}

function status(code: number): Fault['respond'] {
  return { kind: 'status', status: code };
}

/** Nobody waits for an answer that never comes: the time in which it should have come passes at once. */
function inTime(
  { clock }: Scene,
  when: (request: LoggedRequest) => boolean,
  respond: Fault['respond'],
): Fault {
  if (respond.kind !== 'hang') return { when, respond };
  const passing = (request: LoggedRequest): boolean => {
    const isMeant = when(request);
    if (isMeant) setImmediate(() => clock.pass(requestTimeoutMs));
    return isMeant;
  };
  return { when: passing, respond };
}

const requestTimeoutMs = 30_000;

const isList = ({ path }: LoggedRequest) => path.endsWith('/applications');

describe('a list of Applications that fails', () => {
  const list = 'list Applications in all namespaces: ';

  it.each<{
    readonly name: string;
    readonly respond: Fault['respond'];
    readonly code: string;
    readonly says: string;
  }>([
    {
      name: '401',
      respond: status(401),
      code: 'unauthorized',
      says: '401 a fault',
    },
    {
      name: '403',
      respond: status(403),
      code: 'forbidden',
      says: '403 a fault',
    },
    { name: '410', respond: status(410), code: 'gone', says: '410 a fault' },
    { name: '500', respond: status(500), code: 'server-error', says: '500 a fault' },
    { name: 'no answer', respond: { kind: 'hang' }, code: 'timeout', says: 'no answer in time' },
    {
      name: 'a closed connection',
      respond: { kind: 'reset' },
      code: 'network',
      says: 'the connection failed',
    },
    {
      name: 'a page',
      respond: { kind: 'status', status: 200, body: '<html>' },
      code: 'malformed',
      says: 'the answer is no list',
    },
  ])('with $name is one line, and made up for by the next cycle', async ({ respond, code, says }) => {
    const scene = await startScene();
    scene.kube.faults.push(inTime(scene, isList, respond));

    const failed = await scene.cycle();
    const still = await scene.cycle();
    scene.kube.faults.splice(0);
    const cured = await scene.cycle();

    expect(problemsIn(failed.lines)).toEqual([
      {
        level: 'error',
        message: expect.stringContaining(list + says) as string,
        fields: {
          code,
          resource: 'applications.argoproj.io',
          ...('nobody' in kubeCodes[code as KubeCode]
            ? {}
            : { advice: expect.stringMatching(/\w{4,}/) as string }),
        },
      },
    ]);
    expect(failed.lines.at(-1)).toContain(
      'applications=0 images_considered=0 images_skipped=0 images_updated=0 errors=1',
    );
    expect(problemsIn(still.lines)).toEqual([]);
    expect(problemsIn(cured.lines)).toEqual([]);
    expect(cured.lines.filter((line) => line.includes('Problem resolved'))).toHaveLength(1);
    expect(await scene.updated()).toEqual(names);
  });

  it('because it expired between two pages is read anew at once', async () => {
    const scene = await startScene();
    for (let index = 0; index < 600; index += 1) {
      const metadata = { name: `unrelated-${index}`, namespace: 'argocd' };
      scene.kube.objects.put({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata, spec: {} });
    }
    const isSecondPage = (request: LoggedRequest) => isList(request) && 'continue' in request.query;
    const act = () => scene.kube.expireLists();
    scene.kube.faults.push({ when: isSecondPage, times: 1, respond: { kind: 'before', act } });

    const { lines } = await scene.cycle();

    expect(problemsIn(lines)).toEqual([]);
    expect(scene.kube.requests.filter(isList).map((request) => request.status)).toEqual([200, 410, 200, 200]);
    expect(await scene.updated()).toEqual(names);
  });

  it('because the token was changed is read with the new one', async () => {
    const scene = await startScene();
    await scene.cycle();
    await scene.updated();
    scene.kube.setToken('kube-token-renewed');
    scene.kube.kubeconfig(`${scene.folder}/kubeconfig`, { namespace: 'argocd' });
    scene.pushTag();

    const { lines } = await scene.cycle();

    expect(problemsIn(lines)).toEqual([]);
    expect(await scene.updated()).toEqual(names);
  });
});

describe('a request that fails', () => {
  const secretPath = (name: string) => (request: LoggedRequest) => request.path.endsWith(`/secrets/${name}`);
  const isPatch = ({ method }: LoggedRequest) => method === 'PATCH';

  interface Failing {
    readonly name: string;
    readonly when: (request: LoggedRequest) => boolean;
    readonly respond: Fault['respond'];
    readonly hit: readonly Name[];
    readonly says: string;
  }

  const byStatus = (
    codes: readonly number[],
    failing: Omit<Failing, 'respond' | 'says'> & { readonly says: string },
  ): readonly Failing[] =>
    codes.map((code) => ({
      ...failing,
      name: `${failing.name}: ${code}`,
      respond: status(code),
      says: failing.says.replace('…', `${code} a fault`),
    }));

  it.each<Failing>([
    ...byStatus([401, 403, 500], {
      name: 'for a pull secret',
      when: secretPath('pull'),
      hit: ['by-pull-secret'],
      says: 'list tags of reg.test/acme/web: credentials from pullsecret:argocd/pull: read Secret argocd/pull: …',
    }),
    ...byStatus([403, 500], {
      name: 'for a named Secret',
      when: secretPath('git-credentials'),
      hit: ['by-named-secret'],
      says: 'read Secret argocd/git-credentials: …',
    }),
    ...byStatus([403, 500], {
      name: 'for the Secrets of Argo CD',
      when: ({ path }) => path.endsWith('/secrets'),
      hit: ['by-git', 'by-pull-secret'],
      says: 'in namespace argocd: …',
    }),
    ...byStatus([403, 410, 500], {
      name: 'for a patch',
      when: isPatch,
      hit: ['by-patch'],
      says: 'patch Application argocd/by-patch: …',
    }),
    ...byStatus([409], {
      name: 'for a patch',
      when: isPatch,
      hit: ['by-patch'],
      says: 'patch Application argocd/by-patch: others changed it meanwhile, in 6 attempts',
    }),
    {
      name: 'for a patch: no answer',
      when: isPatch,
      respond: { kind: 'hang' },
      hit: ['by-patch'],
      says: 'patch Application argocd/by-patch: no answer in time',
    },
  ])('$name hurts $hit alone', async ({ when, respond, hit, says }) => {
    const scene = await startScene();
    scene.kube.faults.push(inTime(scene, when, respond));

    const failed = await scene.cycle();
    const unhurt = await scene.updated();
    scene.kube.faults.splice(0);
    scene.clock.pass(minuteMs);
    const cured = await scene.cycle();

    expect(problemsIn(failed.lines)).toHaveLength(1);
    for (const name of hit) {
      expect(problemsOf(failed.lines, name)[0]?.message).toContain(says);
    }
    expect(unhurt).toEqual(names.filter((name) => !hit.includes(name)));
    expect(problemsIn(cured.lines)).toEqual([]);
    expect(await scene.updated()).toEqual(hit);
  });

  it.each([403, 500])('for an Event: %d does not undo the update, and is told', async (code) => {
    const scene = await startScene();
    scene.kube.faults.push({ when: ({ method }) => method === 'POST', respond: status(code) });

    const { lines, report } = await scene.cycle();

    const told = problemsIn(lines);
    expect(told).toEqual([
      {
        level: 'warning',
        message: expect.stringContaining(
          `the update is done, but its event is not: create an Event in namespace argocd: ${code} a fault`,
        ) as string,
        fields: {
          application: 'argocd/by-git, argocd/by-named-secret, argocd/by-patch, argocd/by-pull-secret',
        },
      },
    ]);
    expect(report.counters).toMatchObject({ updated: names.length, errors: 0 });
    expect(await scene.updated()).toEqual(names);
  });

  it('because another writer was faster is made again on the fresh object', async () => {
    const scene = await startScene();
    const act = () => {
      const live = scene.kube.objects.get('applications', 'argocd', 'by-patch');
      if (live === undefined) throw new Error('no application');
      scene.kube.objects.put({ ...live, metadata: { ...live.metadata, labels: { touched: 'yes' } } });
    };
    scene.kube.faults.push({ when: isPatch, times: 1, respond: { kind: 'before', act } });

    const { lines } = await scene.cycle();

    expect(problemsIn(lines)).toEqual([]);
    expect(await scene.updated()).toEqual(names);
    expect(scene.kube.objects.get('applications', 'argocd', 'by-patch')?.metadata['labels']).toEqual({
      touched: 'yes',
    });
  });
});

describe('an API server that is slow', () => {
  it('delays the cycle, and that is all', async () => {
    const scene = await startScene();
    scene.kube.faults.push({ respond: { kind: 'slow', delayMs: 100 } });

    const { lines } = await scene.cycle();

    expect(problemsIn(lines)).toEqual([]);
    expect(await scene.updated()).toEqual(names);
    expect(scene.events()).toHaveLength(names.length);
  });
});

describe('an API server that is gone for an hour', () => {
  it('is told more and more rarely, and all is done as soon as it is back', async () => {
    const scene = await startScene();
    const { port, objects } = scene.kube;
    await scene.kube.stop();

    const told: number[] = [];
    for (let minute = 0; minute < 60; minute += 2) {
      const { lines } = await scene.cycle();
      if (problemsIn(lines).length > 0) told.push(minute);
      scene.clock.pass(2 * minuteMs);
    }
    const seeds = ['secrets', 'applications'].flatMap((plural) => objects.all(plural));
    const again = await startKubeApi({ objects: seeds, token: kubeToken, port });
    onTestFinished(() => again.stop());
    const { lines } = await scene.cycle();

    expect(told).toEqual([0, 10]);
    const resolved = lines.map(parseLogLine).filter(({ message }) => message === 'Problem resolved');
    expect(resolved).toHaveLength(1);
    expect(Number(resolved[0]?.fields['lasted_seconds'])).toBeGreaterThanOrEqual(3600);
    expect(await committed(scene)).toHaveLength(3);
  });
});
