/** What `run` says at its start of resources that it does not read. */
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Fault, type KubeApiOptions, startKubeApi } from '../fakes/kube-api.ts';
import { runInProcess, temporaryFolder } from './start-program.ts';

async function runOnce(options: KubeApiOptions, faults: readonly Fault[] = []) {
  const kube = await startKubeApi(options);
  onTestFinished(() => kube.stop());
  kube.faults.push(...faults);
  const folder = temporaryFolder();
  const kubeconfig = kube.kubeconfig(join(folder, 'kubeconfig'), { namespace: 'argocd' });
  const flags = [
    '--once',
    '--loglevel=debug',
    '--registries-conf-path=',
    `--cache-dir=${join(folder, 'cache')}`,
  ];
  return await runInProcess(['run', ...flags, `--kubeconfig=${kubeconfig}`]);
}

const isDiscovery = ({ path }: { readonly path: string }) => path.startsWith('/apis/argocd-image-updater.');
const passedOver = /^.*level=warning .*ImageUpdater resources.*passed over.*$/gm;

describe('fault C12: a cluster with ImageUpdater resources', () => {
  it('is told of once, with what to do', async () => {
    const { code, stdout } = await runOnce({ hasImageUpdaters: true });

    expect(code).toBe(0);
    const lines = stdout.match(passedOver) ?? [];
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('advice="write what they say as annotations of the Applications');
  });

  it('is not told of where there is none', async () => {
    const { code, stdout } = await runOnce({});

    expect(code).toBe(0);
    expect(stdout).not.toContain('ImageUpdater');
  });

  it('is told of at level debug where the server refuses to say', async () => {
    const refused: Fault = { when: isDiscovery, respond: { kind: 'status', status: 403 } };
    const { code, stdout } = await runOnce({ hasImageUpdaters: true }, [refused]);

    expect(code).toBe(0);
    expect(stdout).not.toMatch(passedOver);
    expect(stdout).toMatch(/level=debug .*ImageUpdater resources is not known.*403/);
  });
});
