/** What a cycle says. */
import { describe, expect, it } from 'vitest';
import { applicationLines, cycleLines, listedLine } from '../../../src/cli/log/cycle-log.ts';
import type { Decision } from '../../../src/core/decide/decision.ts';
import type { Failure } from '../../../src/core/base/outcome.ts';
import type { CycleReport } from '../../../src/core/report/report.ts';
import { aChange, aFailedImage, anApplicationReport, aRegistryFailure, aReport } from '../builders.ts';

const minuteMs = 60_000;

function linesOf(report: CycleReport) {
  return [...report.applications.flatMap(applicationLines), ...cycleLines(report, new Map()).lines];
}

/** A registry refuses the one login of all these applications. */
function refusing(names: readonly string[]): CycleReport {
  return aReport({
    applications: names.map((app) =>
      anApplicationReport({ app, decisions: [aFailedImage(aRegistryFailure())] }),
    ),
  });
}

function linesAbout(report: CycleReport, level: string) {
  return linesOf(report).filter((line) => line.level === level);
}

/** Runs cycles at these times and returns the minutes at which the given level was used. */
function minutesOfLines(reports: readonly (readonly [number, CycleReport])[], wanted: string) {
  let repeats: Parameters<typeof cycleLines>[1] = new Map();
  const minutes: number[] = [];
  for (const [minute, report] of reports) {
    const told = cycleLines({ ...report, startedAtMs: minute * minuteMs }, repeats);
    repeats = told.repeats;
    const hit = told.lines.some((line) => line.level === wanted || line.message === wanted);
    if (hit) minutes.push(minute);
  }
  return minutes;
}

