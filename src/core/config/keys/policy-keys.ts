/** Names of the annotations that hold back, delay or order updates. */

/** Of one image, behind `<alias>.`, and without it for all images of the Application. */
export const imagePolicyKeys = [
  'hold',
  'pin',
  'skip-tags',
  'rollback',
  'min-age',
  'min-age-from',
  'window',
  'interval',
  'group',
  'group-by',
  'group-min',
  'promote-from',
  'min-healthy',
  'quarantine',
  'rollout',
  'rollout-order',
] as const;

/** Of the whole Application. */
export const applicationPolicyKeys = ['commit-group', 'max-commits-per-hour'] as const;

export const policyKeys = [...imagePolicyKeys, ...applicationPolicyKeys] as const;

export type PolicyKey = (typeof policyKeys)[number];

const known: ReadonlySet<string> = new Set(policyKeys);

export function isPolicyKey(key: string): key is PolicyKey {
  return known.has(key);
}

export function isApplicationPolicyKey(key: PolicyKey): boolean {
  return applicationPolicyKeys.some((wide) => wide === key);
}
