/** `group`, `group-by`, `commit-group`: names, and what makes members equal. */
import { type Outcome, succeed } from '../../base/outcome.ts';
import { optionalProperty } from '../../base/optional-property.ts';
import type { GroupIdentity } from '../settings.ts';
import { refuseWord } from './refusal.ts';

const namePattern = /^[a-z0-9](?:[-a-z0-9.]{0,61}[a-z0-9])?$/;
const labelPattern = /^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,126}[A-Za-z0-9])?$/;

export interface GroupWord {
  readonly name: string;
  /** Absent where the value does not say it. */
  readonly by?: GroupIdentity;
}

/** `shop`, `shop /version`, `/shop /label:org.opencontainers.image.revision`; a leading `/` spans projects. */
export function parseGroup(text: string): Outcome<GroupWord> {
  const [name = '', by, ...rest] = text.trim().split(/\s+/);
  if (!namePattern.test(name.replace(/^\//, '')))
    return refuseWord(text, 'expected a name of a-z, 0-9, - and ., at most 63 characters');
  const identity = by === undefined ? undefined : parseIdentity(by.replace(/^\//, ''));
  if (rest.length > 0 || (by !== undefined && (!by.startsWith('/') || identity === undefined)))
    return refuseWord(text, 'expected nothing behind the name but /tag, /version or /label:<name>');
  return succeed({ name, ...optionalProperty('by', identity) });
}

/** `tag`, `version`, `label:<name>`. */
export function parseGroupBy(text: string): Outcome<GroupIdentity> {
  const identity = parseIdentity(text);
  return identity === undefined
    ? refuseWord(text, 'expected tag, version or label:<name>')
    : succeed(identity);
}

/** As `parseGroupBy` reads it. */
export function groupByText(by: GroupIdentity): string {
  return by.kind === 'label' ? `label:${by.label}` : by.kind;
}

export function parseCommitGroup(text: string): Outcome<string> {
  if (namePattern.test(text)) return succeed(text);
  return refuseWord(text, 'expected a name of a-z, 0-9, - and ., at most 63 characters');
}

function parseIdentity(text: string): GroupIdentity | undefined {
  if (text === 'tag' || text === 'version') return { kind: text };
  const label = text.startsWith('label:') ? text.slice('label:'.length) : '';
  return labelPattern.test(label) ? { kind: 'label', label } : undefined;
}
