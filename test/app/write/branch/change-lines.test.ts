/** What commits say that they change. */
import { describe, expect, it } from 'vitest';
import { changeLines } from '../../../../src/app/write/branch/change-lines.ts';
import { tellsChanges } from '../../../../src/app/write/branch/commit-trailers.ts';
import { applyEdit } from '../../../../src/core/apply-edit.ts';
import { readConfig } from '../../../../src/core/config/annotations.ts';
import { type Decision, update } from '../../../../src/core/decide/decision.ts';
import { planApplication } from '../../../../src/core/plan.ts';
import { anApplication } from '../../../core/applications.ts';
import { aRef, valueOf } from '../../../core/builders.ts';
import { filesInPlace } from '../../../fakes/file-work.ts';

const path = 'apps/web/values.yaml';
const text = 'web:\n  tag: 2.1.4\napi:\n  tag: 1.0.0\n';

/** web goes to 2.1.5; api is current where it runs, at the given version. */
function planned(api: string) {
  const annotations = {
    'image-list': 'web=ghcr.io/acme/web, api=ghcr.io/acme/api',
    'write-back-method': 'git',
    'write-back-target': 'helmvalues:values.yaml',
    'web.helm.image-tag': 'web.tag',
    'api.helm.image-tag': 'api.tag',
  };
  const app = anApplication({ annotations });
  const config = readConfig(app, { argocdNamespace: 'argocd', defaultPlatform: 'linux/amd64' });
  const [web, other] = config.images.map(({ image }) => valueOf(image));
  if (web === undefined || other === undefined) throw new Error('two images');
  const trace = { dropped: [] };
  const decisions: readonly Decision[] = [
    update(web, aRef('ghcr.io/acme/web:2.1.4'), aRef('ghcr.io/acme/web:2.1.5'), trace),
    {
      index: 1,
      alias: 'api',
      entry: 'api',
      trace,
      kind: 'current',
      image: other,
      at: aRef(`ghcr.io/acme/api:${api}`),
    },
  ];
  const plan = planApplication(config, decisions);
  if (plan.kind !== 'git') throw new Error(plan.kind);
  return plan;
}

async function linesFor(api: string): Promise<readonly string[]> {
  const intention = planned(api);
  const texts = new Map([[path, text]]);
  const files = valueOf(applyEdit(intention.edit, texts));
  const item = { intention, files: { texts, executable: new Set<string>() }, doubts: [] };
  return valueOf(await changeLines({ item, kind: 'edited', files }, 'main', filesInPlace));
}

describe('lines about changes', () => {
  it('tell old and new version of each key', async () => {
    expect(await linesFor('1.0.0')).toEqual([`Image-Updater-Change: main ${path} web.tag 2.1.4 -> 2.1.5`]);
  });

  it('tell of images that are only written along, too', async () => {
    expect(await linesFor('1.0.1')).toEqual([
      `Image-Updater-Change: main ${path} web.tag 2.1.4 -> 2.1.5`,
      `Image-Updater-Change: main ${path} api.tag 1.0.0 -> 1.0.1`,
    ]);
  });

  it('are there where policies need them, whatever is said of trailers', () => {
    const { writeBack } = planned('1.0.0');
    const without = { writeBack: { ...writeBack, trailers: false } };

    expect(tellsChanges({ ...without, tellsChanges: true }, { commitTrailers: true })).toBe(true);
    expect(tellsChanges(without, { commitTrailers: true })).toBe(false);
    expect(tellsChanges({ writeBack }, { commitTrailers: true })).toBe(true);
    expect(tellsChanges({ writeBack }, { commitTrailers: false })).toBe(false);
  });
});
