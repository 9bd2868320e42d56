/** Histories in real repositories, and what is judged of them. */
import type { Candidate } from '../../../../src/core/strategy/selection.ts';
import { Histories } from '../../../../src/app/repository/histories.ts';
import { judgeRollback, type RollbackJudgement } from '../../../../src/app/policy/rollback/judge-rollback.ts';
import { makeRollbackJudge } from '../../../../src/app/policy/rollback/make-judge.ts';
import { SpecHistory } from '../../../../src/app/policy/rollback/spec-history.ts';
import { SpecRecords } from '../../../../src/app/policy/rollback/spec-records.ts';
import type { RollbackMemory } from '../../../../src/app/policy/rollback/facts.ts';
import type { RollbackSubject } from '../../../../src/app/policy/rollback/subject.ts';
import { potentialOf } from '../../../../src/app/read/potential.ts';
import { defaultCommitTemplate } from '../../../../src/core/commit-message.ts';
import { readConfig } from '../../../../src/core/config/annotations.ts';
import { optionalProperty } from '../../../../src/core/base/optional-property.ts';
import { settle } from '../../../../src/core/base/settle.ts';
import { formatVersion } from '../../../../src/core/policy/rollback/lines/image-version.ts';
import { formatChange } from '../../../../src/core/policy/rollback/lines/change-line.ts';
import { parseVersionText } from '../../../../src/core/policy/rollback/lines/image-version.ts';
import type { ImagePolicies } from '../../../../src/core/policy/settings.ts';
import type { Scope } from '../../../../src/core/policy/rollback/judging.ts';
import { parseTemplate } from '../../../../src/core/template/template.ts';
import type { GitRepository } from '../../../../src/ports/git.ts';
import { anApplication } from '../../../core/applications.ts';
import { aRef, valueOf } from '../../../core/builders.ts';
import { git } from '../../../fakes/bare-repository.ts';
import { filesInPlace } from '../../../fakes/file-work.ts';
import { aGit, fetchHead, never, openRepository, ourAuthor, temporaryFolder } from '../../../git/builders.ts';
import { makeBareRepository } from '../../../fakes/bare-repository.ts';
import { join } from 'node:path';

export const path = 'apps/web/values.yaml';
const key = 'image.tag';
const secondsAtStart = 1_700_000_000;

/** `o` we with a line, `r` we without, `b` we on behalf of a person, `h` somebody else. */
export interface Move {
  readonly by: 'o' | 'r' | 'b' | 'h';
  /** Of the file; absent: nothing changes. */
  readonly version?: string;
  readonly path?: string;
  /** Branch of the line. */
  readonly branch?: string;
  readonly message?: string;
  readonly deletes?: string;
  /** Positions of moves; absent: the one before. */
  readonly parents?: readonly number[];
}

export function moves(text: string): readonly Move[] {
  return text.split(', ').map((word) => {
    const [by = '', version = ''] = word.split(' ');
    return { by: by as Move['by'], version };
  });
}

/** Writes the moves as commits of `main`, in one go, one minute apart. Returns their ids. */
export async function importMoves(bare: string, history: readonly Move[]): Promise<readonly string[]> {
  const commands = history.map((move, index) => commandsOf(move, index, history));
  await git(bare, ['fast-import', '--quiet', '--force'], Buffer.from(commands.join('')));
  const text = (await git(bare, ['rev-list', '--reverse', '--topo-order', 'main'])).toString();
  return text.trim().split('\n');
}

function commandsOf(move: Move, index: number, history: readonly Move[]): string {
  const isOurs = move.by !== 'h';
  const who = isOurs ? `${ourAuthor.name} <${ourAuthor.email}>` : 'Ann <ann@example.com>';
  const message = `${move.message ?? messageOf(move, versionBefore(index, history))}\n`;
  const parents = move.parents ?? (index === 0 ? [] : [index - 1]);
  const file = move.path ?? path;
  return [
    'commit refs/heads/main\n',
    `mark :${index + 1}\n`,
    `author ${who} ${secondsAtStart + index * 60} +0000\n`,
    `committer ${who} ${secondsAtStart + index * 60} +0000\n`,
    `data ${Buffer.byteLength(message)}\n${message}\n`,
    ...parents.map((at, i) => `${i === 0 ? 'from' : 'merge'} :${at + 1}\n`),
    ...(move.deletes === undefined ? [] : [`D ${move.deletes}\n`]),
    ...fileOf(move, file, index),
  ].join('');
}

