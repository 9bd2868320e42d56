/** Choices that the rules allow and people hardly mean: told, held back, or judged before they are written. */
import fc from 'fast-check';
import { concluded } from '../../../src/core/base/pieces.ts';
import { describe, expect, it } from 'vitest';
import type { TrackedImage } from '../../../src/core/config/annotations.ts';
import type { Decision } from '../../../src/core/decide/decision.ts';
import { decideImage, deciding } from '../../../src/core/decide/decide.ts';
import { tagRule } from '../../../src/core/version/tag-rule.ts';
import type { KnownVersion } from '../../../src/core/decide/live.ts';
import type { Answer } from '../../../src/core/decide/needs.ts';
import { planApplication } from '../../../src/core/plan.ts';
import { parseConstraint } from '../../../src/core/version/constraint.ts';
import { compareVersions, parseVersion } from '../../../src/core/version/version.ts';
import { aRef, anImage, valueOf } from '../builders.ts';

const running = (tag: string): KnownVersion => ({ kind: 'live', ref: aRef(`ghcr.io/acme/web:${tag}`) });
const none: KnownVersion = { kind: 'unversioned' };
const listed = (...tags: readonly string[]): Answer => ({ kind: 'tags', tags });
const alphabetical = anImage({ strategy: { kind: 'alphabetical' } });

function semver(constraint?: string, more: Partial<TrackedImage> = {}): TrackedImage {
  if (constraint === undefined) return anImage(more);
  const strategy = { kind: 'semver', constraint: valueOf(parseConstraint(constraint)) } as const;
  return anImage({ strategy, constraintText: constraint, ...more });
}

function decide(image: TrackedImage, live: KnownVersion, answer: Answer): Decision {
  return decideImage(image, live, { ok: true, value: answer }, valueOf(tagRule(image.filter)));
}

function tagOf(decision: Decision): string | undefined {
  if (decision.kind === 'update') return decision.to.tag;
  return decision.kind === 'current' ? decision.at.tag : undefined;
}

describe('a doubtful choice', () => {
  it.each([
    { tags: ['main-99', 'main-100', 'main-101'], chosen: 'main-99', higher: 'main-101' },
    { tags: ['v1.9', 'v1.10'], chosen: 'v1.9', higher: 'v1.10' },
    { tags: ['2024-9-1-b7', '2024-10-1-b8'], chosen: '2024-9-1-b7', higher: '2024-10-1-b8' },
  ])('fault C5: $chosen is chosen by text before $higher', ({ tags, chosen, higher }) => {
    const decision = decide(alphabetical, running(tags[0] ?? ''), listed(...tags));

    expect(tagOf(decision)).toBe(chosen);
    expect(decision.trace.doubt).toContain(
      `${higher} counts as older than ${chosen}: alphabetical compares texts`,
    );
  });

  it.each([
    ['main-099', 'main-100', 'main-101'],
    ['2024-01-02', '2024-11-30'],
    ['main-0123abcd', 'main-9f8e7d6c5b', 'main-12345678ab'],
    ['a', 'b'],
    ['rel-9', 'main-10'],
  ])('fault C5: nothing is said where texts are in the order of their numbers (%s, %s)', (...tags) => {
    expect(decide(alphabetical, none, listed(...tags)).trace.doubt).toBeUndefined();
  });

  it('fault C5: a pre-release without a constraint follows a release', () => {
    const decision = decide(semver(), running('v2.2.0'), listed('v2.2.0', 'v2.3.0-rc.1-ppc64le'));

    expect(tagOf(decision)).toBe('v2.3.0-rc.1-ppc64le');
    expect(decision.trace.doubt).toMatch(
      /the pre-release v2\.3\.0-rc\.1-ppc64le follows the release v2\.2\.0.*>=0/,
    );
  });

  it.each([
    { name: 'a pre-release runs', image: semver(), from: '1.25-alpine', tags: ['1.25', '1.26-alpine'] },
    { name: 'there is no release', image: semver(), from: '1.25', tags: ['1.26-alpine'] },
    { name: 'a constraint asks for it', image: semver('>=1-0'), from: '1.0', tags: ['1.0', '1.1-rc.1'] },
    { name: 'the choice is a release', image: semver(), from: '1.0', tags: ['1.0', '1.1', '1.1-rc.1'] },
  ])('fault C5: a pre-release is no doubt where $name', ({ image, from, tags }) => {
    expect(decide(image, running(from), listed(...tags)).trace.doubt).toBeUndefined();
  });

  it('fault C5: a step back is told as one', () => {
    const image = semver('~1');
    const decision = decide(image, running('2.0.0'), listed('1.5.0', '2.0.0'));

    expect(decision).toMatchObject({ kind: 'update', direction: 'down', to: { tag: '1.5.0' } });
    const config = {
      app: {},
      images: [],
      writeBack: { ok: false, failure: { kind: 'config', message: '' } },
    };
    expect(planApplication(config as never, [decision])).toMatchObject({
      changes: [{ oldTag: '2.0.0', newTag: '1.5.0', direction: 'down' }],
    });
  });

  it('fault C5: so is one by text', () => {
    expect(decide(alphabetical, running('main-b'), listed('main-a', 'main-b'))).toMatchObject({
      kind: 'current',
    });
    expect(
      decide(
        { ...alphabetical, filter: { ignore: ['main-b'] } },
        running('main-b'),
        listed('main-a', 'main-b'),
      ),
    ).toMatchObject({ kind: 'update', direction: 'down' });
  });
});

