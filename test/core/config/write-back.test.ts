/** write-back-method, git-branch, git-repository. */
import { openToAll } from '../../../src/core/tenants/tenant-rules.ts';
import { describe, expect, it } from 'vitest';
import type { Application } from '../../../src/core/config/application.ts';
import { resolveSource } from '../../../src/core/config/source.ts';
import { parseGitBranch } from '../../../src/core/config/keys/git-branch.ts';
import { parseWriteBackMethod } from '../../../src/core/config/keys/write-back-method.ts';
import { readWriteBack } from '../../../src/core/config/write-back.ts';
import { targetKeyword } from '../../../src/core/config/write-target.ts';
import { anApplication, chartSource, gitSource } from '../applications.ts';

describe('parseWriteBackMethod', () => {
  const repocreds = { kind: 'git', credentials: { kind: 'repocreds' } };
  const secret = { kind: 'git', credentials: { kind: 'secret', namespace: 'ns', name: 'creds' } };

  it.each([
    [undefined, { kind: 'argocd' }],
    ['argocd', { kind: 'argocd' }],
    [' argocd\n', { kind: 'argocd' }],
    ['git', repocreds],
    [' git ', repocreds],
    ['git:repocreds', repocreds],
    ['git :repocreds', repocreds],
    ['git:secret:ns/creds', secret],
  ])('%j', (text, method) => {
    expect(parseWriteBackMethod(text)).toEqual({ ok: true, value: method });
  });

  it.each([
    '',
    'argocd:x',
    'pullrequest',
    'Git',
    ':git',
    'git:',
    'git: secret:a/b',
    'git:secret:a',
    'git:secret:a/',
    'git:secret:a/b/c',
    'git:secret:../x',
    'git:ssh',
    'git:Secret:a/b',
  ])('%j is refused with what is allowed', (text) => {
    expect(parseWriteBackMethod(text)).toMatchObject({
      ok: false,
      failure: {
        annotation: 'write-back-method',
        message: expect.stringContaining('expected one of argocd, git, git:repocreds'),
      },
    });
  });
});

describe('parseGitBranch', () => {
  it.each([
    [undefined, {}],
    ['', {}],
    [' ', {}],
    ['main', { base: 'main' }],
    [' main\n', { base: 'main' }],
    ['main:', { base: 'main' }],
    ['main:bump-{{.SHA256}}', { base: 'main', pushTemplate: 'bump-{{.SHA256}}' }],
    [':bump', { pushTemplate: 'bump' }],
    ['main: bump', { base: 'main', pushTemplate: ' bump' }],
  ])('%j', (text, branches) => {
    expect(parseGitBranch(text)).toEqual({ ok: true, value: branches });
  });

  it.each([
    ['a third piece', 'a:b:c', 'expected <base>, <base>:<write> or :<write>'],
    ['fault A12: a ref of another kind', 'main:refs/tags/{{.SHA256}}', 'write the name without refs/'],
    [
      'fault A12: a branch that names a ref',
      'main:refs/heads/refs/heads/main',
      'write the name without refs/',
    ],
    ['a malformed template', 'main:bump-{{range', 'git-branch "main:bump-{{range": template: line 1: '],
  ])('refuses %s', (_, text, says) => {
    expect(parseGitBranch(text)).toMatchObject({
      ok: false,
      failure: { annotation: 'git-branch', message: expect.stringContaining(says) },
    });
  });
});

function read(app: Application) {
  const keyword = targetKeyword(app.annotations['argocd-image-updater.argoproj.io/write-back-target']);
  const source = resolveSource(app, { keyword });
  if (!source.ok) throw new Error(source.failure.message);
  return readWriteBack(app, source.value, 'argocd', openToAll);
}

function gitWith(annotations: Readonly<Record<string, string>>, targetRevision = 'main') {
  const sources = [{ ...gitSource, targetRevision }];
  return read(anApplication({ annotations: { 'write-back-method': 'git', ...annotations }, sources }));
}

describe('readWriteBack', () => {
  it('needs nothing for argocd, whatever the other annotations say', () => {
    const annotations = { 'git-branch': 'a:b:c', 'write-back-target': '../x' };

    expect(read(anApplication({ annotations }))).toEqual({
      ok: true,
      value: { kind: 'argocd', sourceIndex: 0 },
    });
  });

  it('takes repository, branch and file from the source', () => {
    expect(gitWith({})).toEqual({
      ok: true,
      value: {
        kind: 'git',
        repoURL: gitSource.repoURL,
        credentials: { kind: 'repocreds' },
        base: 'main',
        target: { kind: 'override', path: 'apps/web/.argocd-source-web.yaml' },
        sourceIndex: 0,
      },
    });
  });

  it.each([
    ['HEAD', undefined],
    ['', undefined],
    ['release-1.x', 'release-1.x'],
    ['1.x', '1.x'],
    ['refs/heads/main', 'main'],
    ['abcdef1', 'abcdef1'],
    ['v1.2.3', 'v1.2.3'],
  ])('targetRevision %j is branch %j', (targetRevision, base) => {
    const writeBack = gitWith({}, targetRevision);

    expect(writeBack).toMatchObject({ ok: true });
    expect(writeBack.ok && 'base' in writeBack.value ? writeBack.value.base : undefined).toBe(base);
  });

  it('git-branch HEAD is the default branch', () => {
    expect(gitWith({ 'git-branch': 'HEAD:bump' })).toMatchObject({ value: { pushTemplate: 'bump' } });
    expect(gitWith({ 'git-branch': 'HEAD:bump' })).not.toHaveProperty('value.base');
  });

  it.each([
    ['#19 commit', 'c'.repeat(40), 'a commit'],
    ['#19 commit', '0123456789ABCDEF'.repeat(4), 'a commit'],
    ['range', '>=1.0', 'a version range'],
    ['range', '~1.2', 'a version range'],
    ['range', '1.*', 'a version range'],
    ['range', '*', 'a version range'],
    ['no ref', 'a..b', 'no branch name'],
    ['no ref', '-o', 'no branch name'],
    ['no ref', 'a b', 'no branch name'],
    ['no ref', 'x.lock', 'no branch name'],
  ])('%s %s is refused', (_, revision, why) => {
    const bySource = gitWith({}, revision);
    const byAnnotation = gitWith({ 'git-branch': revision });

    expect(bySource).toMatchObject({
      ok: false,
      failure: { message: expect.stringMatching(`^targetRevision .* is ${why}`) },
    });
    expect(byAnnotation).toMatchObject({
      ok: false,
      failure: { message: expect.stringMatching(`^git-branch .* is ${why}`) },
    });
  });

  it('a chart version is no branch', () => {
    const annotations = {
      'write-back-method': 'git',
      'write-back-target': 'helmvalues:/v.yaml',
      'git-repository': ' https://git.example/x ',
    };

    expect(read(anApplication({ annotations, sources: [chartSource] }))).toMatchObject({
      ok: false,
      failure: { annotation: 'git-branch' },
    });
    const named = { ...annotations, 'git-branch': 'main' };
    expect(read(anApplication({ annotations: named, sources: [chartSource] }))).toMatchObject({
      ok: true,
      value: { repoURL: 'https://git.example/x', base: 'main', target: { path: 'v.yaml' } },
    });
  });

  it('manifests need git', () => {
    const annotations = { 'write-back-target': 'manifests' };

    expect(read(anApplication({ annotations }))).toMatchObject({
      ok: false,
      failure: { annotation: 'write-back-target' },
    });
  });
});
