/** A cycle as log lines: its start, each application, its end. */
import type { AppKey } from '../../core/config/application.ts';
import type { Decision } from '../../core/decide/decision.ts';
import { reasonText } from '../../core/policy/reason-text.ts';
import type { ApplicationReport, CycleReport, WouldCommit, WouldPatch } from '../../core/report/report.ts';
import type { ChangedScalar } from '../../core/yaml/edited-file.ts';
import type { LogFields, LogLevel } from './log-text.ts';
import type { Problem } from '../../core/report/problems.ts';
import type { Repeat, Repeats } from '../../core/report/repeats.ts';
import { endOf, tellProblems, type ToldProblem } from '../../core/report/telling.ts';

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/** What 0.18 prints at the start of every cycle. */
export function listedLine(considered: number): LogLine {
  return {
    level: 'info',
    message: `Starting image update cycle, considering ${considered} annotated application(s) for update`,
    fields: {},
  };
}

/** Problems, and the line that 0.18 prints at the end of every cycle. `before` is what the previous cycle left. */
export function cycleLines(
  report: CycleReport,
  before: Repeats,
  known?: readonly Problem[],
): { readonly lines: readonly LogLine[]; readonly repeats: Repeats } {
  const { problems, resolved, repeats } = tellProblems(report, before, known);
  const lines = [
    ...problems.map(problemLine),
    ...resolved.map((repeat) => resolvedLine(repeat, endOf(report))),
    summaryLine(report),
  ];
  return { lines, repeats };
}

/** What became of one application, but its problems. */
export function applicationLines(report: ApplicationReport): readonly LogLine[] {
  const { app, decisions, write } = report;
  const lines: LogLine[] = decisions.map((decision) => decisionLine(app, decision));
  const application = { application: app };
  switch (write?.kind) {
    case 'committed': {
      const { repo, branch, sha, scalars } = write;
      const place = { repository: repo, branch, commit: sha };
      const keys = scalars.map(scalarText).join(', ');
      lines.push(...changeLines(report, 'Image updated', place), {
        level: 'info',
        message: 'Changes committed and pushed',
        fields: { ...application, ...place, keys },
      });
      break;
    }
    case 'patched':
      lines.push(...changeLines(report, 'Image updated', { target: 'live application' }));
      break;
    case 'dry-run':
      lines.push(...rehearsedLines(report, write.would));
      break;
    case 'unchanged':
      lines.push({
        level: 'debug',
        message: 'The target holds the wanted values already',
        fields: application,
      });
      break;
    case 'failed':
    case undefined:
  }
  return lines;
}

/** What would be done, so that it can be judged before it is. */
function rehearsedLines(report: ApplicationReport, would: WouldCommit | WouldPatch): readonly LogLine[] {
  const { app: application, changes } = report;
  const dry: LogLine = {
    level: 'info',
    message: `Dry run - not committing ${changes.length} change(s) to application`,
    fields: { application },
  };
  if (would.kind === 'patch') {
    const target = { target: 'live application' };
    const operations = JSON.stringify(would.operations);
    return [
      ...changeLines(report, 'Image would be updated', target),
      { ...dry, fields: { application, ...target } },
      {
        level: 'debug',
        message: 'The live application would be patched',
        fields: { application, operations },
      },
    ];
  }
  const place = { repository: would.repo, branch: would.branch };
  const file = would.files.map(({ path }) => path).join(', ');
  const keys = would.scalars.map(scalarText).join(', ');
  return [
    ...changeLines(report, 'Image would be updated', place),
    { ...dry, fields: { application, ...place, file, keys } },
    ...would.files.map(
      ({ path, diff }): LogLine => ({
        level: 'debug',
        message: 'The file would be changed',
        fields: { application, ...place, file: path, diff },
      }),
    ),
  ];
}

/** A key that was made is told as new: it may show that its path, or the file's, is not the one that was meant. */
function scalarText({ path, key, from }: ChangedScalar): string {
  const place = key === '' ? path : `${path} ${key}`;
  return from === undefined ? `${place} (new)` : place;
}

function changeLines(
  { app, changes }: ApplicationReport,
  message: string,
  place: LogFields,
): readonly LogLine[] {
  return changes.map(({ alias, fullName, oldTag, newTag, digest, direction }) => ({
    level: 'info',
    message,
    fields: {
      application: app,
      alias,
      image: fullName,
      old: oldTag,
      new: newTag,
      digest,
      direction,
      ...place,
    },
  }));
}

/** The reason for every image, for those who ask with `--loglevel debug`. */
function decisionLine(app: AppKey, decision: Decision): LogLine {
  const dropped = decision.trace.dropped.map(({ rule, count }) => `${rule}: ${count}`).join(', ');
  const fields = {
    application: app,
    alias: decision.alias,
    image: decision.entry,
    tags: decision.trace.listed,
    dropped: dropped === '' ? undefined : dropped,
  };
  switch (decision.kind) {
    case 'update':
      return decision.direction === undefined
        ? { level: 'debug', message: 'Image has a newer version', fields }
        : { level: 'debug', message: 'Image goes back to an older version', fields };
    case 'current':
      return { level: 'debug', message: 'Image is on the latest allowed version', fields };
    case 'held':
    case 'waiting':
      return {
        level: 'debug',
        message: 'Image withheld by a policy',
        fields: { ...fields, code: decision.reason.code, reason: reasonText(decision.reason) },
      };
    case 'skipped':
      return { level: 'debug', message: 'Image skipped', fields: { ...fields, reason: decision.message } };
    case 'failed':
      return {
        level: 'debug',
        message: 'Image failed',
        fields: { ...fields, reason: decision.failure.message },
      };
  }
}

function problemLine({ level, message, fields, named }: ToldProblem): LogLine {
  return { level, message, fields: { ...fields, ...applicationField(named) } };
}

/** One name is a text, as everywhere else; several are a list, which the log's format spells. */
function applicationField(named: readonly AppKey[]): LogFields {
  if (named.length === 0) return {};
  return { application: named.length === 1 ? named[0] : named };
}

function resolvedLine({ message, named, sinceMs }: Repeat, nowMs: number): LogLine {
  const lastedSeconds = Math.round((nowMs - sinceMs) / 1000);
  return {
    level: 'info',
    message: 'Problem resolved',
    fields: { problem: message, lasted_seconds: lastedSeconds, ...applicationField([...named]) },
  };
}

function summaryLine({ counters, durationMs }: CycleReport): LogLine {
  const { applications, considered, skipped, updated, errors } = counters;
  return {
    level: 'info',
    message:
      `Processing results: applications=${applications} images_considered=${considered} ` +
      `images_skipped=${skipped} images_updated=${updated} errors=${errors}`,
    fields: { duration_ms: Math.round(durationMs) },
  };
}
