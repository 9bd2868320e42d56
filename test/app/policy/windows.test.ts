/** `window: argocd`: whoever may not read the project's windows is told what it takes. */
import { describe, expect, it } from 'vitest';
import { readSyncWindows } from '../../../src/app/policy/facts/outside.ts';
import { readConfig } from '../../../src/core/config/annotations.ts';
import { anApplication } from '../../core/applications.ts';

describe('sync windows', () => {
  it('5.2: that cannot be read are unknown, with the right that is missing', async () => {
    const app = anApplication({ annotations: { 'image-list': 'web=reg.test/acme/web' } });
    const config = readConfig(app, { argocdNamespace: 'argocd', defaultPlatform: 'linux/amd64' });
    const windows = [{ value: [{ kind: 'argocd' } as const], source: 'annotation window' }];
    const failure = {
      kind: 'kube',
      code: 'forbidden',
      message: 'AppProject default cannot be read (403)',
      resource: 'appprojects.argoproj.io argocd/default',
      advice: 'a Role with get on appprojects',
    } as const;
    const asked: string[] = [];

    const factsOf = await readSyncWindows([config], () => new Map([[0, { windows }]]), {
      windowsOfProject: async (project) => {
        asked.push(project);
        return { ok: false, failure };
      },
      application: async () => ({ ok: true, value: null }),
      targetOf: ({ name }) => ({ name, destination: {} }),
    });

    expect(asked).toEqual(['default']);
    expect(factsOf(config.app)).toEqual({
      kind: 'unknown',
      why: 'AppProject default cannot be read (403); a Role with get on appprojects',
    });
  });
});
