/** Bare Git repositories for tests: made from plain files, read back as a user of the server would see them. */
import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Text or bytes of a regular file; or a file with another mode. A `link` is a symlink, a `submodule` a commit id. */
export type FileContent =
  | string
  | Buffer
  | { readonly content: string | Buffer; readonly executable: boolean }
  | { readonly link: string }
  | { readonly submodule: string }
  | { readonly deleted: true };

export type FileTree = Readonly<Record<string, FileContent>>;

export interface BranchCommit {
  readonly sha: string;
  /** Whole message as stored. */
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string };
  readonly committer: { readonly name: string; readonly email: string };
}

export interface BranchState {
  /** Path -> text of every regular file. */
  readonly files: Readonly<Record<string, string>>;
  /** Newest first. */
  readonly commits: readonly BranchCommit[];
}

/** Environment in which no setting of the machine's user has a say. */
const plainEnvironment = {
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
};

/** Runs git in a repository; rejects with its error output. */
export async function git(path: string, args: readonly string[], input = Buffer.alloc(0)): Promise<Buffer> {
  const child = spawn('git', ['-C', path, ...args], { env: plainEnvironment });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on('error', () => undefined); // git may end before it has read everything
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`git ${args.join(' ')}: ${code} ${Buffer.concat(stderr).toString()}`);
  return Buffer.concat(stdout);
}

/** What `git init --bare` writes, and that the server lets clients push and leave blobs out. */
const bareConfig = `[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = true
[http]
\treceivepack = true
[uploadpack]
\tallowFilter = true
[receive]
\tautogc = false
[gc]
\tauto = 0
`;

/**
 * Makes a bare repository that allows push and partial clones; HEAD points to the branch. Returns the commit.
 * Its files are written here: as many git processes as there are settings would take longer than most tests.
 */
export async function makeBareRepository(path: string, files: FileTree, branch = 'main'): Promise<string> {
  for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags'])
    await mkdir(join(path, folder), { recursive: true });
  await writeFile(join(path, 'config'), bareConfig);
  await writeFile(join(path, 'HEAD'), `ref: refs/heads/${branch}\n`);
  return await importCommit(path, branch, { files, message: 'initial content', parents: [] });
}

/** Adds a commit to a branch (made if absent, from nothing or from the commit `from`). Returns the commit. */
export async function commitFiles(
  path: string,
  branch: string,
  files: FileTree,
  message: string,
  from?: string,
): Promise<string> {
  const parent = from ?? (await headOf(path, branch));
  return await importCommit(path, branch, { files, message, parents: parent === undefined ? [] : [parent] });
}

/** undefined: there is no such branch. */
async function headOf(path: string, branch: string): Promise<string | undefined> {
  const ref = `refs/heads/${branch}`;
  const loose = await readFile(join(path, ref), 'utf8').catch(() => undefined);
  if (loose !== undefined) return loose.trim();
  const found = await git(path, ['rev-parse', '--verify', '--quiet', ref]).catch(() => undefined);
  return found?.toString().trim();
}

interface NewCommit {
  readonly message: string;
  /** The first one's files are those of the commit, but for `files`. */
  readonly parents: readonly string[];
  readonly files: FileTree;
}

async function importCommit(
  path: string,
  branch: string,
  { message, parents, files }: NewCommit,
): Promise<string> {
  const [first, ...others] = parents;
  const made = await importStream(path, [
    ...commitHead(branch, message, ':1'),
    ...(first === undefined ? [] : [`from ${first}\n`]),
    ...others.map((other) => `merge ${other}\n`),
    ...Object.entries(files).flatMap(([name, content]) => fileEntry(name, content)),
    'get-mark :1\n',
  ]);
  return made.trim();
}

function commitHead(branch: string, message: string, mark?: string): (string | Buffer)[] {
  return [
    `commit refs/heads/${branch}\n`,
    ...(mark === undefined ? [] : [`mark ${mark}\n`]),
    'committer Someone <someone@example.com> 1700000000 +0000\n',
    ...dataBlock(message),
  ];
}

