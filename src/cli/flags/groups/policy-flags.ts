/** Flags of what holds back, delays or orders updates: for all Applications whose annotations ask for no more. */
import { type Outcome, succeed } from '../../../core/base/outcome.ts';
import { type PolicyKey, policyKeys } from '../../../core/config/keys/policy-keys.ts';
import { readPolicyText } from '../../../core/policy/read/policy-text.ts';
import { Zones } from '../../../core/policy/words/zone.ts';
import { type Flag, type FlagTable, integerFlag, parsedFlag, textFlag } from '../flag.ts';

type DefaultFlag = `default-${PolicyKey}`;

const placeholders: Readonly<Partial<Record<PolicyKey, string>>> = {
  'min-age': 'duration',
  interval: 'duration',
  'min-healthy': 'duration',
  quarantine: 'duration',
  'group-min': 'int',
  'rollout-order': 'int',
  'max-commits-per-hour': 'int',
};

function defaultFlag(key: PolicyKey): Flag<string> {
  return parsedFlag({
    placeholder: placeholders[key] ?? 'value',
    fallback: '',
    fallbackText: '',
    help: `annotation \`${key}\` of every Application`,
    variable: `IMAGE_UPDATER_DEFAULT_${key.replaceAll('-', '_').toUpperCase()}`,
    parse: (text) => checked(key, text.trim()),
  });
}

/** A window has to come some time, from whatever moment one looks. */
function checked(key: PolicyKey, text: string): Outcome<string> {
  if (text === '') return succeed(text);
  const read = readPolicyText(key, text, { zones: new Zones(), nowMs: 0 });
  return read.ok ? succeed(text) : read;
}

const defaultFlags = Object.fromEntries(
  policyKeys.map((key) => [`default-${key}`, defaultFlag(key)]),
) as Readonly<Record<DefaultFlag, Flag<string>>>;

export const policyFlags = {
  'max-commits-per-hour': integerFlag({
    fallback: 0,
    min: 0,
    max: 10_000,
    help: 'commits of all Applications together in an hour; `0`: no limit',
    variable: 'IMAGE_UPDATER_MAX_COMMITS_PER_HOUR',
  }),
  holds: textFlag({
    placeholder: 'path',
    fallback: '',
    help: 'with `--applications`: manifest of the ConfigMap [`argocd-image-updater-holds`](policies.md#holds-in-a-configmap), if it is not among them',
  }),
  ...defaultFlags,
} satisfies FlagTable;
