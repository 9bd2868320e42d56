/** What is written and yet without effect is told for as long as it is so: fault C3. */
import { describe, expect, it } from 'vitest';
import { startScene, writesOf } from './support/git-scene.ts';

const web = 'reg.test/acme/web';
const values = 'image:\n  tag: 1.0.0\n';
const unread = {
  message: expect.stringContaining('web/ci.yaml is written, but Argo CD does not read it'),
  annotation: 'write-back-target',
};

describe('fault C3: a values file that Argo CD does not read', () => {
  it.each([
    ['base', {}],
    ['a write branch', { 'git-branch': ':updates' }],
  ])('is told in every cycle, whether it is written, read again or remembered: %s', async (_, branch) => {
    const scene = await startScene({ 'web/values.yaml': values, 'web/ci.yaml': values });
    scene.tags('acme/web', '1.0.0', '1.1.0');
    scene.app('web', {
      sourceType: 'Helm',
      annotations: {
        'image-list': `web=${web}:1.x`,
        'web.helm.image-tag': 'image.tag',
        'write-back-target': 'helmvalues:ci.yaml',
        ...branch,
      },
      images: [`${web}:1.0.0`],
    });

    for (const write of ['committed', 'unchanged', 'unchanged']) {
      const { report, everything } = await scene.cycle();

      expect(writesOf(report)).toEqual({ web: write });
      expect(report.applications[0]?.warnings).toEqual([unread]);
      expect(everything.includes('does not read it')).toBe(write === 'committed');
    }
  });
});

describe('fault C3: a target that Argo CD does not build from', () => {
  const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{name: web, image: "${web}:1.0.0"}]}}}
`;
  const kustomization = `images:\n- name: ${web}\n  newTag: 1.0.0\n`;
  it.each([
    [
      'kustomization:/other',
      'Kustomize',
      'the kustomization in other is written, but Argo CD does not build from it',
      'unchanged',
    ],
    [
      'manifests:/other/web.yaml',
      'Directory',
      'other/web.yaml is written, but Argo CD does not apply it',
      'nothing',
    ],
  ])(
    'is told in every cycle, also when nothing is wanted of it: %s',
    async (target, sourceType, text, later) => {
      const scene = await startScene({
        'web/kustomization.yaml': 'resources: [../base]\n',
        'other/kustomization.yaml': kustomization,
        'other/web.yaml': deployment,
      });
      scene.tags('acme/web', '1.0.0', '1.1.0');
      scene.app('web', {
        sourceType,
        annotations: { 'image-list': `web=${web}:1.x`, 'write-back-target': target },
        images: [`${web}:1.0.0`],
      });

      for (let cycle = 0; cycle < 3; cycle += 1) {
        const { report } = await scene.cycle();

        expect(writesOf(report)['web']).toBe(cycle === 0 ? 'committed' : later);
        expect(report.applications[0]?.warnings).toEqual([
          { message: expect.stringContaining(text), annotation: 'write-back-target' },
        ]);
      }
    },
  );
});
