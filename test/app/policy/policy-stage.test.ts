/** What policies make of decisions, before anything is planned. */
import { describe, expect, it } from 'vitest';
import { HealthFacts } from '../../../src/app/policy/facts/health-facts.ts';
import { Notebook } from '../../../src/app/memory/notebook.ts';
import { Completing } from '../../../src/app/policy/completing.ts';
import { ImageJudge } from '../../../src/app/policy/image-judge.ts';
import { Limits } from '../../../src/app/policy/limits.ts';
import { Rollouts } from '../../../src/app/policy/together/rollouts.ts';
import { cohortsOf } from '../../../src/app/policy/together/cohorts.ts';
import { Groups } from '../../../src/app/policy/together/groups.ts';
import { rostersOf } from '../../../src/app/policy/together/rosters.ts';
import type { HeldVersions } from '../../../src/app/policy/held-versions.ts';
import { PolicyStage } from '../../../src/app/policy/policy-stage.ts';
import { makeRecheck } from '../../../src/app/policy/recheck.ts';
import type { Recheck } from '../../../src/app/repository/recheck.ts';
import type { MakeJudge } from '../../../src/app/policy/judge/subject.ts';
import { type AppConfig, readConfig } from '../../../src/core/config/annotations.ts';
import { type AppKey, appKey } from '../../../src/core/config/application.ts';
import type { TrackedImage } from '../../../src/core/config/tracked-image.ts';
import type { Decision } from '../../../src/core/decide/decision.ts';
import { planApplication } from '../../../src/core/plan.ts';
import { withVersion } from '../../../src/core/image/image.ts';
import type { ImagePolicies } from '../../../src/core/policy/settings.ts';
import type { GateFacts } from '../../../src/core/policy/stage/gates.ts';
import type { Verdict } from '../../../src/core/policy/verdict.ts';
import { anApplication } from '../../core/applications.ts';

const held = { holds: [{ value: {}, source: 'annotation hold' }] };
const respects = { respectsRollback: { value: true, source: 'annotation rollback' } } as const;
const group = {
  group: {
    value: { name: 'release', by: { kind: 'tag' }, minMembers: 2 },
    source: 'annotation group',
  },
} as const;

function verdict(code: Verdict['code'], kind: Verdict['kind'] = 'waiting'): Verdict {
  return { code, kind, reason: `because of ${code}`, ends: 'something else' };
}

function configOf(name: string, list = 'web=reg.test/acme/web,api=reg.test/acme/api'): AppConfig {
  const app = anApplication({ name, annotations: { 'image-list': list, 'write-back-method': 'git' } });
  return readConfig(app, { argocdNamespace: 'argocd', defaultPlatform: 'linux/amd64' });
}

function imageOf({ images }: AppConfig, index: number): TrackedImage {
  const image = images[index]?.image;
  if (image?.ok !== true) throw new Error('no image');
  return image.value;
}

interface Wanted {
  readonly from: string;
  /** The choice, and what lies between it and what runs; none: it is current. */
  readonly to?: readonly string[];
}

function decisionOf(config: AppConfig, index: number, { from, to = [] }: Wanted): Decision {
  const image = imageOf(config, index);
  const { alias, entry } = image;
  const shared = { index, alias, entry, trace: { dropped: [] } };
  const at = withVersion(image.ref, { tag: from });
  const [best] = to;
  if (best === undefined) return { ...shared, kind: 'current', image, at };
  const candidates = to.map((tag) => ({ tag }));
  return {
    ...shared,
    kind: 'update',
    image,
    from: at,
    to: withVersion(image.ref, { tag: best }),
    candidates,
  };
}

interface Scene {
  readonly apps: Readonly<
    Record<string, { readonly wanted: readonly Wanted[]; readonly policies?: readonly ImagePolicies[] }>
  >;
  /** Tags in Git by `app index`; absent: what runs. */
  readonly git?: Readonly<Record<string, string>>;
  /** Verdicts by `repository tag`. */
  readonly verdicts?: Readonly<Record<string, Verdict>>;
  readonly facts?: Partial<GateFacts>;
  /** Why somebody who may be a member of a group cannot be read. */
  readonly unlisted?: string;
}