describe('cycleLines', () => {
  it('opens and closes with the texts and counters of 0.18', () => {
    const messages = [listedLine(1), ...linesOf(aReport())].map(({ message }) => message);

    expect(messages).toEqual([
      'Starting image update cycle, considering 1 annotated application(s) for update',
      'Processing results: applications=1 images_considered=2 images_skipped=3 images_updated=4 errors=5',
    ]);
  });

  it('tells the duration in whole milliseconds', () => {
    const lines = linesOf(aReport({ durationMs: 1614.0508290000016 }));

    expect(lines.at(-1)?.fields).toEqual({ duration_ms: 1614 });
  });

  it('has one line per updated image, with branch and commit', () => {
    const scalars = [
      { path: 'values.yaml', key: 'web.tag', from: '1.0.0', to: '1.1.0' },
      { path: 'values.yaml', key: 'web.name', to: 'acme/web' },
    ];
    const write = {
      kind: 'committed',
      sha: 'abc',
      branch: 'main',
      repo: 'git.test/acme/deploy',
      scalars,
    } as const;
    const application = anApplicationReport({ write, changes: [aChange(), aChange({ alias: 'db' })] });

    const lines = linesOf(aReport({ applications: [application] }));

    expect(
      lines.filter(({ message }) => message === 'Image updated').map(({ fields }) => fields['alias']),
    ).toEqual(['web', 'db']);
    expect(lines[0]).toEqual({
      level: 'info',
      message: 'Image updated',
      fields: {
        application: 'argocd/web',
        alias: 'web',
        image: 'ghcr.io/acme/web',
        old: '1.0.0',
        new: '1.1.0',
        repository: 'git.test/acme/deploy',
        branch: 'main',
        commit: 'abc',
      },
    });
    expect(lines[2]?.fields['keys']).toBe('values.yaml web.tag, values.yaml web.name (new)');
  });

  it('says in a dry run how many changes are not committed', () => {
    const diff = '-tag: 1.0.0\n+tag: 1.1.0\n';
    const scalars = [{ path: 'values.yaml', key: 'web.tag', from: '1.0.0', to: '1.1.0' }];
    const would = {
      kind: 'commit',
      repo: 'git.test/acme/deploy',
      branch: 'main',
      message: 'm\n',
      scalars,
      files: [{ path: 'values.yaml', diff }],
    } as const;
    const application = anApplicationReport({ write: { kind: 'dry-run', would }, changes: [aChange()] });

    const lines = linesOf(aReport({ applications: [application] }));
    const messages = lines.map(({ message }) => message);
    const fieldsOf = (message: string) => lines.find((line) => line.message.startsWith(message))?.fields;

    expect(messages).toContain('Image would be updated');
    expect(messages).toContain('Dry run - not committing 1 change(s) to application');
    expect(fieldsOf('Dry run')).toMatchObject({
      branch: 'main',
      file: 'values.yaml',
      keys: 'values.yaml web.tag',
    });
    expect(fieldsOf('The file would be changed')).toMatchObject({ file: 'values.yaml', diff });
    expect(messages).not.toContain('Image updated');
  });

  it('announces no update whose write failed', () => {
    const write = {
      kind: 'failed',
      failure: {
        kind: 'git',
        code: 'rejected',
        message: 'push: refused',
        repo: 'git.test/a/b',
        branch: 'main',
      },
    } as const;
    const application = anApplicationReport({ write, changes: [aChange()] });

    const lines = linesOf(aReport({ applications: [application] }));

    expect(lines.map(({ message }) => message)).not.toContain('Image updated');
    expect(lines.find(({ level }) => level === 'error')?.fields).toMatchObject({
      application: 'argocd/web',
      branch: 'main',
      code: 'rejected',
    });
  });

  it('names the annotation of a mistake, and what to do', () => {
    const failure = {
      kind: 'config',
      message: 'update-strategy "newst"',
      annotation: 'web.update-strategy',
    } as const;
    const application = anApplicationReport({ decisions: [aFailedImage(failure)] });

    const [line] = linesAbout(aReport({ applications: [application] }), 'error');

    expect(line).toEqual({
      level: 'error',
      message: 'update-strategy "newst"',
      fields: {
        application: 'argocd/web',
        alias: 'web',
        image: 'web=ghcr.io/acme/web:1.x',
        annotation: 'argocd-image-updater.argoproj.io/web.update-strategy',
        advice: 'correct the annotation',
      },
    });
  });

  it('fault O-S1-4: tells of a registry that fails many images once, with every application', () => {
    const names = Array.from({ length: 40 }, (_, index) => `argocd/app${index}`);

    const lines = linesAbout(refusing(names), 'error');

    expect(lines.map(({ fields }) => fields['application'])).toEqual([names]);
  });

  it('collects a problem of 20,000 applications without looking at all of them for each', () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `argocd/app${index}`);

    expect(linesAbout(refusing(names), 'error')[0]?.fields['application']).toHaveLength(20_000);
  });

  it('tells of a host that gives no answer once, whichever repository and however it is silent', () => {
    const silences = (['timeout', 'network'] as const).map((code, index) => {
      const failure = { ...aRegistryFailure(`${index}`), code, repository: `acme/${index}` } as Failure;
      return anApplicationReport({ app: `argocd/${index}`, decisions: [aFailedImage(failure)] });
    });

    const [line, ...others] = linesAbout(aReport({ applications: silences }), 'error');

    expect(others).toEqual([]);
    expect(line?.fields).toMatchObject({ application: ['argocd/0', 'argocd/1'], registry: 'ghcr.io' });
    expect(line?.fields['repository']).toBeUndefined();
  });

  it('tells of each login that a registry refuses', () => {
    const applications = ['a', 'b'].map((name) => {
      const failure = {
        ...aRegistryFailure(`401; asked with the credentials from env:${name}`),
        login: `env:${name}`,
      };
      return anApplicationReport({ app: `argocd/${name}`, decisions: [aFailedImage(failure as Failure)] });
    });

    const lines = linesAbout(aReport({ applications }), 'error');

    expect(lines.map(({ message }) => message)).toEqual([
      '401; asked with the credentials from env:a',
      '401; asked with the credentials from env:b',
    ]);
  });

  it('tells of each Secret that gives no credentials for a repository', () => {
    const applications = ['a', 'b'].map((name) => {
      const message = `secret argocd/${name}: there is none`;
      const failure = { kind: 'git', code: 'credentials', repo: 'https://git.example/x', message } as const;
      return anApplicationReport({ app: `argocd/${name}`, write: { kind: 'failed', failure } });
    });

    expect(linesAbout(aReport({ applications }), 'error')).toHaveLength(2);
  });

  function refused(...reasons: readonly string[]): CycleReport {
    const applications = reasons.map((reason, i) => {
      const place = { repo: 'https://git.example/x', branch: 'main' };
      const message = `push main to https://git.example/x: pre-receive hook declined: ${reason}`;
      const failure = { kind: 'git', code: 'rejected', ...place, message } as const;
      return anApplicationReport({ app: `argocd/a${i}`, write: { kind: 'failed', failure } });
    });
    return aReport({ applications });
  }

  it('tells of each reason for which one branch is refused, with the Applications behind it', () => {
    const report = refused(
      'shop/ is frozen',
      'policy 7 forbids web',
      'shop/ is frozen',
      'policy 8 forbids it',
    );

    expect(linesAbout(report, 'error').map(({ fields }) => fields['application'])).toEqual([
      ['argocd/a0', 'argocd/a2'],
      'argocd/a1',
      'argocd/a3',
    ]);
  });

  it.each([
    ['commit 3f2c1e8 refused', 'commit 90ab12cd34 refused'],
    ['12:03:59 frozen', '2:04:01 frozen'],
    ['frozen at 2026-11-28T18:00:01.5Z', 'frozen at 2026-11-29T08:10:02Z'],
    [
      'request 123e4567-e89b-12d3-a456-426614174000 after 12 ms',
      'request 00000000-aaaa-bbbb-cccc-0123456789ab after 1.5 s',
    ],
  ])('takes %j and then %j for the same refusal', (first, second) => {
    const cycles = [
      [0, refused(first)],
      [2, refused(second)],
    ] as const;

    expect(minutesOfLines(cycles, 'error')).toEqual([0]);
  });

  it('reports a listing that failed as a whole', () => {
    const failure = {
      kind: 'kube',
      code: 'forbidden',
      message: 'list applications: 403',
      resource: 'applications',
    } as const;

    const [line] = linesAbout(aReport({ failure }), 'error');

    expect(line?.message).toBe('list applications: 403');
    expect(line?.fields['advice']).toMatch(/ClusterRole/);
  });

  it.each([
    [
      'a warning of the configuration',
      anApplicationReport({ warnings: [{ message: 'odd', annotation: 'web.platforms' }] }),
    ],
    ['an application of unsupported type', anApplicationReport({ unsupported: 'odd' })],
  ])('warns of %s', (_, application) => {
    expect(linesAbout(aReport({ applications: [application] }), 'warning')[0]?.message).toBe('odd');
  });

  it('blames nobody for work that was cancelled', () => {
    const failure = { ...aRegistryFailure(), code: 'cancelled' } as ReturnType<typeof aRegistryFailure>;
    const applications = [anApplicationReport({ decisions: [aFailedImage(failure)] })];

    expect(linesAbout(aReport({ applications }), 'error')).toEqual([]);
  });
});