function fileOf({ version, by }: Move, file: string, index: number): readonly string[] {
  const name = version === undefined ? `quiet/${index % 10}` : file;
  const text =
    version === undefined ? `${index}\n` : `image:\n  tag: ${JSON.stringify(version)} # ${by}${index}\n`;
  return [`M 100644 inline ${name}\ndata ${Buffer.byteLength(text)}\n${text}\n`];
}

function versionBefore(index: number, history: readonly Move[]): string {
  return history.slice(0, index).findLast(({ version }) => version !== undefined)?.version ?? '-';
}

function messageOf({ by, version, branch = 'main', path: file = path }: Move, from: string): string {
  if (by === 'h' || version === undefined) return 'by hand';
  const text = `build: automatic update of web\n\nupdates image acme/web tag '${from}' to '${version}'\n`;
  if (by === 'r') return text;
  const place = { branch, path: file, key };
  const line = formatChange({ place, from: parseVersionText(from), to: parseVersionText(version) });
  const behalf = by === 'b' ? '\nImage-Updater-By: ann' : '';
  return `${text}\nImage-Updater-Application: argocd/web\n${line}${behalf}`;
}

export async function arrange(history: readonly Move[]) {
  const root = await temporaryFolder();
  const bare = join(root, 'deploy.git');
  await makeBareRepository(bare, { start: 'x' }, 'other');
  const commits = await importMoves(bare, history);
  await git(bare, ['symbolic-ref', 'HEAD', 'refs/heads/main']);
  const repository = await openRepository(aGit(join(root, 'cache')), bare);
  return { bare, commits, repository };
}

export interface Asked {
  readonly constraint?: string;
  readonly policies?: ImagePolicies;
  readonly memory?: Partial<RollbackMemory>;
  readonly base?: string;
  readonly branch?: string;
  readonly scope?: Scope;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly nowMs?: number;
  readonly held?: string;
  /** Of the Application, as `readState` reads it. */
  readonly state?: string;
}

const respects: ImagePolicies = { respectsRollback: { value: true, source: 'annotation rollback' } };

export function subjectOf({
  constraint,
  policies = {},
  annotations = {},
  held,
  state,
}: Asked): RollbackSubject {
  const app = anApplication({
    ...optionalProperty('state', state),
    annotations: {
      'image-list': `web=ghcr.io/acme/web${constraint === undefined ? '' : `:${constraint}`}`,
      'write-back-method': 'git',
      'write-back-target': 'helmvalues:values.yaml',
      'web.helm.image-tag': key,
      ...annotations,
    },
  });
  const config = readConfig(app, { argocdNamespace: 'argocd', defaultPlatform: 'linux/amd64' });
  const [image] = config.images.map((configured) => valueOf(configured.image));
  if (image === undefined) throw new Error('no image');
  const at = held === undefined ? {} : { held: aRef(`ghcr.io/acme/web:${held}`) };
  return { config, image, policies: { ...respects, ...policies }, ...at };
}

export function memoryOf(memory: Partial<RollbackMemory> = {}): RollbackMemory {
  return { commitTemplate: valueOf(parseTemplate(defaultCommitTemplate)), ...memory };
}

export async function judgeIn(repository: GitRepository, asked: Asked = {}): Promise<RollbackJudgement> {
  const subject = subjectOf(asked);
  const { writeBack } = subject.config;
  if (!writeBack.ok || writeBack.value.kind !== 'git') throw new Error('no git');
  const { edit } = potentialOf(subject.config, writeBack.value);
  const head = await fetchHead(repository, asked.branch);
  const { base = 'main', scope = 'base', nowMs = secondsAtStart * 1000 + 86_400_000 } = asked;
  const place = { repository, histories: new Histories(repository), base, head, scope, edit };
  return await judgeRollback(subject, place, {
    files: filesInPlace,
    memory: memoryOf(asked.memory),
    nowMs,
    signal: never,
  });
}

/** `free`, `unread`, or the code with what was taken back. */
export function told(judged: RollbackJudgement): string {
  if (judged.kind !== 'taken-back') return judged.kind;
  return [judged.taken.code, ...judged.taken.versions.map(formatVersion)].join(' ');
}

/** Codes and sentences of what withholds a candidate. */
export async function verdictsOn(
  repository: GitRepository,
  candidate: Candidate,
  asked: Asked = {},
): Promise<readonly string[]> {
  const read = () => settle(() => judgeIn(repository, asked));
  const specHistory = new SpecHistory(new SpecRecords({}, never));
  const judge = valueOf(
    await makeRollbackJudge(subjectOf(asked), { memory: memoryOf(asked.memory), read, specHistory }),
  );
  const verdicts = valueOf(await judge(candidate));
  return verdicts.map(({ code, reason, ends, by }) => `${code}: ${reason} (${by}); ${ends}`);
}
