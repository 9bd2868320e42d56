/** A person took a version back by command: like a rollback that is found in Git (spec/policies.md 3.2). */
import { optionalProperty } from '../../base/optional-property.ts';
import { order } from '../order.ts';
import type { RolledBack } from '../settings.ts';
import { parseVersionText } from './lines/image-version.ts';
import { dated, type KeyFacts } from './key-facts.ts';
import type { TakenBack } from './taken-back.ts';

type Facts = Pick<KeyFacts, 'strategy' | 'held' | 'admits' | 'createdOf'>;

/** undefined: what is there now is as new again, or the rules exclude what was taken back. */
export function takenByCommand(facts: Facts, { from, commit, by: name }: RolledBack): TakenBack | undefined {
  const version = parseVersionText(from);
  if (version === undefined || !facts.admits(version)) return undefined;
  const { strategy, held } = facts;
  const taken = dated(facts, version);
  const position = order(strategy, dated(facts, held), taken);
  if (position === 'newer' || position === 'equal') return undefined;
  const by = { ...optionalProperty('commit', commit), ...optionalProperty('name', name) };
  const isKnown = commit !== undefined || name !== undefined;
  return {
    code: 'rollback',
    held,
    versions: [taken],
    why: 'by command',
    ...optionalProperty('by', isKnown ? by : undefined),
  };
}
