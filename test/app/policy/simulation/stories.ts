/** Random stories. Each is about one rule, so that each rule is at work in a known share of them. */
import fc from 'fast-check';
import {
  type Defaults,
  images,
  type Plan,
  type ProjectWindow,
  repositories,
  type Scene,
  type Step,
  type Story,
  type Subject,
  subjects,
  type Texts,
} from './story.ts';
import { ownWindows } from './times.ts';

const lastMinor = 9;

const values = {
  hold: ['true', 'until=2027-01-25'],
  'min-age': ['1h', '24h', '3d'],
  window: ownWindows,
  group: ['release'],
  'commit-group': ['together'],
  rollback: ['respect'],
  'skip-tags': ['1.3.0', '1.5.0 # crashes'],
  pin: ['1.2.0'],
  interval: ['1h', '6h'],
  'max-commits-per-hour': ['1', '3'],
  quarantine: ['15m'],
  rollout: ['one-first', '2', '50%'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

type Key = keyof typeof values;

/** Where one of these is, nothing else happens. */
const rare: readonly string[] = ['hold', 'pin'];

const nothing = fc.constant(undefined);

/** In so many of a hundred cases. */
function maybe<Value>(percent: number, arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.oneof({ weight: 100 - percent, arbitrary: nothing }, { weight: percent, arbitrary });
}

/** Those of the record that are there. */
function present(given: Readonly<Record<string, string | undefined>>): Texts {
  return Object.fromEntries(
    Object.entries(given).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

function textsOf(keys: readonly Key[], percent: number): fc.Arbitrary<Texts> {
  const all = keys.map(
    (key) => [key, maybe(rare.includes(key) ? 3 : percent, fc.constantFrom<string>(...values[key]))] as const,
  );
  return fc.record(Object.fromEntries(all)).map(present);
}

const policyKeys = Object.keys(values) as readonly Key[];
/** Keys that administrators set in stories. */
const givenKeys = [
  'min-age',
  'window',
  'rollback',
  'interval',
  'quarantine',
  'max-commits-per-hour',
] as const;

interface Cast {
  /** What its Applications have: the first two always, the others most of the time. */
  readonly policies: Readonly<Record<string, readonly string[]>>;
  /** What else the first two are. */
  readonly both?: Partial<Plan>;
}

const sameImage: Partial<Plan> = { image: 0, strategy: 'semver' };

const casts: Readonly<Record<Subject, Cast>> = {
  hold: { policies: { hold: ['until=2027-01-17', 'until=2027-01-25'] } },
  freeze: { policies: {} },
  pin: { policies: { pin: ['1.2.0', '1.4.0'] }, both: { strategy: 'semver' } },
  'skip-tags': { policies: { 'skip-tags': ['1.20.0 # crashes', '1.20.0'] }, both: sameImage },
  rollback: { policies: { rollback: ['respect'] } },
  'min-age': { policies: { 'min-age': values['min-age'] } },
  window: { policies: { window: ownWindows } },
  'window argocd': { policies: { window: ['argocd'] }, both: { project: 'team' } },
  interval: { policies: { interval: values.interval } },
  limit: { policies: { 'max-commits-per-hour': ['1', '3'] } },
  group: { policies: { group: ['release'] }, both: { strategy: 'semver', project: 'team' } },
  'commit-group': {
    policies: { 'commit-group': ['together'] },
    both: { ...sameImage, method: 'git', repository: 0 },
  },
  promote: { policies: {}, both: sameImage },
  quarantine: { policies: { quarantine: ['15m'] }, both: sameImage },
  rollout: { policies: { rollout: values.rollout }, both: sameImage },
  defaults: { policies: {}, both: { project: 'team' } },
  clock: { policies: { 'min-age': ['1h', '24h'] } },
};

const app = fc.nat(3);
const image = fc.nat(images.length - 1);
const minor = fc.integer({ min: 1, max: lastMinor });
const minutes = fc.oneof(
  fc.integer({ min: 1, max: 59 }),
  fc.integer({ min: 60, max: 1440 }),
  fc.integer({ min: 1440, max: 7200 }),
);

const kind = <Kind extends string>(...kinds: readonly Kind[]) => fc.constantFrom(...kinds);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: kind('push'), image, minor }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('push-again', 'delete'), image, minor }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('person'), app, minor }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('revert', 'merge', 'merge'), app }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: kind('health'), app, health: kind('Healthy', 'Degraded', 'Progressing') }),
  },
  { weight: 3, arbitrary: fc.record({ kind: kind('sync'), app }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'sync-all' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('hold', 'release', 'release'), app }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('freeze', 'unfreeze', 'unfreeze') }) },
  { weight: 6, arbitrary: fc.record({ kind: kind('pass'), minutes }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('jump'), seconds: fc.integer({ min: -200, max: 200 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('restart'), isMemoryLost: fc.boolean() }) },
) as fc.Arbitrary<Step>;

