/** A replica that stands by, and one that was held up: two processes, one Lease. */
import { expect, it, onTestFinished } from 'vitest';
import { type ReplicaScene, startReplicaScene } from './support/replicas.ts';
import { freePort } from '../fakes/free-port.ts';

const secret = 'hook-secret-1234';

async function scene(): Promise<ReplicaScene> {
  const started = await startReplicaScene();
  onTestFinished(() => started.close());
  return started;
}

/** A replica with its ports open. */
async function startOpen(replicas: ReplicaScene, name: string) {
  const [pages, webhooks] = [await freePort(), await freePort()];
  const replica = replicas.start(name, [
    `--metrics-port=${pages}`,
    '--enable-webhook',
    `--webhook-port=${webhooks}`,
    `--generic-webhook-secret=${secret}`,
  ]);
  return {
    replica,
    page: (path: string) => fetch(`http://127.0.0.1:${pages}/${path}`),
    push: () =>
      fetch(`http://127.0.0.1:${webhooks}/webhook?type=generic&secret=${secret}`, {
        method: 'POST',
        body: JSON.stringify({ repository: 'acme/web' }),
      }),
  };
}

it('one that stands by is ready, asks nobody, and sends pushes on to the leader', async () => {
  const replicas = await scene();
  const leader = await startOpen(replicas, 'a');
  await leader.replica.program.printed('This replica leads');
  const other = await startOpen(replicas, 'b');
  await other.replica.program.printed('This replica stands by');

  expect((await other.page('healthz')).status).toBe(200);
  expect((await other.page('readyz')).status).toBe(200);
  expect(await (await leader.page('metrics')).text()).toContain('\ntidewaiter_leader 1\n');
  const numbers = await (await other.page('metrics')).text();
  expect(numbers).toContain('\ntidewaiter_leader 0\n');
  expect(numbers).not.toMatch(/^tidewaiter_(?:registry_requests|git_operations)_total\{/m);
  const standing = async (who: typeof leader) =>
    ((await (await who.page('status.json')).json()) as { leader: { leads: boolean; name: string } }).leader;
  const { name } = await standing(leader);
  expect(await standing(leader)).toEqual({
    leads: true,
    name: expect.stringMatching(/^\S+_[0-9a-f-]{36}$/) as string,
  });
  expect(await standing(other)).toEqual({ leads: false, name });
  expect(await (await other.page('status')).text()).toContain('stands by');
  const refused = await other.push();
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '30']);
  expect((await leader.push()).status).toBe(200);
  other.replica.program.signal('SIGUSR1');
  await other.replica.program.printed('SIGUSR1 received, but another replica leads');
});

it('one of the command webhook shares the Lease with one of run, and takes over from it', async () => {
  const replicas = await scene();
  const run = replicas.start('a');
  await run.program.printed('This replica leads');
  const port = await freePort();
  const flags = [`--webhook-port=${port}`, `--generic-webhook-secret=${secret}`];
  const webhook = replicas.start('b', flags, 'webhook');
  await webhook.program.printed('This replica stands by');
  const push = async () => {
    const url = `http://127.0.0.1:${port}/webhook?type=generic&secret=${secret}`;
    const body = JSON.stringify({ repository: 'acme/web', tag: '1.1.0' });
    return (await fetch(url, { method: 'POST', body })).status;
  };

  expect(await push()).toBe(503);
  await replicas.end(run, 'SIGTERM');
  await webhook.program.printed('This replica leads');
  replicas.release('1.1.0');
  expect(await push()).toBe(200);
  await replicas.written('1.1.0');

  expect(await replicas.writers('1.1.0')).toEqual(['b']);
});

it('one that was held up for longer than its Lease writes nothing, and stands by', async () => {
  const replicas = await scene();
  for (const name of ['a', 'b']) replicas.start(name);
  const held = await replicas.leader();
  replicas.release('1.1.0');
  await replicas.written('1.1.0');

  held.program.signal('SIGSTOP');
  replicas.release('1.2.0');
  await replicas.written('1.2.0');
  held.program.signal('SIGCONT');
  await held.program.printed('running work is given up');
  await held.program.printed('This replica stands by');
  replicas.release('1.3.0');
  await replicas.written('1.3.0');

  const [first = [], ...later] = await Promise.all(
    ['1.1.0', '1.2.0', '1.3.0'].map((version) => replicas.writers(version)),
  );
  expect(first).toEqual([held.name]);
  const next = held.name === 'a' ? 'b' : 'a';
  expect(later).toEqual([[next], [next]]);
  expect(replicas.overlaps).toBe(0);
  expect(await replicas.strangers()).toEqual([]);
});
