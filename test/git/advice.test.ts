/** A failure says what happened; its advice, what to do: neither repeats the other. */
import { describe, expect, it } from 'vitest';
import { locateBase } from '../../src/app/repository/locate.ts';
import type { Failure } from '../../src/core/base/outcome.ts';
import { adviceFor } from '../../src/core/report/advice.ts';
import { codeTextsOf } from '../../src/core/report/problem-codes.ts';
import { gitFailure } from '../../src/git/session/error.ts';
import { symptoms } from '../../src/git/session/symptoms.ts';

const repo = 'https://git.example.com/ops/deploy.git';
const context = {
  doing: 'fetch',
  displayUrl: repo,
  secrets: [],
  credentialSource: 'secret argocd/git-creds',
  timeoutMs: 90_000,
  storageText: 'it brings more than 1 MiB, which is what --git-max-mirror allows',
};

/** One for each row of the table of symptoms, in its order. */
const sayings = [
  'fatal: write error: No space left on device',
  '@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @',
  'Host key verification failed.',
  'error: gpg failed to sign the data',
  'Load key "/tmp/key": error in libcrypto',
  'fatal: SSL certificate problem: self-signed certificate',
  'ssh: connect to host h port 22: Connection timed out',
  'fatal: Authentication failed',
  'remote: Repository not found.',
  "fatal: couldn't find remote ref refs/heads/none",
  'fatal: The requested URL returned error: 301',
  'fatal: dumb http transport does not support shallow capabilities',
  'fatal: remote error: upload-pack: not our ref 1111',
  'fatal: Could not resolve host: git.example.com',
];

function clausesOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/[:;,()]+/)
    .map((clause) => clause.trim())
    .filter((clause) => clause !== '');
}

/** How an advice begins, wherever a clause does. */
const order = /^(add|allow|ask|check|create|free|give|install|merge|name|raise|take|write the) /;

function expectApart(failure: Failure): void {
  const said = clausesOf(failure.message);
  const advised = clausesOf(adviceFor(failure) ?? '');
  expect(said.filter((clause) => advised.includes(clause))).toEqual([]);
  expect(said.filter((clause) => order.test(clause))).toEqual([]);
  expect(advised.length > 0 || codeTextsOf(failure)?.nobody !== undefined).toBe(true);
}

function ended(how: Partial<Parameters<typeof gitFailure>[1]>): Failure {
  const result = { ended: 'exit', exitCode: 128, stdout: Buffer.alloc(0), stderr: '', ...how } as const;
  return gitFailure(context, result).failure;
}

describe('fault O-S3-21: message and advice say nothing twice', () => {
  it('for each of the symptoms', () => {
    const met = sayings.map((stderr) => symptoms.findIndex(({ pattern }) => pattern.test(stderr)));

    expect(met).toEqual([...symptoms.keys()]);
  });

  it.each(sayings)('fault O-S3-21: of %j', (stderr) => {
    expectApart(ended({ stderr }));
  });

  it.each(['cancelled', 'timeout', 'too-large', 'outgrown'] as const)(
    'fault O-S3-21: of an end by %s',
    (how) => {
      expectApart(ended({ ended: how }));
    },
  );

  it('of a machine without git', () => {
    expectApart(ended({ exitCode: 127 }));
  });

  it.each([
    [
      'a branch that is not there',
      'none',
      'create the branch, or name another with the annotation git-branch',
    ],
    ['a tag', 'v1', 'name a branch with the annotation git-branch'],
    ['no default', undefined, 'name a branch with the annotation git-branch'],
  ])('fault O-S3-21: of %s', (_, base, advice) => {
    const writeBack = base === undefined ? {} : { base };
    const heads = { branches: new Map(), tags: new Set(['v1']) };

    const located = locateBase(
      writeBack as Parameters<typeof locateBase>[0],
      { key: repo, queueKey: repo, displayUrl: repo },
      heads,
    );

    if (located.ok) expect.fail('there is such a branch');
    expectApart(located.failure);
    expect(adviceFor(located.failure)).toBe(advice);
  });
});
