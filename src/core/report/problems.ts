/** What went wrong in a cycle, as a list without repetitions. */
import { annotationPrefix } from '../config/annotations.ts';
import type { AppKey } from '../config/application.ts';
import type { Decision } from '../decide/decision.ts';
import { type Failure, isGivenUp } from '../base/outcome.ts';
import type { ApplicationReport, CycleReport, ListedProblem } from './report.ts';
import { versionText } from '../image/image.ts';
import { isWorthWarning, reasonText } from '../policy/reason-text.ts';
import { adviceFor, notLiveAdvice } from './advice.ts';

export type ProblemFields = Readonly<Record<string, unknown>>;

/** One cause, with all applications that it hits. */
export interface Problem {
  /** Equal in every cycle in which the same thing is wrong. */
  readonly key: string;
  readonly level: 'info' | 'warning' | 'error';
  readonly message: string;
  readonly fields: ProblemFields;
  /** In order of appearance; empty for the cycle as a whole. */
  readonly applications: readonly AppKey[];
  /** The decisions that it is about, of the Applications that it hits. */
  readonly decisions: readonly { readonly app: AppKey; readonly decision: Decision }[];
  /** It happened in this cycle and is over: neither does it last, nor is it resolved. */
  readonly isOver?: true;
  /** Worth knowing, but nobody need do anything: it is told until it was, and not again while it stays the same. */
  readonly isNote?: true;
}

interface Finding extends Omit<Problem, 'applications' | 'decisions'> {
  readonly app?: AppKey;
  readonly decision?: Decision;
}

interface Hit {
  readonly finding: Finding;
  readonly applications: Set<AppKey>;
  readonly decisions: { readonly app: AppKey; readonly decision: Decision }[];
}

/** A dead registry or repository is one problem, however many images wait for it. */
export function collectProblems(report: CycleReport): readonly Problem[] {
  const hits = new Map<string, Hit>();
  for (const { app, decision, ...finding } of findings(report)) {
    const known = hits.get(finding.key);
    const hit: Hit = known ?? { finding, applications: new Set(), decisions: [] };
    if (known === undefined) hits.set(finding.key, hit);
    if (app === undefined) continue;
    hit.applications.add(app);
    if (decision !== undefined) hit.decisions.push({ app, decision });
  }
  return Array.from(hits.values(), ({ finding, applications, decisions }) => ({
    ...finding,
    applications: [...applications],
    decisions,
  }));
}

function* findings(report: CycleReport): Generator<Finding> {
  if (report.failure !== undefined) yield ofFailure(report.failure);
  for (const message of report.warnings) {
    yield { key: `listing ${message}`, level: 'warning', message, fields: {} };
  }
  for (const problem of report.problems) yield ofListed(problem);
  for (const application of report.applications) yield* ofApplication(application);
}

function ofListed({ app, file, message, advice, level }: ListedProblem): Finding {
  const fields = {
    ...(file === undefined ? {} : { file }),
    advice: advice ?? 'correct the Application; it is left alone until then',
  };
  // a slip that a template made is one problem, whatever number of Applications it made
  const about = level === 'warning' ? '' : (app ?? file ?? '');
  const finding: Finding = { key: `object ${about} ${message}`, level: level ?? 'error', message, fields };
  return app === undefined ? finding : { ...finding, app };
}

function* ofApplication(report: ApplicationReport): Generator<Finding> {
  const { app, decisions, warnings, write, unsupported } = report;
  if (unsupported !== undefined) yield warning('unsupported', app, unsupported);
  for (const { message, annotation, advice, isDeprecation } of warnings) {
    if (isDeprecation === true) {
      const fields = annotationField(annotation);
      yield { key: `deprecated ${message}`, level: 'info', message, fields, app };
      continue;
    }
    yield annotation === undefined
      ? { key: `happened ${message}`, level: 'warning', message, fields: { advice }, app, isOver: true }
      : warning(`warning ${annotation}`, app, message, annotationField(annotation));
  }
  const nothingRuns = decisions.every(isNotLive);
  for (const decision of decisions) {
    const fields = { alias: decision.alias, image: decision.entry };
    if (decision.kind === 'failed') {
      yield { ...ofFailure(decision.failure, app, fields), decision };
    } else if (decision.kind === 'held' || decision.kind === 'waiting') {
      if (decision.reason.isPassing !== true) yield { ...ofPolicy(app, decision, fields), decision };
    } else if (isNotLive(decision)) {
      yield { ...notLive(app, decision, fields, nothingRuns), decision };
    } else {
      const about = `image ${decision.index}`;
      for (const message of [stuckBecause(decision), decision.trace.doubt]) {
        if (message !== undefined) yield { ...warning(about, app, message, fields), decision };
      }
    }
    for (const { message, isNews } of decision.remarks ?? []) {
      const key = `remark ${app} ${decision.index} ${message}`;
      if (isNews === true) yield { key, level: 'info', message, fields, app, isNote: true };
    }
  }
  if (write?.kind === 'failed') yield ofFailure(write.failure, app);
}

