import { describe, expect, it } from 'vitest';
import { startPages } from '../../../src/cli/run/pages.ts';

describe('the pages', () => {
  it('are not served where no token can be read: nobody may look by mistake', async () => {
    const settings = {
      health: [],
      metrics: [{ port: 1 }],
      metricsAreWanted: true,
      statusTokenFile: '/none/token',
    };
    const more = {
      startSecure: undefined,
      isAlive: () => true,
      metrics: undefined,
      status: undefined,
      standing: () => ({ kind: 'resting' as const }),
      leads: () => true,
      refresh: () => undefined,
    };
    const started = await startPages({ settings, ...more, log: undefined as never });

    expect(started).toMatchObject({
      ok: false,
      failure: {
        message: expect.stringContaining('--status-token-file "/none/token": no token can be read'),
      },
    });
  });
});