describe('a registry that loses tags', () => {
  it.each([
    { image: semver('~1'), from: '1.9.0', tags: ['1.0.0', '1.0.1'] },
    { image: semver(), from: '2.0.0', tags: ['1.0.0', 'latest'] },
    { image: alphabetical, from: 'r-20240105', tags: ['r-20240101'] },
  ])('fault C6: does not take $from back', ({ image, from, tags }) => {
    expect(decide(image, running(from), listed(...tags))).toMatchObject({
      kind: 'skipped',
      reason: 'kept',
      message: expect.stringContaining(`${from} is allowed, but the registry lists it no more`) as unknown,
    });
    const follower = { ...image, allowsDowngrade: true };
    expect(decide(follower, running(from), listed(...tags))).toMatchObject({
      kind: 'update',
      direction: 'down',
    });
  });

  it('fault C6: keeps a build that was newer than all that are left', () => {
    const created = { seconds: 1_700_000_000, nanos: 0 };
    const answer: Answer = {
      kind: 'dated-tags',
      listed: 1,
      tags: [{ tag: 'a', created }],
      dropped: [],
      lost: ['b'],
    };
    const image = anImage({ strategy: { kind: 'newest-build' } });

    expect(decide(image, running('b'), answer)).toMatchObject({ kind: 'skipped', reason: 'kept' });
    expect(decide(image, running('c'), answer)).toMatchObject({ kind: 'update', to: { tag: 'a' } });
    expect(decide({ ...image, allowsDowngrade: true }, running('b'), answer)).toMatchObject({
      kind: 'update',
      direction: 'down',
    });
  });

  it.each([
    { name: 'a narrowed constraint', image: semver('~1'), from: '2.0.0', tags: ['1.5.0'], to: '1.5.0' },
    {
      name: 'a narrowed filter',
      image: semver(undefined, { filter: { ignore: ['2.*'] } }),
      from: '2.0.0',
      tags: ['1.5.0'],
      to: '1.5.0',
    },
    { name: 'a newer version', image: semver('~1'), from: '1.2.0', tags: ['1.3.0'], to: '1.3.0' },
    { name: 'another spelling', image: semver('~1'), from: '1.2', tags: ['v1.2.0'], to: 'v1.2.0' },
    { name: 'nothing that runs', image: semver('~1'), from: undefined, tags: ['1.3.0'], to: '1.3.0' },
  ])('fault C6: lets $name through', ({ image, from, tags, to }) => {
    const live = from === undefined ? none : running(from);
    expect(tagOf(decide(image, live, listed(...tags)))).toBe(to);
  });

  it('fault C6: never lowers a version that fits, whatever pages and tags it drops', () => {
    const number = fc.integer({ min: 0, max: 12 });
    const version = fc.tuple(number, number, number).map((numbers) => numbers.join('.'));
    const constraint = fc.constantFrom(undefined, '~1', '>=2', '<9', '1.x || 5.x');
    fc.assert(
      fc.property(fc.uniqueArray(version, { minLength: 1 }), constraint, fc.gen(), (all, wanted, gen) => {
        const image = semver(wanted);
        let held: string | undefined;
        for (let cycle = 0; cycle < 5; cycle += 1) {
          const seen = gen(fc.subarray, all);
          const decision = decide(image, held === undefined ? none : running(held), listed(...seen));
          const written = decision.kind === 'update' ? decision.to.tag : held;
          if (held !== undefined && written !== undefined) {
            const [after, before] = [parseVersion(written), parseVersion(held)];
            if (after === undefined || before === undefined) throw new Error('no version');
            expect(compareVersions(after, before)).toBeGreaterThanOrEqual(0);
          }
          held = written;
        }
      }),
    );
  });
});