const scene: fc.Arbitrary<Scene> = fc
  .record({ steps: fc.array(step, { minLength: 1, maxLength: 3 }), onlyFor: maybe(20, app) })
  .map(({ steps, onlyFor }) => (onlyFor === undefined ? { steps } : { steps, onlyFor }));

/** What nobody has had before. */
const fresh = 20;

/** Nothing but the rule itself is in its way. */
const clear: readonly Step[] = [
  { kind: 'unfreeze' },
  ...[0, 1, 2, 3].map((each) => ({ kind: 'release', app: each }) as const),
  ...[0, 1, 2, 3].map((each) => ({ kind: 'health', app: each, health: 'Healthy' }) as const),
  { kind: 'sync-all' },
];

/** Each followed by a cycle: what brings the rule to work. */
function plot(about: Subject): fc.Arbitrary<readonly (readonly Step[])[]> {
  const push = (of: number, newer = 0) => ({ kind: 'push', image: of, minor: fresh + newer }) as const;
  const all = images.map((each) => push(each));
  const pass = (few: number) => ({ kind: 'pass', minutes: few }) as const;
  const deploy: Step = { kind: 'sync-all' };
  const begin = [...clear, pass(3 * 1440)];
  switch (about) {
    case 'freeze':
      return fc.constant([[...clear, { kind: 'freeze' }, ...all], [{ kind: 'unfreeze' }]]);
    case 'rollback':
      return fc.constant([
        [...begin, ...all],
        [deploy],
        [...[0, 1, 2, 3].map((each) => ({ kind: 'revert', app: each }) as const), deploy],
        [pass(30)],
      ]);
    case 'quarantine':
      return fc
        .boolean()
        .map((fails) => [
          [...begin, { kind: 'hold', app: 1 }, ...all],
          [pass(3), { kind: 'merge', app: 0 }, { kind: 'sync', app: 0, ...(fails ? { fails: true } : {}) }],
          [pass(1), { kind: 'health', app: 0, health: 'Degraded' }],
          [pass(2)],
          [{ kind: 'release', app: 1 }],
        ]);
    case 'rollout':
      return fc.constant([[...begin, ...all], [pass(2), deploy], [pass(12)], [pass(2)]]);
    case 'promote':
      return fc.constant([[...begin, ...all], [deploy], [pass(5)], [pass(12)], [pass(2)]]);
    case 'clock':
      return fc
        .constantFrom(-30, -1, 1, 40)
        .map((days) => [
          [...clear, ...all],
          [{ kind: 'wrong-clock', days }],
          [pass(5), { kind: 'right-clock' }],
          [pass(70)],
        ]);
    case 'group':
      return fc.constant([[...begin, push(0)], [pass(30), ...all], [pass(300)]]);
    case 'limit':
      return fc.constant([[...begin, ...all], [deploy, ...images.map((each) => push(each, 1))], [pass(5)]]);
    case 'interval':
      return fc.constant([[...begin, ...all], [deploy, ...images.map((each) => push(each, 1))], [pass(70)]]);
    case 'skip-tags':
      return fc.constant([[...begin, ...all], images.map((each) => push(each, 1))]);
    case 'min-age':
      return fc.constant([[...clear, ...all], [pass(4 * 1440)]]);
    case 'hold':
    case 'pin':
    case 'window':
    case 'window argocd':
    case 'commit-group':
    case 'defaults':
      return fc.constant([[...clear, ...all], [pass(600)]]);
  }
}

