/** A cluster, a registry and a Git server around cycles whose log is read as a user reads it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applicationLines, cycleLines, listedLine, type LogLine } from '../../../src/cli/log/cycle-log.ts';
import { makeLog } from '../../../src/cli/log/log.ts';
import type { Repeats } from '../../../src/core/report/repeats.ts';
import type { CycleReport } from '../../../src/core/report/report.ts';
import type { RegistryLimits } from '../../../src/registry/requests/limits.ts';
import { type FileTree, makeBareRepository, readBranch } from '../../fakes/bare-repository.ts';
import { type GitServer, type GitServerOptions, startGitServer } from '../../fakes/git-http.ts';
import { type KubeApi, type KubeApiOptions, type KubeObject, startKubeApi } from '../../fakes/kube-api.ts';
import { type FakeRegistry, type FakeRegistryOptions, startFakeRegistry } from '../../fakes/registry.ts';
import { makeTestRunCycle } from '../../fakes/world.ts';
import { makeShiftedClock, type ShiftedClock } from './clock.ts';
import { type ApplicationParts, anApplication, repositoryCredentials } from './objects.ts';

export interface BenchOptions {
  /** By the host in references; each is an entry of registries.conf. Absent: one, `reg.test`. */
  readonly registries?: Readonly<Record<string, FakeRegistryOptions>>;
  /** More keys for the entries of registries.conf, by host. */
  readonly entries?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly limits?: Partial<RegistryLimits>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly kube?: KubeApiOptions;
  readonly git?: Pick<GitServerOptions, 'intercept' | 'spoil'>;
}

export interface Cycle {
  readonly report: CycleReport;
  /** Everything that the log says at level info and above. */
  readonly lines: readonly string[];
  /** All of it, from trace on. */
  readonly everything: string;
}

export interface Bench {
  readonly folder: string;
  readonly clock: ShiftedClock;
  readonly git: GitServer;
  readonly kube: KubeApi;
  registry(host?: string): FakeRegistry;
  /** Makes a repository and gives its URL. */
  addRepository(name: string, files: FileTree): Promise<string>;
  addApplication(name: string, parts: ApplicationParts): KubeObject;
  cycle(signal?: AbortSignal): Promise<Cycle>;
  /** Messages of our commits on a branch, newest first. */
  commits(repository: string, branch?: string): Promise<readonly string[]>;
  files(repository: string, branch?: string): Promise<Readonly<Record<string, string>>>;
  events(): readonly KubeObject[];
  close(): Promise<void>;
}

/** What the repositories and their one user are called. */
export const gitUser = { username: 'bot', password: 'git-password-7c1f' };
export const kubeToken = 'kube-token-90ab';

export async function startBench(options: BenchOptions = {}): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'tidewaiter-e2e-'));
  const root = join(folder, 'git');
  const registries = new Map<string, FakeRegistry>();
  for (const [host, fake] of Object.entries(options.registries ?? { 'reg.test': {} })) {
    registries.set(host, await startFakeRegistry(fake));
  }
  const git = await startGitServer({ root, auth: gitUser, ...options.git });
  const kube = await startKubeApi({ token: kubeToken, ...options.kube });
  kube.objects.put(repositoryCredentials(git.url, gitUser.username, gitUser.password));
  const clock = makeShiftedClock();
  const output = captureLog();
  const print = (lines: readonly LogLine[]) => {
    for (const { level, message, fields } of lines) output.log.at(level, message, fields);
  };
  const runner = makeTestRunCycle({
    folder,
    onListed: (considered) => print([listedLine(considered)]),
    onApplication: (report) => print(applicationLines(report)),
    kubeconfigPath: kube.kubeconfig(join(folder, 'kubeconfig'), { namespace: 'argocd' }),
    registriesConf: registriesConf(registries, options.entries),
    clock,
    ...(options.environment === undefined ? {} : { environment: options.environment }),
    registry: {
      clock: clock.hasty,
      cacheDirectory: join(folder, 'cache', 'registry'),
      ...(options.limits === undefined ? {} : { limits: options.limits }),
      onRequest: (event) => output.log.trace('Registry request', { ...event }),
      onWarning: (message) => output.log.warning(message),
    },
    git: { onCommand: (event) => output.log.trace('Git command', { ...event }) },
    kube: {
      clock: clock.hasty,
      onRequest: (event) => output.log.trace('Kubernetes request', { ...event }),
    },
  });
  let repeats: Repeats = new Map();
  const pathOf = (name: string) => join(root, `${name}.git`);
  return {
    folder,
    clock,
    git,
    kube,
    registry: (host) => {
      const [first] = registries.values();
      const found = host === undefined ? first : registries.get(host);
      if (found === undefined) throw new Error(`no registry ${host}`);
      return found;
    },
    addRepository: async (name, files) => {
      await makeBareRepository(pathOf(name), files);
      return `${git.url}/${name}.git`;
    },
    addApplication: (name, parts) => kube.objects.put(anApplication(name, parts)),
    cycle: async (signal) => {
      const report = await runner.run(signal);
      const told = cycleLines(report, repeats);
      repeats = told.repeats;
      print(told.lines);
      return { report, ...output.take() };
    },
    commits: async (repository, branch = 'main') => {
      const { commits } = await readBranch(pathOf(repository), branch);
      return commits.filter(({ committer }) => committer.name === ourName).map(({ message }) => message);
    },
    files: async (repository, branch = 'main') => (await readBranch(pathOf(repository), branch)).files,
    events: () => kube.objects.all('events'),
    close: async () => {
      await runner.close();
      for (const registry of registries.values()) await registry.close();
      await git.close();
      await kube.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const ourName = 'argocd-image-updater';

function registriesConf(
  registries: ReadonlyMap<string, FakeRegistry>,
  entries: BenchOptions['entries'] = {},
): string {
  const list = Array.from(registries, ([host, { url }]) => ({
    name: host,
    prefix: host,
    api_url: url,
    ...entries[host],
  }));
  return JSON.stringify({ registries: list });
}

/** The program's own log, kept line by line. */
function captureLog() {
  let texts: string[] = [];
  const sink = { write: (text: string) => texts.push(text) };
  const log = makeLog({
    level: 'trace',
    format: 'text',
    colours: false,
    now: Date.now,
    stdout: sink,
    stderr: sink,
  });
  const take = () => {
    const everything = texts.join('');
    texts = [];
    const lines = everything.split('\n').filter((line) => / level=(?:info|warning|error|fatal) /.test(line));
    return { everything, lines };
  };
  return { log, take };
}
