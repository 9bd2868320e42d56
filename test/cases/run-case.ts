/** Runs a case folder from end to end: the program, over a registry and a Git server that hold what the folder says. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runInProcess, temporaryFolder } from '../cli/start-program.ts';
import { type LogRecord, parseLogLine } from '../e2e/support/log.ts';
import { type FileTree, makeBareRepository, readBranch } from '../fakes/bare-repository.ts';
import { startGitServer } from '../fakes/git-http.ts';
import { type FakeRegistry, startFakeRegistry } from '../fakes/registry.ts';

const sample = new URL('../fixtures/cases/', import.meta.url).pathname;
const shared = new URL('../../../shared/cases/', import.meta.url).pathname;

/** In the folder that TIDEWAITER_CASES names, else in ../shared/cases, else in this repository: the first that has it. */
function caseFolder(name: string): string {
  const named = process.env['TIDEWAITER_CASES'] ?? '';
  const places = [...(named === '' ? [] : [named]), shared, sample].map((place) => join(place, name));
  return places.find((place) => existsSync(place)) ?? join(sample, name);
}

/** Names of the case folders in this repository, in order. */
export function committedCases(): readonly string[] {
  return readdirSync(sample).toSorted();
}

export interface CaseOutcome {
  readonly code: number | null;
  /** What the log says at level info and above. */
  readonly log: readonly LogRecord[];
  /** Of those the warnings and errors. */
  readonly problems: readonly LogRecord[];
  /** Path -> text on the branch `main` afterwards. */
  readonly files: Readonly<Record<string, string>>;
  /** Messages of the commits made, newest first. */
  readonly commits: readonly string[];
}

/** One cycle of the program over the case. */
export async function runCase(name: string): Promise<CaseOutcome> {
  const folder = caseFolder(name);
  const work = temporaryFolder();
  const root = join(work, 'git');
  const path = join(root, 'deploy.git');
  await makeBareRepository(path, filesBelow(join(folder, 'git')));
  const git = await startGitServer({ root });
  onTestFinished(() => git.close());
  const tags = JSON.parse(readFileSync(join(folder, 'tags.json'), 'utf8')) as TagLists;
  const registriesConf = await serveTags(tags);
  const { code, stdout, stderr } = await runInProcess([
    'run',
    '--once',
    `--applications=${copyApplications(join(folder, 'apps'), join(work, 'apps'), git.url)}`,
    `--registries-conf-path=${writeFile(work, 'registries.conf', registriesConf)}`,
    '--git-commit-message-path=',
    `--cache-dir=${join(work, 'cache')}`,
  ]);
  const log = `${stdout}${stderr}`
    .split('\n')
    .filter((line) => line !== '')
    .map(parseLogLine);
  const { files, commits } = await readBranch(path, 'main');
  return {
    code,
    log,
    problems: log.filter(({ level }) => level === 'warning' || level === 'error'),
    files,
    commits: commits.slice(0, -1).map(({ message }) => message),
  };
}

/** Image -> its tags, in the order of their creation. */
type TagLists = Readonly<Record<string, readonly string[]>>;

const firstBuildMs = Date.UTC(2025, 0, 1);
const hourMs = 3_600_000;

/** One registry for all hosts; gives the registries.conf that leads to it. */
async function serveTags(lists: TagLists): Promise<string> {
  const registry = await startFakeRegistry();
  onTestFinished(() => registry.close());
  const hosts = new Set<string>();
  for (const [image, tags] of Object.entries(lists)) {
    const slash = image.indexOf('/');
    hosts.add(image.slice(0, slash));
    pushAll(registry, image.slice(slash + 1), tags);
  }
  const registries = [...hosts].map((host) => ({ name: host, prefix: host, api_url: registry.url }));
  return JSON.stringify({ registries });
}

function pushAll(registry: FakeRegistry, repository: string, tags: readonly string[]): void {
  for (const [index, tag] of tags.entries()) {
    registry.push(repository, tag, { created: new Date(firstBuildMs + index * hourMs).toISOString() });
  }
}

function filesBelow(folder: string): FileTree {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(folder, path)).isFile(),
  );
  return Object.fromEntries(files.map((path) => [path, readFileSync(join(folder, path))]));
}

/** The Applications with the address of the Git server in them. */
function copyApplications(from: string, to: string, gitUrl: string): string {
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    writeFile(to, name, readFileSync(join(from, name), 'utf8').replaceAll('GIT_URL', gitUrl));
  }
  return to;
}

function writeFile(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
