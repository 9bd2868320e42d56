/** What may happen in the months that the simulator plays: Applications with policies, and steps between cycles. */

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** Versions are `1.<number>.0`: the number stands for all of it. */
export type Minor = number;

export type Strategy = 'semver' | 'newest-build' | 'digest';

/** `branch`: a write branch that a person merges. */
export type Method = 'git' | 'branch' | 'argocd';

/** Short names of annotations, with their values. */
export type Texts = Readonly<Record<string, string>>;

export interface Plan {
  /** Image that it follows: `acme/image<number>`. */
  readonly image: number;
  readonly strategy: Strategy;
  readonly method: Method;
  /** One of `repositories`. */
  readonly repository: number;
  readonly project: 'default' | 'team';
  readonly policies: Texts;
}

export type Health = 'Healthy' | 'Degraded' | 'Progressing';

export type Step =
  | { readonly kind: 'push' | 'push-again' | 'delete'; readonly image: number; readonly minor: Minor }
  | { readonly kind: 'person'; readonly app: number; readonly minor: Minor }
  /** A person puts back what was there before our last write, or merges our branch. */
  | { readonly kind: 'revert' | 'merge'; readonly app: number }
  | { readonly kind: 'health'; readonly app: number; readonly health: Health }
  | { readonly kind: 'sync'; readonly app: number; readonly fails?: true }
  /** All branches are merged, and all is deployed. */
  | { readonly kind: 'sync-all' }
  | { readonly kind: 'hold' | 'release'; readonly app: number }
  | { readonly kind: 'freeze' | 'unfreeze' }
  | { readonly kind: 'pass'; readonly minutes: number }
  | { readonly kind: 'jump'; readonly seconds: number }
  /** Our clock is wrong by so many days, which the API server sees, until it is set right. */
  | { readonly kind: 'wrong-clock'; readonly days: number }
  | { readonly kind: 'right-clock' }
  | { readonly kind: 'restart'; readonly isMemoryLost: boolean };

/** What happens between two cycles. */
export interface Scene {
  readonly steps: readonly Step[];
  /** Absent: for everybody; a number: a webhook for that Application alone. */
  readonly onlyFor?: number;
}

/** `syncWindows` of the project `team`. */
export interface ProjectWindow {
  readonly kind: 'allow' | 'deny';
  /** Hour of UTC at which it begins. */
  readonly hour: number;
  readonly hours: number;
  /** Monday to Friday only. */
  readonly onWorkdays: boolean;
  readonly applications: readonly string[];
}

/** What administrators set. */
export interface Defaults {
  /** `--default-<key>`. */
  readonly flags: Texts;
  /** Of the project `team`, in the ConfigMap: before the flags. */
  readonly team: Texts;
}

export const subjects = [
  'hold',
  'freeze',
  'pin',
  'skip-tags',
  'rollback',
  'min-age',
  'window',
  'window argocd',
  'interval',
  'limit',
  'group',
  'commit-group',
  'promote',
  'quarantine',
  'rollout',
  'defaults',
  'clock',
] as const;

export type Subject = (typeof subjects)[number];

export interface Story {
  /** The rule that it is about: many of its Applications have it. */
  readonly about: Subject;
  readonly apps: readonly Plan[];
  readonly defaults: Defaults;
  readonly windows: readonly ProjectWindow[];
  /** Commits of all together. */
  readonly perHour?: number;
  readonly scenes: readonly Scene[];
}

export const images = [0, 1, 2] as const;
export const repositories = ['https://git.test/good', 'https://git.test/slow'] as const;

export function tagOf(minor: Minor): string {
  return `1.${minor}.0`;
}

/** NaN for a tag that is no version. */
export function minorOf(tag: string): Minor {
  return Number(tag.split('.')[1]);
}

/** Of `tag`, or `tag@digest`. */
export function partsOf(version: string): { readonly tag: string; readonly digest?: string } {
  const [tag = '', digest] = version.split('@');
  return digest === undefined ? { tag } : { tag, digest };
}
