/** The command `test IMAGE`: which tag would be chosen, and why the others would not. */
import { adviceFor } from '../core/report/advice.ts';
import type { SecretReader } from '../ports/cluster.ts';
import { settle } from '../core/base/settle.ts';
import { annotationPrefix, type TrackedImage } from '../core/config/annotations.ts';
import { type Decision, decideImage, tagRule } from '../core/decide.ts';
import { ignorePatternProblem } from '../core/version/filter.ts';
import { fullName, type ImageRef, imageText, parseImageRef, versionText } from '../core/image/image.ts';
import type { KnownVersion } from '../core/live.ts';
import { type ImageNeed, needOf } from '../core/needs.ts';
import { configFailure, Failed, fail, type Outcome, succeed, unreachable } from '../core/base/outcome.ts';
import { quoted } from '../core/base/quoted.ts';
import { configureImage, type Warning } from '../core/config/tracked-image.ts';
import { makeKubeCluster } from '../kube/cluster.ts';
import { makeRegistry } from '../registry/client.ts';
import { userAgent } from './process/build-info.ts';
import { systemClock } from './process/clock.ts';
import type { FlagValues } from './flags/flag.ts';
import { type GivenFlags, readFlags } from './flags/flag-values.ts';
import type { Log } from './log/log.ts';
import type { ProgramIo } from './process/program-io.ts';
import { makeProgramLog } from './process/program-log.ts';
import { logLevelOf } from './settings/settings.ts';
import { loadRegistries, tellLoaded } from './settings/settings-files.ts';
import { testFlags } from './flags/test-flags.ts';

type TestValues = FlagValues<typeof testFlags>;

/** Alias of the image that is tested, which needs one to have annotations. */
const alias = 'test';
const entryPrefix = `${alias}=`;

/** What is tried, with what. */
interface Trial {
  readonly running: ImageRef;
  readonly values: TestValues;
  /** `--rate-limit` was given. */
  readonly limited: boolean;
  readonly io: ProgramIo;
  readonly log: Log;
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
  const log = makeProgramLog(io, logLevelOf(values.loglevel), 'text');
  const code = await tryOut(image, { values, limited: given.has('rate-limit'), io, log });
  if (!code.ok) log.fatal(code.failure.message, { application: alias });
  return succeed(code.ok ? code.value : 1);
}

async function tryOut(image: string, others: Omit<Trial, 'running'>): Promise<Outcome<number>> {
  const running = parseImageRef(image);
  if (!running.ok) return running;
  const trial = { ...others, running: running.value };
  const decided = await decide(trial);
  return decided.ok ? succeed(tell(trial, decided.value)) : decided;
}

async function decide(trial: Trial): Promise<Outcome<Decision>> {
  const { running, values, limited, log } = trial;
  const image = trackedImage(trial);
  if (!image.ok) return image;
  const registries = await loadRegistries(values['registries-conf-path']);
  if (!registries.ok) return registries;
  tellLoaded(registries.value, log);
  const rule = tagRule(image.value.filter);
  if (!rule.ok) return rule;
  const found = needOf(image.value, registries.value.value);
  const endpoint = limited ? { ...found.endpoint, limitPerSecond: values['rate-limit'] } : found.endpoint;
  const answer = await ask({ ...found, endpoint }, trial);
  return succeed(decideImage(image.value, liveVersion(running), answer, rule.value));
}

function fieldsOf({ running }: Trial) {
  return { application: alias, image_name: fullName(running) };
}

/** The flags say what annotations would. */
function trackedImage({ running, values, io, log }: Trial): Outcome<TrackedImage> {
  const constraint = values['semver-constraint'];
  const entry = `${entryPrefix}${fullName(running)}${constraint === '' ? '' : `:${constraint}`}`;
  const settings = {
    'update-strategy': values['update-strategy'],
    'allow-tags': values['allow-tags'],
    'pull-secret': values.credentials,
    platforms: values.platforms.join(','),
  };
  const annotations = Object.entries(settings)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => [`${annotationPrefix}${alias}.${key}`, value] as const);
  const warnings: Warning[] = [];
  const warn = (message: string, annotation?: string) => {
    warnings.push(annotation === undefined ? { message } : { message, annotation });
  };
  const app = anApplication(Object.fromEntries(annotations));
  const { image } = configureImage(
    { app, defaultPlatform: io.imagePlatform, warn, deprecate: warn },
    entry,
    0,
  );
  const platform = warnings.find(({ annotation }) => annotation === `${alias}.platforms`);
  if (platform !== undefined) return fail(configFailure(inFlagWords(platform.message)));
  for (const { message, annotation } of warnings) {
    // Who calls this program may read what its flags name; only annotations are written by others.
    if (annotation !== `${alias}.pull-secret`) log.warning(inFlagWords(message));
  }
  if (!image.ok) return fail(configFailure(inFlagWords(image.failure.message)));
  const ignore = values['ignore-tags'];
  for (const pattern of ignore) {
    const problem = ignorePatternProblem(pattern);
    if (problem !== undefined) log.warning(`--ignore-tags ${quoted(pattern)} ${problem}`);
  }
  return succeed({ ...image.value, filter: { ...image.value.filter, ignore } });
}