describe('a problem that stays', () => {
  const broken = (message?: string) =>
    aReport({
      applications: [anApplicationReport({ decisions: [aFailedImage(aRegistryFailure(message))] })],
    });
  const everyTwoMinutes = (until: number) => Array.from({ length: until / 2 + 1 }, (_, index) => index * 2);

  it('is said at once, after 10 minutes, after an hour, then every six hours', () => {
    const cycles = everyTwoMinutes(900).map((minute) => [minute, broken()] as const);

    expect(minutesOfLines(cycles, 'error')).toEqual([0, 10, 70, 430, 790]);
  });

  const image = { index: 0, alias: 'web', entry: 'web=ghcr.io/acme/web', trace: { dropped: [] } };
  const doubtful: Decision = {
    ...image,
    trace: { dropped: [], doubt: 'tags such as v1 hold no build date' },
    kind: 'skipped',
    reason: 'unsatisfied',
    message: 'none of 3 tags is left',
  };

  it.each([
    [
      '11-7 an image that does not run',
      anApplicationReport({
        decisions: [
          { ...image, kind: 'skipped', reason: 'not-live', message: 'not among the running images: a' },
        ],
      }),
      1,
    ],
    ['11-22, #14 a doubt beside the decision', anApplicationReport({ decisions: [doubtful] }), 2],
    [
      '11-8, 11-13, 11-S1, 11-S2 warnings of annotations',
      anApplicationReport({
        warnings: ['a', 'b', 'c', 'd'].map((message) => ({ message, annotation: 'web.ignore-tags' })),
      }),
      4,
    ],
  ])('%s is a warning, said once and more and more rarely', (_, application, count) => {
    const report = aReport({ applications: [application] });
    const cycles = everyTwoMinutes(100).map((minute) => [minute, report] as const);

    expect(linesAbout(report, 'warning')).toHaveLength(count);
    expect(minutesOfLines(cycles, 'warning')).toEqual([0, 10, 70]);
  });

  const idle = (message: string): Decision => ({
    ...image,
    index: 1,
    alias: 'job',
    kind: 'skipped',
    reason: 'not-live',
    message,
  });
  const besides = (message: string) =>
    aReport({ applications: [anApplicationReport({ decisions: [doubtful, idle(message)] })] });

  it('fault O-S2-13: an image that does not run beside others that do is told once, and again if that changes', () => {
    const other = 'not among the running images: b';
    const reports = [0, 2, 600, 602, 604].map((minute) => {
      const message = minute < 602 ? 'not among the running images: a' : other;
      return [minute, besides(message)] as const;
    });

    expect(minutesOfLines(reports, 'not among the running images: a')).toEqual([0]);
    expect(minutesOfLines(reports, other)).toEqual([602]);
    expect(minutesOfLines(reports, 'Problem resolved')).toEqual([]);
    expect(linesOf(besides(other)).find(({ message }) => message === other)).toMatchObject({
      level: 'info',
      fields: { alias: 'job', advice: expect.stringContaining('force-update') as string },
    });
  });

  it('fault O-S2-13: it is a warning where no image of the Application runs', () => {
    const decisions = [idle('no image of the application is running')];
    const [line] = linesAbout(aReport({ applications: [anApplicationReport({ decisions })] }), 'warning');

    expect(line?.message).toBe('no image of the application is running');
  });

  it('stays the same while only the text of the answer changes', () => {
    expect(
      minutesOfLines(
        [
          [0, broken('retry in 30s')],
          [2, broken('retry in 28s')],
        ],
        'error',
      ),
    ).toEqual([0]);
  });

  it('is said again at once when it comes back', () => {
    const cycles = [
      [0, broken()],
      [2, aReport()],
      [4, broken()],
    ] as const;

    expect(minutesOfLines(cycles, 'error')).toEqual([0, 4]);
    expect(minutesOfLines(cycles, 'Problem resolved')).toEqual([2]);
  });

  it('fault O-S1-4: names at once each application that it reaches later, and none twice', () => {
    const groups = [['a', 'b'], ['a', 'b', 'c'], ['b', 'c'], ['a', 'b', 'c', 'd'], ['d']];
    let repeats: Parameters<typeof cycleLines>[1] = new Map();
    const named = groups.map((names, index) => {
      const told = cycleLines({ ...refusing(names), startedAtMs: index * minuteMs }, repeats);
      repeats = told.repeats;
      return told.lines.filter(({ level }) => level === 'error').map(({ fields }) => fields['application']);
    });

    expect(named).toEqual([[['a', 'b']], ['c'], [], ['d'], []]);
  });

  it('fault O-S1-4: names every application again when it is said again, and when it is resolved', () => {
    const first = cycleLines(refusing(['a', 'b']), new Map());
    const again = cycleLines({ ...refusing(['b', 'c']), startedAtMs: 10 * minuteMs }, first.repeats);
    const resolved = cycleLines({ ...aReport(), startedAtMs: 12 * minuteMs }, again.repeats);

    expect(again.lines[0]?.fields['application']).toEqual(['b', 'c']);
    expect(resolved.lines[0]).toMatchObject({
      message: 'Problem resolved',
      fields: { application: ['b', 'c'], lasted_seconds: 720 },
    });
  });

  it('that is over with its cycle is said each time, and is never resolved', () => {
    const lost = { message: 'the update is done, but its event is not: 403' };
    const applications = ['a', 'b'].map((app) => anApplicationReport({ app, warnings: [lost] }));
    const cycles = [0, 2, 4].map((minute) => [minute, aReport({ applications })] as const);

    expect(minutesOfLines([...cycles, [6, aReport()]], 'warning')).toEqual([0, 2, 4]);
    expect(minutesOfLines([...cycles, [6, aReport()]], 'Problem resolved')).toEqual([]);
    expect(linesAbout(aReport({ applications }), 'warning').map(({ fields }) => fields)).toEqual([
      { application: ['a', 'b'] },
    ]);
  });

  it('is not taken for resolved by a cycle that could not list the applications', () => {
    const failure = { kind: 'kube', code: 'network', message: 'no route', resource: 'applications' } as const;
    const cycles = [
      [0, broken()],
      [2, aReport({ failure })],
      [4, broken()],
    ] as const;

    expect(minutesOfLines(cycles, 'Problem resolved')).toEqual([4]);
    expect(minutesOfLines(cycles, 'error')).toEqual([0, 2]);
  });
});