function makeScene({ apps, git = {}, verdicts = {}, facts = {}, unlisted }: Scene) {
  const configs = Object.keys(apps).map((name) => configOf(name));
  const byKey = new Map(configs.map((config) => [appKey(config.app), config]));
  const nameOf = (app: AppKey): string => app.slice(app.indexOf('/') + 1);
  const policiesOf = (app: AppKey) =>
    new Map((apps[nameOf(app)]?.policies ?? []).map((policies, index) => [index, policies]));
  const asked: string[] = [];
  let reads = 0;
  const heldVersions = {
    read: async (config: AppConfig) => {
      reads += 1;
      const { name } = config.app;
      const versions = new Map(
        (apps[name]?.wanted ?? []).map(({ from }, index) => {
          const ref = withVersion(imageOf(config, index).ref, { tag: git[`${name} ${index}`] ?? from });
          return [index, { kind: 'live', ref }] as const;
        }),
      );
      return { ok: true, value: versions } as const;
    },
    forget: () => undefined,
  } as unknown as HeldVersions;
  const makeJudge: MakeJudge = async ({ image }) => ({
    ok: true,
    value: async ({ tag }) => {
      const about = `${image.ref.name} ${tag}`;
      asked.push(about);
      const said = verdicts[about];
      return { ok: true, value: said === undefined ? [] : [said] };
    },
  });
  const gateFacts = () => ({ nowMs: 0, closedBy: () => undefined, ...facts });
  const identityOf = async (_: unknown, { tag }: { readonly tag?: string }) => tag;
  const completion = { isDue: () => false, completes: async () => false };
  const groups = new Groups(rostersOf(configs, policiesOf), {
    identityOf,
    completes: completion.completes,
    limit: () => undefined,
    ...(unlisted === undefined ? {} : { unlisted }),
  });
  const notebook = new Notebook();
  const now = () => 0;
  const health = new HealthFacts({ configs, others: new Map(), policiesOf, notebook, now });
  const images = new ImageJudge({
    gateFacts,
    heldVersions,
    completing: new Completing(completion, makeJudge),
    pinned: async (_, decision) => decision,
    resolve: async () => ({ ok: true, value: `sha256:${'c'.repeat(64)}` }),
  });
  const stage = new PolicyStage({
    policiesOf,
    gateFacts,
    images,
    withLatestHolds: (_, __, given) => given,
    groups,
    rollouts: new Rollouts(cohortsOf(configs, policiesOf), health, completion.completes),
    limits: new Limits({
      perHourOf: () => undefined,
      commitOf: (app) => app,
      notebook,
      before: new Map(),
      clockVerdict: () => undefined,
      now,
    }),
  });
  const judge = async (name: string) => {
    const config = configs.find(({ app }) => app.name === name);
    if (config === undefined) throw new Error(`no ${name}`);
    const wanted = (apps[name]?.wanted ?? []).map((each, index) => decisionOf(config, index, each));
    return { config, decisions: await stage.judge(config, wanted) };
  };
  return {
    judge,
    stage,
    asked,
    reads: () => reads,
    configs,
    byKey,
    policiesOf,
    heldVersions,
    gateFacts,
    completion,
  };
}

function shown(decisions: readonly Decision[]): readonly string[] {
  return decisions.map((decision) => {
    switch (decision.kind) {
      case 'update': {
        const over = decision.passedOver?.map(({ version, reason }) => `${version} ${reason.code}`) ?? [];
        return [`update ${decision.to.tag}`, ...over].join(', ');
      }
      case 'current':
        return `current ${decision.at.tag}`;
      case 'held':
      case 'waiting':
        return `${decision.kind} ${decision.reason.code} at ${decision.at?.tag}`;
      case 'skipped':
        return `skipped ${decision.message}`;
      case 'failed':
        return `failed ${decision.failure.message}`;
    }
  });
}

async function judged(scene: Scene): Promise<Readonly<Record<string, readonly string[]>>> {
  const { judge } = makeScene(scene);
  const names = Object.keys(scene.apps);
  const all = await Promise.all(names.map(async (name) => shown((await judge(name)).decisions)));
  return Object.fromEntries(names.map((name, i) => [name, all[i] ?? []]));
}

