/** Policies judge, the writer writes, and what has changed between the two is judged again. */
import type { AppConfig } from '../core/config/annotations.ts';
import { appKey } from '../core/config/application.ts';
import type { Decision } from '../core/decide/decision.ts';
import type { Verdict } from '../core/policy/verdict.ts';
import type { Policies } from './policy/judge/policies.ts';
import { withheld } from './policy/judge/sieving.ts';
import type { Writer } from './write/writer.ts';
import type { Written } from './write/written.ts';

/** A branch that moves each time is left to the next cycle. */
const maxRounds = 3;

export interface JudgedAndWritten {
  readonly decisions: readonly Decision[];
  /** Absent where nothing was to be written. */
  readonly written?: Written | undefined;
}

export async function judgeAndWrite(
  config: AppConfig,
  wanted: readonly Decision[],
  { policies, writer }: { readonly policies: Policies; readonly writer: Writer },
): Promise<JudgedAndWritten> {
  const app = appKey(config.app);
  for (let round = 1; ; round += 1) {
    const decisions = await policies.judge(config, wanted);
    const written = await writer.write(config, decisions);
    policies.wrote(config, decisions, written);
    if (written?.stale === true && round < maxRounds) {
      policies.forget(app);
      continue;
    }
    policies.pass(app);
    writer.pass(app);
    return heldByOthers(decisions, written);
  }
}

/** Whose place another Application withholds is withheld too, and has not failed (policies.md 1.4). */
function heldByOthers(decisions: readonly Decision[], written: Written | undefined): JudgedAndWritten {
  const failure = written?.result.kind === 'failed' ? written.result.failure : undefined;
  if (failure?.kind !== 'edit' || failure.heldBy === undefined) return { decisions, written };
  const verdict: Verdict = {
    code: 'held-by-other',
    kind: 'held',
    reason: `${failure.message} (${failure.heldBy})`,
    ends: 'the end of what withholds the other one',
  };
  const reason = { ...verdict, also: [] };
  return {
    decisions: decisions.map((decision) =>
      decision.kind === 'update' ? withheld(decision, reason) : decision,
    ),
  };
}
