/** The command `explain`: why an Application is as it is, and what a cycle would do to it. */
import { configFailure, fail, type Failure, type Outcome, succeed } from '../../core/base/outcome.ts';
import { quoted } from '../../core/base/quoted.ts';
import { nearestWord } from '../../core/config/keys/annotation-keys.ts';
import type { AppKey } from '../../core/config/application.ts';
import type { CycleReport } from '../../core/report/report.ts';
import { type GivenFlags, readFlags } from '../flags/flag-values.ts';
import { lineWidth } from '../print/line-width.ts';
import { oneLine } from '../print/one-line.ts';
import { tellFailure } from '../print/tell-failure.ts';
import { systemClock } from '../process/clock.ts';
import type { ProgramIo } from '../process/program-io.ts';
import { scopeBy } from '../rehearse/app-globs.ts';
import { type Rehearsal, rehearse } from '../rehearse/rehearse.ts';
import { logLevelOf } from '../flags/groups/log-level.ts';
import { askStatus } from '../status/ask-status.ts';
import type { FlagValues } from '../flags/flag.ts';
import { withTimes } from './lasting.ts';
import { explainFlags } from './explain-flags.ts';
import { explainText } from './explain-text.ts';
import { explain as explainReport, explainExitCode, type Explanation } from './explanation.ts';

/** 0: up to date. 1: failed, or it could not be found out. 2: would change. 3: held, or waiting. */
export async function explain(
  given: GivenFlags,
  operands: readonly string[],
  io: ProgramIo,
): Promise<Outcome<number>> {
  const read = readFlags(explainFlags, given, io.environment);
  if (!read.ok) return read;
  const { values } = read.value;
  const [name, alias] = operands;
  if (name === undefined)
    return fail(configFailure('the command "explain" needs an Application: [<namespace>/]<name>'));
  const { scope, shown, matches } = scopeBy((app) => app === name || nameOf(app) === name);
  const logLevel = logLevelOf(values.loglevel);
  const rehearsed = await rehearse(given, io, { scope, logLevel, tracedTags: Number.POSITIVE_INFINITY });
  if (!rehearsed.ok) return succeed(tellFailure(rehearsed.failure, io));
  const found = findOne(rehearsed.value, name, [...shown], matches);
  const explained = found.ok ? onlyAlias(found.value, alias) : found;
  if (!explained.ok) return succeed(tellFailure(explained.failure, io));
  const explanation = await timed(explained.value, values, io);
  const options = { width: lineWidth(io), nowMs: systemClock.now(), showsAll: values.all };
  io.stdout.write(
    values.json ? `${JSON.stringify(explanation, null, 2)}\n` : explainText(explanation, options),
  );
  return succeed(explainExitCode(explanation.state));
}

/** Somebody waits for an answer that is there by now. */
const daemonPatienceMs = 3_000;

/**
 * With the times that the running daemon knows. Where it is not named it is looked for in the cluster that Applications
 * are read from, and nothing is said if it cannot be asked.
 */
async function timed(
  explanation: Explanation,
  values: FlagValues<typeof explainFlags>,
  io: ProgramIo,
): Promise<Explanation> {
  const isNamed = values.address !== '';
  const isInCluster = values.applications.length === 0 && !values['disable-kubernetes'];
  if (!isNamed && (!isInCluster || hasNothingThatLasts(explanation))) return explanation;
  const asked = await askStatus(values, explanation.application, io, daemonPatienceMs);
  if (asked.ok) return withTimes(explanation, explanation.application, asked.value);
  if (isNamed) io.stderr.write(`Since when it is so is not known: ${oneLine(asked.failure.message)}\n`);
  return explanation;
}

function hasNothingThatLasts({ state, warnings, images }: Explanation): boolean {
  const hasDoubt = images.some(({ decision }) => decision.doubt !== undefined);
  return state === 'up-to-date' && warnings.length === 0 && !hasDoubt;
}

const nameOf = (app: AppKey): string => app.slice(app.indexOf('/') + 1);

function findOne(
  rehearsal: Rehearsal,
  name: string,
  shown: readonly AppKey[],
  matches: (app: AppKey) => boolean,
): Outcome<Explanation> {
  const { report, configs } = rehearsal;
  const [app, ...others] = shown.filter(matches);
  if (app === undefined) return fail(missing(report, name, shown));
  if (others.length > 0) {
    const names = [app, ...others].join(', ');
    return fail(
      configFailure(`${quoted(name)} is the name of several Applications: ${names}; give the namespace too`),
    );
  }
  const own = report.applications.find((application) => application.app === app);
  const config = configs.get(app);
  if (own === undefined || config === undefined) {
    const failure = own?.write?.kind === 'failed' ? own.write.failure : undefined;
    return fail(failure ?? { kind: 'unexpected', message: `nothing is known of ${app}`, cause: app });
  }
  return succeed(explainReport(own, config, rehearsal));
}

/** What the listing says of it, else who may have been meant. */
function missing(report: CycleReport, name: string, shown: readonly AppKey[]): Failure {
  if (report.failure !== undefined) return report.failure;
  const told = report.problems.find(({ app }) => app !== undefined && (app === name || nameOf(app) === name));
  if (told !== undefined) return configFailure(`${told.app}: ${told.message}`, undefined, told.advice);
  const near = nearestWord(name, name.includes('/') ? shown : shown.map(nameOf));
  const question = near === undefined ? '' : `; did you mean ${near}?`;
  return configFailure(
    `no Application ${quoted(name)} is listed, or it has no annotation image-list${question}`,
  );
}

function onlyAlias(explanation: Explanation, alias: string | undefined): Outcome<Explanation> {
  if (alias === undefined) return succeed(explanation);
  const images = explanation.images.filter((image) => image.alias === alias);
  const [image] = images;
  if (image === undefined) {
    const aliases = explanation.images.map((other) => quoted(other.alias)).join(', ');
    return fail(
      configFailure(`${explanation.application} has no alias ${quoted(alias)}; there are ${aliases}`),
    );
  }
  const isWritten = image.decision.state === 'would-change' || image.decision.state === 'failed';
  const { write, ...rest } = explanation;
  const own = { ...rest, images, state: image.decision.state };
  return succeed(isWritten && write !== undefined ? { ...own, write } : own);
}
