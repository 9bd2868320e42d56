/** One push for all branches; what became of each, in our words. */
import type { PushRequest, PushResult } from '../ports/git.ts';
import type { GitCode } from '../core/base/outcome.ts';
import { findLanded } from './landed.ts';
import { foreignWords } from '../net/words/foreign-words.ts';
import { maxWords } from './session/error.ts';
import type { GitResult } from './process/group.ts';
import type { Session } from './session/session.ts';

const doing = 'push to';

/** One result each, in order. Throws `Failed` (git) only if nothing could be learnt about any branch. */
export async function pushBranches(
  session: Session,
  requests: readonly PushRequest[],
  signal: AbortSignal,
): Promise<readonly PushResult[]> {
  if (requests.length === 0) return [];
  const command = { doing, args: pushArguments(requests), signal };
  const result = await session.tryRemote(command);
  const verdicts = parsePorcelain(result.stdout.toString());
  if (verdicts.values().some(({ reason }) => lacksHistory.test(reason))) await session.renew();
  const unsure = lacksBase(result)
    ? []
    : requests.filter(({ branch }) => isUnsure(verdicts.get(refOf(branch))));
  const landed = await findLanded(session, unsure, result, signal);
  const isToldPerBranch = verdicts.size > 0 || landed.size > 0 || lacksBase(result) || isUnanswered(result);
  if (!isToldPerBranch) session.require(command, result);
  return requests.map((request) =>
    landed.has(request.branch)
      ? ({ branch: request.branch, ok: true } as const)
      : judge(session, request, verdicts, result),
  );
}

/**
 * Every branch is pushed under a lease, which stands in for the check that the push only moves forward: our commit
 * is built on the leased one. The lease overrides that check, so `--force` itself is never needed.
 */
function pushArguments(requests: readonly PushRequest[]): string[] {
  const leases = requests.map(
    ({ branch, expected }) => `--force-with-lease=${refOf(branch)}:${expected ?? ''}`,
  );
  const specs = requests.map(({ branch, commit }) => `${commit}:${refOf(branch)}`);
  return ['push', '--porcelain', '--no-verify', ...leases, 'origin', ...specs];
}

function refOf(branch: string): string {
  return `refs/heads/${branch}`;
}

interface Verdict {
  readonly ok: boolean;
  /** `[rejected] (stale info)` without the brackets of the reason: `stale info`. */
  readonly reason: string;
}

/**
 * Reads `<flag>TAB<from>:<to>TAB<summary> (<reason>)` lines, by ref (git-push(1), OUTPUT). `=`, up to date, says that
 * nothing was pushed, which is also what a push repeated by curl sees of itself.
 */
export function parsePorcelain(output: string): ReadonlyMap<string, Verdict> {
  const verdicts = new Map<string, Verdict>();
  for (const line of output.split('\n')) {
    const [flag = '', refs = '', summary = ''] = line.split('\t');
    const ref = refs.slice(refs.indexOf(':') + 1);
    if (!ref.startsWith('refs/')) continue;
    const reason = /\((.*)\)\s*$/.exec(summary)?.[1] ?? summary;
    verdicts.set(ref, { ok: flag !== '!' && flag !== '=', reason });
  }
  return verdicts;
}

function judge(
  session: Session,
  request: PushRequest,
  verdicts: ReadonlyMap<string, Verdict>,
  result: GitResult,
): PushResult {
  const { branch } = request;
  const verdict = verdicts.get(refOf(branch));
  if (verdict?.ok === true) return { branch, ok: true };
  const reason = verdict?.reason ?? '';
  const said = serverWords(result.stderr, session.secrets);
  const code = lacksBase(result) && verdict === undefined ? 'race' : codeOf(request, reason, said);
  const lacksVerdict = isUnanswered(result) && (reason === '' || isSilence(reason));
  const silence = lacksVerdict ? silenceOf(result) : 'the server did not say what became of it';
  const words = lacksVerdict ? silence : foreignWords(reason, maxWords, session.secrets) || silence;
  const text = `${said === '' ? words : `${words}: ${said}`}${meaning(code, branch, reason)}`;
  const { message } = session.failure(`push ${branch} to`, code, text);
  const advice = adviceOn(code, branch, reason);
  return { branch, ok: false, code, message, ...(lacksVerdict ? unansweredAs(result) : advice) };
}

