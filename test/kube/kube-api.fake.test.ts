/** The fake API server against a client that was not written for it: kubectl. */
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type KubeApiOptions, startKubeApi } from '../fakes/kube-api.ts';
import { jsonPatch, PatchError, readJson } from '../fakes/kube/json.ts';
import { anApplication, aSecret, temporaryFolder } from './fixtures.ts';

const run = promisify(execFile);
const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;

async function kubectlAgainst(options: KubeApiOptions) {
  const server = await startKubeApi(options);
  onTestFinished(() => server.stop());
  const folder = temporaryFolder();
  const kubeconfig = server.kubeconfig(join(folder, 'config'));
  const kubectl = async (...args: readonly string[]): Promise<string> => {
    const flags = [`--kubeconfig=${kubeconfig}`, `--cache-dir=${join(folder, 'cache')}`, ...args];
    return (await run('kubectl', flags)).stdout;
  };
  return { server, kubectl };
}

const objects = [
  anApplication('shop', { labels: { team: 'a' } }),
  anApplication('till', { namespace: 'team-b' }),
  aSecret('creds', { password: 'x' }),
];

describe.skipIf(!hasKubectl)('kubectl and the fake API server (skipped: needs kubectl)', () => {
  it('gets Applications by name, short name, namespace and label', async () => {
    const { kubectl } = await kubectlAgainst({ objects });

    expect(await kubectl('get', 'applications', '-A', '-o', 'name')).toBe(
      'application.argoproj.io/shop\napplication.argoproj.io/till\n',
    );
    expect(
      await kubectl('get', 'app', '-n', 'argocd', '-l', 'team=a', '-o', 'jsonpath={.items[*].metadata.name}'),
    ).toBe('shop');
  });

  it('gets Secrets', async () => {
    const { kubectl } = await kubectlAgainst({ objects });

    expect(await kubectl('get', 'secret', 'creds', '-n', 'argocd', '-o', 'jsonpath={.data.password}')).toBe(
      'eA==',
    );
  });

  it('patches an Application, by JSON patch and by merge patch', async () => {
    const { server, kubectl } = await kubectlAgainst({ objects });
    const operations = JSON.stringify([{ op: 'replace', path: '/spec/source/path', value: 'a' }]);

    await kubectl('patch', 'app', 'shop', '-n', 'argocd', '--type=json', '-p', operations);
    await kubectl(
      'patch',
      'app',
      'till',
      '-n',
      'team-b',
      '--type=merge',
      '-p',
      '{"spec":{"source":{"path":"b"}}}',
    );

    expect(server.objects.all('applications').map((app) => app['spec'])).toMatchObject([
      { source: { path: 'a' } },
      { source: { path: 'b' } },
    ]);
  });

  it('is told what the real server would tell', async () => {
    const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list'] }];
    const { kubectl } = await kubectlAgainst({ objects, rules });

    await expect(kubectl('get', 'applications', '-A')).rejects.toThrow(
      'Error from server (Forbidden): applications.argoproj.io is forbidden: User "system:serviceaccount:argocd:argocd-image-updater" cannot list resource "applications" in API group "argoproj.io" at the cluster scope',
    );
    await expect(kubectl('get', 'secret', 'none')).rejects.toThrow(
      'Error from server (NotFound): secrets "none" not found',
    );
  });
});

describe('JSON patches of the fakes', () => {
  it.each([
    ['"a&b"', '"a\\u0026b"', true],
    ['"a&b"', '"a&b"', false],
    ['"<>"', '"\\u003c\\u003e"', true],
    ['"<>"', '"<>"', false],
    ['"\u2028"', '"\\u2028"', true],
    ['"\u2028"', '"\u2028"', false],
    ['9007199254740993', '9007199254740993', true],
    ['9007199254740993', '9007199254740992', false],
    ['1.5', '1.50', false],
    ['"é\\n"', '"é\\n"', true],
  ])('fault D1: a test of %s with the text %s holds: %s', (held, tested, holds) => {
    const patch = (): unknown =>
      jsonPatch(readJson(`{"a": ${held}}`), `[{"op":"test","path":"/a","value":${tested}}]`);

    if (holds) expect(patch).not.toThrow();
    else expect(patch).toThrow(PatchError);
  });

  it.each<[string, readonly object[], unknown]>([
    ['add a member', [{ op: 'add', path: '/b', value: 2 }], { a: [1, 2], b: 2 }],
    ['add into a list', [{ op: 'add', path: '/a/1', value: 9 }], { a: [1, 9, 2] }],
    ['add to the end of a list', [{ op: 'add', path: '/a/-', value: 9 }], { a: [1, 2, 9] }],
    ['replace', [{ op: 'replace', path: '/a/0', value: 9 }], { a: [9, 2] }],
    ['remove', [{ op: 'remove', path: '/a/0' }], { a: [2] }],
    ['escaped names', [{ op: 'add', path: '/x~1y~0z', value: 1 }], { a: [1, 2], 'x/y~z': 1 }],
    ['move', [{ op: 'move', from: '/a', path: '/b' }], { b: [1, 2] }],
    ['copy', [{ op: 'copy', from: '/a/0', path: '/b' }], { a: [1, 2], b: 1 }],
    ['a test that holds', [{ op: 'test', path: '/a', value: [1, 2] }], { a: [1, 2] }],
    ['a test of what is absent with null', [{ op: 'test', path: '/b', value: null }], { a: [1, 2] }],
  ])('%s', (_, operations, expected) => {
    expect(jsonPatch({ a: [1, 2] }, JSON.stringify(operations))).toEqual(expected);
  });

  it.each([
    ['a test that fails', { op: 'test', path: '/a', value: [1] }],
    ['replace of what is not there', { op: 'replace', path: '/b', value: 1 }],
    ['remove of what is not there', { op: 'remove', path: '/b' }],
    ['add below what is not there', { op: 'add', path: '/b/c', value: 1 }],
    ['add behind the end of a list', { op: 'add', path: '/a/3', value: 1 }],
  ])('refuse %s', (_, operation) => {
    expect(() => jsonPatch({ a: [1, 2] }, JSON.stringify([operation]))).toThrow(PatchError);
  });
});
