/** Builds commits without a work tree: all of them in one fast-import, and signed ones once more with a signature. */
import type { CommitRequest } from '../ports/git.ts';
import { withTrailers } from '../core/commit-message.ts';
import { Failed } from '../core/base/outcome.ts';
import { gitPathProblem } from '../core/base/repository-path.ts';
import { trackedRefs } from './mirror/mirror.ts';
import { cleanIdentity, type Identity } from './session/identity.ts';
import type { Session } from './session/session.ts';

export interface CommitSettings {
  readonly author: Identity;
  readonly signOff: boolean;
  readonly signing?: { readonly method: 'openpgp' | 'ssh'; readonly key: string };
}

interface CommitTime {
  readonly session: Session;
  readonly settings: CommitSettings;
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** Commit i is result i. Throws `Failed`: `signing` where a signature is wanted and cannot be had. */
export async function buildCommits(
  session: Session,
  settings: CommitSettings,
  requests: readonly CommitRequest[],
  nowMs: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (requests.length === 0) return [];
  const time = { session, settings: checked(settings), seconds: Math.floor(nowMs / 1000), signal };
  const unsigned = await importCommits(time, requests);
  return settings.signing === undefined
    ? unsigned
    : await signCommits(time, settings.signing, requests, unsigned);
}

function checked(settings: CommitSettings): CommitSettings {
  const author = cleanIdentity(settings.author);
  if (author.name !== '' && author.email !== '') return { ...settings, author };
  const message = 'git user and email: expected both to be set, commits are made in their name';
  throw new Failed({ kind: 'config', message });
}

async function importCommits(
  time: CommitTime,
  requests: readonly CommitRequest[],
): Promise<readonly string[]> {
  const { session, signal } = time;
  const input = Buffer.concat(requests.flatMap((request, index) => commitCommands(time, request, index)));
  const args = ['fast-import', '--quiet', '--force'];
  const { stdout } = await session.local({ doing: 'commit to', args, input, signal });
  const commits = stdout.toString().trim().split('\n');
  if (commits.length === requests.length && commits.every((id) => /^[0-9a-f]{40}$/.test(id))) return commits;
  throw session.failure('commit to', 'git', 'git did not name the commits it made');
}

/** git-fast-import(1). The ref that a commit needs is taken back at once: what we made is kept by the push. */
function commitCommands(time: CommitTime, request: CommitRequest, index: number): Buffer[] {
  const { name, email } = time.settings.author;
  const ref = `${trackedRefs}/made-${index}`;
  const person = `${name} <${email}> ${time.seconds} +0000\n`;
  const parent = typeof request.parent === 'number' ? `:${request.parent + 1}` : request.parent;
  const text = (line: string): Buffer => Buffer.from(line);
  return [
    text(`commit ${ref}\nmark :${index + 1}\nauthor ${person}committer ${person}`),
    ...dataCommand(text(messageOf(time.settings, request))),
    text(`from ${parent}\n`),
    ...request.files.flatMap((file) => fileCommands(file)),
    text(`get-mark :${index + 1}\nreset ${ref}\nfrom ${'0'.repeat(40)}\n\n`),
  ];
}

function fileCommands(file: CommitRequest['files'][number]): Buffer[] {
  const problem = file.path === '' ? 'it has no name' : gitPathProblem(file.path);
  if (problem !== undefined)
    throw new Failed({ kind: 'edit', message: `${file.path}: ${problem}`, path: file.path });
  const path = file.path.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  const mode = file.executable ? '100755' : '100644';
  return [Buffer.from(`M ${mode} inline "${path}"\n`), ...dataCommand(file.bytes)];
}

function dataCommand(bytes: Buffer): Buffer[] {
  return [Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n')];
}

function messageOf({ signOff, author }: CommitSettings, request: CommitRequest): string {
  if (!signOff) return request.message;
  return withTrailers(request.message, [`Signed-off-by: ${author.name} <${author.email}>`]);
}

/** fast-import cannot sign, so each commit is made once more from its finished tree. */
async function signCommits(
  time: CommitTime,
  signing: NonNullable<CommitSettings['signing']>,
  requests: readonly CommitRequest[],
  unsigned: readonly string[],
): Promise<readonly string[]> {
  const signed: string[] = [];
  for (const [index, request] of requests.entries()) {
    const parent = typeof request.parent === 'number' ? (signed[request.parent] ?? '') : request.parent;
    const { stdout } = await time.session.local({
      doing: 'sign a commit to',
      args: ['commit-tree', `-S${signing.key}`, '-p', parent, '-F', '-', `${unsigned[index]}^{tree}`],
      config: [`gpg.format=${signing.method}`],
      environment: identityEnvironment(time),
      input: messageOf(time.settings, request),
      startsOthers: true, // gpg or ssh-keygen
      signal: time.signal,
    });
    signed.push(stdout.toString().trim());
  }
  return signed;
}

function identityEnvironment({ settings, seconds }: CommitTime): Record<string, string> {
  const { name, email } = settings.author;
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_AUTHOR_DATE: `@${seconds} +0000`,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
    GIT_COMMITTER_DATE: `@${seconds} +0000`,
  };
}
