/** What may happen in the months that the simulator plays: Applications with policies, and steps between cycles. */
import fc from 'fast-check';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;

/** Versions are `1.<number>.0`: the number stands for all of it. */
export type Minor = number;

export interface Plan {
  /** Image that it follows: `acme/image<number>`. */
  readonly image: number;
  /** Short names of annotations. */
  readonly policies: Readonly<Record<string, string>>;
}

export type Step =
  | { readonly kind: 'push' | 'push-again' | 'delete'; readonly image: number; readonly minor: Minor }
  | { readonly kind: 'person'; readonly app: number; readonly minor: Minor }
  | { readonly kind: 'health'; readonly app: number; readonly health: 'Healthy' | 'Degraded' | 'Progressing' }
  | { readonly kind: 'sync'; readonly app: number }
  | { readonly kind: 'hold' | 'release'; readonly app: number }
  | { readonly kind: 'freeze' | 'unfreeze' }
  | { readonly kind: 'pass'; readonly minutes: number }
  | { readonly kind: 'jump'; readonly seconds: number }
  | { readonly kind: 'restart'; readonly isMemoryLost: boolean };

export interface Scene {
  readonly step: Step;
  /** Absent: for everybody; a number: a webhook for that Application alone. */
  readonly onlyFor?: number;
}

export interface Story {
  readonly apps: readonly Plan[];
  /** Commits of all together. */
  readonly perHour?: number;
  readonly scenes: readonly Scene[];
}

const images = 3;
const lastMinor = 9;

const values: Readonly<Record<string, readonly string[]>> = {
  hold: ['true', 'until=2027-01-25'],
  'min-age': ['1h', '24h', '3d'],
  window: ['allow "0 10 * * *" 4h', 'deny "0 12 * * 1-5" 20h'],
  group: ['release'],
  rollback: ['respect'],
  'skip-tags': ['1.3.0', '1.5.0 # crashes'],
  pin: ['1.2.0'],
  interval: ['1h', '6h'],
  'max-commits-per-hour': ['1', '3'],
  quarantine: ['15m'],
  rollout: ['one-first'],
};

const nothing = fc.constant(undefined);

/** Where one of these is, nothing else happens. */
const isFinal = (key: string): boolean => key === 'hold' || key === 'pin';

const policies = fc
  .record(
    Object.fromEntries(
      Object.entries(values).map(([key, some]) => [
        key,
        fc.oneof(
          { weight: isFinal(key) ? 20 : 3, arbitrary: nothing },
          { weight: 1, arbitrary: fc.constantFrom(...some) },
        ),
      ]),
    ),
  )
  .map((given) =>
    Object.fromEntries(
      Object.entries(given).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
    ),
  );

/** `sourceOf`: the Application that it takes its versions from, as a number that those before it are counted with. */
const plan = fc.record({
  image: fc.nat(images - 1),
  policies,
  sourceOf: fc.oneof({ weight: 2, arbitrary: nothing }, { weight: 1, arbitrary: fc.nat(3) }),
});

const app = fc.nat(4);
const image = fc.nat(images - 1);
const minor = fc.integer({ min: 1, max: lastMinor });

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('push' as const), image, minor }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('push-again' as const, 'delete' as const), image, minor }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('person' as const), app, minor }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('health' as const),
      app,
      health: fc.constantFrom('Healthy' as const, 'Degraded' as const, 'Progressing' as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('sync' as const), app }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('hold' as const), app }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('release' as const), app }) },
  { weight: 1, arbitrary: fc.constantFrom({ kind: 'freeze' as const }, { kind: 'unfreeze' as const }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      minutes: fc.oneof(
        fc.integer({ min: 1, max: 59 }),
        fc.integer({ min: 60, max: 1440 }),
        fc.integer({ min: 1440, max: 7200 }),
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('jump' as const),
      seconds: fc.integer({ min: -200, max: 200 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('restart' as const), isMemoryLost: fc.boolean() }),
  },
);

const scene: fc.Arbitrary<Scene> = fc
  .record({ step, onlyFor: fc.oneof({ weight: 4, arbitrary: nothing }, { weight: 1, arbitrary: app }) })
  .map(({ step: what, onlyFor }) => (onlyFor === undefined ? { step: what } : { step: what, onlyFor }));

export const stories: fc.Arbitrary<Story> = fc
  .record({
    plans: fc.array(plan, { minLength: 2, maxLength: 5 }),
    perHour: fc.oneof({ weight: 3, arbitrary: nothing }, { weight: 1, arbitrary: fc.constantFrom(2, 5) }),
    scenes: fc.array(scene, { minLength: 5, maxLength: 40 }),
  })
  .map(({ plans, perHour, scenes }) => ({
    apps: plans.map(({ image: number, policies: own, sourceOf }, index) => {
      const isPromoted = sourceOf !== undefined && index > 0;
      const source = isPromoted ? { 'promote-from': `argocd/app${sourceOf % index}/web` } : {};
      return { image: number, policies: { ...own, ...source } };
    }),
    scenes,
    ...(perHour === undefined ? {} : { perHour }),
  }));

/** The Application whose versions it takes. */
export function sourceOf({ 'promote-from': text }: Plan['policies']): number | undefined {
  return text === undefined ? undefined : Number(/app(\d+)/.exec(text)?.[1]);
}

export function tagOf(minor: Minor): string {
  return `1.${minor}.0`;
}

export function minorOf(tag: string): Minor {
  return Number(tag.split('.')[1]);
}
