/** Memory of policies in ConfigMaps, and what is said where it cannot be had. */
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeKubeCluster } from '../../../src/kube/cluster.ts';
import { printMemory } from '../../../src/core/policy/memory/memory.ts';
import type { PolicyMemory } from '../../../src/ports/policy-memory.ts';
import { memoryOf, policyMemoryContract, seen, textIn } from '../../contracts/policy-memory.ts';
import { sharedPolicyMemoryContract } from '../../contracts/shared-policy-memory.ts';
import { type KubeApi, type KubeApiOptions, startKubeApi } from '../../fakes/kube-api.ts';
import { aConfigMap, fakeClock, failureOf, never, temporaryFolder } from '../fixtures.ts';
import { paths } from '../worlds.ts';

async function serverWith(options: KubeApiOptions = {}): Promise<KubeApi> {
  const server = await startKubeApi(options);
  onTestFinished(() => server.stop());
  return server;
}

function connect(server: KubeApi): PolicyMemory {
  const { policyMemory } = makeKubeCluster({
    kubeconfigPath: server.kubeconfig(join(temporaryFolder(), 'config'), { namespace: 'updater' }),
    environment: {},
    argocdNamespace: 'argocd',
    namePatterns: [],
    kubeEvents: true,
    clock: fakeClock(),
    userAgent: 'tidewaiter/1.2.3',
  });
  if (policyMemory === undefined) throw new Error('a cluster has memory');
  return policyMemory;
}

const fresh = async () => {
  const server = await serverWith();
  return () => connect(server);
};

policyMemoryContract('ConfigMaps of the strict API server', fresh);
sharedPolicyMemoryContract('ConfigMaps of the strict API server', fresh);

const name = (shard: number): string => `argocd-image-updater-memory-${shard}`;
const base = '/api/v1/namespaces/updater/configmaps';

describe('ConfigMaps of memory', () => {
  it('are in the own namespace, and nothing is made of nothing', async () => {
    const server = await serverWith();
    const memory = connect(server);

    await memory.read(never);
    await memory.write(memoryOf(), never);

    expect(memory.place).toBe('ConfigMaps argocd-image-updater-memory-0 to -7 in namespace updater');
    expect(paths(server).toSorted()).toEqual(
      Array.from({ length: 8 }, (_, shard) => `GET ${base}/${name(shard)}`),
    );
  });

  it('are written once for each change, and not without one', async () => {
    const server = await serverWith();
    const memory = connect(server);
    await memory.read(never);
    server.requests.length = 0;

    await memory.write(memoryOf(seen('2.1.5')), never);
    await memory.write(memoryOf(seen('2.1.5')), never);
    await memory.write(memoryOf(seen('2.1.5'), seen('2.1.6')), never);

    expect(paths(server)).toEqual([`POST ${base}`, `PUT ${base}/${name(0)}`]);
    expect(server.requests.map(({ query }) => query['fieldManager'])).toEqual([
      'argocd-image-updater',
      'argocd-image-updater',
    ]);
    expect(server.objects.get('configmaps', 'updater', name(0))).toMatchObject({
      data: { memory: `${seen('2.1.5')}\n${seen('2.1.6')}\n` },
      metadata: { labels: { 'app.kubernetes.io/part-of': 'argocd-image-updater' } },
    });
  });

  it('keep labels and keys of others', async () => {
    const other = aConfigMap(name(0), { memory: `${seen('2.1.5')}\n`, notes: 'of a person' }, 'updater');
    const labelled = { ...other, metadata: { ...other.metadata, labels: { team: 'sre' } } };
    const server = await serverWith({ objects: [labelled] });
    const memory = connect(server);
    await memory.read(never);

    await memory.write(memoryOf(seen('2.1.6')), never);

    expect(server.objects.get('configmaps', 'updater', name(0))).toMatchObject({
      data: { memory: `${seen('2.1.6')}\n`, notes: 'of a person' },
      metadata: { labels: { team: 'sre' } },
    });
  });

  it('are read in any layout, and a line that nobody can read is told', async () => {
    const server = await serverWith({
      objects: [
        aConfigMap(name(1), { memory: `${seen('2.1.5', 12)}\n` }, 'updater'),
        aConfigMap(name(5), { memory: `seen by nobody\n${seen('2.1.5', 10)}\n` }, 'updater'),
      ],
    });

    const { memory, unreadable } = await connect(server).read(never);

    expect(printMemory(memory)).toBe(`${seen('2.1.5', 10)}\n`);
    expect(unreadable).toEqual({ count: 1, first: 'seen by nobody' });
  });

  it('have no tags of which only a list told', async () => {
    const server = await serverWith();

    await connect(server).write(memoryOf(seen('2.1.5'), 'seen ghcr.io/acme/web 2.9.0 - 12'), never);

    expect(await textIn(connect(server))).toBe(`${seen('2.1.5')}\n`);
  });

  it('that somebody deleted are made anew', async () => {
    const server = await serverWith();
    const memory = connect(server);
    await memory.write(memoryOf(seen('2.1.5')), never);
    server.objects.remove('configmaps', 'updater', name(0));

    await memory.write(memoryOf(seen('2.1.5'), seen('2.1.6')), never);

    expect(await textIn(connect(server))).toBe(`${seen('2.1.5')}\n${seen('2.1.6')}\n`);
  });

  it('give up where somebody writes all the time', async () => {
    const server = await serverWith();
    let count = 0;
    server.faults.push({
      when: ({ method }) => method === 'POST' || method === 'PUT',
      times: 9,
      respond: {
        kind: 'before',
        act: () => {
          count += 1;
          server.objects.put(aConfigMap(name(0), { memory: `${seen(`3.0.${count}`)}\n` }, 'updater'));
        },
      },
    });

    const failure = await failureOf(connect(server).write(memoryOf(seen('2.1.5')), never));

    expect(failure).toMatchObject({ code: 'conflict', resource: `configmaps updater/${name(0)}` });
    expect(count).toBe(4);
  });

  it.each([
    ['read', (memory: PolicyMemory) => memory.read(never)],
    ['create', (memory: PolicyMemory) => memory.write(memoryOf(seen('2.1.5')), never)],
  ])('that nobody may %s: name the rule', async (verb, act) => {
    const failure = await failureOf(act(connect(await serverWith({ rules: [] }))));

    expect(failure).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining(`${verb} ConfigMap updater/${name(0)}`),
      advice: 'allow verbs "get", "create" and "update" on "configmaps" in namespace "updater" by a Role',
    });
  });

  it('that are too large for Kubernetes: say so, and what was there stays', async () => {
    const server = await serverWith();
    const memory = connect(server);
    await memory.write(memoryOf(seen('2.1.5')), never);
    server.faults.push({ when: ({ method }) => method === 'PUT', respond: { kind: 'status', status: 422 } });

    expect(await failureOf(memory.write(memoryOf(seen('2.1.6')), never))).toMatchObject({ code: 'invalid' });
    expect(await textIn(connect(server))).toBe(`${seen('2.1.5')}\n`);
  });
});
