/** The word of each key: what a value has to be, whoever sets it. */
import type { PolicyKey } from '../../config/keys/policy-keys.ts';
import type { Outcome } from '../../base/outcome.ts';
import { parseWindows, type WindowContext } from '../window/window-text.ts';
import { parsePolicyDuration } from '../words/duration.ts';
import { parseCommitGroup, parseGroup, parseGroupBy } from '../words/group.ts';
import { parseHold } from '../words/hold.ts';
import {
  parseGroupMin,
  parseMaxCommits,
  parsePromoteFrom,
  parseRollout,
  parseRolloutOrder,
} from '../words/order-words.ts';
import { parsePin, parseSkipTags } from '../words/version-words.ts';
import { parseAgeFrom, parseHealthy, parseQuarantine } from './read-times.ts';
import { parseRollback } from './read-versions.ts';

/** Fails with what is wrong with a value that is not empty. */
export function readPolicyText(key: PolicyKey, text: string, context: WindowContext): Outcome<unknown> {
  return words[key](text, context);
}

const words: Readonly<Record<PolicyKey, (text: string, context: WindowContext) => Outcome<unknown>>> = {
  hold: (text, { zones }) => parseHold(text, zones),
  pin: parsePin,
  'skip-tags': parseSkipTags,
  rollback: parseRollback,
  'min-age': parsePolicyDuration,
  'min-age-from': parseAgeFrom,
  window: parseWindows,
  interval: parsePolicyDuration,
  group: parseGroup,
  'group-by': parseGroupBy,
  'group-min': parseGroupMin,
  'promote-from': parsePromoteFrom,
  'min-healthy': parseHealthy,
  quarantine: parseQuarantine,
  rollout: parseRollout,
  'rollout-order': parseRolloutOrder,
  'commit-group': parseCommitGroup,
  'max-commits-per-hour': parseMaxCommits,
};
