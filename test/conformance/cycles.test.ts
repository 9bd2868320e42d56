/** Whole cycles: 0.18's commits, patches and events for one Application each. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { applyPatch } from 'diff';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { type BranchState, git, makeBareRepository, readBranch } from '../fakes/bare-repository.ts';
import { startGitServer } from '../fakes/git-http.ts';
import { type KubeApi, type ObjectSeed, startKubeApi } from '../fakes/kube-api.ts';
import { startFakeRegistry } from '../fakes/registry.ts';
import { makeTestRunCycle } from '../fakes/world.ts';
import { isShipped, runInProcess, runToEnd } from '../cli/start-program.ts';
import type { PlanDocument } from '../../src/cli/plan/plan-document.ts';
import { conformanceRows } from './tables.ts';

interface CycleRow {
  readonly id: string;
  readonly target: string;
  readonly registry: Readonly<
    Record<
      string,
      {
        readonly tags: Readonly<Record<string, string>>;
        readonly manifests: Readonly<Record<string, { readonly mediaType: string; readonly body: string }>>;
        readonly blobs: Readonly<Record<string, string>>;
      }
    >
  >;
  readonly files: Readonly<Record<string, string>>;
  readonly application: {
    readonly metadata: { readonly name: string; readonly namespace: string };
    readonly spec: { readonly source: unknown };
  };
  readonly expect: {
    readonly branches: Readonly<
      Record<
        string,
        {
          readonly files: Readonly<Record<string, string>>;
          readonly commits: readonly {
            readonly subject: string;
            readonly body: string;
            readonly author: string;
            readonly email: string;
          }[];
        }
      >
    >;
    readonly source: unknown;
    readonly events: readonly { readonly annotations: Readonly<Record<string, string>> }[];
    readonly refused?: unknown;
  };
}

const username = 'bot';
const password = 'conformance-password';
const rows = conformanceRows<CycleRow>('cycles.json');

/** Whoever takes this long hangs: on a busy machine a row may take seconds. */
const hangMs = 600_000 + 10_000 * rows.length;

/** The one commit that every repository starts with. */
const startingCommits = 1;

let folder = '';
let kube: KubeApi;
let gitUrl = '';
/** What was planned before anything was written. */
let plan: PlanDocument;
/** Branches that the plan left behind at the servers. */
let touched: readonly (readonly string[])[] = [];
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewaiter-cycles-'));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  const registry = await startFakeRegistry({
    repositories: Object.assign({}, ...rows.map((row) => row.registry)),
  });
  closers.push(() => registry.close());
  const root = join(folder, 'git');
  const server = await startGitServer({ root, auth: { username, password } });
  closers.push(() => server.close());
  gitUrl = server.url;
  for (const row of rows) await makeBareRepository(join(root, `${row.id}.git`), row.files);
  kube = await startKubeApi({ objects: [...secrets(), ...rows.map(applicationOf)] });
  closers.push(() => kube.stop());
  const kubeconfigPath = kube.kubeconfig(join(folder, 'kubeconfig'), { namespace: 'argocd' });
  const registriesConf = `registries:\n- name: conformance\n  prefix: registry.example.test\n  api_url: ${registry.url}\n`;
  await writeFile(join(folder, 'registries.conf'), registriesConf);
  const { code, stdout, stderr } = await runInProcess([
    'plan',
    '--output=json',
    ...flags(kubeconfigPath, 'plan'),
  ]);
  if (code !== 2) throw new Error(`plan ended with ${code}: ${stderr}`);
  plan = JSON.parse(stdout) as PlanDocument;
  touched = await Promise.all(rows.map(async (row) => Object.keys(await writtenBranches(repositoryOf(row)))));
  await runOneCycle(kubeconfigPath, registriesConf);
}, hangMs);

function flags(kubeconfigPath: string, cache: string): readonly string[] {
  return [
    `--kubeconfig=${kubeconfigPath}`,
    `--registries-conf-path=${join(folder, 'registries.conf')}`,
    '--git-commit-message-path=',
    `--cache-dir=${join(folder, cache)}`,
  ];
}

/** Where a build is tested, by the program as it ships. */
async function runOneCycle(kubeconfigPath: string, registriesConf: string): Promise<void> {
  if (isShipped) {
    const argv = ['run', '--once', ...flags(kubeconfigPath, 'cache')];
    await runToEnd(argv, {}, { expects: [/^/] }); // some rows are about what fails
    return;
  }
  const runCycle = makeTestRunCycle({ folder, kubeconfigPath, registriesConf });
  closers.push(() => runCycle.close());
  await runCycle.run();
}

