/** What people have set, as far as it can be read. */
import { describe, expect, it } from 'vitest';
import { AdministrationReader } from '../../../src/app/policy/facts/administration.ts';
import { Failed } from '../../../src/core/base/outcome.ts';
import { Zones } from '../../../src/core/policy/words/zone.ts';
import type { SecretReader } from '../../../src/ports/cluster.ts';
import { makeManualClock } from '../../fakes/clock.ts';

function reader(): AdministrationReader {
  return new AdministrationReader({ zones: new Zones(), clock: makeManualClock(), flags: new Map() });
}

const refusal = new Failed({ kind: 'config', message: 'Kubernetes is switched off' });

describe('holds and defaults', () => {
  it('are none where there is no Kubernetes to read them from: nothing is withheld, and nothing asked', async () => {
    let asked = 0;
    const configMap: SecretReader['configMap'] = () => {
      asked += 1;
      return Promise.reject(refusal);
    };

    const read = await reader().read(() => ({ isSwitchedOff: true, configMap }), 'argocd');

    expect([read.unknown, read.warnings, asked]).toEqual([undefined, [], 0]);
  });

  it('OR-13: that never could be read are unknown', async () => {
    const read = await reader().read(() => ({ configMap: () => Promise.reject(refusal) }), 'argocd');

    expect(read.unknown).toMatch(/argocd-image-updater-holds: Kubernetes is switched off/);
  });
});
