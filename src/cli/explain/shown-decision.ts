/** A decision, as `explain` shows it. */
import { optionalProperty } from '../../core/base/optional-property.ts';
import type { Decision, PassedOver } from '../../core/decide/decision.ts';
import { versionText } from '../../core/image/image.ts';
import { reasonText } from '../../core/policy/reason-text.ts';
import type { Reason } from '../../core/policy/verdict.ts';
import { adviceFor, notLiveAdvice } from '../../core/report/advice.ts';

/** `held`: it stays as it is, though not because it is the newest; perhaps it only waits. */
export type ImageState = 'up-to-date' | 'would-change' | 'failed' | 'held';

export interface ShownDecision {
  readonly state: ImageState;
  readonly from: string;
  readonly to: string;
  readonly message: string;
  readonly advice?: string | undefined;
  /** Why the order of the candidates may not be the one that was meant. */
  readonly doubt?: string;
  /** What policies have noticed that withholds nothing. */
  readonly remarks?: readonly string[];
  /** The policy that withholds the version. */
  readonly policy?: ShownPolicy;
  /** Better versions than the one that would be written, and what withholds them. */
  readonly passedOver?: readonly ({ readonly version: string; readonly message: string } & ShownPolicy)[];
}

export interface ShownPolicy {
  readonly code: string;
  /** RFC 3339: since when it applies, and the earliest instant at which it can end. */
  readonly since?: string;
  readonly until?: string;
  readonly ends: string;
  /** Codes of further policies that withhold it. */
  readonly also: readonly string[];
}

export function shownDecision(decision: Decision): ShownDecision {
  const { doubt } = decision.trace;
  const noted = {
    ...optionalProperty('doubt', doubt),
    ...optionalProperty(
      'remarks',
      decision.remarks?.map(({ message }) => message),
    ),
  };
  switch (decision.kind) {
    case 'update': {
      const from = decision.from === undefined ? '' : versionText(decision.from);
      return {
        state: 'would-change',
        from,
        to: versionText(decision.to),
        message: changeText(decision),
        ...noted,
        ...optionalProperty('passedOver', decision.passedOver?.map(shownPassedOver)),
      };
    }
    case 'current': {
      const at = versionText(decision.at);
      const { noChoice } = decision;
      return noChoice === undefined
        ? { state: 'up-to-date', from: at, to: at, message: 'nothing newer', ...noted }
        : { state: 'held', from: at, to: at, message: noChoice, ...noted };
    }
    case 'held':
    case 'waiting': {
      const { at, wanted, reason } = decision;
      const from = at === undefined ? '' : versionText(at);
      const policy = shownPolicy(reason);
      return { state: 'held', from, to: versionText(wanted), message: reasonText(reason), policy, ...noted };
    }
    case 'skipped':
      return {
        state: 'held',
        from: '',
        to: '',
        message: decision.message,
        ...(decision.reason === 'not-live' ? { advice: notLiveAdvice } : {}),
        ...noted,
      };
    case 'failed': {
      const { failure } = decision;
      return {
        state: 'failed',
        from: '',
        to: '',
        message: failure.message,
        advice: adviceFor(failure),
        ...noted,
      };
    }
  }
}

function changeText({ image, from, to, direction }: Extract<Decision, { kind: 'update' }>): string {
  if (image.strategy.kind === 'digest') return 'another digest';
  if (direction !== undefined) return 'back to an older version';
  if (from?.tag === undefined || from.tag !== to.tag || from.digest === to.digest) return 'newer version';
  if (to.digest === undefined) return 'the same version without its digest';
  return from.digest === undefined
    ? 'the same version with its digest'
    : 'the same tag, which names another image now';
}

function shownPassedOver({ version, reason }: PassedOver) {
  return { version, message: reasonText(reason), ...shownPolicy(reason) };
}

function shownPolicy({ code, sinceMs, untilMs, ends, also }: Reason): ShownPolicy {
  const since = sinceMs === undefined ? {} : { since: new Date(sinceMs).toISOString() };
  const until = untilMs === undefined ? {} : { until: new Date(untilMs).toISOString() };
  return { code, ...since, ...until, ends, also };
}
