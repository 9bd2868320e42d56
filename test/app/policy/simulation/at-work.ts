/** Which rules were at work, and in how many stories: one that never is proves nothing. */
import type { Played } from './rules.ts';

/** In so many of a hundred stories each is at work, as counted in thousands of them. */
const percents = {
  freeze: 25,
  hold: 30,
  'min-age': 32,
  window: 28,
  interval: 15,
  limit: 30,
  rollback: 6,
  quarantine: 4,
  'skip-tags': 7,
  promote: 11,
  rollout: 3,
  'group-missing': 4,
  'group-held': 1,
  'policy-unknown': 7,
  'written by git': 85,
  'written by branch': 30,
  'written by argocd': 40,
  'written with semver': 88,
  'written with newest-build': 28,
  'written with digest': 28,
  'written under defaults': 24,
  'one commit for several': 4,
  pinned: 2,
  promoted: 6,
  'group moved': 5,
} as const;

/** Of one cycle: codes of reasons, of what was passed over, and what was written how. */
export function rulesAtWork(cycle: Played): readonly string[] {
  const { report, commits } = cycle;
  const reasons = report.applications
    .flatMap(({ decisions }) => decisions)
    .flatMap((decision) => {
      if (decision.kind === 'update') return (decision.passedOver ?? []).map(({ reason }) => reason.code);
      const isWithheld = decision.kind === 'held' || decision.kind === 'waiting';
      return isWithheld ? [decision.reason.code, ...decision.reason.also] : [];
    });
  return [
    ...reasons,
    ...waysOf(cycle),
    ...(commits.some(({ length }) => length > 1) ? ['one commit for several'] : []),
  ];
}

function waysOf({ apps, before, after, wanted }: Played): readonly string[] {
  const moved = apps.flatMap((app, index) =>
    after.targets[index] === before.targets[index] ? [] : [{ app, own: wanted[index] }],
  );
  return moved.flatMap(({ app, own }) => [
    `written by ${app.method}`,
    `written with ${app.strategy}`,
    ...(own?.isPinned === true ? ['pinned'] : []),
    ...(own?.group === undefined ? [] : ['group moved']),
    ...(own?.has('promote-from') === true ? ['promoted'] : []),
    ...(Object.keys(own?.given ?? {}).length > 0 ? ['written under defaults'] : []),
  ]);
}

export class Tally {
  readonly #stories = new Map<string, number>();
  #all = 0;

  /** Rules of one story. */
  add(rules: Iterable<string>): void {
    this.#all += 1;
    for (const rule of new Set(rules)) this.#stories.set(rule, (this.#stories.get(rule) ?? 0) + 1);
  }

  /** Rules that were at work far less often than they are: by four standard deviations. */
  get idle(): readonly string[] {
    return Object.entries(percents).flatMap(([rule, percent]) => {
      const expected = (this.#all * percent) / 100;
      const count = this.#stories.get(rule) ?? 0;
      const isIdle = count < expected - 4 * Math.sqrt(expected);
      return isIdle ? [`${rule}: ${count} of ${this.#all} stories, expected ${expected}`] : [];
    });
  }

  /** Percentage of stories, by rule. */
  get shares(): Readonly<Record<string, number>> {
    const all = [...this.#stories].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(all.map(([rule, count]) => [rule, (100 * count) / this.#all]));
  }
}