/** Somebody wanted it so: no problem, but told whenever the reason, or what is withheld, becomes another one. */
function ofPolicy(
  app: AppKey,
  { index, reason, wanted, at }: Extract<Decision, { kind: 'held' | 'waiting' }>,
  image: ProblemFields,
): Finding {
  const stays = at === undefined ? {} : { stays: versionText(at) };
  return {
    key: `policy ${app} ${index} ${reason.code} ${versionText(wanted)} ${reason.by ?? ''}`,
    level: isWorthWarning(reason) ? 'warning' : 'info',
    message: reasonText(reason),
    fields: { ...image, code: reason.code, ...stays, wanted: versionText(wanted) },
    app,
    isNote: true,
  };
}

type NotLive = Extract<Decision, { kind: 'skipped' }>;

function isNotLive(decision: Decision): decision is NotLive {
  return decision.kind === 'skipped' && decision.reason === 'not-live';
}

/**
 * Jobs and hooks come and go: that one image does not run is the way of many Applications. Where none does, something is
 * wrong with the names.
 */
function notLive(
  app: AppKey,
  { index, message }: NotLive,
  image: ProblemFields,
  nothingRuns: boolean,
): Finding {
  const fields = { ...image, advice: notLiveAdvice };
  const finding = warning(`image ${index}`, app, message, fields);
  return nothingRuns ? finding : { ...finding, level: 'info', isNote: true };
}

/** Why nothing can be chosen for an image: or no tag left. */
function stuckBecause(decision: Decision): string | undefined {
  if (decision.kind === 'current') return decision.noChoice;
  return decision.kind === 'skipped' ? decision.message : undefined;
}

function warning(about: string, app: AppKey, message: string, fields: ProblemFields = {}): Finding {
  return { key: `${about} ${app} ${message}`, level: 'warning', message, fields, app };
}

function ofFailure(failure: Failure, app?: AppKey, image: ProblemFields = {}): Finding {
  const finding = {
    key: problemKey(failure, app),
    level: isGivenUp(failure) ? ('warning' as const) : ('error' as const),
    message: failure.message,
    fields: { ...placeOf(failure, image), advice: adviceFor(failure) },
  };
  return app === undefined ? finding : { ...finding, app };
}

/** The text of a world's failure may change (a time to wait, an address) while the problem is the same. */
export function problemKey(failure: Failure, app?: AppKey): string {
  switch (failure.kind) {
    case 'registry': {
      const { code, host, login = '' } = failure;
      return `registry ${silenceOr(code)} ${host} ${repositoryOf(failure) ?? ''} ${login}`;
    }
    case 'git':
      return `git ${silenceOr(failure.code)} ${failure.repo} ${failure.branch ?? ''} ${reasonOf(failure)}`;
    case 'kube':
      return `kube ${silenceOr(failure.code)} ${failure.resource}`;
    case 'config':
      return `config ${app ?? ''} ${failure.annotation ?? ''} ${failure.message}`;
    case 'edit':
      return `edit ${app ?? ''} ${failure.path} ${failure.key ?? ''} ${failure.message}`;
    case 'unexpected':
      return `unexpected ${app ?? ''} ${failure.message}`;
  }
}

/** Codes that are about a registry as a whole, whichever repository was asked about. */
const hostCodes: ReadonlySet<string> = new Set(['network', 'timeout', 'tls', 'plain-http', 'rate-limited']);

function repositoryOf({ code, repository }: Extract<Failure, { kind: 'registry' }>): string | undefined {
  return hostCodes.has(code) ? undefined : repository;
}

/** Whether a server that is gone refuses connections or lets them wait may differ from time to time. */
function silenceOr(code: string): string {
  return code === 'network' || code === 'timeout' ? 'silence' : code;
}

/** Codes of which one repository and branch may have several at once: only the text tells them apart. */
const codesOfMany: ReadonlySet<string> = new Set(['credentials', 'authentication', 'rejected']);

function reasonOf({ code, message }: Extract<Failure, { kind: 'git' }>): string {
  return codesOfMany.has(code) ? message.replaceAll(passing, '#') : '';
}

/** What a server that says the same again says otherwise: commits and identifiers, dates, times, how long it took. */
const passing =
  /\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b(?=[a-f]*\d)[0-9a-f]{7,64}\b|\b(\d{4}-\d\d-\d\d[T ])?\d\d?:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:?\d\d)?|\b\d{4}-\d\d-\d\d\b|\b\d+(\.\d+)? ?m?s\b/gi;

function placeOf(failure: Failure, image: ProblemFields): ProblemFields {
  switch (failure.kind) {
    case 'registry':
      return { code: failure.code, registry: failure.host, repository: repositoryOf(failure) };
    case 'git':
      return { code: failure.code, repository: failure.repo, branch: failure.branch };
    case 'kube':
      return { code: failure.code, resource: failure.resource };
    case 'config':
      return { ...image, ...annotationField(failure.annotation) };
    case 'edit':
      return { ...image, path: failure.path, key: failure.key };
    case 'unexpected':
      return { ...image, error: failure.cause };
  }
}

function annotationField(annotation: string | undefined): ProblemFields {
  return annotation === undefined ? {} : { annotation: `${annotationPrefix}${annotation}` };
}