describe('one image', () => {
  const newer = { from: '2.1.4', to: ['2.2.0', '2.1.5'] };

  it('without policies is what it was, and nobody looks into Git', async () => {
    const { judge, reads } = makeScene({ apps: { shop: { wanted: [newer] } } });

    expect(shown((await judge('shop')).decisions)).toEqual(['update 2.2.0']);
    expect(reads()).toBe(0);
  });

  it('OR-14: is held without a look into Git', async () => {
    const { judge, reads, asked } = makeScene({ apps: { shop: { wanted: [newer], policies: [held] } } });

    expect(shown((await judge('shop')).decisions)).toEqual(['held hold at 2.1.4']);
    expect([reads(), asked]).toEqual([0, []]);
  });

  it('OR-06: a candidate that does not pass gives way to the next', async () => {
    const verdicts = { 'acme/web 2.2.0': verdict('min-age') };

    expect(await judged({ apps: { shop: { wanted: [newer], policies: [respects] } }, verdicts })).toEqual({
      shop: ['update 2.1.5, 2.2.0 min-age'],
    });
  });

  it('OR-07: what Git holds is never lowered because something newer is withheld', async () => {
    const scene = {
      apps: { shop: { wanted: [{ from: '2.1.4', to: ['2.2.0', '2.1.8'] }], policies: [respects] } },
      git: { 'shop 0': '2.1.9' },
      verdicts: { 'acme/web 2.2.0': verdict('min-age') },
    };

    expect(await judged(scene)).toEqual({ shop: ['waiting min-age at 2.1.9'] });
  });

  it('OR-15: of eleven candidates ten are asked about, and the reason of the best is told', async () => {
    const to = Array.from({ length: 11 }, (_, i) => `2.2.${20 - i}`);
    const verdicts = Object.fromEntries(
      to.slice(0, 10).map((tag) => [`acme/web ${tag}`, verdict('min-age')]),
    );
    const { judge, asked } = makeScene({
      apps: { shop: { wanted: [{ from: '2.1.4', to }], policies: [respects] } },
      verdicts,
    });

    expect(shown((await judge('shop')).decisions)).toEqual(['waiting min-age at 2.1.4']);
    expect(asked).toEqual(to.slice(0, 10).map((tag) => `acme/web ${tag}`));
  });

  it('that Git has already, and that waits to be synced, is not judged', async () => {
    const scene = {
      apps: { shop: { wanted: [newer], policies: [respects] } },
      git: { 'shop 0': '2.2.0' },
      verdicts: { 'acme/web 2.2.0': verdict('min-age') },
    };

    expect(await judged(scene)).toEqual({ shop: ['update 2.2.0'] });
  });
});

describe('images of one Application', () => {
  const both = [
    { from: '2.1.4', to: ['2.1.5'] },
    { from: '1.0.0', to: ['1.1.0'] },
  ];

  it('OR-02: of which one is held: the other one is written, and the key of the held one is not', async () => {
    const { judge } = makeScene({ apps: { shop: { wanted: both, policies: [held] } } });
    const { config, decisions } = await judge('shop');

    expect(shown(decisions)).toEqual(['held hold at 2.1.4', 'update 1.1.0']);
    const plan = planApplication(config, decisions);
    expect(JSON.stringify(plan)).toContain('1.1.0');
    expect(JSON.stringify('edit' in plan ? plan.edit : plan)).not.toMatch(/2\.1\.[45]/);
  });

  it('OR-03, OR-04: what a person put into Git is not overwritten because another image is updated', async () => {
    const scene = {
      apps: {
        shop: { wanted: [{ from: '2.1.5' }, { from: '1.0.0', to: ['1.1.0'] }], policies: [respects] },
      },
      git: { 'shop 0': '2.1.4' },
      verdicts: { 'acme/web 2.1.5': verdict('rollback', 'held') },
    };

    expect(await judged(scene)).toEqual({ shop: ['held rollback at 2.1.4', 'update 1.1.0'] });
    const without = { ...scene, apps: { shop: { wanted: scene.apps.shop.wanted } } };
    expect(await judged(without)).toEqual({ shop: ['current 2.1.5', 'update 1.1.0'] });
  });

  it('what Git holds newer than what runs stays, though nothing withholds it', async () => {
    const scene = {
      apps: {
        shop: { wanted: [{ from: '2.1.5' }, { from: '1.0.0', to: ['1.1.0'] }], policies: [respects] },
      },
      git: { 'shop 0': '2.1.6' },
    };

    expect(await judged(scene)).toEqual({ shop: ['current 2.1.6', 'update 1.1.0'] });
  });
});

describe('a freeze', () => {
  it('HO-16: holds who has no policies too', async () => {
    const facts = { freeze: { value: { reason: 'incident 7' }, source: 'ConfigMap' } };

    expect(await judged({ apps: { shop: { wanted: [{ from: '2.1.4', to: ['2.1.5'] }] } }, facts })).toEqual({
      shop: ['held freeze at 2.1.4'],
    });
  });
});

