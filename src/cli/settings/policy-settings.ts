/** What holds back updates of all Applications: flags -> settings. */
import { type PolicyKey, policyKeys } from '../../core/config/keys/policy-keys.ts';
import type { FlagValues } from '../flags/flag.ts';
import type { policyFlags } from '../flags/groups/policy-flags.ts';

export interface PolicySettings {
  /** Values of `--default-<key>` that are given, not empty. */
  readonly defaults: ReadonlyMap<PolicyKey, string>;
  /** Of all Applications together; absent: no limit. */
  readonly maxCommitsPerHour?: number;
}

export function readPolicySettings(values: FlagValues<typeof policyFlags>): PolicySettings {
  const given = policyKeys.flatMap((key) => {
    const text = values[`default-${key}`];
    return text === '' ? [] : [[key, text] as const];
  });
  const limit = values['max-commits-per-hour'];
  return { defaults: new Map(given), ...(limit === 0 ? {} : { maxCommitsPerHour: limit }) };
}
