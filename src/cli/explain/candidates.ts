/** Every tag that the registry has, with what became of it. */
import type { Decision } from '../../core/decide/decision.ts';
import type { Answer } from '../../core/decide/needs.ts';
import type { Strategy } from '../../core/strategy/strategy.ts';
import { tagOrder } from '../../core/strategy/tag-order.ts';

export interface ShownCandidate {
  readonly tag: string;
  /** The one rule that dropped it, or `chosen`. */
  readonly rule: string;
  readonly isRunning?: true;
  /** When it was built, where the strategy asks that. */
  readonly built?: string;
}

/** As many as the registry listed, each once: the chosen one, the others that passed, newest first, then the dropped. */
export function candidatesOf(
  decision: Decision,
  strategy: Strategy,
  answer: Answer | undefined,
): readonly ShownCandidate[] {
  const built = builtDates(answer);
  const listed = listedTags(answer);
  const running = runningTag(decision);
  const chosen = chosenTag(decision);
  const ruleOf = new Map(
    decision.trace.dropped.flatMap(({ rule, examples }) => examples.map((tag) => [tag, rule] as const)),
  );
  const withheldBy = withheldTags(decision);
  const rest = restRule(decision, strategy);
  const passed = listed.filter((tag) => !ruleOf.has(tag) && tag !== chosen);
  const ordered = [
    ...listed.filter((tag) => tag === chosen && !ruleOf.has(tag)),
    ...newestFirst(passed, strategy, built),
    ...decision.trace.dropped.flatMap(({ examples }) => examples),
  ];
  return ordered.map((tag) => {
    const date = built.get(tag);
    const rule = ruleOf.get(tag) ?? withheldBy.get(tag) ?? (tag === chosen ? 'chosen' : rest);
    return {
      tag,
      rule,
      ...(tag === running ? { isRunning: true } : {}),
      ...(date === undefined ? {} : { built: dateText(date) }),
    };
  });
}

function listedTags(answer: Answer | undefined): readonly string[] {
  if (answer?.kind === 'tags') return [...new Set(answer.tags)];
  if (answer?.kind !== 'dated-tags') return [];
  return [...answer.tags, ...answer.dropped].map(({ tag }) => tag);
}

/** Seconds since 1970 by tag; none where they are made from the order of a list. */
function builtDates(answer: Answer | undefined): ReadonlyMap<string, number> {
  if (answer?.kind !== 'dated-tags' || answer.isPositional === true) return new Map();
  return new Map(answer.tags.map(({ tag, created }) => [tag, created.seconds]));
}

function dateText(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 16).replace('T', ' ');
}

function runningTag(decision: Decision): string | undefined {
  if (decision.kind === 'update') return decision.from?.tag;
  if (decision.kind === 'held' || decision.kind === 'waiting') return decision.at?.tag;
  return decision.kind === 'current' ? decision.at.tag : undefined;
}

function chosenTag(decision: Decision): string | undefined {
  if (decision.kind === 'update') return decision.to.tag;
  return decision.kind === 'current' && decision.noChoice === undefined ? decision.at.tag : undefined;
}

/** Tags that the rules admit, and the policy that withholds each. */
function withheldTags(decision: Decision): ReadonlyMap<string, string> {
  if (decision.kind === 'held' || decision.kind === 'waiting')
    return new Map([[decision.wanted.tag ?? '', decision.reason.code]]);
  const passedOver = decision.kind === 'update' ? (decision.passedOver ?? []) : [];
  return new Map(passedOver.map(({ version, reason }) => [version, reason.code]));
}

/** What became of a tag that no rule dropped, and that is not the choice. */
function restRule(decision: Decision, strategy: Strategy): string {
  if (decision.kind === 'skipped' || decision.kind === 'failed') return 'not chosen, see the decision';
  switch (strategy.kind) {
    case 'semver':
    case 'numeric':
      return 'older';
    case 'newest-build':
      return 'built earlier';
    case 'alphabetical':
      return 'earlier by its text';
    case 'digest':
      return 'not the followed tag';
  }
}

function newestFirst(
  tags: readonly string[],
  strategy: Strategy,
  built: ReadonlyMap<string, number>,
): readonly string[] {
  if (strategy.kind === 'newest-build')
    return tags.toSorted((a, b) => (built.get(b) ?? 0) - (built.get(a) ?? 0));
  const order = tagOrder(strategy, true);
  return tags.toSorted((a, b) => order(b, a) ?? 0);
}
