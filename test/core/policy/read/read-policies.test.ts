/** Which values of which source count for an image. Rows of spec/policies.md 1.6, 3 and 9. */
import { describe, expect, it } from 'vitest';
import type { PolicyKey } from '../../../../src/core/config/keys/policy-keys.ts';
import { readPolicyDefaults } from '../../../../src/core/policy/read/defaults.ts';
import { readPolicies } from '../../../../src/core/policy/read/read-policies.ts';
import { Zones } from '../../../../src/core/policy/words/zone.ts';

const zones = new Zones();
const prefix = 'argocd-image-updater.argoproj.io/';
const hourMs = 3_600_000;

interface Case {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly alias?: string;
  readonly project?: string;
  readonly defaults?: string;
  readonly flags?: Readonly<Partial<Record<PolicyKey, string>>>;
}

function read({ annotations = {}, alias = 'web', project = 'shop', defaults = '', flags = {} }: Case) {
  const full = Object.entries(annotations).map(([key, value]) => [prefix + key, value]);
  const given = new Map(Object.entries(flags) as [PolicyKey, string][]);
  return readPolicies(
    { annotations: Object.fromEntries(full), alias, project, namespace: 'argocd' },
    {
      defaults: readPolicyDefaults(defaults, given),
      zones,
      nowMs: Date.UTC(2026, 10, 28),
      cycleMs: 120_000,
    },
  );
}

const policiesOf = (given: Case) => read(given).policies;
const mistakesOf = (given: Case) => policiesOf(given).invalid?.map(({ value }) => value) ?? [];

