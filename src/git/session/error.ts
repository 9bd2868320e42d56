/** What git said on its way out -> a code of ours, what happened, and the way out. */

import { foreignWords, withoutUserinfo } from '../../net/words/foreign-words.ts';
import { blotOut } from '../../net/words/redact.ts';
import type { GitCode } from '../../core/base/outcome.ts';
import { Failed } from '../../core/base/outcome.ts';
import { type GitResult, notFound } from '../process/group.ts';
import { symptoms } from './symptoms.ts';

/** What was being done, for messages. */
export interface GitContext {
  /** `fetch`, `push to`, `list branches of` … */
  readonly doing: string;
  readonly displayUrl: string;
  /** Texts that must not appear in any message. */
  readonly secrets: readonly string[];
  /** Where the credentials come from: `secret argocd/git-creds`, `no Argo CD repository secret matches …`. */
  readonly credentialSource: string;
  readonly timeoutMs: number;
  /** What a command that brought in too much is told by. */
  readonly storageText: string;
}

/** Signs, in commands towards a server, of a mirror that cannot be used. */
const brokenMirror =
  /not a git repository|bad object|corrupt|unable to read (tree|sha1)|could not read|inflate|packfile .* (cannot be accessed|is truncated|does not match)|pack .* (bad|invalid)|index file|invalid sha1 pointer|shallow (file|line)|bad shallow|bad config|bad numeric config|unknown repository|repositoryformatversion|is empty|missing (blob|tree|commit|object)|cannot change to|unable to (read|get) current working directory|(access|read) '[^']*config'|reading the configuration files|reference broken|broken (link|ref)|object .* not found|not a valid (object|commit)|could not parse object|does not point to a valid object|bad tree|malformed (object|tree)|unable to (create|write|open) .*(\.lock|pack|shallow)|does not exist|src refspec .* does not match/i;

/** Whether a failure may lie in the mirror itself rather than at the server. */
export function blamesMirror(result: GitResult): boolean {
  if (result.ended !== 'exit' || result.exitCode === 0) return false;
  if (/no space left on device|disk quota/i.test(result.stderr)) return false;
  return brokenMirror.test(localLines(result.stderr));
}

/** Without what the server itself said. */
function localLines(stderr: string): string {
  return stderr
    .split(/[\r\n]+/)
    .filter(
      (line) =>
        !/^(remote:|fatal: remote error|error: remote)|could not read (username|password)|could not read from remote|does not appear to be/i.test(
          line,
        ),
    )
    .join('\n');
}

/** The failure of a command that did not do what it should. Its message holds no secret. */
export function gitFailure(context: GitContext, result: GitResult): Failed {
  const start = `${context.doing} ${context.displayUrl}`;
  switch (result.ended) {
    case 'cancelled':
      return failure(context, 'cancelled', `${start}: cancelled`);
    case 'timeout':
      return failure(context, 'timeout', `${start}: no answer within ${context.timeoutMs / 1000} s`);
    case 'too-large':
      return failure(context, 'unsupported', `${start}: git sent more than we are willing to read`);
    case 'outgrown':
      return failure(context, 'unsupported', `${start}: ${context.storageText}`, enlarge);
    case 'exit':
      return symptomFailure(context, start, result);
  }
}

const enlarge = 'raise --git-max-mirror, if the repository may be that large';

/** Whether a server refuses, or hides what it has, is about who asks. */
const dependsOnLogin: ReadonlySet<GitCode> = new Set(['authentication', 'not-found']);

function symptomFailure(context: GitContext, start: string, result: GitResult): Failed {
  if (result.exitCode === notFound) {
    return failure(context, 'unsupported', `${start}: the program git cannot be started`, 'install git');
  }
  const words = hostKeyWords(result.stderr) ?? gitWords(result.stderr, context.secrets);
  const symptom = symptoms.find(({ pattern }) => pattern.test(result.stderr));
  if (symptom === undefined)
    return failure(context, 'git', `${start}: ${words || `git ended with ${result.exitCode}`}`);
  const asWhom = dependsOnLogin.has(symptom.code) ? ` (${context.credentialSource})` : '';
  return failure(context, symptom.code, `${start}: ${words}${asWhom}`, symptom.advice);
}

/** A failure that starts like all of them and holds no secret. */
export function failure(context: GitContext, code: GitCode, message: string, advice?: string): Failed {
  const repo = context.displayUrl;
  const safe = blotOut(withoutUserinfo(message), context.secrets);
  return new Failed({ kind: 'git', code, message: safe, repo, ...(advice === undefined ? {} : { advice }) });
}

/** ssh warns on twenty lines, and cuts none of them; what matters is which key it was shown. */
function hostKeyWords(stderr: string): string | undefined {
  if (!/remote host identification has changed/i.test(stderr)) return undefined;
  const [, kind = 'a'] = /fingerprint for the (\S{1,20}) key/.exec(stderr) ?? [];
  const [fingerprint = 'of unknown fingerprint'] = /SHA256:[A-Za-z0-9+/]{43}=?/.exec(stderr) ?? [];
  return `the host shows ${kind} key ${fingerprint}, which is not the known one: perhaps another machine answers`;
}

export const maxWords = 400; // a hook may print a book

/** What git says of a 401, since it may ask nobody for another login. */
const askedForLogin = /^could not read (username|password) for .*terminal prompts disabled$/i;

/** Git's own words in one short line: without hints, progress, secrets and control characters. */
export function gitWords(stderr: string, secrets: readonly string[]): string {
  const lines = stderr
    .split(/[\r\n]+/)
    .map((line) =>
      line
        .replace(/^(fatal|error):\s*/i, '')
        .replace(/ CAfile: \S+ CRLfile: \S+/, '')
        .trim(),
    )
    .map((line) => (askedForLogin.test(line) ? '401 unauthorized' : line))
    .filter((line) => line !== '' && !/^(hint:|warning:|From |To |Done$)|^\s*[*+!=-]?\s*\[/.test(line))
    .filter((line) => !/please make sure you have the correct access|and the repository exists/i.test(line));
  return foreignWords(lines.join(', '), maxWords, secrets);
}