afterAll(async () => {
  for (const close of closers.toReversed()) await close();
});

function secrets(): readonly ObjectSeed[] {
  const encode = (value: string): string => Buffer.from(value).toString('base64');
  const credentials = { username: encode(username), password: encode(password) };
  return [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'conformance-git',
        namespace: 'argocd',
        labels: { 'argocd.argoproj.io/secret-type': 'repo-creds' },
      },
      data: { ...credentials, url: encode(gitUrl), type: encode('git') },
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'git-creds', namespace: 'argocd' },
      data: credentials,
    },
  ];
}

function applicationOf(row: CycleRow): ObjectSeed {
  const text = JSON.stringify(row.application).replaceAll('GIT_URL', gitUrl);
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    ...(JSON.parse(text) as object),
  } as ObjectSeed;
}

const isRefused = ({ expect: { refused } }: CycleRow): boolean => refused !== undefined;

describe.each(titled(rows.filter((row) => !isRefused(row))))('cycle $id ($target)', ({ row }) => {
  it('leaves the same branches', async () => {
    const written = await writtenBranches(repositoryOf(row));
    expect(Object.keys(written).toSorted()).toEqual(Object.keys(row.expect.branches).toSorted());

    for (const [branch, wanted] of Object.entries(row.expect.branches)) {
      const found = written[branch];
      if (found === undefined) throw new Error(`no branch ${branch}`);
      expect(commitsOf(found)).toEqual(wanted.commits);
      expectFiles(row, found, wanted.files);
    }
  });

  it('leaves the same source in the live object', () => {
    expect(liveSource(row)).toEqual(
      JSON.parse(JSON.stringify(row.expect.source).replaceAll('GIT_URL', gitUrl)),
    );
  });

  it('tells the same events', () => {
    const events = kube.objects
      .all('events')
      .filter(({ involvedObject }) => (involvedObject as { name?: string }).name === row.id);
    expect(
      events.map(({ reason, type, message, metadata }) => ({
        reason,
        type,
        message,
        annotations: metadata['annotations'],
      })),
    ).toEqual(row.expect.events);
  });
});

/** 0.18 was refused by Git; a table may hold no such row. */
it.each(titled(rows.filter(isRefused)))(
  'cycle $id ($target) commits to a valid branch name',
  async ({ row }) => {
    const written = Object.entries(await writtenBranches(repositoryOf(row)));

    expect(written).toHaveLength(1);
    const [name = '', state] = written[0] ?? [];
    expect(name).not.toContain(':');
    expect(state?.commits).toHaveLength(startingCommits + 1);
  },
);

describe('plan, before the cycle', () => {
  it('writes nothing, and plans the commits that the cycle makes, to the byte', async () => {
    expect(touched.flat()).toEqual([]);
    const planned = new Map(plan.commits.map((commit) => [commit.application, commit]));
    let compared = 0;
    for (const row of rows) {
      const commit = planned.get(`${row.application.metadata.namespace}/${row.id}`);
      const written = Object.entries(await writtenBranches(repositoryOf(row)));
      expect([row.id, commit?.branch]).toEqual([row.id, written[0]?.[0]]);
      if (commit === undefined) continue;
      const [state] = written.map(([, branch]) => branch);
      expect(commit.message).toBe(state?.commits[0]?.message);
      const files = new Map(Object.entries(row.files));
      for (const { path, diff } of commit.files) {
        const after = applyPatch(files.get(path) ?? '', diff, { autoConvertLineEndings: false });
        files.set(path, after === false ? `not applicable:\n${diff}` : after);
      }
      expect(Object.fromEntries(files)).toEqual(state?.files);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(rows.length / 4);
  });

  it('plans the patches that the cycle makes', () => {
    const planned = plan.patches.map(({ application }) => application.slice(application.indexOf('/') + 1));
    const patched = rows.filter((row) => !isDeepStrictEqual(liveSource(row), givenSource(row)));

    expect(planned.toSorted()).toEqual(patched.map(({ id }) => id).toSorted());
    expect(patched.length).toBeGreaterThan(rows.length / 10);
    for (const row of patched) {
      const { operations = [] } = plan.patches[planned.indexOf(row.id)] ?? {};
      for (const operation of operations) {
        if (operation.op === 'add' || operation.op === 'replace')
          expect(valueAt(liveSource(row), operation.path)).toEqual(asStored(operation.value));
      }
    }
  });
});

function givenSource(row: CycleRow): unknown {
  return (applicationOf(row)['spec'] as { readonly source: unknown }).source;
}

/** A server leaves out a field that is false. */
function asStored(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, field: unknown) => (field === false ? undefined : field)));
}

