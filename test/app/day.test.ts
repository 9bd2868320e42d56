/**
 * A day of the daemon in the time of the test: the API server is away, logins expire and come back, the wall clock jumps, the
 * disk is full. What was missed is made up for by the first good cycle; afterwards nothing is left of it.
 */
import { describe, expect, it } from 'vitest';
import { runDaemon, type Schedule } from '../../src/app/daemon.ts';
import { Progress } from '../../src/app/progress.ts';
import { PushCycles } from '../../src/app/trigger/push-cycles.ts';
import { PushQueue } from '../../src/app/trigger/push-queue.ts';
import { RememberedAnswers } from '../../src/app/trigger/remembered-answers.ts';
import { Triggers } from '../../src/app/trigger/trigger.ts';
import type { World } from '../../src/app/world.ts';
import { Failed, type Failure } from '../../src/core/base/outcome.ts';
import type { ApplicationReport } from '../../src/core/report/report.ts';
import { collectProblems } from '../../src/core/report/problems.ts';
import type { Repeats } from '../../src/core/report/repeats.ts';
import { cycleLines } from '../../src/cli/log/cycle-log.ts';
import type { Cluster } from '../../src/ports/cluster.ts';
import type { Git } from '../../src/ports/git.ts';
import { Metrics } from '../../src/web/metrics.ts';
import { makeDocument } from '../../src/web/status/make-document.ts';
import { Status } from '../../src/web/status/status.ts';
import { app, cycleTimeoutMs, setUp } from '../fakes/memory-world.ts';
import { makeVirtualClock } from '../fakes/virtual-clock.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

type What = 'api-server' | 'registry' | 'git-login' | 'disk';

/** By hours of the day. Each is long enough for a dozen cycles, and for a new version in the midst of it. */
const faults: readonly { readonly what: What; readonly from: number; readonly to: number }[] = [
  { what: 'api-server', from: 1, to: 2 },
  { what: 'registry', from: 3, to: 5 },
  { what: 'git-login', from: 8, to: 9 },
  { what: 'disk', from: 11, to: 12 },
  { what: 'api-server', from: 14, to: 14.5 },
  { what: 'disk', from: 14.25, to: 15 },
];

/** Of the wall clock, at these hours. */
const jumps: readonly { readonly at: number; readonly byMs: number }[] = [
  { at: 6, byMs: dayMs },
  { at: 7, byMs: -3 * dayMs },
  { at: 16, byMs: 10 * minuteMs },
];

const failures: Readonly<Record<What, Failure>> = {
  'api-server': { kind: 'kube', code: 'network', message: 'list: nothing listens', resource: 'applications' },
  registry: {
    kind: 'registry',
    code: 'unauthorized',
    message: 'list tags: 401',
    host: 'ghcr.io',
    repository: 'acme/web',
  },
  'git-login': {
    kind: 'git',
    code: 'authentication',
    message: 'git.test: the login has expired',
    repo: 'git.test/good',
  },
  disk: { kind: 'git', code: 'disk-full', message: 'no space left on device', repo: 'git.test/good' },
};

const names = ['web', 'api', 'shop'];
const url = 'https://git.test/good';

