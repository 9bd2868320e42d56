/** What whoever runs the program sets for all Applications takes effect: `--default-<key>`, `--holds`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../kube/fixtures.ts';
import { imageHost, startRehearsal } from './rehearsal-scene.ts';

const web = `${imageHost}/acme/web`;
const files = {
  'shop/Chart.yaml': 'name: shop\n',
  'shop/values.yaml': `image:\n  name: ${web}\n  tag: "2.1.4"\n`,
};

async function scene() {
  const started = await startRehearsal(files);
  for (const tag of ['2.1.4', '2.1.5'])
    started.registry.push('acme/web', tag, { created: '2024-01-01T00:00:00Z' });
  started.app('shop', {
    'image-list': `web=${web}:~2.1`,
    'write-back-method': 'git',
    'write-back-target': 'helmvalues',
  });
  return started;
}

describe('what is set for all Applications', () => {
  it('nothing: the image is updated', async () => {
    const { stdout } = await (await scene()).run('explain', 'argocd/shop', 'web');

    expect(stdout).toContain('2.1.4 → 2.1.5');
  });

  it('--default-hold holds it', async () => {
    const { run } = await scene();
    const { stdout } = await run('explain', '--default-hold=reason=audit', 'argocd/shop', 'web');

    expect(stdout).toContain('audit');
    expect(stdout).not.toContain('2.1.4 → 2.1.5');
  });

  it('the ConfigMap of --holds holds it', async () => {
    const { run } = await scene();
    const holds = join(temporaryFolder(), 'holds.yaml');
    const data = { 'argocd.shop.web': 'reason="bug 42"' };
    const metadata = { name: 'argocd-image-updater-holds' };
    writeFileSync(holds, JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data }));
    const { stdout } = await run('explain', `--holds=${holds}`, 'argocd/shop', 'web');

    expect(stdout).toContain('bug 42');
    expect(stdout).not.toContain('2.1.4 → 2.1.5');
  });
});
