/** What a cycle needs of policies. */
import type { AppConfig } from '../../../core/config/annotations.ts';
import type { AppKey } from '../../../core/config/application.ts';
import type { Company, Together } from '../../../core/plan.ts';
import type { Decision } from '../../../core/decide/decision.ts';
import type { TrackedImage, Warning } from '../../../core/config/tracked-image.ts';
import type { Digest } from '../../../core/image/image.ts';
import type { WriteResult } from '../../../core/report/report.ts';
import type { ImagePolicies } from '../../../core/policy/settings.ts';
import type { Recheck } from '../../repository/recheck.ts';

/** What policies need to know of a write. */
export interface WriteOutcome {
  readonly result: WriteResult;
  /** Of the commit. */
  readonly message?: string;
}

/** What policies of a cycle do; absent policies do nothing at all. */
export interface Policies {
  /** By position in image-list: images without policies are absent. */
  of(app: AppKey): ReadonlyMap<number, ImagePolicies>;
  /** Nothing more comes of the Application: whoever waits for its images goes on without them. */
  pass(app: AppKey): void;
  /** One decision for each, in order. */
  judge(config: AppConfig, decisions: readonly Decision[]): Promise<readonly Decision[]>;
  /** What a tag named when it was seen first: now, where nobody has seen it yet. Undefined: nobody can tell. */
  recordedOf(image: TrackedImage, tag: string): Promise<Digest | undefined>;
  /** Images that need not be asked about yet, with what they came to last. */
  resting(config: AppConfig): ReadonlyMap<number, Decision>;
  /** What all images of an Application came to, before policies judge. */
  decided(config: AppConfig, decisions: readonly Decision[]): void;
  /** Its commits are to say what they change at each key. */
  tellsChanges(app: AppKey): boolean;
  /** Those that share a commit with the Application whenever they are written. */
  togetherOf(app: AppKey): Together | undefined;
  /** Those that are written with the Application now, or not at all. */
  companyOf(app: AppKey): Company | undefined;
  /** What is said of them in vain. */
  warningsOf(app: AppKey): readonly Warning[];
  /** What came of the write of an Application; undefined: there was none. */
  wrote(config: AppConfig, decisions: readonly Decision[], written: WriteOutcome | undefined): void;
  /** What its targets held when it was judged last may have changed. */
  forget(app: AppKey): void;
  /** Absent: nobody need ask. */
  readonly recheck?: Recheck;
}

const none: ReadonlyMap<number, ImagePolicies> = new Map();

/** Every outcome is the reference's. */
export const noPolicies: Policies = {
  of: () => none,
  pass: () => undefined,
  judge: (_, decisions) => Promise.resolve(decisions),
  forget: () => undefined,
  recordedOf: () => Promise.resolve(undefined),
  resting: () => new Map(),
  decided: () => undefined,
  tellsChanges: () => false,
  togetherOf: () => undefined,
  companyOf: () => undefined,
  warningsOf: () => [],
  wrote: () => undefined,
};

/** Policies of each image of an Application, by position in image-list. */
export type PoliciesOf = (app: AppKey) => ReadonlyMap<number, ImagePolicies>;