describe('a group over Applications', () => {
  const front = { wanted: [{ from: '1.0.0', to: ['1.2.0', '1.1.0'] }], policies: [group] };

  it('GR-03: moves to what all have', async () => {
    const back = { wanted: [{ from: '1.0.0', to: ['1.1.0'] }], policies: [group] };

    expect(await judged({ apps: { front, back } })).toEqual({
      front: ['update 1.1.0'],
      back: ['update 1.1.0'],
    });
  });

  it('GR-06: waits for a member on hold', async () => {
    const back = { wanted: [{ from: '1.0.0', to: ['1.1.0'] }], policies: [{ ...group, ...held }] };

    expect(await judged({ apps: { front, back } })).toEqual({
      front: ['waiting group-held at 1.0.0'],
      back: ['held hold at 1.0.0'],
    });
  });

  it('GR-17: waits for the age of a member', async () => {
    const back = {
      wanted: [{ from: '3.0.0' }, { from: '1.0.0', to: ['1.1.0'] }],
      policies: [{}, group],
    };
    const alone = { ...front, wanted: [{ from: '1.0.0', to: ['1.1.0'] }] };
    const verdicts = { 'acme/api 1.1.0': verdict('min-age') };

    expect(await judged({ apps: { front: alone, back }, verdicts })).toEqual({
      front: ['waiting group-missing at 1.0.0'],
      back: ['current 3.0.0', 'waiting min-age at 1.0.0'],
    });
  });

  it('GR-12: waits while somebody who may be a member cannot be read', async () => {
    const back = { wanted: [{ from: '1.0.0', to: ['1.1.0'] }], policies: [group] };

    expect(await judged({ apps: { front, back }, unlisted: 'argocd/third cannot be read' })).toEqual({
      front: ['held group-failed at 1.0.0'],
      back: ['held group-failed at 1.0.0'],
    });
  });

  it('fails where a member cannot be decided', async () => {
    const back = { wanted: [{ from: '1.0.0', to: ['1.1.0'] }], policies: [group] };
    const { judge, stage } = makeScene({ apps: { front, back } });
    stage.pass('argocd/back' as AppKey);

    expect(shown((await judge('front')).decisions)).toEqual(['held group-failed at 1.0.0']);
  });
});

describe('the last look before a commit', () => {
  const base = 'base' as unknown as Parameters<Recheck['base']>[2];

  async function recheck(
    git: string,
    facts: Partial<GateFacts>,
    policies: readonly ImagePolicies[],
    takenBack = false,
  ) {
    const scene = makeScene({ apps: { shop: { wanted: [{ from: '2.1.4', to: ['2.1.5'] }], policies } } });
    const { config, decisions } = await scene.judge('shop');
    const plan = planApplication(config, decisions);
    if (plan.kind !== 'git') throw new Error('no plan');
    const look = makeRecheck({
      policiesOf: scene.policiesOf,
      configs: scene.byKey,
      completion: scene.completion,
      heldVersions: scene.heldVersions,
      gateFacts: () => ({ ...scene.gateFacts(), ...facts }),
      refreshHolds: async () => undefined,
      withLatestHolds: (_, __, given) => given,
      writeBranch: async () => false,
      takenBackOn: async (_, head) => head === base && takenBack,
    });
    const heldNow: Parameters<Recheck['base']>[1] = async (images) => ({
      ok: true,
      value: images.map((image) => ({ kind: 'live', ref: withVersion(image.ref, { tag: git }) })),
    });
    return look.base(plan, heldNow, base);
  }

  it('finds nothing new where Git is as it was', async () => {
    expect(await recheck('2.1.4', {}, [respects])).toBe(false);
  });

  it('RB-22: finds what a person has put there meanwhile', async () => {
    expect(await recheck('2.1.3', {}, [respects])).toBe(true);
  });

  it('RB-22: finds what was there meanwhile and is taken back', async () => {
    expect(await recheck('2.1.4', {}, [respects], true)).toBe(true);
  });

  it('OR-11: finds a gate that has closed meanwhile', async () => {
    const freeze = { value: {}, source: 'ConfigMap' };

    expect(await recheck('2.1.4', { freeze }, [respects])).toBe(true);
    expect(await recheck('2.1.4', { freeze }, [])).toBe(true);
  });
});
