/** Several tenants, each of whom may annotate own Applications only: what is refused to them in a real cycle. */
import { describe, expect, it } from 'vitest';
import { type GitScene, startScene, writesOf } from './support/git-scene.ts';

const image = 'reg.test/acme/web';
const tracked = { images: [`${image}:1.0.0`], annotations: { 'image-list': `web=${image}:1.x` } };

async function aScene(): Promise<GitScene> {
  const scene = await startScene({ 'README.md': 'deploy\n' });
  scene.tags('acme/web', '1.0.0', '1.1.0');
  return scene;
}

describe('an Application that Argo CD calls invalid', () => {
  it('fault A10: is left alone with the reason, and written once it is valid', async () => {
    const scene = await aScene();
    const message = 'application repo https://x is not permitted in project "other-team"';
    const condition = { type: 'InvalidSpecError', message };
    scene.app('web', { ...tracked, status: { conditions: [condition] } });

    const { report } = await scene.cycle();

    expect(writesOf(report)).toEqual({ web: 'nothing' });
    expect(report.applications[0]?.unsupported).toBe(
      `Argo CD calls the Application invalid (condition InvalidSpecError): ${JSON.stringify(message)}`,
    );
    expect(scene.traffic().requests).toBe(0);

    scene.app('web', {
      ...tracked,
      status: { conditions: [{ type: 'SharedResourceWarning', message: 'x' }] },
    });
    expect(writesOf((await scene.cycle()).report)).toEqual({ web: 'committed' });
  });
});