function plans(about: Subject): fc.Arbitrary<readonly Plan[]> {
  const { policies: forced, both = {} } = casts[about];
  const chosen = fc.record(
    Object.fromEntries(Object.entries(forced).map(([key, some]) => [key, fc.constantFrom(...some)])),
  );
  const plan = fc.record({
    image,
    strategy: fc.constantFrom<Plan['strategy']>('semver', 'semver', 'semver', 'newest-build', 'digest'),
    method: fc.constantFrom<Plan['method']>('git', 'git', 'git', 'branch', 'argocd'),
    repository: fc.nat(repositories.length - 1),
    project: fc.constantFrom<Plan['project']>('default', 'team'),
    others: textsOf(policyKeys, 8),
    own: chosen.map(present),
    isForced: fc.constantFrom(true, true, false),
    sourceOf: maybe(8, fc.nat(3)),
  });
  return fc.array(plan, { minLength: 2, maxLength: 4 }).map((all) =>
    all.map(({ others, own, isForced, sourceOf, ...rest }, index) => {
      const isMain = index < 2;
      const source = about === 'promote' && isMain ? 0 : sourceOf;
      const promotion: Texts =
        source !== undefined && index > 0 ? { 'promote-from': `argocd/app${source % index}/web` } : {};
      const main = isMain || isForced ? own : {};
      return fitting({ ...rest, ...(isMain ? both : {}), policies: { ...others, ...main, ...promotion } });
    }),
  );
}

/** A pin names a tag; a group is written to base branches of versions with an order. */
function fitting(plan: Plan): Plan {
  const { pin, ...policies } = plan.policies;
  const isOfTags = plan.strategy !== 'digest';
  const isGrouped = policies['group'] !== undefined || policies['commit-group'] !== undefined;
  return {
    ...plan,
    ...(isGrouped && plan.method === 'branch' ? { method: 'git' } : {}),
    policies: isOfTags && pin !== undefined ? { ...policies, pin } : policies,
  };
}

const defaults = (about: Subject): fc.Arbitrary<Defaults> => {
  const percent = about === 'defaults' ? 35 : 2;
  return fc.record({ flags: textsOf(givenKeys, percent), team: textsOf(givenKeys, percent) });
};

const window: fc.Arbitrary<ProjectWindow> = fc.constantFrom<ProjectWindow>(
  { kind: 'allow', hour: 10, hours: 4, onWorkdays: false, applications: ['*'] },
  { kind: 'deny', hour: 12, hours: 20, onWorkdays: true, applications: ['*'] },
  { kind: 'deny', hour: 12, hours: 20, onWorkdays: true, applications: ['app0', 'app2'] },
  { kind: 'deny', hour: 0, hours: 9, onWorkdays: false, applications: ['app1'] },
);

function storyAbout(about: Subject): fc.Arbitrary<Story> {
  return fc
    .record({
      apps: plans(about),
      defaults: defaults(about),
      windows: fc.array(window, { minLength: about === 'window argocd' ? 1 : 0, maxLength: 2 }),
      perHour: maybe(about === 'limit' ? 50 : 8, fc.constantFrom(2, 5)),
      before: fc.array(scene, { minLength: 4, maxLength: 8 }),
      steps: plot(about),
      after: fc.array(scene, { minLength: 4, maxLength: 8 }),
    })
    .map(({ before, steps, after, perHour, ...rest }) => ({
      about,
      ...rest,
      ...(perHour === undefined ? {} : { perHour }),
      scenes: [...before, ...steps.map((some) => ({ steps: some })), ...after],
    }));
}

/** Of every rule in turn. */
export const stories: fc.Arbitrary<Story> = fc.constantFrom(...subjects).chain(storyAbout);
