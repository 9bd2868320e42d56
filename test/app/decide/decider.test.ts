/** Deciding beside other work: what one Application may cost, and how long it holds the event loop. */
import { describe, expect, it } from 'vitest';
import { PacedDecisions } from '../../../src/app/decide/paced-decisions.ts';
import { Decider } from '../../../src/app/decide/decider.ts';
import { ImageQuestions } from '../../../src/app/read/image-questions.ts';
import { Pace } from '../../../src/core/base/pieces.ts';
import { readConfig } from '../../../src/core/config/annotations.ts';
import type { Answer, ImageNeed } from '../../../src/core/decide/needs.ts';
import { makeEndpointTable } from '../../../src/core/registries/registries.ts';
import { makeManualClock } from '../../fakes/clock.ts';
import { anApplication } from '../../core/applications.ts';

const signal = new AbortController().signal;

/** Decides the images of an Application; `answers` by tag list. */
async function decide(list: string, tags: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const app = anApplication({
    annotations: { 'image-list': list, 'force-update': 'true', ...more },
  });
  const config = readConfig(app, { argocdNamespace: 'argocd', defaultPlatform: 'linux/amd64' });
  const asked: ImageNeed[] = [];
  let rests = 0;
  let nowMs = 0;
  const clock = {
    ...makeManualClock(),
    // Each look at the clock finds that a millisecond has gone by.
    monotonicMs: () => (nowMs += 1),
    sleep: async () => {
      rests += 1;
    },
  };
  const answer = async (need: ImageNeed) => {
    asked.push(need);
    const value: Answer =
      need.query.kind === 'tags' ? { kind: 'tags', tags } : { kind: 'digest', digest: null };
    return { ok: true as const, value };
  };
  const decider = new Decider(
    new ImageQuestions(answer, makeEndpointTable([])),
    new PacedDecisions(new Pace(clock, signal)),
  );
  const decisions = await decider.decide(config, { ok: true, value: new Map() });
  return { decisions, asked, rests };
}

const many = Array.from({ length: 100_000 }, (_, index) => `1.0.${index}`);

describe('a repository of very many tags', () => {
  it('fault A6: is looked through in pieces, between which the event loop goes on', async () => {
    const { decisions, rests } = await decide('web=reg.test/acme/web', many);

    expect(decisions).toMatchObject([{ kind: 'update', to: { tag: '1.0.99999' } }]);
    expect(rests).toBeGreaterThan(many.length / 8 / 25);
  });

  it('fault A6: is compared with so many patterns only', async () => {
    const ignored = Array.from({ length: 100 }, (_, index) => `*x${index}`).join(',');
    const list = 'a=reg.test/acme/web,b=reg.test/acme/web,c=reg.test/acme/web';
    const { decisions } = await decide(list, many, {
      'ignore-tags': ignored,
      'a.helm.image-tag': 'a',
      'b.helm.image-tag': 'b',
      'c.helm.image-tag': 'c',
    });

    expect(decisions.map(({ kind }) => kind)).toEqual(['update', 'failed', 'failed']);
    expect(decisions[1]).toMatchObject({
      failure: {
        message: expect.stringContaining(
          '100000 tags with 100 patterns are more than one Application may ask for in a cycle',
        ) as unknown,
      },
    });
  });
});
