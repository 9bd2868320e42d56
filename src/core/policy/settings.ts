/** What people ask of policies for one image, after precedence (spec/policies.md 1.6): plain data, nothing judged yet. */

/** A value and where it comes from, as the source spells it: `annotation web.min-age`, `--default-min-age`. */
export interface Sourced<Value> {
  readonly value: Value;
  readonly source: string;
}

/** `hold`: nothing of the image is written. */
export interface Hold {
  /** Absent: until it is removed. Milliseconds since 1970. */
  readonly untilMs?: number;
  readonly reason?: string;
  readonly by?: string;
  readonly sinceMs?: number;
}

/** `pin`: tag, digest (`sha256:…`), or both; never neither. */
export interface Pin {
  readonly tag?: string;
  readonly digest?: string;
}

/** An item of `skip-tags`: a tag or a digest, compared as text. */
export interface Skip {
  readonly version: string;
  readonly reason?: string;
}

/** A person took versions back by command: like a rollback found in Git, whatever `rollback` says. */
export interface RolledBack {
  readonly from: string;
  readonly to?: string;
  readonly commit?: string;
  readonly by?: string;
}

/** A person let a version go on: the W and the commit that were blamed, or a quarantined version. */
export interface Resumed {
  readonly version: string;
  readonly commit?: string;
  readonly quarantine?: boolean;
}

/** Where `min-age` begins to count. */
export type AgeFrom = 'first-seen' | 'pushed';

/** `promote-from`: an Application, perhaps one alias of it. */
export interface PromotionSource {
  readonly namespace: string;
  readonly name: string;
  readonly alias?: string;
}

/** `rollout`: how many go first. */
export type RolloutShare =
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'percent'; readonly percent: number };

/** What makes members of a group equal: the tag's text, the parsed version, or the value of an OCI label. */
export type GroupIdentity =
  | { readonly kind: 'tag' }
  | { readonly kind: 'version' }
  | { readonly kind: 'label'; readonly label: string };

export interface GroupSettings {
  /** With a leading `/` where it spans projects. */
  readonly name: string;
  readonly by: GroupIdentity;
  /** Fewer members wait. */
  readonly minMembers: number;
}

/** One entry of a `window` expression. */
export type WindowEntry =
  | { readonly kind: 'argocd' }
  | {
      readonly kind: 'allow' | 'deny';
      /** Five fields, as written. */
      readonly schedule: string;
      readonly durationMs: number;
      /** IANA name. */
      readonly zone: string;
      readonly reason?: string;
    };

/** All lists must be open: each is one source's expression. */
export type WindowLists = readonly Sourced<readonly WindowEntry[]>[];

/** Policies of one image. What is absent is not asked for. */
export interface ImagePolicies {
  readonly holds?: readonly Sourced<Hold>[];
  readonly pin?: Sourced<Pin>;
  readonly skips?: readonly Sourced<readonly Skip[]>[];
  /** `rollback: respect`. */
  readonly respectsRollback?: Sourced<true>;
  readonly rolledBack?: Sourced<RolledBack>;
  readonly resumed?: readonly Resumed[];
  readonly minAgeMs?: Sourced<number>;
  readonly minAgeFrom?: Sourced<AgeFrom>;
  readonly windows?: WindowLists;
  readonly intervalMs?: Sourced<number>;
  readonly group?: Sourced<GroupSettings>;
  readonly commitGroup?: Sourced<string>;
  /** All of them must prove a version: one list for each source that asks. */
  readonly promoteFrom?: readonly Sourced<readonly PromotionSource[]>[];
  /** Default 10 minutes, where something asks for health. */
  readonly minHealthyMs?: Sourced<number>;
  readonly quarantineMs?: Sourced<number>;
  readonly rollout?: readonly Sourced<RolloutShare>[];
  /** 0–999, default 500. */
  readonly rolloutOrder?: Sourced<number>;
  readonly maxCommitsPerHour?: Sourced<number>;
  /** Values that cannot be read: each withholds the image (`policy-invalid`), with a message that names key, value and what is allowed. */
  readonly invalid?: readonly Sourced<string>[];
}
