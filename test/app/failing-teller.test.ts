import { describe, expect, it } from 'vitest';
import { FailingTeller } from '../../src/app/tell/failing-teller.ts';
import { configFailure, Failed, type Failure } from '../../src/core/base/outcome.ts';
import type { AppKey } from '../../src/core/config/application.ts';
import type { ApplicationReport } from '../../src/core/report/report.ts';
import type { ClusterCycle, Failing } from '../../src/ports/cluster.ts';
import { aFailedImage, anApplicationReport } from '../cli/builders.ts';
import { anApplication } from '../core/builders.ts';
import { makeManualClock } from '../fakes/clock.ts';

const never = new AbortController().signal;
const refusal = (repository = 'acme/web', more: object = {}): Failure => ({
  kind: 'registry',
  code: 'unauthorized',
  host: 'reg.test',
  repository,
  message: `reg.test refuses ${repository}`,
  ...more,
});
const failing = (name: string, ...failures: readonly Failure[]): ApplicationReport =>
  anApplicationReport({ app: `argocd/${name}` as AppKey, decisions: failures.map(aFailedImage) });

function start(names: readonly string[] = ['shop'], refuse: () => boolean = () => false) {
  const clock = makeManualClock();
  const teller = new FailingTeller(clock);
  const told: (Failing & { readonly app: string })[] = [];
  const cluster = {
    recordFailing: async ({ name }, event) => {
      if (refuse())
        throw new Failed({ kind: 'kube', code: 'forbidden', resource: 'events', message: 'no events here' });
      told.push({ app: name, ...event });
    },
  } satisfies Pick<ClusterCycle, 'recordFailing'> as Partial<ClusterCycle> as ClusterCycle;
  const applications = names.map((name) => anApplication({ namespace: 'argocd', name }));
  const cycle = async (...reports: readonly ApplicationReport[]) => {
    const problems = await teller.tell(applications, reports, cluster, never);
    await clock.advance(600_000);
    return problems;
  };
  return { told, cycle };
}

describe('Events about what fails', () => {
  it('come at once, then hourly, and count every cycle', async () => {
    const { told, cycle } = start();
    for (let i = 0; i < 8; i += 1) await cycle(failing('shop', refusal()));

    expect(told.map(({ reason, count }) => [reason, count])).toEqual([
      ['ImageUpdateFailed', 1],
      ['ImageUpdateFailed', 7],
    ]);
    expect(new Set(told.map(({ firstAtMs }) => firstAtMs)).size).toBe(1);
    expect(told[0]?.message).toContain('reg.test refuses acme/web; check the credentials');
  });

  it('come anew where the reason changes, but not where it goes and comes', async () => {
    const { told, cycle } = start();
    await cycle(failing('shop', refusal()));
    await cycle(failing('shop', refusal('acme/web', { message: 'the same in other words' })));
    await cycle(failing('shop', refusal('acme/api')));
    await cycle(failing('shop'));
    await cycle(failing('shop', refusal('acme/api')));

    expect(told.map(({ message, count }) => [message.split(';')[0], count])).toEqual([
      ['reg.test refuses acme/web', 1],
      ['reg.test refuses acme/api', 1],
    ]);
  });

  it('tell mistakes of the owner apart, and neither a stop nor what the leader does', async () => {
    const { told, cycle } = start();
    const left = { kind: 'git', code: 'not-leader', repo: 'r', message: 'not written' } as const;
    await cycle(
      anApplicationReport({ app: 'argocd/shop' as AppKey, write: { kind: 'failed', failure: left } }),
    );
    await cycle(failing('shop', configFailure('no such strategy'), refusal('x', { code: 'cancelled' })));
    await cycle(
      anApplicationReport({ app: 'argocd/shop' as AppKey, write: { kind: 'failed', failure: refusal() } }),
    );

    expect(told.map(({ reason }) => reason)).toEqual(['InvalidConfiguration', 'ImageUpdateFailed']);
  });

  it('forget nobody that a cycle for some leaves out', async () => {
    const { told, cycle } = start(['shop', 'pay']);
    await cycle(failing('shop', refusal()), failing('pay', refusal()));
    await cycle(failing('pay', refusal()));
    await cycle(failing('shop', refusal()), failing('pay', refusal()));

    expect(told.map(({ app }) => app)).toEqual(['shop', 'pay']);
  });

  it('are spread over cycles where very many fail at once', async () => {
    const names = Array.from({ length: 450 }, (_, i) => `app-${i}`);
    const { told, cycle } = start(names);
    const reports = names.map((name) => failing(name, refusal()));
    const counts: number[] = [];
    for (let i = 0; i < 4; i += 1) {
      await cycle(...reports);
      counts.push(told.length);
    }

    expect(counts).toEqual([200, 400, 450, 450]);
    expect(new Set(told.map(({ app }) => app)).size).toBe(450);
  });

  it('that cannot be written are one warning, and tried again', async () => {
    let isForbidden = true;
    const { told, cycle } = start(['shop', 'pay'], () => isForbidden);
    const reports = [failing('shop', refusal()), failing('pay', refusal())];

    expect(await cycle(...reports)).toEqual(['no Event tells what fails: no events here']);
    isForbidden = false;
    expect(await cycle(...reports)).toEqual([]);
    expect(told.map(({ app, count }) => [app, count])).toEqual([
      ['shop', 2],
      ['pay', 2],
    ]);
  });
});