describe('precedence', () => {
  it('nothing given: no policies', () => {
    expect(policiesOf({ annotations: { 'image-list': 'web=nginx' } })).toEqual({});
  });

  it('the key of the image wins over that of the Application, and says so', () => {
    const annotations = { 'min-age': '3d', 'web.min-age': '1d' };

    expect(policiesOf({ annotations }).minAgeMs).toEqual({
      value: 24 * hourMs,
      source: 'annotation web.min-age',
    });
    expect(policiesOf({ annotations, alias: 'api' }).minAgeMs).toEqual({
      value: 72 * hourMs,
      source: 'annotation min-age',
    });
    expect(policiesOf({ annotations: { ...annotations, 'web.min-age': '' } }).minAgeMs).toBeUndefined();
  });

  it('a slash of an alias is an underscore in its keys; an image without alias has none', () => {
    expect(policiesOf({ annotations: { 'a_b.min-age': '1d' }, alias: 'a/b' }).minAgeMs?.value).toBe(
      24 * hourMs,
    );
    expect(policiesOf({ annotations: { '.min-age': '1d' }, alias: '' }).minAgeMs).toBeUndefined();
  });

  it('project, then namespace, then flag', () => {
    const defaults = `projects:
  shop: {min-age: 3d}
  bare: {min-age: ""}
namespaces:
  argocd: {min-age: 2d}`;
    const of = (project: string) => policiesOf({ project, defaults, flags: { 'min-age': '1d' } }).minAgeMs;

    expect(of('shop')).toEqual({
      value: 72 * hourMs,
      source: 'ConfigMap argocd-image-updater-config, defaults.projects.shop.min-age',
    });
    expect(of('other')?.source).toBe(
      'ConfigMap argocd-image-updater-config, defaults.namespaces.argocd.min-age',
    );
    expect(of('bare')).toBeUndefined();
    expect(policiesOf({ flags: { 'min-age': '1d' } }).minAgeMs?.source).toBe('--default-min-age');
  });

  it('OR-09 the administrator’s longer min-age counts, and the warning names both', () => {
    const { policies, warnings } = read({ annotations: { 'min-age': '1h' }, flags: { 'min-age': '72h' } });

    expect(policies.minAgeMs).toEqual({ value: 72 * hourMs, source: '--default-min-age' });
    expect(warnings).toEqual([
      'annotation min-age "1h" is weaker than --default-min-age "72h", which counts',
    ]);
  });

  it('OR-10 unless the key is overridable', () => {
    const { policies, warnings } = read({
      annotations: { 'min-age': '1h' },
      flags: { 'min-age': '72h' },
      defaults: 'overridable: [min-age]',
    });

    expect(policies.minAgeMs).toEqual({ value: hourMs, source: 'annotation min-age' });
    expect(warnings).toEqual([]);
  });

  it.each([
    ['min-age', '3d', '1d', 'minAgeMs', 72 * hourMs],
    ['min-age', '1d', '3d', 'minAgeMs', 72 * hourMs],
    ['interval', '1h', '2h', 'intervalMs', 2 * hourMs],
    ['min-healthy', '20m', '10m', 'minHealthyMs', hourMs / 3],
    ['quarantine', '1h', '15m', 'quarantineMs', hourMs],
    ['rollback', 'override', 'respect', 'respectsRollback', true],
    ['rollback', 'respect', 'override', 'respectsRollback', true],
    ['max-commits-per-hour', '20', '10', 'maxCommitsPerHour', 10],
    ['min-age-from', 'pushed', 'first-seen', 'minAgeFrom', 'first-seen'],
    ['rollout-order', '1', '2', 'rolloutOrder', 1],
    ['commit-group', 'mine', 'theirs', 'commitGroup', 'mine'],
  ] as const)('%s: %s of the owner, %s of the administrator', (key, owner, administrator, name, value) => {
    expect(
      policiesOf({ annotations: { [key]: owner }, flags: { [key]: administrator } })[name],
    ).toMatchObject({
      value,
    });
  });

  it('lists of both count', () => {
    const given = {
      annotations: {
        hold: 'reason=mine',
        'skip-tags': '2.1.5',
        window: 'argocd',
        'promote-from': 'argocd/staging',
        rollout: '25%',
      },
      flags: {
        hold: 'true',
        'skip-tags': '2.1.6',
        window: 'deny "0 0 24 12 *" 3d',
        'promote-from': 'argocd/canary',
        rollout: 'one-first',
      },
    };
    const { holds, skips, windows, promoteFrom, rollout, minHealthyMs } = policiesOf(given);

    expect(holds?.map(({ source }) => source)).toEqual(['annotation hold', '--default-hold']);
    expect(skips?.flatMap(({ value }) => value.map(({ version }) => version))).toEqual(['2.1.5', '2.1.6']);
    expect(windows?.map(({ source }) => source)).toEqual(['annotation window', '--default-window']);
    expect(promoteFrom).toHaveLength(2);
    expect(rollout).toHaveLength(2);
    expect(minHealthyMs).toEqual({ value: hourMs / 6, source: 'default' });
  });

  it('the time of the push does not get round an administrator’s min-age', () => {
    const annotations = { 'min-age': '5d', 'min-age-from': 'pushed' };

    expect(policiesOf({ annotations }).minAgeFrom?.value).toBe('pushed');
    expect(read({ annotations, flags: { 'min-age': '1d' } })).toMatchObject({
      policies: { minAgeMs: { value: 120 * hourMs } },
      warnings: [
        'annotation min-age-from "pushed" has no effect: --default-min-age counts from the first sight',
      ],
    });
    expect(policiesOf({ annotations, flags: { 'min-age': '1d' } }).minAgeFrom).toBeUndefined();
    expect(policiesOf({ flags: { 'min-age': '1d', 'min-age-from': 'pushed' } }).minAgeFrom?.value).toBe(
      'pushed',
    );
  });

  it('an interval shorter than that of the program is said to be in vain', () => {
    expect(read({ annotations: { interval: '1m' } })).toMatchObject({
      policies: { intervalMs: { value: 120_000 } },
      warnings: ['annotation interval 1m is shorter than the interval of the program, 2m, which counts'],
    });
  });
});

describe('hold', () => {
  it('HO-06 false takes the hold of the Application off one image', () => {
    const annotations = { hold: 'true', 'web.hold': 'false' };

    expect(policiesOf({ annotations }).holds).toBeUndefined();
    expect(policiesOf({ annotations: { ...annotations, 'web.hold': '' } }).holds).toBeUndefined();
    expect(policiesOf({ annotations, alias: 'api' }).holds).toEqual([
      { value: {}, source: 'annotation hold' },
    ]);
  });

  it('but not that of the administrator', () => {
    expect(policiesOf({ annotations: { 'web.hold': 'false' }, flags: { hold: 'true' } }).holds).toEqual([
      { value: {}, source: '--default-hold' },
    ]);
  });
});

