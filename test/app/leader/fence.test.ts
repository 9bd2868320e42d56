/** Nothing is pushed or patched by one who does not lead any more. */
import { describe, expect, it } from 'vitest';
import { fencedCluster, fencedGit } from '../../../src/app/leader/fence.ts';
import { workWhileLeading } from '../../../src/app/leader/terms.ts';
import type { Application } from '../../../src/core/config/application.ts';
import type { JsonPatchOperation } from '../../../src/core/live-patch.ts';
import type { Cluster, LivePatch } from '../../../src/ports/cluster.ts';
import type { Git, GitRepository, PushRequest } from '../../../src/ports/git.ts';

const never = new AbortController().signal;
const request: PushRequest = { branch: 'main', commit: 'c0ffee', expected: null, force: false };

function gitWith(pushed: string[]): Git {
  const repository = {
    push: (requests: readonly PushRequest[]) => {
      pushed.push(...requests.map(({ commit }) => commit));
      return Promise.resolve(requests.map(({ branch }) => ({ branch, ok: true })));
    },
  } as unknown as GitRepository;
  const cycle = {
    remote: () => Promise.reject(new Error('unused')),
    open: () => Promise.resolve(repository),
  };
  return { openCycle: () => cycle, close: () => Promise.resolve() };
}

async function push(git: Git) {
  const repository = await git.openCycle({} as never, 'argocd').open({} as never, never);
  return repository.push([request], never);
}

describe('a push', () => {
  it('goes on while this replica leads', async () => {
    const pushed: string[] = [];

    expect(await push(fencedGit(gitWith(pushed), () => true))).toEqual([{ branch: 'main', ok: true }]);
    expect(pushed).toEqual(['c0ffee']);
  });

  it('is not started by one that leads no more', async () => {
    const pushed: string[] = [];

    expect(await push(fencedGit(gitWith(pushed), () => false))).toMatchObject([
      { branch: 'main', ok: false, code: 'not-leader' },
    ]);
    expect(pushed).toEqual([]);
  });
});

describe('a live patch', () => {
  const app = { namespace: 'argocd', name: 'shop' } as Application;
  const operation: JsonPatchOperation = { op: 'add', path: '/spec', value: {} };
  /** Computes as the adapter does: for what was listed, for what is there, after each conflict. */
  const clusterWith = (sent: JsonPatchOperation[], conflicts: number): Cluster => ({
    openCycle: () =>
      ({
        patchApplication: async (_: Application, compute: LivePatch) => {
          for (let i = 0; i <= conflicts; i += 1) sent.push(...compute({}));
          return Promise.resolve('patched');
        },
      }) as unknown as ReturnType<Cluster['openCycle']>,
  });
  const patch = (cluster: Cluster, compute: LivePatch) =>
    cluster.openCycle().patchApplication(app, compute, never);

  it('goes on while this replica leads', async () => {
    const sent: JsonPatchOperation[] = [];

    expect(
      await patch(
        fencedCluster(clusterWith(sent, 0), () => true),
        () => [operation],
      ),
    ).toBe('patched');
    expect(sent).toEqual([operation]);
  });

  it('is not repeated after a conflict by one that leads no more', async () => {
    const sent: JsonPatchOperation[] = [];
    let asked = 0;
    const leads = () => {
      asked += 1;
      return asked === 1;
    };

    await expect(patch(fencedCluster(clusterWith(sent, 1), leads), () => [operation])).rejects.toThrow(
      'this replica does not lead any more',
    );
    expect(sent).toEqual([operation]);
  });

  it('that is there already is no patch, whoever leads', async () => {
    expect(
      await patch(
        fencedCluster(clusterWith([], 0), () => false),
        () => [],
      ),
    ).toBe('patched');
  });
});

describe('work of a single replica', () => {
  it('is begun without waiting where there is no election', async () => {
    const lost: boolean[] = [];

    await workWhileLeading({
      election: undefined,
      onWait: () => expect.unreachable(),
      work: (signal) => Promise.resolve(void lost.push(signal.aborted)),
      signal: never,
    });

    expect(lost).toEqual([false]);
  });

  it('is over before its term ends, and waits for the next until it is told to stop', async () => {
    const stop = new AbortController();
    const steps: string[] = [];
    const election = {
      lead: () => {
        steps.push('lead');
        return Promise.resolve({
          lost: never,
          end: () => Promise.resolve(void steps.push('end')),
        });
      },
    };
    const work = (over: AbortSignal) => {
      over.addEventListener('abort', () => steps.push('over'));
      steps.push('work');
      if (steps.filter((step) => step === 'work').length === 2) stop.abort(new Error('stop'));
      return Promise.resolve();
    };

    await workWhileLeading({ election, onWait: () => steps.push('wait'), work, signal: stop.signal });

    const term = ['wait', 'lead', 'work', 'over', 'end'];
    expect(steps).toEqual([...term, ...term]);
  });
});
