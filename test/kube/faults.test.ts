/** What the adapter makes of an API server that refuses, stumbles or is gone. */
import { adviceFor } from '../../src/core/report/advice.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Fault, startKubeApi } from '../fakes/kube-api.ts';
import { anApplication, aSecret, failureOf, never } from './fixtures.ts';
import { kubeWorld } from './worlds.ts';

const objects = [anApplication('shop'), aSecret('creds', { password: 'hunter2' })];

describe('failures of the API server', () => {
  it('401: says that the credentials are at fault, after trying fresh ones', async () => {
    const { server, cluster } = await kubeWorld({ objects, token: 'right' });
    server.setToken('changed');

    const failure = await failureOf(cluster.openCycle().applications(never));

    expect(failure).toMatchObject({ kind: 'kube', code: 'unauthorized' });
    expect(failure.message).toBe('list Applications in all namespaces: 401 Unauthorized');
    expect(server.requests).toHaveLength(2);
  });

  it('403 on Applications: names verb, resource and scope', async () => {
    const { cluster } = await kubeWorld({ objects, rules: [] });

    const failure = await failureOf(cluster.openCycle().applications(never));

    expect(failure).toMatchObject({ kind: 'kube', code: 'forbidden', resource: 'applications.argoproj.io' });
    expect(failure.message).toContain('cannot list resource "applications" in API group "argoproj.io"');
    expect(adviceFor(failure)).toContain(
      'allow verb "list" on "applications" of API group "argoproj.io" by a ClusterRole, or set --application-namespace',
    );
  });

  it('403 on one Secret: names verb, resource and namespace', async () => {
    const { cluster } = await kubeWorld({ objects, rules: [] });

    const failure = await failureOf(cluster.openCycle().secrets.secret('team-a', 'creds'));

    expect(failure).toMatchObject({ code: 'forbidden', resource: 'secrets team-a/creds' });
    expect(failure.message).toMatch(/^read Secret team-a\/creds: 403 /);
    expect(adviceFor(failure)).toBe('allow verb "get" on "secrets" in namespace "team-a" by a Role');
  });

  it('a Role for one namespace is enough where only that one is listed', async () => {
    const rules = [
      { namespace: 'argocd', apiGroups: ['argoproj.io'], resources: ['applications'], verbs: ['list'] },
    ];
    const { cluster } = await kubeWorld({ objects, rules }, { applicationNamespace: 'argocd' });

    expect((await cluster.openCycle().applications(never)).applications).toHaveLength(1);
  });

  it('Roles in each namespace are enough where only names are given', async () => {
    const rules = ['argocd', 'team-a'].map((namespace) => ({
      namespace,
      apiGroups: ['argoproj.io'],
      resources: ['applications'],
      verbs: ['list'],
    }));
    const both = [...objects, anApplication('shop', { namespace: 'team-a' })];
    const { cluster } = await kubeWorld({ objects: both, rules }, { applicationNamespace: 'argocd,team-a' });

    expect((await cluster.openCycle().applications(never)).applications).toHaveLength(2);
  });

  it('404 on the list: asks whether Argo CD is installed', async () => {
    const { server, cluster } = await kubeWorld();
    server.faults.push({ respond: { kind: 'status', status: 404 } });

    const failure = await failureOf(cluster.openCycle().applications(never));

    expect(failure).toMatchObject({ code: 'not-found' });
    expect(adviceFor(failure)).toContain('is Argo CD installed in it?');
  });

  it.each<[string, Fault['respond'], string]>([
    ['500', { kind: 'status', status: 500 }, 'server-error'],
    ['503', { kind: 'status', status: 503 }, 'server-error'],
    ['504', { kind: 'status', status: 504 }, 'timeout'],
    ['429', { kind: 'status', status: 429 }, 'server-error'],
    ['a closed connection', { kind: 'reset' }, 'network'],
  ])('%s: is repeated three times, further and further apart', async (_, respond, code) => {
    const { server, cluster, clock, told } = await kubeWorld({ objects });
    server.faults.push({ respond });

    const failure = await failureOf(cluster.openCycle().applications(never));

    expect(failure).toMatchObject({ kind: 'kube', code });
    expect(server.requests).toHaveLength(4);
    expect(clock.slept).toEqual([125, 250, 500]);
    expect(told).toEqual([false, false, false, false]);
  });

  it.each<[string, Fault['respond']]>([
    ['500', { kind: 'status', status: 500 }],
    ['a closed connection', { kind: 'reset' }],
  ])('%s that passes is not noticed', async (_, respond) => {
    const { server, cluster, told } = await kubeWorld({ objects });
    server.faults.push({ times: 2, respond });

    expect((await cluster.openCycle().applications(never)).applications).toHaveLength(1);
    expect(told).toEqual([false, false, true]);
  });

  it('waits as long as the server asks', async () => {
    const { server, cluster, clock } = await kubeWorld({ objects });
    server.faults.push({
      times: 1,
      respond: { kind: 'status', status: 429, headers: { 'retry-after': '7' } },
    });

    await cluster.openCycle().applications(never);

    expect(clock.slept).toEqual([7000]);
  });

  it('waits until the date that the server names', async () => {
    const { server, cluster, clock } = await kubeWorld({ objects });
    const at = new Date(Math.ceil(clock.now() / 1000) * 1000 + 9_000);
    const askedMs = at.getTime() - clock.now();
    const headers = { 'retry-after': at.toUTCString() };
    server.faults.push({ times: 1, respond: { kind: 'status', status: 503, headers } });

    await cluster.openCycle().applications(never);

    expect(clock.slept).toEqual([askedMs]);
  });

  it('does not wait for a server that asks for more than half a minute', async () => {
    const { server, cluster, clock } = await kubeWorld({ objects });
    server.faults.push({ respond: { kind: 'status', status: 503, headers: { 'retry-after': '3600' } } });

    const failure = await failureOf(cluster.openCycle().applications(never));

    expect(failure).toMatchObject({ code: 'server-error' });
    expect(clock.slept).toEqual([]);
  });

  it('fault H3 a silent server: the deadline of the request', async () => {
    const timeouts = { requestMs: 30_000, listMs: 600_000 };
    const { server, cluster, clock } = await kubeWorld({ objects }, { timeouts });
    server.faults.push({ respond: { kind: 'hang' }, when: () => (clock.pass(30_000), true) });

    const failure = await failureOf(cluster.openCycle().applications(never));

    expect(failure).toMatchObject({ kind: 'kube', code: 'timeout' });
    expect(failure.message).toContain('no answer in time');
  });

  it('fault H3 a silent server: the deadline of the list, before that of the request', async () => {
    const timeouts = { requestMs: 60_000, listMs: 30_000 };
    const { server, cluster, clock } = await kubeWorld({ objects }, { timeouts });
    server.faults.push({ respond: { kind: 'hang' }, when: () => (clock.pass(30_000), true) });

    const failure = await failureOf(cluster.openCycle().applications(never));

    expect(failure).toMatchObject({ kind: 'kube', code: 'timeout' });
    expect(failure.message).toContain('not finished in time');
  });

  it('a silent server and a cycle that is stopped', async () => {
    const { server, cluster } = await kubeWorld({ objects });
    const stopping = new AbortController();
    server.faults.push({ respond: { kind: 'hang' }, when: () => (stopping.abort(), true) });

    const failure = await failureOf(cluster.openCycle().applications(stopping.signal));

    expect(failure).toMatchObject({ kind: 'kube', code: 'cancelled' });
  });

  it('no server: the connection is refused', async () => {
    const { server, cluster } = await kubeWorld({ objects });
    await server.stop();

    const failure = await failureOf(cluster.openCycle().applications(never));

    expect(failure).toMatchObject({ kind: 'kube', code: 'network' });
    expect(failure.message).toContain('nothing listens on the server (127.0.0.1:');
  });

  it('a server that comes back: the next cycle works', async () => {
    const { server, cluster } = await kubeWorld({ objects });
    const { port } = server;
    await cluster.openCycle().applications(never);
    await server.stop();
    await failureOf(cluster.openCycle().applications(never));

    const again = await startKubeApi({ objects, port });
    onTestFinished(() => again.stop());

    expect((await cluster.openCycle().applications(never)).applications).toHaveLength(1);
  });

  it.each([
    ['text', 'hello'],
    ['another object', '{"kind":"Pod"}'],
    ['a list of nothing', '{"items":{}}'],
  ])('an answer that is %s: malformed', async (_, body) => {
    const { server, cluster } = await kubeWorld({ objects });
    server.faults.push({ respond: { kind: 'status', status: 200, body } });

    const failure = await failureOf(cluster.openCycle().applications(never));

    expect(failure).toMatchObject({ kind: 'kube', code: 'malformed' });
  });

  it('a redirect is not followed', async () => {
    const { server, cluster } = await kubeWorld({ objects, token: 'right' });
    const elsewhere = await kubeWorld({ objects });
    const headers = { location: `${elsewhere.server.url}/apis/argoproj.io/v1alpha1/applications` };
    server.faults.push({ respond: { kind: 'status', status: 307, headers } });

    const failure = await failureOf(cluster.openCycle().applications(never));

    expect(failure).toMatchObject({ code: 'malformed' });
    expect(elsewhere.server.requests).toEqual([]);
  });

  it('words of the server come on one line and without end', async () => {
    const { server, cluster } = await kubeWorld({ objects });
    const body = JSON.stringify({ message: `a\n\u001b[31mb${'c'.repeat(5000)}` });
    server.faults.push({ respond: { kind: 'status', status: 418, body } });

    const failure = await failureOf(cluster.openCycle().applications(never));

    expect(failure.message.length).toBeLessThan(600);
    expect(failure.message).toContain('418 a bccc');
  });

  it('a Secret with broken data is named, its content is not', async () => {
    const { server, cluster } = await kubeWorld();
    server.objects.put({ ...aSecret('creds', {}), data: { password: '*hunter2*' } });

    const failure = await failureOf(cluster.openCycle().secrets.secret('argocd', 'creds'));

    expect(failure.message).toContain('data.password is not base64');
    expect(failure.message).not.toContain('hunter2');
  });
});