describe('what cannot be read', () => {
  it.each([
    [
      'LI-07',
      { 'max-commits-per-hour': '0' },
      'annotation max-commits-per-hour: "0": expected 1 to 10000; to stop all writes use freeze',
    ],
    ['HO-04', { hold: 'until=2h' }, 'annotation hold: until "2h": expected a time'],
    ['HO-10', { 'web.skip-tags': '2.1.*' }, 'annotation web.skip-tags: "2.1.*": no globs here'],
    ['', { 'min-healthy': '30s' }, 'expected at least 1m'],
    ['', { quarantine: '25h' }, 'expected at most 24h'],
    ['', { rollback: 'yes' }, 'annotation rollback: "yes": expected respect or override'],
    ['', { 'min-age-from': 'created' }, 'expected first-seen or pushed'],
    ['', { window: 'allow "0 0 31 2 *" 1h' }, 'annotation window: "0 0 31 2 *": no such time comes'],
    [
      '',
      { group: '/shop' },
      'annotation group "/shop": an administrator has to list it in defaults.shared-groups',
    ],
    [
      '',
      { group: 'shop /version', 'group-by': 'tag' },
      'annotation group-by "tag": annotation group says /version',
    ],
  ])('%s %j', (_, annotations, message) => {
    expect(mistakesOf({ annotations })).toEqual([expect.stringContaining(message)]);
  });

  it('withholds its own image only, and everything else of it is read', () => {
    const annotations = { 'web.min-age': '3x', hold: 'true' };

    expect(policiesOf({ annotations, alias: 'api' }).invalid).toBeUndefined();
    expect(policiesOf({ annotations })).toMatchObject({
      holds: [{ value: {} }],
      invalid: [{ source: 'annotation web.min-age' }],
    });
  });

  it('OR-08 a misspelt hold, skip-tags or pin is one', () => {
    expect(mistakesOf({ annotations: { hodl: 'true' } })).toEqual([
      'annotation "hodl" is unknown; did you mean hold?',
    ]);
  });

  it.each(['hodl', 'Hold', 'holds', 'on-hold', 'skip-tag', 'skiptags', 'skiptag', 'ping', 'pn'])(
    '%s',
    (key) => {
      const near = key !== 'on-hold';
      expect(mistakesOf({ annotations: { [key]: 'true' } })).toHaveLength(near ? 1 : 0);
      expect(mistakesOf({ annotations: { [`web.${key}`]: 'true' } })).toHaveLength(near ? 1 : 0);
      expect(mistakesOf({ annotations: { [`w.${key}`]: 'true' } })).toEqual([]);
    },
  );

  it.each(['hold', 'pin', 'skip-tags', 'w.hold', 'git', 'group', 'min-age'])(
    '%s is no misspelt one',
    (key) => {
      expect(mistakesOf({ annotations: { [key]: '' } })).toEqual([]);
    },
  );

  it('two pins that differ', () => {
    const given = { annotations: { pin: '2.1.4' }, flags: { pin: '2.1.5' } };

    expect(mistakesOf(given)).toEqual([
      'annotation pin "2.1.4": --default-pin pins 2.1.5; leave one of them out',
    ]);
    expect(policiesOf({ ...given, flags: { pin: '2.1.4' } }).pin?.value).toEqual({ tag: '2.1.4' });
  });

  it.each([
    ['projects: [', 'defaults'],
    ['[]', 'defaults: expected a mapping'],
    ['project: {}', '"project" is unknown; expected projects, namespaces, overridable, shared-groups'],
    ['overridable: [min-ag]', 'overridable: "min-ag" is no policy; did you mean min-age?'],
    ['overridable: min-age', 'defaults.overridable: expected a list of texts'],
    [
      'projects: {shop: {mni-age: 3d}}',
      'defaults.projects.shop: "mni-age" is no policy; did you mean min-age?',
    ],
    [
      'projects: {shop: {window: [argocd]}}',
      'defaults.projects.shop.window: expected the text of an annotation',
    ],
    ['projects: {shop: {hold: "true", hold: "false"}}', '"hold" is there twice'],
    ['projects: {shop: {min-age: 3x}}', 'defaults.projects.shop.min-age: "3x": expected a duration'],
  ])('defaults %s', (defaults, message) => {
    expect(mistakesOf({ defaults })).toEqual([expect.stringContaining(message)]);
  });

  it('a mistake about one project withholds no other', () => {
    expect(mistakesOf({ defaults: 'projects: {shop: {mni-age: 3d}}', project: 'other' })).toEqual([]);
  });
});

describe('groups', () => {
  it('has what makes members equal, and how many there have to be', () => {
    expect(policiesOf({ annotations: { group: 'shop' } }).group).toEqual({
      value: { name: 'shop', by: { kind: 'tag' }, minMembers: 2 },
      source: 'annotation group',
    });
    expect(
      policiesOf({
        annotations: { 'web.group': '/all', 'group-by': 'version', 'group-min': '3' },
        defaults: 'shared-groups: [/all]',
      }).group?.value,
    ).toEqual({ name: '/all', by: { kind: 'version' }, minMembers: 3 });
  });

  it('what belongs to a group says nothing without one', () => {
    expect(read({ annotations: { 'group-by': 'tag' } }).warnings).toEqual([
      'annotation group-by has no effect without group',
    ]);
  });
});
