/** The driving of cycles, one or one after the other, and the end of what they work with. */
import { runDaemon } from '../../app/daemon.ts';
import { workWhileLeading } from '../../app/leader/terms.ts';
import { everybody, type Trigger } from '../../app/trigger/trigger.ts';
import { causeOf } from '../../core/base/outcome.ts';
import { settle } from '../../core/base/settle.ts';
import { collectProblems } from '../../core/report/problems.ts';
import type { CycleReport } from '../../core/report/report.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Shutdown } from '../process/shutdown.ts';
import type { Schedule } from '../settings/schedule-settings.ts';
import { tellPassedOver } from '../world/passed-over.ts';
import type { Running } from './running.ts';

/** Exit code of `--exit-code` after a cycle in which something failed. */
const failedCode = 2;

export async function work(running: Running, shutdown: Shutdown): Promise<number> {
  const end = new AbortController();
  const { triggers } = running;
  const release = running.io.onRefresh(() => {
    if (running.election?.leads() === false) {
      running.log.info('SIGUSR1 received, but another replica leads');
      return;
    }
    running.log.info('SIGUSR1 received, a cycle for all Applications follows');
    triggers.add({ reasons: ['signal'], scope: everybody });
  });
  const abort = AbortSignal.any([shutdown.abort, end.signal]);
  const passedOver = tellPassedOver(running.world.cluster, running.log, abort);
  try {
    const code = await cycles(running, shutdown, abort);
    if (running.settings.schedule.kind === 'once') await passedOver;
    return code;
  } finally {
    release();
    // What outlived its cycle does not outlive the program.
    end.abort(new Error('the program ends'));
    await passedOver;
    running.world.registry.close();
    await running.world.files.close();
    await running.world.git.close();
  }
}

interface Driving {
  readonly runCycle: (trigger: Trigger, lost?: readonly AbortSignal[]) => Promise<CycleReport>;
  readonly onReport: (report: CycleReport) => void;
  readonly onCrash: (error: unknown) => void;
}

async function cycles(running: Running, shutdown: Shutdown, abort: AbortSignal): Promise<number> {
  const driving = drivingOf(running, abort);
  const { schedule } = running.settings;
  return schedule.kind === 'once'
    ? await oneCycle(running, driving)
    : await cyclesUntilStopped(running, schedule, driving, shutdown);
}

function drivingOf(running: Running, abort: AbortSignal): Driving {
  const { log, teller, pushes, metrics, status } = running;
  const nextOf = nextStarts(running.settings.schedule, running.world.clock);
  return {
    runCycle: async ({ reasons, scope }, lost = []) => {
      log.debug('A cycle starts', { reason: reasons.join(', ') });
      pushes.begin(scope);
      const tellEnd = teller.begin();
      try {
        return await running.runCycle(AbortSignal.any([abort, ...lost]), scope);
      } finally {
        tellEnd();
        pushes.end();
      }
    },
    onReport: (report) => {
      const problems = collectProblems(report);
      metrics?.cycle(report, problems);
      status?.cycle(report, problems);
      teller.cycle(report, problems, nextOf(report));
    },
    onCrash: (error) => log.error('A cycle ended with a bug', { error }),
  };
}

async function oneCycle({ settings }: Running, { runCycle, onReport, onCrash }: Driving): Promise<number> {
  const outcome = await settle(() => runCycle({ reasons: ['schedule'], scope: everybody }));
  if (outcome.ok) onReport(outcome.value);
  else onCrash(causeOf(outcome.failure));
  if (!settings.codeTellsFailures) return outcome.ok ? 0 : 1;
  return outcome.ok && outcome.value.counters.errors === 0 ? 0 : failedCode;
}

async function cyclesUntilStopped(
  running: Running,
  schedule: Exclude<Schedule, { kind: 'once' }>,
  { runCycle, onReport, onCrash }: Driving,
  shutdown: Shutdown,
): Promise<number> {
  const { log, world, progress, triggers } = running;
  const drive = (lost: AbortSignal) =>
    runDaemon({
      runCycle: (trigger) => runCycle(trigger, [lost]),
      triggers,
      schedule: schedule.kind === 'cron' ? { kind: 'times', nextDelayMs: schedule.nextDelayMs } : schedule,
      clock: world.clock,
      progress,
      onReport,
      onCrash,
      signal: AbortSignal.any([shutdown.stop, lost]),
    });
  const onWait = () => {
    progress.dueAt(Number.POSITIVE_INFINITY);
    running.metrics?.standBy();
  };
  await workWhileLeading({ election: running.election, onWait, work: drive, signal: shutdown.stop });
  log.info('Stopped');
  return 0;
}

/** When the next cycle for all starts; a cycle for some leaves that as it is. */
function nextStarts(schedule: Schedule, clock: Clock): (report: CycleReport) => number | undefined {
  let nextMs: number | undefined;
  return (report) => {
    const nowMs = clock.now();
    if (schedule.kind === 'cron') return nowMs + schedule.nextDelayMs(nowMs);
    const isForAll = report.complete || report.failure !== undefined;
    if (schedule.kind === 'interval' && isForAll) nextMs = nowMs + schedule.intervalMs;
    return nextMs;
  };
}
