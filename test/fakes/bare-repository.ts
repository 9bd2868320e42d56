/** Bare Git repositories for tests: made from plain files, read back as a user of the server would see them. */
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';

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

/** Makes a bare repository that allows push and partial clones; HEAD points to the branch. Returns the commit. */
export async function makeBareRepository(path: string, files: FileTree, branch = 'main'): Promise<string> {
  await mkdir(path, { recursive: true });
  await git(path, ['init', '--quiet', '--bare', `--initial-branch=${branch}`]);
  for (const [key, value] of [
    ['http.receivepack', 'true'],
    ['uploadpack.allowFilter', 'true'],
    ['receive.autogc', 'false'],
    ['gc.auto', '0'],
  ] as const) {
    await git(path, ['config', key, value]);
  }
  return await commitFiles(path, branch, files, 'initial content');
}

/** Adds a commit to a branch (made if absent, from nothing or from the commit `from`). Returns the commit. */
export async function commitFiles(
  path: string,
  branch: string,
  files: FileTree,
  message: string,
  from?: string,
): Promise<string> {
  const ref = `refs/heads/${branch}`;
  const parent =
    from ?? (await git(path, ['rev-parse', '--verify', '--quiet', ref]).catch(() => '')).toString().trim();
  const chunks: (string | Buffer)[] = [
    `commit ${ref}\ncommitter Someone <someone@example.com> 1700000000 +0000\n`,
    ...dataBlock(message),
  ];
  if (parent !== '') chunks.push(`from ${parent}\n`);
  for (const [name, content] of Object.entries(files)) chunks.push(...fileEntry(name, content));
  const stream = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk)));
  await git(path, ['fast-import', '--quiet', '--force'], stream);
  return (await git(path, ['rev-parse', ref])).toString().trim();
}

/** A merge with the content of the first parent. Returns the commit. */
export async function mergeBranch(
  path: string,
  branch: string,
  [first, ...others]: readonly string[],
  message: string,
): Promise<string> {
  const ref = `refs/heads/${branch}`;
  const head = `commit ${ref}\ncommitter Someone <someone@example.com> 1700000000 +0000\n`;
  const parents = [`from ${first}\n`, ...others.map((other) => `merge ${other}\n`)];
  const chunks = [head, ...dataBlock(message), ...parents];
  await git(
    path,
    ['fast-import', '--quiet', '--force'],
    Buffer.concat(chunks.map((chunk) => Buffer.from(chunk))),
  );
  return (await git(path, ['rev-parse', ref])).toString().trim();
}

/** So many commits on top of a branch, each of which changes one file. Returns them, the oldest first. */
export async function commitChain(
  path: string,
  branch: string,
  count: number,
  file: string,
): Promise<string[]> {
  const ref = `refs/heads/${branch}`;
  const start = (await git(path, ['rev-parse', ref])).toString().trim();
  const commits = Array.from({ length: count }, (_, index) => [
    `commit ${ref}\ncommitter Someone <someone@example.com> 1700000000 +0000\n`,
    ...dataBlock(`commit ${index}`),
    ...(index === 0 ? [`from ${start}\n`] : []),
    ...fileEntry(file, `content ${index}`),
  ]);
  const stream = Buffer.concat(commits.flat().map((chunk) => Buffer.from(chunk)));
  await git(path, ['fast-import', '--quiet', '--force'], stream);
  const list = (await git(path, ['rev-list', '--reverse', `${start}..${ref}`])).toString();
  return list.trim().split('\n');
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
  return { files: await readFiles(path, ref), commits: await readLog(path, ref) };
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
