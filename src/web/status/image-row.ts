/** What one image of an Application came to in a cycle: a decision and a write as one state. */
import { optionalProperty } from '../../core/base/optional-property.ts';
import type { Decision } from '../../core/decide/decision.ts';
import { versionText } from '../../core/image/image.ts';
import type { ImageChange } from '../../core/plan.ts';
import type { ApplicationReport, WriteResult } from '../../core/report/report.ts';
import { revertedWords } from '../../core/report/reverted.ts';
import { reasonText } from '../../core/policy/reason-text.ts';
import { ruleText } from '../../core/report/rule-text.ts';
import { shortText } from './short-text.ts';
import type { ImageState } from './document.ts';

export interface Change {
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
  readonly commit?: string;
  readonly repository?: string;
  readonly branch?: string;
}

export interface ImageRow {
  readonly alias: string;
  readonly image: string;
  readonly running?: string;
  readonly git?: string;
  readonly wanted?: string;
  readonly rule?: string;
  readonly state: ImageState;
  readonly sinceMs: number;
  readonly reason?: string;
  readonly lastChange?: Change;
}

export function imageRow(
  decision: Decision,
  { write, changes, reverted }: Pick<ApplicationReport, 'write' | 'changes' | 'reverted'>,
  before: ImageRow | undefined,
  nowMs: number,
): ImageRow {
  const found = { ...named(decision), ...standingOf(decision, write, reverted) };
  const change = changes.find(({ alias, fullName }) => isOf(decision, alias, fullName));
  const written =
    decision.kind === 'update' && change !== undefined ? changeOf(change, write, nowMs) : undefined;
  return {
    ...found,
    sinceMs: before?.state === found.state && written === undefined ? before.sinceMs : nowMs,
    ...optionalProperty('lastChange', written ?? before?.lastChange),
  };
}

/** A write that outlived the cycle in which it was decided. */
export function withLateWrite(row: ImageRow, { write, changes }: ApplicationReport, nowMs: number): ImageRow {
  const change = changes.find(({ alias, fullName }) => isOf({ ...row, entry: row.image }, alias, fullName));
  if (change === undefined || write === undefined) return row;
  const { reason: _reason, git: _git, ...rest } = row;
  const to = row.wanted ?? change.newTag;
  const written = changeOf(change, write, nowMs);
  return {
    ...rest,
    ...updateStanding(to, write),
    sinceMs: nowMs,
    ...optionalProperty('lastChange', written ?? row.lastChange),
  };
}

function isOf({ alias, entry }: { alias: string; entry: string }, other: string, fullName: string): boolean {
  return alias === '' ? other === '' && entry.startsWith(fullName) : alias === other;
}

function named(decision: Decision): Pick<ImageRow, 'alias' | 'image' | 'rule'> {
  const rule = 'image' in decision ? ruleText(decision.image) : undefined;
  const { alias, entry } = decision;
  return { alias, image: shortText(entry), ...optionalProperty('rule', rule && shortText(rule)) };
}

type Standing = Pick<ImageRow, 'running' | 'git' | 'wanted' | 'state' | 'reason'>;

function standingOf(
  decision: Decision,
  write: WriteResult | undefined,
  reverted: ApplicationReport['reverted'],
): Standing {
  switch (decision.kind) {
    case 'update': {
      const running = decision.from === undefined ? {} : { running: versionText(decision.from) };
      const wanted = versionText(decision.to);
      if (reverted !== undefined)
        return { ...running, wanted, state: 'failing', reason: shortText(revertedWords({}, reverted)) };
      return { ...running, ...updateStanding(wanted, write) };
    }
    case 'current': {
      const at = versionText(decision.at);
      const reason = decision.noChoice === undefined ? undefined : shortText(decision.noChoice);
      return { running: at, wanted: at, state: 'up-to-date', ...optionalProperty('reason', reason) };
    }
    case 'held':
    case 'waiting': {
      const at = decision.at === undefined ? {} : { running: versionText(decision.at) };
      const wanted = versionText(decision.wanted);
      return { ...at, wanted, state: 'held', reason: shortText(reasonText(decision.reason)) };
    }
    case 'skipped':
      return { state: 'skipped', reason: shortText(decision.message) };
    case 'failed':
      return { state: 'failing', reason: shortText(decision.failure.message) };
  }
}

function updateStanding(wanted: string, write: WriteResult | undefined): Standing {
  switch (write?.kind) {
    case 'committed':
    case 'unchanged':
      return { git: wanted, wanted, state: 'waiting' };
    case 'patched':
      return { wanted, state: 'waiting' };
    case 'dry-run':
      return { wanted, state: 'would-change' };
    case 'failed':
      return { wanted, state: 'failing', reason: shortText(write.failure.message) };
    case undefined:
      return { wanted, state: 'waiting' };
  }
}

function changeOf(
  { oldTag: from, newTag: to }: ImageChange,
  write: WriteResult | undefined,
  atMs: number,
): Change | undefined {
  if (write?.kind === 'patched') return { atMs, from, to };
  if (write?.kind !== 'committed') return undefined;
  const { sha: commit, repo: repository, branch } = write;
  return { atMs, from, to, commit, repository, branch };
}