/** Lines that depend on what the process did before, such as the kinds of garbage collection that it has seen. */
const ofTheRuntime = /^(# (HELP|TYPE) )?(nodejs|process)_/;

/** A new version every half an hour. */
function versionAt(ms: number): string {
  return `1.${Math.floor(ms / (hourMs / 2))}.0`;
}

function startDay(schedule: Schedule) {
  const clock = makeVirtualClock();
  const hours = (): number => clock.monotonicMs() / hourMs;
  const check = (...kinds: readonly What[]): void => {
    const fault = faults.find(
      ({ what, from, to }) => kinds.includes(what) && hours() >= from && hours() < to,
    );
    if (fault !== undefined) throw new Failed(failures[fault.what]);
  };
  const triggers = new Triggers();
  const pushes = new PushCycles(triggers, new RememberedAnswers(clock));
  const asWorld = (world: World): World => ({
    ...world,
    clock,
    cluster: faultyCluster(world.cluster, () => check('api-server'), written),
    registry: pushes.watching({
      close: () => undefined,
      openCycle: () => ({
        answer: async () => {
          check('registry');
          const count = Math.floor(clock.monotonicMs() / (hourMs / 2)) + 1;
          return { kind: 'tags', tags: Array.from({ length: count }, (_, at) => `1.${at}.0`) };
        },
      }),
    }),
    git: faultyGit(
      world.git,
      () => check('git-login'),
      () => check('disk'),
    ),
  });
  const applications = names.map((name) => app(name, 'good'));
  const metrics = new Metrics({ dryRun: false, now: () => clock.now() });
  const status = new Status({ version: 'v0', dryRun: false, now: () => clock.now() });
  const onApplication = (report: ApplicationReport): void => {
    metrics.application(report);
    status.application(report);
  };
  const world = setUp(applications, undefined, { onApplication }, asWorld);
  const tagOf = (name: string): string =>
    /tag: (\S+)/.exec(world.git.file(url, `${name}/values.yaml`) ?? '')?.[1] ?? '';
  function written() {
    return applications.map((each) => ({
      ...each,
      status: { sourceTypes: ['Helm'], images: [`ghcr.io/acme/${each.name}:${tagOf(each.name)}`] },
    }));
  }
  const progress = new Progress(2 * minuteMs, 0, cycleTimeoutMs);
  const queue = new PushQueue({ clock, perHour: 0, look: (events) => pushes.look(events) });
  let repeats: Repeats = new Map();
  const cycles: {
    readonly atMs: number;
    readonly isGood: boolean;
    readonly tags: readonly string[];
    readonly errors: readonly string[];
  }[] = [];
  const crashes: unknown[] = [];
  const stop = new AbortController();
  const sizes = async () => ({
    timers: clock.pending(),
    series: (await metrics.text()).split('\n').filter((line) => !ofTheRuntime.test(line)).length,
    status: JSON.stringify(makeDocument(status, { kind: 'resting' }, [...status.applications.all])).length,
    repeats: repeats.size,
    waiting: queue.size,
  });
  const ended = runDaemon({
    schedule,
    triggers,
    clock,
    progress,
    signal: stop.signal,
    onCrash: (cause) => crashes.push(cause),
    onReport: (report) => {
      const problems = collectProblems(report);
      metrics.cycle(report, problems);
      status.cycle(report, problems);
      const told = cycleLines(report, repeats, problems);
      repeats = told.repeats;
      const isGood = report.complete && report.counters.errors === 0 && report.failure === undefined;
      cycles.push({
        atMs: report.startedAtMs,
        isGood,
        tags: names.map(tagOf),
        errors: told.lines.filter(({ level }) => level === 'error').map(({ message }) => message),
      });
    },
    runCycle: async ({ scope }) => {
      pushes.begin(scope);
      try {
        return { ...(await world.runCycle(stop.signal, scope)), startedAtMs: clock.monotonicMs() };
      } finally {
        pushes.end();
      }
    },
  });
  return { clock, stop, ended, cycles, crashes, sizes, status, progress, queue };
}

/** `written`: the Applications as Argo CD would have them after a sync. */
function faultyCluster(
  cluster: Cluster,
  check: () => void,
  written: () => readonly ReturnType<typeof app>[],
): Cluster {
  return {
    openCycle: () => ({
      ...cluster.openCycle(),
      applications: async () => {
        check();
        return { applications: written(), problems: [] };
      },
      recordUpdate: async () => check(),
    }),
  };
}

function faultyGit(git: Git, checkLogin: () => void, checkDisk: () => void): Git {
  return {
    close: () => git.close(),
    openCycle: (...given) => {
      const cycle = git.openCycle(...given);
      return {
        ...cycle,
        open: async (remote, signal) => {
          const repository = await cycle.open(remote, signal);
          return {
            ...repository,
            heads: async (limited) => {
              checkLogin();
              return await repository.heads(limited);
            },
            commit: async (requests, limited) => {
              checkDisk();
              return await repository.commit(requests, limited);
            },
          };
        },
      };
    },
  };
}

const planned: Schedule = { kind: 'times', nextDelayMs: (nowMs) => 2 * minuteMs - (nowMs % (2 * minuteMs)) };

describe('a day', () => {
  it.each<[string, Schedule]>([
    ['every two minutes', { kind: 'interval', intervalMs: 2 * minuteMs }],
    ['at even minutes of the clock', planned],
  ])('of cycles %s ends as it began, and every fault is made up for at once', async (_, schedule) => {
    const day = startDay(schedule);
    const { clock, queue, cycles } = day;
    for (const { at, byMs } of jumps) clock.after(at * hourMs, () => clock.jump(byMs));
    for (let at = 0; at < dayMs; at += hourMs / 2)
      clock.after(at + minuteMs, () => {
        for (const name of names)
          queue.accept([{ registry: 'ghcr.io', repository: `acme/${name}`, tag: versionAt(at) }]);
      });
    const samples: Awaited<ReturnType<typeof day.sizes>>[] = [];
    for (const at of [0.8, 15.8, 23.8])
      clock.after(at * hourMs, () => void day.sizes().then((sizes) => samples.push(sizes)));
    let isStuck = false;
    for (let at = 0; at < dayMs; at += minuteMs)
      clock.after(at, () => {
        isStuck ||= day.progress.isStalled(clock.monotonicMs());
      });
    clock.after(dayMs, () => day.stop.abort());

    await clock.run(day.ended);

    expect(day.crashes).toEqual([]);
    expect(isStuck).toBe(false);
    // with pushes besides; the longest a cycle may wait for a lost repository is within its two minutes
    expect(cycles.length).toBeGreaterThan(650);
    expect(cycles.length).toBeLessThan(1_000);
    for (const { what, from, to } of faults) {
      const during = cycles.filter(({ atMs }) => atMs > (from + 0.1) * hourMs && atMs < (to - 0.1) * hourMs);
      expect([what, during.some(({ isGood }) => !isGood)]).toEqual([what, true]);
    }
    const ends = faults
      .map(({ to }) => to)
      .filter((end) => faults.every(({ from, to }) => end < from || end >= to));
    for (const end of ends) {
      const next = cycles.find(({ atMs }) => atMs >= end * hourMs);
      const version = versionAt(next?.atMs ?? 0);
      expect([end, next?.isGood, next?.tags]).toEqual([end, true, names.map(() => version)]);
      expect((next?.atMs ?? 0) - end * hourMs).toBeLessThanOrEqual(2.5 * minuteMs);
    }
    const [first, calm, last] = samples;
    expect(first).toMatchObject({ repeats: calm?.repeats, waiting: 0 });
    expect((last?.series ?? 0) - (first?.series ?? 0)).toBeLessThan(15);
    expect(last).toEqual({
      ...calm,
      timers: expect.any(Number) as number,
      status: expect.closeTo(calm?.status ?? 0, -2) as number,
    });
    expect(last?.timers).toBeLessThan(calm?.timers ?? 0); // those of the test itself come to an end
    // a fault that lasts is told when it begins and now and then, not in each of its thirty cycles
    const errors = cycles.flatMap((each) => each.errors);
    for (const { message } of Object.values(failures)) {
      const said = errors.filter((error) => error.includes(message)).length;
      expect([message, said > 0, said <= 40]).toEqual([message, true, true]);
    }
  });
});