/** `RPC failed; HTTP 413 …`, `RPC failed; curl 56 …`: the commits were sent, and what came back was no answer of git. */
const failedRequest = /RPC failed; (?:HTTP (?<status>\d+)|(?:curl |result=)(?<fault>\d+))/;

/** Without HTTP there is no more to see than that the server was gone once the commits were on their way. */
const cutConnection = /send-pack: unexpected disconnect/;

/** Statuses that tell of a login or of a server in trouble, not of what was sent. */
const isOfServer = /^(?:401|404|407|408|429|50[234])$/;
const timedOut = '28';

/** Whether less of it might have been taken. */
function isUnanswered({ ended, stderr }: GitResult): boolean {
  const { status, fault } = failedRequest.exec(stderr)?.groups ?? {};
  if (ended !== 'exit') return false;
  if (status !== undefined) return !isOfServer.test(status);
  return fault === undefined ? cutConnection.test(stderr) : fault !== timedOut;
}

function silenceOf({ stderr }: GitResult): string {
  const status = failedRequest.exec(stderr)?.groups?.['status'];
  return status === undefined
    ? 'the connection broke before the server said what became of it'
    : `answered by HTTP ${status}, which does not say what became of it`;
}

function unansweredAs({ stderr }: GitResult): { readonly unanswered: true; readonly advice?: string } {
  const isTooLarge = failedRequest.exec(stderr)?.groups?.['status'] === '413';
  return isTooLarge
    ? { unanswered: true, advice: 'let the server, or the proxy before it, take larger requests' }
    : { unanswered: true };
}

/**
 * Whether the server may have taken the branch all the same: a push that curl repeats by itself finds its own commit in
 * its way, or nothing left to do.
 */
function isUnsure(verdict: Verdict | undefined): boolean {
  if (verdict === undefined) return true;
  return isSilence(verdict.reason) || (moved.test(verdict.reason) && !seenBefore.test(verdict.reason));
}

/** What git says of a branch before it sends anything. */
const seenBefore = /stale info|fetch first|non-fast-forward|needs force/;

function isSilence(reason: string): boolean {
  return reason.includes('failed to report status');
}

/** A base that the server does not name any more cannot be left out of the pack, and we have no blobs of it. */
function lacksBase(result: GitResult): boolean {
  return result.ended === 'exit' && /unable to read [0-9a-f]{40}|bad object [0-9a-f]{40}/.test(result.stderr);
}

/** What the server says where our mirror has forgotten where its history is cut: made anew, it can be pushed from. */
const lacksHistory = /shallow update not allowed|missing necessary objects/;

const moved =
  /up to date|stale info|fetch first|non-fast-forward|cannot lock ref|failed to (update|lock) ref|already exists|incorrect old value|remote ref updated since|needs force|is at [0-9a-f]+ but expected|reference already/i;

/** `rejected`: refused for what was pushed, so that less of it may be taken. */
function codeOf(request: PushRequest, reason: string, said: string): GitCode {
  if (lacksHistory.test(reason)) return 'race';
  if (moved.test(reason)) return request.force && /stale info/.test(reason) ? 'lease' : 'race';
  if (/no space|disk|quota/i.test(`${reason} ${said}`)) return 'git';
  return reason === '' || isSilence(reason) ? 'network' : 'rejected';
}

/** What the words of git mean, where they are git's own. */
function meaning(code: GitCode, branch: string, reason: string): string {
  if (code === 'lease') return `; somebody else's commit is on ${branch}, which is left alone`;
  return code === 'rejected' && isOfContent(reason) ? '; the server does not take what is in the commit' : '';
}

function adviceOn(code: GitCode, branch: string, reason: string): { readonly advice?: string } {
  if (code !== 'rejected') return {};
  const advice = isOfContent(reason)
    ? 'check what the server allows in a commit: its size, and its checks of objects'
    : `allow this account to push to ${branch}, or push to another branch`;
  return { advice };
}

function isOfContent(reason: string): boolean {
  return reason.includes('unpacker error');
}

/** What hooks and the server printed (`remote:` lines), in one line. */
function serverWords(stderr: string, secrets: readonly string[]): string {
  const lines = stderr
    .split(/[\r\n]+/)
    .flatMap((line) => (line.startsWith('remote:') ? [line.slice('remote:'.length).trim()] : []))
    .filter((line) => line !== '' && !/^(Resolving|Compressing|Counting|Unpacking|Enumerating) /.test(line));
  return foreignWords(lines.join(' '), maxWords, secrets);
}
