import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startProgram, temporaryFolder } from './start-program.ts';

const application = (name: string, images: string, more = '') => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: ${name}
  namespace: argocd
  annotations:
    argocd-image-updater.argoproj.io/image-list: ${images}
    argocd-image-updater.argoproj.io/web.allow-tags: regexp:^2
    argocd-image-updater.argoproj.io/write-back-method: git
    ${more}
spec:
  project: default
  source: {repoURL: 'https://user:pass@git.test/deploy.git', path: apps, targetRevision: main}
`;

function listOf(manifests: readonly string[], ...flags: readonly string[]) {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'apps.yaml'), manifests.join('---\n'));
  return startProgram(['list', `--applications=${folder}`, ...flags], { COLUMNS: '160' }, { expects: [/./] })
    .ended;
}

describe('the command list', () => {
  it('shows images and settings as they are understood, and no login', async () => {
    const { code, stdout } = await listOf([application('shop', 'web=reg.test/acme/web:~2.1')]);

    expect(code).toBe(0);
    expect(stdout).toMatch(
      /argocd\/shop +web +reg\.test\/acme\/web:~2\.1 +semver ~2\.1, allow-tags \^2 +https:\/\/git\.test\/deploy\.git/,
    );
    expect(stdout).toContain('1 Application, 1 image');
    expect(stdout).not.toContain('pass');
  });

  it('shows what holds updates back beside the rule', async () => {
    const held = application(
      'shop',
      'web=reg.test/acme/web:~2.1',
      'argocd-image-updater.argoproj.io/hold: "true"',
    );

    const { stdout } = await listOf([held]);

    expect(stdout).toMatch(/ semver ~2\.1, allow-tags \^2; hold true +\S+s:\/\/git\.test/);
  });

  it('exits with 2 where something is not understood, and says what', async () => {
    const bad = application(
      'shop',
      'web=reg.test/acme/web',
      'argocd-image-updater.argoproj.io/web.update-strategy: newst',
    );
    const { code, stdout } = await listOf([bad], '--json');

    expect(code).toBe(2);
    const { applications } = JSON.parse(stdout) as { applications: { images: { problem: string }[] }[] };
    expect(applications[0]?.images[0]?.problem).toContain('newst');
  });

  it('exits with 1 where nothing can be listed', async () => {
    const { ended } = startProgram(['list', '--kubeconfig=/none'], {}, { expects: [/./] });

    expect(await ended).toMatchObject({ code: 1, stdout: '' });
  });
});
