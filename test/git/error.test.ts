import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adviceFor } from '../../src/core/report/advice.ts';
import { blamesMirror, gitFailure, gitWords } from '../../src/git/session/error.ts';
import type { GitResult } from '../../src/git/process/group.ts';

const context = {
  doing: 'fetch',
  displayUrl: 'https://git.example.com/ops/deploy.git',
  secrets: ['s3cret'],
  credentialSource: 'secret argocd/git-creds',
  timeoutMs: 90_000,
  storageText: 'it brings more than 1 MiB',
};

function result(stderr: string, exitCode = 128): GitResult {
  return { ended: 'exit', exitCode, stdout: Buffer.alloc(0), stderr };
}

describe("git's last words", () => {
  it.each([
    ["fatal: Authentication failed for 'https://h/x/'", 'authentication'],
    ["fatal: could not read Username for 'https://h': terminal prompts disabled", 'authentication'],
    ["fatal: unable to access 'https://h/x/': The requested URL returned error: 403", 'authentication'],
    [
      'git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.',
      'authentication',
    ],
    ["remote: Repository not found.\nfatal: repository 'https://h/x/' not found", 'not-found'],
    ["fatal: '/srv/x' does not appear to be a git repository", 'not-found'],
    ['Host key verification failed.\nfatal: Could not read from remote repository.', 'host-key'],
    [
      '@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.',
      'host-key-changed',
    ],
    ["fatal: unable to access 'https://h/': SSL certificate problem: self-signed certificate", 'tls'],
    ["fatal: unable to access 'https://h/': server certificate verification failed. CAfile: none", 'tls'],
    ["fatal: unable to access 'https://h/': Could not resolve host: h", 'network'],
    ["fatal: unable to access 'https://h/': Failed to connect to h port 443: Connection refused", 'network'],
    ['ssh: connect to host h port 22: Connection refused', 'network'],
    ["fatal: unable to access 'https://h/': The requested URL returned error: 503", 'network'],
    ["fatal: unable to access 'https://h/': The requested URL returned error: 429", 'network'],
    ['ssh: connect to host h port 22: Connection timed out', 'timeout'],
    ["fatal: unable to access 'https://h/': Operation too slow. Less than 1 bytes/sec", 'timeout'],
    ['fatal: write error: No space left on device', 'disk-full'],
    ["fatal: couldn't find remote ref refs/heads/none", 'branch-missing'],
    ['error: gpg failed to sign the data\nfatal: failed to write commit object', 'signing'],
    ['Load key "/tmp/key": error in libcrypto', 'credentials'],
    ['fatal: dumb http transport does not support shallow capabilities', 'unsupported'],
    ["fatal: unable to access 'http://h/x/': The requested URL returned error: 301", 'unsupported'],
    ['fatal: remote error: upload-pack: not our ref 1111', 'race'],
    ['fatal: something nobody has ever seen', 'git'],
  ])('%j is %s', (stderr, code) => {
    const { failure } = gitFailure(context, result(stderr));

    expect(failure).toMatchObject({ kind: 'git', code });
    expect(failure.message).toMatch(/^fetch https:\/\/git\.example\.com\/ops\/deploy\.git: /);
  });

  it('says where the refused credentials come from', () => {
    const { message } = gitFailure(context, result('fatal: Authentication failed')).failure;

    expect(message).toContain('(secret argocd/git-creds)');
  });

  it('calls a question for a login what it is', () => {
    const stderr = "fatal: could not read Username for 'https://h': terminal prompts disabled";

    const { message } = gitFailure(context, result(stderr)).failure;

    expect(message).toBe(
      'fetch https://git.example.com/ops/deploy.git: 401 unauthorized (secret argocd/git-creds)',
    );
  });

  it.each([
    ['timeout', 'timeout', 'no answer within 90 s'],
    ['cancelled', 'cancelled', 'cancelled'],
    ['too-large', 'unsupported', 'more than we are willing to read'],
    ['outgrown', 'unsupported', 'it brings more than 1 MiB'],
  ] as const)('an end by %s is %s', (ended, code, text) => {
    const { failure } = gitFailure(context, { ...result(''), ended });

    expect(failure).toMatchObject({ code });
    expect(failure.message).toContain(text);
  });

  it('asks for git where there is none', () => {
    const { failure } = gitFailure(context, result('sh: git: not found', 127));

    expect(failure.message).toContain('the program git cannot be started');
    expect(adviceFor(failure)).toBe('install git');
  });

  it.each([
    ['fatal: not a git repository', true],
    ['error: object file ./objects/aa/bb is empty\nfatal: loose object aabb is corrupt', true],
    ['fatal: Not a valid object name 1234', true],
    ['remote: error: object file ./objects/aa/bb is empty\nfatal: the remote end hung up', false],
    ["fatal: unable to access 'https://h/': Could not resolve host", false],
    ['fatal: write error: No space left on device\nfatal: packfile is corrupt', false],
    ["fatal: could not read Username for 'https://h': terminal prompts disabled", false],
  ])('%j blames the mirror: %s', (stderr, blamed) => {
    expect(blamesMirror(result(stderr))).toBe(blamed);
  });

  it('become one short line without secrets, whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2000 }), (text) => {
        const words = gitWords(`${text}s3cret-and https://u:p4ss@h.example/x`, ['s3cret']);

        // oxlint-disable-next-line no-control-regex -- none may be left
        expect(words).not.toMatch(/s3cret|p4ss|[\u0000-\u001f]/);
        expect(words.length).toBeLessThan(450);
      }),
    );
  });
});