/** What a pointer into `/spec/source` leads to. */
function valueAt(source: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(3)
    .reduce((node: unknown, key) => (node as Record<string, unknown> | undefined)?.[key], source);
}

function titled(some: readonly CycleRow[]) {
  return some.map((row) => ({ id: row.id, target: row.target, row }));
}

function repositoryOf({ id }: CycleRow): string {
  return join(folder, 'git', `${id}.git`);
}

function liveSource({ id }: CycleRow): unknown {
  const live = kube.objects.all('applications').find(({ metadata }) => metadata.name === id);
  const spec = live?.['spec'] as { readonly source: unknown } | undefined;
  return spec?.source;
}

/** Branches with commits of ours. */
async function writtenBranches(repository: string): Promise<Record<string, BranchState>> {
  const names = (
    await git(repository, ['for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads'])
  ).toString();
  const written: Record<string, BranchState> = {};
  for (const name of names.split('\n').filter((line) => line !== '')) {
    const state = await readBranch(repository, name);
    if (state.commits.length > startingCommits) written[name] = state;
  }
  return written;
}

function commitsOf(state: BranchState): readonly unknown[] {
  return state.commits.slice(0, -startingCommits).map(({ message, author }) => {
    const [subject = '', ...rest] = message.split('\n');
    return { subject, body: rest.join('\n').trim(), author: author.name, email: author.email };
  });
}

function expectFiles(row: CycleRow, found: BranchState, wanted: Readonly<Record<string, string>>): void {
  const changed = Object.fromEntries(
    Object.entries(found.files).filter(([path, text]) => row.files[path] !== text),
  );
  if (row.target !== 'helmvalues' && row.target !== 'kustomization') {
    expect(changed).toEqual(wanted);
    return;
  }
  expect(Object.keys(changed).toSorted()).toEqual(Object.keys(wanted).toSorted());
  for (const [path, text] of Object.entries(wanted)) {
    const ours = changed[path] ?? '';
    expect(meaning(ours)).toEqual(meaning(text));
    expectOtherLinesKept(row.files[path] ?? '', ours);
  }
}

/** What a file says, with an absent `newName` standing for `name`. */
function meaning(text: string): unknown {
  const value = parseDocument(text, { uniqueKeys: false, merge: true }).toJS() as { images?: unknown };
  if (!Array.isArray(value?.images)) return value;
  const images = value.images.map((image: unknown) =>
    typeof image === 'object' && image !== null && 'name' in image
      ? { newName: image.name, ...image }
      : image,
  );
  return { ...value, images };
}

/** Every line of the original that holds no changed value is there byte for byte, in order. */
function expectOtherLinesKept(before: string, after: string): void {
  const lines = after.split('\n');
  const lost: string[] = [];
  let at = 0;
  for (const line of before.split('\n')) {
    const next = lines.indexOf(line, at);
    if (next === -1) lost.push(line);
    else at = next + 1;
  }
  const then = leavesOf(before);
  const now = leavesOf(after);
  const changed = [...then].filter(([path, value]) => now.get(path) !== value);
  expect(lost.filter((line) => !changed.some(([path, value]) => holds(line, path, value)))).toEqual([]);
}

function holds(line: string, path: string, value: string): boolean {
  const key = path.slice(path.lastIndexOf('/') + 1);
  return line.includes(key) && line.includes(value);
}

/** Scalars and empty collections by path; an empty text for what has no text of its own. */
function leavesOf(text: string): ReadonlyMap<string, string> {
  const leaves = new Map<string, string>();
  const visit = (value: unknown, path: string): void => {
    const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    if (entries.length === 0) leaves.set(path, typeof value === 'string' ? value : '');
    for (const [key, child] of entries) visit(child, `${path}/${key}`);
  };
  visit(parseDocument(text, { uniqueKeys: false, schema: 'failsafe' }).toJS(), '');
  return leaves;
}
