/** What must be true of what a cycle tells: each has one reason, the reason is true, and who has none is written. */
import type { Decision } from '../../../../src/core/decide/decision.ts';
import type { PolicyCode } from '../../../../src/core/policy/verdict.ts';
import { versionText } from '../../../../src/core/image/image.ts';
import { gatesOn, type Past, type Played, sievesOn } from './rules.ts';

type Withheld = Extract<Decision, { kind: 'held' | 'waiting' }>;

export function reportFaults(cycle: Played, past: Past): readonly string[] {
  const { report, before, after } = cycle;
  return report.applications.flatMap(({ app, decisions, write }) => {
    const index = Number(app.replace('argocd/app', ''));
    const stays = before.targets[index] === after.targets[index];
    if (write?.kind === 'failed') return [`${app} is not written: ${write.failure.message}`];
    return decisions.flatMap((decision) => {
      switch (decision.kind) {
        case 'failed': {
          const isExpected = decision.failure.message.startsWith('pinned tag');
          return isExpected ? [] : [`${app} failed: ${decision.failure.message}`];
        }
        case 'held':
        case 'waiting':
          return [
            ...(stays ? [] : [`${app} is withheld (${decision.reason.code}), and written`]),
            ...reasonFaults(app, index, decision, cycle, past),
          ];
        case 'current':
          return idleFaults(index, cycle, past);
        case 'update':
        case 'skipped':
          return [];
      }
    });
  });
}

function reasonFaults(
  app: string,
  index: number,
  { reason: { code, also }, wanted }: Withheld,
  cycle: Played,
  past: Past,
): readonly string[] {
  if (also.includes(code)) return [`${app} has the reason ${code} twice`];
  const isTrue = truthOf(code, index, versionText(wanted), cycle, past);
  return isTrue ? [] : [`${app} is withheld for ${code}, which is not so`];
}

/** What anybody can see of it; true where nobody can tell. */
function truthOf(code: PolicyCode, index: number, version: string, cycle: Played, past: Past): boolean {
  const gates = gatesOn(index, cycle, { ...past, slackMs: -past.slackMs });
  const sieves = sievesOn(index, version, cycle, past);
  const own = cycle.wanted[index];
  const app = cycle.apps[index];
  if (own === undefined || app === undefined) return false;
  switch (code) {
    case 'freeze':
      return gates['is frozen'] === true;
    case 'hold':
      return gates['is on hold'] === true;
    case 'window':
      return gates['has a closed window'] === true || (own.all('window').length > 0 && past.slackMs > 0);
    case 'interval':
      return own.ms('interval') > 0;
    case 'policy-unknown':
      return gates['has no clock'] === true;
    case 'skip-tags':
      return sieves['is skipped'] === true;
    case 'rollback':
    case 'rollback-unsure':
      return (
        own.respectsRollback &&
        past.keys[index]?.mayBeTakenBack({ ...app, skipped: own.skipped }, past.registry) === true
      );
    case 'quarantine':
      return own.ofVersions('quarantine').length > 0 && past.quarantines.isSuspected(app.image, version);
    case 'min-age':
      return own.ms('min-age') > 0;
    case 'promote':
    case 'promote-unproven':
      return own.source !== undefined;
    case 'rollout':
      return own.has('rollout');
    case 'group-missing':
    case 'group-held':
    case 'group-failed':
    case 'group-ahead':
    case 'group-disagree':
    case 'group-alone':
      return own.group !== undefined;
    case 'limit':
      // of a group all wait for each of them
      return [own.perHour, past.perHour, own.group].some((given) => given !== undefined);
    case 'pin': // what nobody in stories has, or has wrong
    case 'policy-invalid':
    case 'prerelease':
    case 'keep-variant':
    case 'moved-tag':
    case 'held-by-other':
    case 'reverted':
      return false;
  }
}

/** Nothing is to be done, though something else is wanted: what runs, and what Git holds, is not the choice. */
function idleFaults(index: number, { apps, before, wanted }: Played, { registry }: Past): readonly string[] {
  const [app, own] = [apps[index], wanted[index]];
  // what was decided an interval ago stands
  if (app === undefined || own === undefined || own.isPinned || own.has('interval')) return [];
  const choice = registry.choice(app);
  const isThere = choice === undefined || [app.deployment.live, before.bases[index]].includes(choice);
  // what is newer than all that is left is let be
  const isBeyond = choice !== undefined && (registry.compare(app, app.deployment.live, choice) ?? 1) > 0;
  return isThere || isBeyond ? [] : [`app${index} is idle: ${choice} is there, ${app.deployment.live} runs`];
}

/** Policies that withhold for what nobody outside can see, or wait for others. */
const opaque: readonly string[] = [
  'min-age',
  'interval',
  'quarantine',
  'promote-from',
  'rollout',
  'group',
  'max-commits-per-hour',
];

/** Whoever is free is written at once. `isAsked`: it is in the scope of the cycle. */
export function lateFaults(
  isAsked: (index: number) => boolean,
  cycle: Played,
  past: Past,
): readonly string[] {
  const { apps, wanted, before, after } = cycle;
  return [...apps.entries()].flatMap(([index, app]) => {
    const own = wanted[index];
    const choice = past.registry.choice(app);
    if (own === undefined || choice === undefined || !isAsked(index) || past.perHour !== undefined) return [];
    if (opaque.some((key) => own.has(key)) || own.isPinned) return [];
    const places = [app.deployment.live, before.bases[index], before.targets[index]];
    if (places.includes(choice) || after.targets[index] === choice) return [];
    const isLower = places.some((version) => (past.registry.compare(app, choice, version ?? '') ?? 0) < 0);
    const isDoubtful = own.respectsRollback && past.keys[index]?.hasOthers === true;
    if (isLower || isDoubtful) return [];
    const closed = { ...gatesOn(index, cycle, past), ...sievesOn(index, choice, cycle, past) };
    const isOpening = own.has('window') || own.has('hold'); // it may have begun within the cycle
    if (isOpening || Object.values(closed).includes(true)) return [];
    return [`app${index} is free to take ${choice}, and stays at ${after.targets[index]}`];
  });
}
