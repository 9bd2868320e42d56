/** The command `resume`: what people, Git or the health of Applications hold back may go on. */
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import { type AppKey, appKey } from '../../core/config/application.ts';
import { resume as resumeHolds } from '../../core/policy/holds/resume.ts';
import type { Resumed } from '../../core/policy/settings.ts';
import { type GivenFlags, readFlags } from '../flags/flag-values.ts';
import { logLevelOf } from '../flags/groups/log-level.ts';
import { oneLine } from '../print/one-line.ts';
import type { ProgramIo } from '../process/program-io.ts';
import { scopeBy } from '../rehearse/app-globs.ts';
import { rehearse } from '../rehearse/rehearse.ts';
import { annotationHolds } from './annotation-holds.ts';
import { type Changed, changeHolds } from './change-holds.ts';
import { atDesk } from './desk.ts';
import { findTarget, type Found } from './find-target.ts';
import { resumeFlags } from './hold-flags.ts';
import { tellChange } from './tell-change.ts';

export async function resume(
  given: GivenFlags,
  [name, alias]: readonly string[],
  io: ProgramIo,
): Promise<Outcome<number>> {
  const read = readFlags(resumeFlags, given, io.environment);
  if (!read.ok) return read;
  if (name === undefined)
    return fail(configFailure('the command "resume" needs an Application: <namespace>/<name>'));
  const { values } = read.value;
  return atDesk(values, io, async (desk) => {
    const found = await findTarget(desk, name, alias);
    if (!found.ok) return found;
    const { target, aliases } = found.value;
    const ofPeople = await changeHolds(desk, (context) => resumeHolds(context, { ...target, aliases }, []));
    if (!ofPeople.ok) return ofPeople;
    // what people held hides what a cycle finds
    const resumed = await foundByUs(given, found.value, io);
    if (!resumed.ok) tellUnseen(resumed.failure.message, io);
    const changed =
      resumed.ok && resumed.value.length > 0
        ? await changeHolds(desk, (context) => resumeHolds(context, { ...target, aliases }, resumed.value))
        : ofPeople;
    if (!changed.ok) return changed;
    const both = changed === ofPeople ? ofPeople.value : joined(ofPeople.value, changed.value);
    return succeed(tellChange(both, desk, annotationHolds(found.value, desk)));
  });
}

/** Told as one change: `first` was made before `then`. */
function joined(first: Changed, then: Changed): Changed {
  const change = {
    ...then.change,
    data: { ...first.change.data, ...then.change.data },
    before: { ...then.change.before, ...first.change.before },
    told: [...first.change.told, ...then.change.told],
  };
  return { change, wasThere: first.wasThere };
}

/** What a cycle would hold back of itself: versions that were taken back in Git, or made an Application unhealthy. */
async function foundByUs(
  given: GivenFlags,
  { app, target }: Found,
  io: ProgramIo,
): Promise<Outcome<readonly Resumed[]>> {
  const key: AppKey = appKey(app);
  const { scope } = scopeBy((other) => other === key);
  const rehearsed = await rehearse(given, io, { scope, logLevel: logLevelOf('error') });
  if (!rehearsed.ok) return rehearsed;
  const { report } = rehearsed.value;
  if (report.failure !== undefined) return fail(report.failure);
  const own = report.applications.find((one) => one.app === key);
  const decisions = (own?.decisions ?? []).filter(
    (decision) => target.alias === undefined || decision.alias === target.alias,
  );
  const failed = decisions.find((decision) => decision.kind === 'failed');
  if (failed !== undefined) return fail(failed.failure);
  return succeed(
    decisions.flatMap((decision) =>
      (decision.kind === 'held' || decision.kind === 'waiting') && decision.reason.resume !== undefined
        ? [decision.reason.resume]
        : [],
    ),
  );
}

function tellUnseen(why: string, { stderr }: ProgramIo): void {
  stderr.write(
    `Warning: whether Git or the health of Applications holds something back is not known: ${oneLine(why)}\n`,
  );
}
