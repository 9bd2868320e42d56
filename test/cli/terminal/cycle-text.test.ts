/** What people see of a cycle. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tellProblems } from '../../../src/core/report/telling.ts';
import {
  type ApplicationReport,
  type CycleReport,
  countReports,
  type WriteResult,
} from '../../../src/core/report/report.ts';
import { parseImageRef } from '../../../src/core/image/image.ts';
import type { Decision } from '../../../src/core/decide/decision.ts';
import type { Style } from '../../../src/cli/terminal/style.ts';
import { cycleLines } from '../../../src/cli/log/cycle-log.ts';
import { cycleText } from '../../../src/cli/terminal/cycle-text.ts';
import { aChange, aFailedImage, anApplicationReport, aRegistryFailure, aReport } from '../builders.ts';
import { aStyle } from './styles.ts';

const startedAtMs = Date.parse('2026-01-02T22:29:17Z');
const place = { repo: 'https://git.example.com/acme/deploy', branch: 'main' };

function image(text: string) {
  const parsed = parseImageRef(text);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}

function decision(kind: 'update' | 'current' | 'skipped', more: object = {}): Decision {
  const entry = 'web=registry.example.com/acme/web:~2.1';
  return { index: 0, alias: 'web', entry, trace: { dropped: [] }, kind, ...more } as unknown as Decision;
}

function committed(path: string, sha: string): WriteResult {
  return { kind: 'committed', ...place, sha, scalars: [{ path, key: 'image.tag', from: '1', to: '2' }] };
}

function textOf(applications: readonly ApplicationReport[], style: Style, more: Partial<CycleReport> = {}) {
  const counters = countReports(applications, 0);
  const report = aReport({ startedAtMs, durationMs: 300, applications, counters, ...more });
  const told = tellProblems(report, new Map());
  return cycleText({ report, told, late: [], nextMs: startedAtMs + 120_000, all: true }, style);
}

/** The picture of the design, and three that need nothing. */
const picture: readonly ApplicationReport[] = [
  anApplicationReport({
    app: 'argocd/shop',
    decisions: [decision('update')],
    write: committed('apps/shop/values.yaml', '3f2c1e8aa'),
    changes: [aChange({ oldTag: '2.1.4', newTag: '2.1.5' })],
  }),
  anApplicationReport({
    app: 'argocd/pay',
    decisions: [
      decision('update', {
        alias: 'api',
        from: image('registry.example.com/acme/web:2.2.0'),
        direction: 'down',
        trace: { listed: 6, dropped: [{ rule: 'constraint ~2.1', count: 1, examples: ['2.2.0'] }] },
      }),
    ],
    write: committed('apps/pay/values.yaml', '3f2c1e9aa'),
    changes: [aChange({ alias: 'api', oldTag: '2.2.0', newTag: '2.1.5', direction: 'down' })],
  }),
  ...['a', 'b', 'c'].map((name) =>
    anApplicationReport({ app: `argocd/${name}`, decisions: [decision('current')] }),
  ),
  anApplicationReport({
    app: 'team-a/crm',
    decisions: [
      {
        ...aFailedImage({
          kind: 'registry',
          code: 'unauthorized',
          host: 'registry.example.com',
          repository: 'acme/web',
          message: 'list tags of registry.example.com/acme/web: 401 unauthorized',
          advice: 'may this user pull acme/web?',
        }),
        from: image('registry.example.com/acme/web:1.4.0'),
      } as Decision,
    ],
  }),
];

