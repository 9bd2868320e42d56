/** What each Application is subject to, read as a person reads it: who says something, and the strictest of it. */
import { type Defaults, hourMs, minuteMs, type Plan, type Texts } from './story.ts';

/** Annotations, and what administrators set: each key with all that is said of it. */
export class Wanted {
  readonly own: Texts;
  readonly given: Texts;

  constructor({ policies, project }: Plan, { flags, team }: Defaults, isRemoved: (key: string) => boolean) {
    this.own = Object.fromEntries(Object.entries(policies).filter(([key]) => !isRemoved(key)));
    this.given = project === 'team' ? { ...flags, ...team } : flags;
  }

  all(key: string): readonly string[] {
    return [this.own[key], this.given[key]].filter((text) => text !== undefined);
  }

  has(key: string): boolean {
    return this.all(key).length > 0;
  }

  get isPinned(): boolean {
    return this.has('pin');
  }

  /** Of rules for versions: a pin is a person's choice against the own ones, not against those of administrators. */
  ofVersions(key: string): readonly string[] {
    return this.isPinned ? [this.given[key]].filter((text) => text !== undefined) : this.all(key);
  }

  /** The longest; 0: there is none. */
  ms(key: string): number {
    return Math.max(0, ...this.all(key).map(msOf));
  }

  /** The smallest; undefined: there is none. */
  get perHour(): number | undefined {
    const all = this.all('max-commits-per-hour').map(Number);
    return all.length === 0 ? undefined : Math.min(...all);
  }

  get respectsRollback(): boolean {
    return this.ofVersions('rollback').includes('respect');
  }

  get skipped(): ReadonlySet<string> {
    return new Set(this.ofVersions('skip-tags').map((text) => text.split(' ')[0] ?? ''));
  }

  /** The Application whose versions it takes. */
  get source(): number | undefined {
    const [text] = this.ofVersions('promote-from');
    return text === undefined ? undefined : Number(/app(\d+)/.exec(text)?.[1]);
  }

  /** Those of one project that have it move together. */
  get group(): string | undefined {
    return this.own['group'] ?? this.given['group'];
  }

  /** Something that compares times. */
  get isTimed(): boolean {
    const timed = [
      'min-age',
      'window',
      'interval',
      'quarantine',
      'rollout',
      'promote-from',
      'max-commits-per-hour',
    ];
    const isUntil = this.all('hold').some((text) => text.startsWith('until'));
    const counts = (key: string) => (isOfVersions(key) ? this.ofVersions(key) : this.all(key)).length > 0;
    return isUntil || timed.some(counts);
  }
}

/** Keys that a pin is above. */
function isOfVersions(key: string): boolean {
  return ['skip-tags', 'rollback', 'promote-from', 'quarantine'].includes(key);
}

function msOf(text: string): number {
  const unit = { m: minuteMs, h: hourMs, d: 24 * hourMs }[text.at(-1) ?? ''] ?? Number.NaN;
  return Number.parseInt(text, 10) * unit;
}
