/** The command `test IMAGE`: which tag would be chosen, and why the others would not. */
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import { oneLine } from '../print/one-line.ts';
import { tellFailure } from '../print/tell-failure.ts';
import { quoted } from '../../core/base/quoted.ts';
import { settle } from '../../core/base/settle.ts';
import { platformMistake } from '../../core/config/image-options.ts';
import { openToAll } from '../../core/tenants/tenant-rules.ts';
import { readTrackedImage } from '../../core/config/read-image.ts';
import type { TrackedImage } from '../../core/config/tracked-image.ts';
import type { Decision } from '../../core/decide/decision.ts';
import { decideImage } from '../../core/decide/decide.ts';
import { tagRule } from '../../core/version/tag-rule.ts';
import { fullName, type ImageRef } from '../../core/image/image.ts';
import type { KnownVersion } from '../../core/decide/live.ts';
import { type ImageNeed, needOf } from '../../core/decide/needs.ts';
import type { EndpointTable } from '../../core/registries/registries.ts';
import { ignorePatternProblem } from '../../core/version/filter.ts';
import type { ClusterCycle, SecretReader } from '../../ports/cluster.ts';
import { makeRegistry } from '../../registry/client.ts';
import { type GivenFlags, readFlags } from '../flags/flag-values.ts';
import { testFlags } from '../flags/commands/test-flags.ts';
import type { Log } from '../log/log.ts';
import { userAgent } from '../process/build-info.ts';
import { systemClock } from '../process/clock.ts';
import type { ProgramIo } from '../process/program-io.ts';
import { makeTextLog } from '../process/program-log.ts';
import { logLevelOf } from '../flags/groups/log-level.ts';
import { loadRegistries, type RegistriesConf } from '../settings/files/registries-conf.ts';
import { tellLoaded } from '../settings/files/settings-files.ts';
import { answerLines } from './answer.ts';
import { flagSettings, type TestValues } from './flag-settings.ts';
import { type Operand, readOperand } from './operand.ts';
import { openManifests } from '../world/manifests.ts';
import { clusterSecrets } from './secrets.ts';

/** What is tried, with what. */
interface Trial {
  readonly values: TestValues;
  /** `--rate-limit` was given. */
  readonly limited: boolean;
  readonly registriesConf: RegistriesConf;
  /** Absent without `--applications`. */
  readonly files?: ClusterCycle;
  readonly io: ProgramIo;
  readonly log: Log;
  readonly warn: (message: string) => void;
}

/** 0 where a tag is chosen or the image is on it already; 1 where that could not be found out. */
export async function test(
  given: GivenFlags,
  operands: readonly string[],
  io: ProgramIo,
): Promise<Outcome<number>> {
  const read = readFlags(testFlags, given, io.environment);
  if (!read.ok) return read;
  const [image, ...others] = operands;
  if (image === undefined || others.length > 0) {
    return fail(configFailure('the command "test" needs exactly one image'));
  }
  const { values } = read.value;
  const log = makeTextLog(io, logLevelOf(values.loglevel));
  const warn = (message: string) => {
    if (values.loglevel !== 'error') io.stderr.write(`Warning: ${oneLine(message)}\n`);
  };
  const paths = values.applications;
  const files = paths.length === 0 ? succeed(undefined) : await settle(() => openManifests(paths));
  if (!files.ok) return succeed(tellFailure(files.failure, io));
  const opened = files.value === undefined ? {} : { files: files.value };
  const isGiven = given.has('registries-conf-path');
  const registriesConf = { path: values['registries-conf-path'], isGiven };
  const trial = { values, limited: given.has('rate-limit'), registriesConf, io, log, warn, ...opened };
  const code = await tryOut(image, trial);
  return succeed(code.ok ? code.value : tellFailure(code.failure, io));
}

async function tryOut(text: string, trial: Trial): Promise<Outcome<number>> {
  const { values } = trial;
  const operand = readOperand(text, values['update-strategy'], values['semver-constraint']);
  if (!operand.ok) return operand;
  const image = trackedImage(operand.value, trial);
  if (!image.ok) return image;
  const rule = tagRule(image.value.filter);
  if (!rule.ok) return rule;
  const { registriesConf, files } = trial;
  const registries = await loadRegistries(registriesConf, files && (async () => files));
  if (!registries.ok) return registries;
  tellLoaded(registries.value, { warning: trial.warn, info: trial.log.info });
  const need = needFor(image.value, registries.value.value, trial);
  const { running } = operand.value;
  const decision = decideImage(image.value, liveVersion(running), await ask(need, trial), rule.value);
  return succeed(tell(decision, running, need, trial));
}

/** The flags say what annotations would. */
function trackedImage({ entry }: Operand, { values, io, warn }: Trial): Outcome<TrackedImage> {
  const misfit = values.platforms.find((platform) => platformMistake(platform.trim()) !== undefined);
  if (misfit !== undefined) {
    return fail(configFailure(`--platforms: ${quoted(misfit)} ${platformMistake(misfit.trim())}`));
  }
  const context = {
    settings: flagSettings(values),
    defaultPlatform: io.imagePlatform,
    tenants: openToAll,
    warn,
    deprecate: warn,
  };
  const image = readTrackedImage(context, entry, 0);
  if (!image.ok) return image;
  const ignore = values['ignore-tags'];
  for (const pattern of ignore) {
    const problem = ignorePatternProblem(pattern);
    if (problem !== undefined) warn(`--ignore-tags ${quoted(pattern)} ${problem}`);
  }
  return succeed({ ...image.value, filter: { ...image.value.filter, ignore } });
}

function needFor(image: TrackedImage, registries: EndpointTable, { values, limited }: Trial): ImageNeed {
  const need = needOf(image, registries);
  return limited ? { ...need, endpoint: { ...need.endpoint, limitPerSecond: values['rate-limit'] } } : need;
}

function liveVersion(running: ImageRef): KnownVersion {
  const versioned = running.tag !== undefined || running.digest !== undefined;
  return versioned ? { kind: 'live', ref: running } : { kind: 'unversioned' };
}

async function ask(need: ImageNeed, trial: Trial) {
  const { io, log } = trial;
  const { endpoint, repository } = need;
  const requestsPerSecond = endpoint.limitPerSecond ?? 'unlimited';
  log.debug('Fetching available tags and metadata from registry', {
    repository,
    registry_url: endpoint.apiUrl,
    requests_per_second: requestsPerSecond,
  });
  const { environment } = io;
  const registry = makeRegistry({ environment, clock: systemClock, userAgent });
  const stop = new AbortController();
  const release = io.onStop((signal) => stop.abort(new Error(`${signal} received`)));
  try {
    const cycle = registry.openCycle(secretsOf(trial));
    return await settle(() => cycle.answer(need, stop.signal));
  } finally {
    release();
    registry.close();
  }
}

function secretsOf({ values, files, io }: Trial): SecretReader {
  return files?.secrets ?? clusterSecrets(values, io);
}

function tell(decision: Decision, running: ImageRef, need: ImageNeed, { io, warn }: Trial): number {
  if (decision.kind === 'failed') {
    const { message } = decision.failure;
    return tellFailure(decision.failure, io, `${fullName(running)}: ${message}`);
  }
  const { doubt } = decision.trace;
  if (doubt !== undefined) warn(doubt);
  for (const line of answerLines(decision, running, need)) io.stdout.write(`${oneLine(line)}\n`);
  return 0;
}