describe('a cycle on a terminal', () => {
  it('fault O-S3-22: is a head, a line for each image that something happened to, and a sum', () => {
    expect(textOf(picture, aStyle({}, 120)).split('\n')).toEqual([
      '22:29:17  6 Applications, 6 images, 2 registries',
      '  ✓ argocd/shop  web  2.1.4 → 2.1.5  apps/shop/values.yaml  3f2c1e8 main',
      '  ↓ argocd/pay   api  2.2.0 → 2.1.5  (constraint ~2.1)      3f2c1e9 main',
      '  ✗ team-a/crm   web  stays 1.4.0    list tags of registry.example.com/acme/web: 401 unauthorized',
      '                      → may this user pull acme/web?',
      '  1 updated · 1 brought back · 3 up to date · 1 failed · 0.3 s · next 22:31:17',
      '',
    ]);
  });

  it('fault O-S3-22: breaks lines between words where the terminal is narrow', () => {
    expect(textOf(picture, aStyle({}, 64)).split('\n')).toEqual([
      '22:29:17  6 Applications, 6 images, 2 registries',
      '  ✓ argocd/shop  web  2.1.4 → 2.1.5  …/values.yaml  3f2c1e8 main',
      '  ↓ argocd/pay   api  2.2.0 → 2.1.5  (constraint …  3f2c1e9 main',
      '  ✗ team-a/crm   web  stays 1.4.0',
      '                      list tags of',
      '                      registry.example.com/acme/web: 401',
      '                      unauthorized',
      '                      → may this user pull acme/web?',
      '  1 updated · 1 brought back · 3 up to date · 1 failed · 0.3 s ·',
      '  next 22:31:17',
      '',
    ]);
  });

  it('has marks of ASCII where the locale has no others', () => {
    const text = textOf(picture, aStyle({ unicode: false }, 120));

    expect(text).toMatch(/^[ -~\n]*$/);
    expect(text).toContain('  + argocd/shop  web  2.1.4 -> 2.1.5');
    expect(text).toContain('  v argocd/pay');
    expect(text).toContain('  x team-a/crm');
    expect(text).toContain('| 1 failed |');
  });

  it('names all Applications of a problem that hits several', () => {
    const applications = ['a', 'b'].map((name) =>
      anApplicationReport({ app: `argocd/${name}`, decisions: [aFailedImage(aRegistryFailure())] }),
    );

    expect(textOf(applications, aStyle())).toContain('✗ 2 Applications');
    expect(textOf(applications, aStyle())).toContain('argocd/a, argocd/b\n');
  });

  it('tells of a dry run that nothing was done', () => {
    const would = {
      kind: 'commit',
      ...place,
      message: 'm',
      scalars: [],
      files: [{ path: 'v.yaml', diff: '' }],
    } as const;
    const report = anApplicationReport({
      decisions: [decision('update')],
      write: { kind: 'dry-run', would },
      changes: [aChange()],
    });

    const text = textOf([report], aStyle());

    expect(text).toContain('1.0.0 → 1.1.0  v.yaml  dry run, main');
    expect(text).toContain('1 would be updated · 0.3 s');
  });

  it('WF-02: tells of a digest that is written beside the same tag', () => {
    const change = aChange({ oldTag: '2.1.5', newTag: '2.1.5', digest: `sha256:${'5c'.repeat(32)}` });
    const write = committed('v.yaml', '3f2c1e8aa');
    const report = anApplicationReport({ decisions: [decision('update')], write, changes: [change] });

    expect(textOf([report], aStyle())).toContain('2.1.5 → @sha256:5c5c5c5c5c5c  v.yaml');
  });

  it('tells of Applications that cannot be listed', () => {
    const failure = { kind: 'kube', code: 'forbidden', resource: 'applications', message: 'no' } as const;

    const text = textOf([], aStyle(), { failure });

    expect(text).toContain('22:29:17  Applications could not be listed\n');
    expect(text).toContain('  ✗ no (resource applications)\n    ');
  });

  it('says nothing where only problems are wanted and there is none', () => {
    const report = aReport({ applications: picture.slice(0, 1) });
    const told = tellProblems(report, new Map());

    expect(cycleText({ report, told, late: [], all: false }, aStyle())).toBe('');
  });

  it('shows what an earlier cycle left to be done', () => {
    const report = aReport({ startedAtMs });
    const told = tellProblems(report, new Map());

    expect(cycleText({ report, told, late: picture.slice(0, 1), all: true }, aStyle())).toContain(
      '✓ argocd/shop  web',
    );
  });

  /** Words of which lines are made, such as no server ever sent. */
  const anyText = fc
    .array(
      fc.oneof(
        fc.constant(' '),
        fc.integer({ min: 1, max: 0x10_ffff }).map((c) => String.fromCodePoint(c)),
      ),
      {
        maxLength: 120,
      },
    )
    .map((parts) => parts.join(''));

  it('fault O-S3-22: shows every problem that the log shows, in lines that fit and move no cursor', () => {
    fc.assert(
      fc.property(
        anyText,
        anyText,
        fc.integer({ min: 40, max: 200 }),
        fc.boolean(),
        (message, app, columns, unicode) => {
          const failure = { kind: 'config', message: `m1 ${message}`, annotation: 'x' } as const;
          const applications = [
            anApplicationReport({
              app,
              decisions: [aFailedImage(failure), aFailedImage(aRegistryFailure())],
            }),
            anApplicationReport({
              write: committed(message, 'abc'),
              changes: [aChange({ newTag: message, alias: app })],
            }),
          ];
          const report = aReport({ applications });
          const text = textOf(applications, aStyle({ unicode }, columns));
          const problems = cycleLines(report, new Map()).lines.filter(({ level }) => level === 'error');

          expect(text.match(unicode ? /^ {2}✗ /gm : /^ {2}x /gm)).toHaveLength(problems.length);
          expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
          for (const line of text.split('\n')) expect(Array.from(line).length).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });
});
