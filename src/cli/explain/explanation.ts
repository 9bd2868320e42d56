/** Why an Application is as it is, as data: text and JSON are readers of this. */
import type { AppConfig, ConfiguredImage, TrackedImage } from '../../core/config/annotations.ts';
import type { AppKey } from '../../core/config/application.ts';
import { secretSourceText } from '../../core/config/keys/secret-source.ts';
import type { Decision } from '../../core/decide/decision.ts';
import { needOf } from '../../core/decide/needs.ts';
import { adviceFor } from '../../core/report/advice.ts';
import type { ApplicationReport, WriteResult } from '../../core/report/report.ts';
import type { HeardAnswer } from '../rehearse/heard.ts';
import type { Rehearsal } from '../rehearse/rehearse.ts';
import { type ShownCandidate, candidatesOf } from './candidates.ts';
import { type ImageState, type ShownDecision, shownDecision } from './shown-decision.ts';
import { imageSettings, type ShownSetting, writeSettings } from './settings-shown.ts';

export interface ShownRegistry {
  readonly name: string;
  readonly apiUrl: string;
  /** From registries.conf; else it is built in, or made from the host of the image. */
  readonly isConfigured: boolean;
  /** Where the login comes from, never what it holds; absent: without one. */
  readonly login?: string;
  readonly tags?: number;
  readonly digest?: string;
  readonly askedAt?: string;
  readonly requestsLeft?: number;
}

export interface ExplainedImage {
  readonly alias: string;
  /** As written in image-list. */
  readonly entry: string;
  readonly settings: readonly ShownSetting[];
  /** Absent: it was not asked. */
  readonly registry?: ShownRegistry;
  readonly candidates: readonly ShownCandidate[];
  readonly decision: ShownDecision;
  /** RFC 3339: when the running daemon first saw this state; absent where it sees another, or cannot be asked. */
  readonly since?: string;
  /** The same of the decision's doubt. */
  readonly doubtSince?: string;
}

export type ShownWrite =
  | {
      readonly kind: 'commit';
      readonly repository: string;
      readonly branch: string;
      readonly message: string;
      readonly files: readonly { readonly path: string; readonly diff: string }[];
    }
  | { readonly kind: 'patch'; readonly operations: readonly unknown[] }
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'failed';
      readonly message: string;
      readonly advice?: string | undefined;
      /** RFC 3339: when the running daemon first saw this; absent where it does not, or cannot be asked. */
      readonly since?: string;
    };

export interface ExplainedWarning {
  readonly message: string;
  /** RFC 3339: when the running daemon first saw this; absent where it does not, or cannot be asked. */
  readonly since?: string;
}

export interface DaemonProblem {
  readonly message: string;
  readonly advice?: string;
  /** RFC 3339. */
  readonly since: string;
}

export interface Explanation {
  readonly application: AppKey;
  readonly state: ImageState;
  readonly settings: readonly ShownSetting[];
  readonly images: readonly ExplainedImage[];
  readonly write?: ShownWrite;
  readonly warnings: readonly ExplainedWarning[];
  /** What fails for the running daemon where nothing does here, as a refused push. */
  readonly daemon?: readonly DaemonProblem[];
  /** Why the Application is not processed at all. */
  readonly unsupported?: string;
}

export function explain(
  report: ApplicationReport,
  config: AppConfig,
  rehearsal: Pick<Rehearsal, 'heard' | 'endpoints'>,
): Explanation {
  const { unsupported, write } = report;
  const failure = write?.kind === 'failed' ? write.failure : undefined;
  const images = report.decisions.map((decision) => {
    const configured = config.images.find(({ index }) => index === decision.index);
    const image = explainImage(decision, configured, config, rehearsal);
    const isStopped = failure !== undefined && decision.kind === 'update';
    return isStopped ? { ...image, decision: { ...image.decision, state: 'failed' as const } } : image;
  });
  return {
    application: report.app,
    state: overall(images, report),
    settings: writeSettings(config),
    images,
    ...(write === undefined ? {} : { write: shownWrite(write) }),
    warnings: report.warnings.map(({ message }) => ({ message })),
    ...(unsupported === undefined ? {} : { unsupported }),
  };
}

/** 0: up to date. 1: failed. 2: would change. 3: held. */
export function explainExitCode(state: ImageState): number {
  return { 'up-to-date': 0, failed: 1, 'would-change': 2, held: 3 }[state];
}

function overall(images: readonly ExplainedImage[], report: ApplicationReport): ImageState {
  const states = new Set(images.map(({ decision }) => decision.state));
  if (report.write?.kind === 'failed' || states.has('failed')) return 'failed';
  if (report.write?.kind === 'dry-run') return 'would-change';
  if (states.has('held') || report.unsupported !== undefined) return 'held';
  return 'up-to-date';
}

function explainImage(
  decision: Decision,
  configured: ConfiguredImage | undefined,
  config: AppConfig,
  { heard, endpoints }: Pick<Rehearsal, 'heard' | 'endpoints'>,
): ExplainedImage {
  const { alias, entry } = decision;
  const shared = { alias, entry, decision: shownDecision(decision) };
  if (configured?.image.ok !== true) return { ...shared, settings: [], candidates: [] };
  const image = configured.image.value;
  const answered = heard.answers.get(needOf(image, endpoints).key);
  return {
    ...shared,
    settings: imageSettings(config, image),
    ...(decision.kind === 'skipped' && answered === undefined
      ? {}
      : { registry: shownRegistry(image, answered, { heard, endpoints }) }),
    candidates: candidatesOf(decision, image.strategy, answered?.answer),
  };
}

function shownRegistry(
  image: TrackedImage,
  answered: HeardAnswer | undefined,
  { heard, endpoints }: Pick<Rehearsal, 'heard' | 'endpoints'>,
): ShownRegistry {
  const need = needOf(image, endpoints);
  const { name, apiUrl, inferred, credentials } = need.endpoint;
  const login = need.credentials ?? credentials;
  const requestsLeft = heard.remaining.get(image.ref.canonical.registry);
  return {
    name,
    apiUrl,
    isConfigured: !inferred && apiUrl !== 'https://registry-1.docker.io',
    ...(login === undefined ? {} : { login: secretSourceText(login) }),
    ...(answered === undefined ? {} : answerFacts(answered)),
    ...(requestsLeft === undefined ? {} : { requestsLeft }),
  };
}

function answerFacts({ answer, atMs }: HeardAnswer): Pick<ShownRegistry, 'tags' | 'digest' | 'askedAt'> {
  const askedAt = new Date(atMs).toISOString();
  switch (answer.kind) {
    case 'tags':
      return { tags: answer.tags.length, askedAt };
    case 'dated-tags':
      return { tags: answer.listed, askedAt };
    case 'digest':
      return { ...(answer.digest === null ? {} : { digest: answer.digest }), askedAt };
    case 'labels':
      return { askedAt };
  }
}

function shownWrite(write: WriteResult): ShownWrite {
  switch (write.kind) {
    case 'dry-run': {
      const { would } = write;
      if (would.kind === 'patch') return { kind: 'patch', operations: would.operations };
      const { repo: repository, branch, message, files } = would;
      return { kind: 'commit', repository, branch, message, files };
    }
    case 'failed':
      return { kind: 'failed', message: write.failure.message, advice: adviceFor(write.failure) };
    case 'unchanged':
      return { kind: 'unchanged' };
    case 'committed':
    case 'patched':
      throw new Error('a rehearsal wrote something');
  }
}