describe('a running tag that is no version', () => {
  it('fault C9: is updated where a constraint says what is wanted', () => {
    const decision = decide(
      semver('~1.2'),
      running('20211001T060636'),
      listed('20211001T060636', '1.2.0', '1.3.0'),
    );
    expect(decision).toMatchObject({ kind: 'update', to: { tag: '1.2.0' } });
  });

  it.each([[['4.0.15.2941-ls299', '4.0.15', 'latest']], [['4.0.15.2941-ls299', 'latest']], [['1.0.0']]])(
    'fault C9: names the three ways out without one, whatever is in the list (%j)',
    (tags) => {
      const decision = decide(semver(), running('4.0.14.2939-ls298'), listed(...tags));
      const message =
        decision.kind === 'failed'
          ? decision.failure.message
          : decision.kind === 'current' && decision.noChoice;

      expect(message).toMatch(
        /^running tag "4\.0\.14\.2939-ls298" is no version.*three numbers.*constraint.*newest-build.*alphabetical with allow-tags$/,
      );
      expect(decision.kind).not.toBe('update');
    },
  );
});

describe('a candidate that is judged before it is chosen', () => {
  /** Decides with a judge; gives what it was asked about. */
  function judged(image: TrackedImage, live: KnownVersion, answer: Answer, refused: readonly string[]) {
    const asked: string[] = [];
    const work = deciding(image, live, { ok: true, value: answer }, valueOf(tagRule(image.filter)));
    let step = work.next();
    while (step.done !== true) {
      const tag = step.value?.candidate.tag;
      if (tag !== undefined) asked.push(tag);
      const isRefused = tag !== undefined && refused.includes(tag);
      step = work.next(
        isRefused
          ? { digest: null, reason: 'no image but a Helm chart' }
          : { digest: `sha256:${'a'.repeat(64)}` },
      );
    }
    return { decision: step.value, asked };
  }
  const tags = ['1.0.0', '1.1.0', '1.2.0', '1.3.0'];

  it.each([
    { name: 'semver', image: semver('1.x', { verifyPlatform: true }) },
    { name: 'alphabetical', image: { ...alphabetical, verifyPlatform: true } },
  ])('fault R9: gives way to the next one ($name)', ({ image }) => {
    const { decision, asked } = judged(image, running('1.0.0'), listed(...tags), ['1.3.0', '1.2.0']);

    expect(asked).toEqual(['1.3.0', '1.2.0', '1.1.0']);
    expect(decision).toMatchObject({ kind: 'update', to: { tag: '1.1.0' } });
    expect(decision.trace.dropped).toContainEqual({
      rule: 'verify-platform (no image but a Helm chart)',
      count: 2,
      examples: ['1.3.0', '1.2.0'],
    });
  });

  it('fault R9: is not asked about where it runs already', () => {
    const { decision, asked } = judged(
      semver('1.x', { verifyPlatform: true }),
      running('1.2.0'),
      listed(...tags),
      ['1.3.0'],
    );

    expect(asked).toEqual(['1.3.0']);
    expect(decision).toMatchObject({ kind: 'current', at: { tag: '1.2.0' } });
  });

  it('fault R9: stays after ten refusals, with the reason', () => {
    const many = Array.from({ length: 30 }, (_, index) => `1.${index}.0`);
    const { decision, asked } = judged(
      semver('1.x', { verifyPlatform: true }),
      running('1.0.0'),
      listed(...many),
      many,
    );

    expect(asked).toHaveLength(10);
    expect(decision).toMatchObject({
      kind: 'current',
      noChoice: expect.stringContaining('verify-platform refused the 10 newest candidates') as unknown,
    });
  });

  it('is asked about only where the annotation says so', () => {
    expect(judged(semver('1.x'), running('1.0.0'), listed(...tags), tags).asked).toEqual([]);
  });
});

describe('an update with its candidates, for policies to choose among', () => {
  function candidatesOf(live: KnownVersion, answer: Answer): readonly string[] | undefined {
    const image = semver('1.x');
    const wishes = { keepsCandidates: true };
    const decision = concluded(
      deciding(image, live, { ok: true, value: answer }, valueOf(tagRule(image.filter)), wishes),
    );
    return decision.kind === 'update' ? decision.candidates?.map(({ tag }) => tag) : undefined;
  }

  it('are the choice and what lies between it and what runs, best first', () => {
    const answer = listed('1.0.0', '1.1.0', '1.3.0', '1.2.0', '2.0.0', '0.9.0');

    expect(candidatesOf(running('1.1.0'), answer)).toEqual(['1.3.0', '1.2.0']);
  });

  it('are the choice alone where it goes back, or where nothing is known to run', () => {
    expect(candidatesOf(running('2.0.0'), listed('1.0.0', '1.1.0', '2.0.0'))).toEqual(['1.1.0']);
    expect(candidatesOf({ kind: 'unversioned' }, listed('1.0.0', '1.1.0'))).toEqual(['1.1.0']);
  });
});