/** What it says of marks. No process of its own takes small packs apart, and nothing waits for the disk. */
async function importStream(path: string, chunks: readonly (string | Buffer)[]): Promise<string> {
  const settings = ['-c', 'fastimport.unpackLimit=0', '-c', 'core.fsync=none'];
  const stream = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk)));
  return (await git(path, [...settings, 'fast-import', '--quiet', '--force'], stream)).toString();
}

/** A merge with the content of the first parent. Returns the commit. */
export async function mergeBranch(
  path: string,
  branch: string,
  parents: readonly string[],
  message: string,
): Promise<string> {
  return await importCommit(path, branch, { files: {}, message, parents });
}

/** So many commits on top of a branch, each of which changes one file. Returns them, the oldest first. */
export async function commitChain(
  path: string,
  branch: string,
  count: number,
  file: string,
): Promise<string[]> {
  const start = (await git(path, ['rev-parse', `refs/heads/${branch}`])).toString().trim();
  const commits = Array.from({ length: count }, (_, index) => [
    ...commitHead(branch, `commit ${index}`, `:${index + 1}`),
    ...(index === 0 ? [`from ${start}\n`] : []),
    ...fileEntry(file, `content ${index}`),
    `get-mark :${index + 1}\n`,
  ]);
  return (await importStream(path, commits.flat())).trim().split('\n');
}

function fileEntry(name: string, content: FileContent): (string | Buffer)[] {
  if (typeof content === 'string' || Buffer.isBuffer(content)) {
    return [`M 100644 inline ${JSON.stringify(name)}\n`, ...dataBlock(content)];
  }
  if ('deleted' in content) return [`D ${JSON.stringify(name)}\n`];
  if ('link' in content) return [`M 120000 inline ${JSON.stringify(name)}\n`, ...dataBlock(content.link)];
  if ('submodule' in content) return [`M 160000 ${content.submodule} ${JSON.stringify(name)}\n`];
  const mode = content.executable ? '100755' : '100644';
  return [`M ${mode} inline ${JSON.stringify(name)}\n`, ...dataBlock(content.content)];
}

function dataBlock(content: string | Buffer): (string | Buffer)[] {
  return [`data ${Buffer.byteLength(content)}\n`, content, '\n'];
}

/** Files and history of a branch as they are now. */
export async function readBranch(path: string, branch: string): Promise<BranchState> {
  const ref = `refs/heads/${branch}`;
  const [files, commits] = await Promise.all([readFiles(path, ref), readLog(path, ref)]);
  return { files, commits };
}

async function readFiles(path: string, ref: string): Promise<Record<string, string>> {
  const listing = (await git(path, ['ls-tree', '-r', '-z', ref])).toString();
  const entries = listing.split('\0').filter((line) => line.startsWith('100'));
  const files: Record<string, string> = {};
  const ids = entries.map((line) => line.slice(0, line.indexOf('\t')).split(' ')[2] ?? '');
  const contents = await git(path, ['cat-file', '--batch'], Buffer.from(ids.map((id) => `${id}\n`).join('')));
  let offset = 0;
  for (const line of entries) {
    const headEnd = contents.indexOf('\n', offset);
    const size = Number(contents.toString('utf8', offset, headEnd).split(' ')[2]);
    files[line.slice(line.indexOf('\t') + 1)] = contents.toString('utf8', headEnd + 1, headEnd + 1 + size);
    offset = headEnd + size + 2;
  }
  return files;
}

async function readLog(path: string, ref: string): Promise<BranchCommit[]> {
  const format = ['%H', '%an', '%ae', '%cn', '%ce', '%B'].join('%x01');
  const log = (await git(path, ['log', '-z', `--format=tformat:${format}`, ref])).toString();
  return log
    .split('\0')
    .filter((record) => record !== '')
    .map((record) => {
      const [sha = '', name = '', email = '', committer = '', committerEmail = '', message = ''] =
        record.split('\x01');
      return { sha, message, author: { name, email }, committer: { name: committer, email: committerEmail } };
    });
}