/** The rules of annotations, as a message tells them, in the words of the command line. */
function inFlagWords(message: string): string {
  return message
    .replaceAll(`${alias}.pull-secret`, '--credentials')
    .replaceAll(/\btest\.(update-strategy|allow-tags|platforms)\b/g, '--$1')
    .replaceAll(`"${entryPrefix}`, '"')
    .replaceAll('image-list entry', 'image')
    .replaceAll('write <image>:<tag>', 'give it with --semver-constraint')
    .replaceAll('image-list', '--semver-constraint');
}

function anApplication(annotations: Readonly<Record<string, string>>) {
  return {
    namespace: '',
    name: alias,
    uid: '',
    resourceVersion: '',
    project: '',
    annotations,
    labels: {},
    sourceKind: 'single' as const,
    sources: [],
  };
}

function liveVersion(running: ImageRef): KnownVersion {
  const versioned = running.tag !== undefined || running.digest !== undefined;
  return versioned ? { kind: 'live', ref: running } : { kind: 'unversioned' };
}

async function ask(need: ImageNeed, trial: Trial) {
  const { values, io, log } = trial;
  const { endpoint } = need;
  const fields = { ...fieldsOf(trial), registry_url: endpoint.apiUrl };
  log.debug('Fetching available tags and metadata from registry', fields);
  log.debug('Rate limit in use', { ...fields, requests_per_second: endpoint.limitPerSecond ?? 'unlimited' });
  const { environment } = io;
  const registry = makeRegistry({ environment, clock: systemClock, userAgent });
  const stop = new AbortController();
  const release = io.onStop((signal) => stop.abort(new Error(`${signal} received`)));
  try {
    const cycle = registry.openCycle(secretsOf(values, io));
    return await settle(() => cycle.answer(need, stop.signal));
  } finally {
    release();
    registry.close();
  }
}

/** Kubernetes is looked for only when a credential needs it. */
function secretsOf(values: TestValues, { environment }: ProgramIo): SecretReader {
  const reader = () => {
    if (values['disable-kubernetes']) {
      throw new Failed(
        configFailure('these credentials are in a Secret, which --disable-kubernetes rules out'),
      );
    }
    const { kubeconfig: kubeconfigPath } = values;
    const cluster = makeKubeCluster({
      kubeconfigPath,
      environment,
      namePatterns: [],
      kubeEvents: false,
      clock: systemClock,
      userAgent,
    });
    return cluster.openCycle().secrets;
  };
  return {
    secret: async (namespace, name) => reader().secret(namespace, name),
    configMap: async (namespace, name) => reader().configMap(namespace, name),
    argocdSecrets: async (type) => reader().argocdSecrets(type),
  };
}

function tell(trial: Trial, decision: Decision): number {
  const { log } = trial;
  const { trace } = decision;
  const fields = fieldsOf(trial);
  if (trace.listed !== undefined) log.info(`Found ${trace.listed} tags in registry`, fields);
  for (const { rule, count, examples } of trace.dropped) {
    log.info(`${count} tags dropped by ${rule}`, { ...fields, examples: examples.join(', ') });
  }
  if (trace.doubt !== undefined) log.warning(trace.doubt, fields);
  switch (decision.kind) {
    case 'update':
      log.info(`latest image according to constraint is ${imageText(decision.to)}`, fields);
      return 0;
    case 'current': {
      const reason = decision.noChoice;
      log.info(`no newer version of image found, it stays at ${versionText(decision.at)}`, {
        ...fields,
        reason,
      });
      return 0;
    }
    case 'skipped':
      log.info('no newer version of image found', { ...fields, reason: decision.message });
      return 0;
    case 'failed':
      log.fatal(decision.failure.message, { ...fields, advice: adviceFor(decision.failure) });
      return 1;
  }
  return unreachable(decision);
}
