/** What is put on an Application for Argo CD Notifications to read: small, and without secrets as all messages are. */
import { annotationPrefix, type NoticeKey } from '../config/keys/annotation-keys.ts';
import { isRecord, parseJson } from '../base/json.ts';
import type { Failure } from '../base/outcome.ts';
import { shortLine } from '../base/short-line.ts';
import { adviceFor } from './advice.ts';
import type { ApplicationReport } from './report.ts';

export const lastUpdateAnnotation = noticeAnnotation('last-update');
export const lastErrorAnnotation = noticeAnnotation('last-error');

const maxImages = 10;
const maxReasons = 10;
const maxName = 256;
const maxMessage = 500;
/** What somebody else may have made of it is not looked into beyond that. */
const maxRead = 8192;

function noticeAnnotation(key: NoticeKey): string {
  return annotationPrefix + key;
}

/** Undefined where nothing was written. `at` comes first: triggers tell one update from the next by it. */
export function lastUpdate({ write, changes }: ApplicationReport, atMs: number): string | undefined {
  if (write?.kind !== 'committed' && write?.kind !== 'patched') return undefined;
  const images = changes.slice(0, maxImages).map(({ alias, fullName, oldTag, newTag }) => ({
    alias: shortLine(alias, maxName),
    image: shortLine(fullName, maxName),
    old: shortLine(oldTag, maxName),
    new: shortLine(newTag, maxName),
  }));
  const more = changes.length - images.length;
  return JSON.stringify({
    at: timeText(atMs),
    images,
    ...(more === 0 ? {} : { more }),
    ...(write.kind === 'committed'
      ? {
          commit: write.sha,
          branch: shortLine(write.branch, maxName),
          repository: shortLine(write.repo, maxName),
        }
      : {}),
  });
}

/**
 * What fails, without what differs from time to time; empty: nothing does. Undefined where that is not known, since the
 * work was stopped.
 */
export function failureReasons(report: ApplicationReport): readonly string[] | undefined {
  const failed = failuresOf(report);
  if (failed.some(({ failure }) => codeOf(failure) === 'cancelled')) return undefined;
  const reasons = failed.map(({ failure, of }) =>
    shortLine(`${of} ${failure.kind}/${codeOf(failure)}`, maxName),
  );
  return [...new Set(reasons)].toSorted().slice(0, maxReasons);
}

/** Of a report in which something fails. */
export function lastError(report: ApplicationReport, reasons: readonly string[], atMs: number): string {
  const [first] = failuresOf(report);
  const message = shortLine(first?.failure.message ?? '', maxMessage);
  const advice = first === undefined ? undefined : adviceFor(first.failure);
  return JSON.stringify({
    at: timeText(atMs),
    reasons,
    message,
    ...(advice === undefined ? {} : { advice: shortLine(advice, maxMessage) }),
  });
}

/** The reasons in an annotation that is there; one that nobody can read has none. */
export function reasonsIn(annotation: string): readonly string[] {
  const read = annotation.length > maxRead ? undefined : parseJson(annotation);
  const reasons = isRecord(read) ? read['reasons'] : undefined;
  return Array.isArray(reasons) ? reasons.filter((reason) => typeof reason === 'string') : [];
}

interface Failing {
  /** Alias or image, or `write`. */
  readonly of: string;
  readonly failure: Failure;
}

function failuresOf({ decisions, write }: ApplicationReport): readonly Failing[] {
  const images = decisions.flatMap((decision) =>
    decision.kind === 'failed'
      ? [{ of: decision.alias === '' ? decision.entry : decision.alias, failure: decision.failure }]
      : [],
  );
  return write?.kind === 'failed' ? [...images, { of: 'write', failure: write.failure }] : images;
}

/** Whether a server that is gone refuses connections or lets them wait may differ from time to time. */
function codeOf(failure: Failure): string {
  const code = 'code' in failure ? failure.code : 'invalid';
  return code === 'network' || code === 'timeout' ? 'silence' : code;
}

function timeText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}
