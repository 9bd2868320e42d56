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
