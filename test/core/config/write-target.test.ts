/** write-back-target -> file or folder. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  likelierTarget,
  overrideFileName,
  resolveWriteTarget,
  targetKeyword,
} from '../../../src/core/config/write-target.ts';

const fileName = '.argocd-source-shop.yaml';

function resolve(value: string | undefined, path = 'apps/shop') {
  const target = resolveWriteTarget(value, { path }, fileName);
  return target.ok ? target.value : target.failure;
}

describe('resolveWriteTarget', () => {
  it.each([
    [undefined, 'apps/shop', { kind: 'override', path: `apps/shop/${fileName}` }],
    ['', '.', { kind: 'override', path: fileName }],
    [undefined, 'apps/./x/../shop/', { kind: 'override', path: `apps/shop/${fileName}` }],
    ['kustomization', 'apps/shop', { kind: 'kustomization', directory: 'apps/shop' }],
    ['kustomization', '.', { kind: 'kustomization', directory: '' }],
    ['kustomization:../base', 'apps/shop', { kind: 'kustomization', directory: 'apps/base' }],
    ['kustomization:/config/base', 'apps/shop', { kind: 'kustomization', directory: 'config/base' }],
    ['kustomization:/', 'apps/shop', { kind: 'kustomization', directory: '' }],
    ['kustomization:', '', { kind: 'kustomization', directory: '' }],
    ['helmvalues', 'apps/shop', { kind: 'helmvalues', path: 'apps/shop/values.yaml' }],
    ['helmvalues:../v.yaml', 'apps/shop', { kind: 'helmvalues', path: 'apps/v.yaml' }],
    ['helmvalues:/env/v.yaml', 'apps/shop', { kind: 'helmvalues', path: 'env/v.yaml' }],
    ['helmvalues:/env//./v.yaml', 'apps/shop', { kind: 'helmvalues', path: 'env/v.yaml' }],
    [' helmvalues:v.yaml ', 'apps/shop', { kind: 'helmvalues', path: 'apps/shop/v.yaml' }],
    ['some/dir/f.yaml', 'apps/shop', { kind: 'override', path: 'some/dir/f.yaml' }],
    ['/some/f.yaml', 'apps/shop', { kind: 'override', path: 'some/f.yaml' }],
    ['helmvalues.yaml', 'apps/shop', { kind: 'override', path: 'helmvalues.yaml' }],
    ['kustomization-x/f.yaml', 'apps/shop', { kind: 'override', path: 'kustomization-x/f.yaml' }],
    ['manifests/f.yaml', 'apps/shop', { kind: 'override', path: 'manifests/f.yaml' }],
  ])('%s at %s', (value, path, target) => {
    expect(resolve(value, path)).toEqual(target);
  });

  it.each([
    ['manifests', ['apps/shop']],
    ['manifests:', ['apps/shop']],
    ['manifests:deploy.yaml', ['apps/shop/deploy.yaml']],
    ['manifests:a.yaml,./a.yaml,/apps/shop/a.yaml', ['apps/shop/a.yaml']],
    ['manifests:/env/*/deploy.yaml, jobs/', ['env/*/deploy.yaml', 'apps/shop/jobs']],
  ])('%s', (value, paths) => {
    expect(resolve(value)).toEqual({ kind: 'manifests', paths, recurse: false, include: '', exclude: '' });
  });

  it('takes the directory options of the source for manifests', () => {
    const directory = { recurse: true, include: '*.yaml', exclude: 'x/*' };

    const target = resolveWriteTarget('manifests', { path: 'a', directory }, fileName);

    expect(target).toEqual({ ok: true, value: { kind: 'manifests', paths: ['a'], ...directory } });
  });

  it.each([
    ['#15 out of the repository', 'kustomization:../../..'],
    ['#15 out of the repository', 'helmvalues:../../../etc/x'],
    ['#15 out of the repository', '../x.yaml'],
    ['#15 out of the repository', 'manifests:/..'],
    ['#15 into .git', 'helmvalues:/.git/config'],
    ['#15 into .git', 'a/.GIT/hooks/x'],
    ['#15 into .git', 'kustomization:/.git'],
    ['control characters', 'a\u0000b.yaml'],
    ['a folder', 'helmvalues:'],
    ['a folder', 'helmvalues:/'],
    ['a folder', 'helmvalues:env/'],
    ['a folder', 'helmvalues:..'],
    ['a folder', 'env/'],
    ['a folder', '.'],
    ['file of a kustomization', 'kustomization.yaml'],
    ['file of a kustomization', 'env/kustomization.yml'],
    ['file of a kustomization', '/env/Kustomization'],
    ['file of a kustomization', 'kustomization:/env/kustomization.yaml'],
    ['malformed pattern', 'manifests:[a'],
    ['more than 1000 paths', `manifests:${Array.from({ length: 1001 }, (_, i) => `f${i}`).join(',')}`],
  ])('refuses %s: %j', (_, value) => {
    expect(resolve(value)).toMatchObject({ kind: 'config', annotation: 'write-back-target' });
  });

  it.each([
    ['.git with characters that HFS+ ignores', 'helmvalues:/.g\u200cit/config', 'leads into .git'],
    ['.git with characters that HFS+ ignores', '.\u200dgit/config', 'leads into .git'],
    ['.git with characters that HFS+ ignores', '/.git\u200b/config', 'U+200B'],
    ['.git with characters that HFS+ ignores', 'kustomization:/\ufeff.GIT', 'leads into .git'],
    ['a backslash', '/.git\\config', 'leads into .git'],
    ['a backslash', '/..\\..\\x.yaml', 'leads out of the repository'],
    ['a backslash', 'helmvalues:env\\values.yaml', 'holds \\'],
    ['a stream of NTFS', '/.git::$INDEX_ALLOCATION/config', 'leads into .git'],
    ['a stream of NTFS', 'helmvalues:/a.yaml:b', 'holds :'],
    ['the short name of .git', 'GIT~1/config', 'leads into .git'],
    ['.git with dots and blanks', 'helmvalues:/.git. ./config', 'leads into .git'],
    ['a name of 300 bytes', `helmvalues:/${'n'.repeat(300)}`, 'has 300 bytes'],
    ['a name of 300 bytes', `manifests:/${'é'.repeat(150)}`, 'has 300 bytes'],
    ['3,000 folders', `helmvalues:/${'d/'.repeat(3000)}v.yaml`, 'bytes'],
    ['101 folders', `kustomization:/${'d/'.repeat(102)}`, 'more than 100 folders deep'],
    ['a long path', `helmvalues:/${`${'d'.repeat(99)}/`.repeat(42)}v.yaml`, 'has 4206 bytes'],
    ['settings of git', '/.gitmodules', 'tells git how to treat the repository'],
    ['settings of git', 'helmvalues:/sub/.GitAttributes', 'tells git how'],
    ['settings of git', 'helmvalues:/GITMOD~1', 'tells git how'],
    ['settings of git', 'manifests:/.gitmodules', 'tells git how'],
    ['settings of git', '.lfsconfig', 'tells git how'],
    ['an invisible character', 'helmvalues:/values\u202elmay.yaml', 'U+202E'],
    ['an invisible character', 'manifests:/a\u2066*.yaml', 'U+2066'],
    ['a control character', 'helmvalues:/a\u0085b.yaml', 'control character'],
    ['a name of a device', 'helmvalues:/env/CON.yaml', 'no clone on Windows'],
    ['a dot at the end', 'helmvalues:/env./values.yaml', 'no clone on Windows'],
  ])('fault A13: refuses %s: %j', (_, value, says) => {
    expect(resolve(value)).toMatchObject({
      kind: 'config',
      annotation: 'write-back-target',
      message: expect.stringContaining(says),
    });
  });

  it.each([
    ['kustomisation:../base', 'did you mean kustomization?'],
    ['helmvalue=values.yaml', 'did you mean helmvalues?'],
    ['helmvalues values.yaml', 'did you mean helmvalues?'],
    [
      'helmvalues:values.yaml,helmvalues:ci.yaml',
      'one file can be written; did you mean helmvalues:values.yaml?',
    ],
    ['helmvalues:a.yaml, b.yaml', 'one file can be written'],
    ['helmvalues:$values/env/prod.yaml', 'did you mean helmvalues:/env/prod.yaml?'],
    ['helmvalues:values-{{.AppName}}.yaml', 'it is no template'],
    ['helmvalues:https://git.example.com/x/values.yaml', 'it is a URL'],
    ['helmvalues:kustomization.yaml', 'did you mean kustomization?'],
    ['helmvalues:Chart.yaml', 'did you mean helmvalues:values.yaml?'],
    ['helmvalues:templates/deployment.yaml', 'no values file'],
    ['helmvalues:values-*.yaml', 'holds *'],
  ])('fault C8: refuses %j, which can only be a mistake', (value, says) => {
    expect(resolve(value)).toMatchObject({
      annotation: 'write-back-target',
      message: expect.stringContaining(says),
    });
  });

  it('fault C3: leaves out blanks behind the colon', () => {
    expect(resolve('helmvalues: v.yaml')).toEqual({ kind: 'helmvalues', path: 'apps/shop/v.yaml' });
  });

  it.each(['apps/.g\u200cit', '.git\\x', 'apps/GIT~1', 'a/\ud800'])(
    'fault A13: the path %j of the source leads to no target',
    (path) => {
      expect(resolve(undefined, path)).toMatchObject({ kind: 'config', annotation: 'write-back-target' });
    },
  );

  it('writes below a folder that a source has, though its name is odd', () => {
    expect(resolve('helmvalues:v.yaml', 'apps/a:b')).toEqual({ kind: 'helmvalues', path: 'apps/a:b/v.yaml' });
  });

  it('refuses a source path out of the repository', () => {
    expect(resolve(undefined, '../other')).toMatchObject({ kind: 'config' });
  });

  it('suggests the keyword for a file of a kustomization', () => {
    expect(resolve('env/kustomization.yaml')).toMatchObject({
      message: expect.stringContaining('kustomization:/env'),
    });
  });

  it('never leaves the repository nor enters .git', () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      '/',
      'a',
      '.git',
      '.GIT',
      'helmvalues:',
      'kustomization:',
      'manifests:',
      ',',
      '*',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece).map((pieces) => pieces.join('/')),
    );
    fc.assert(
      fc.property(text, text, (value, path) => {
        const target = resolveWriteTarget(value, { path }, fileName);
        if (!target.ok) return;
        const written = target.value;
        const paths =
          'paths' in written ? written.paths : ['path' in written ? written.path : written.directory];
        for (const segment of paths.flatMap((one) => one.split('/'))) {
          expect(segment).not.toMatch(/^(?:\.|\.\.|\.git)$/i);
        }
        expect(paths.join()).not.toMatch(/^\/|\/$/);
      }),
    );
  });
});

describe('likelierTarget', () => {
  it.each([
    ['helmvalue', 'helmvalues'],
    ['helm-values:prod.yaml', 'helmvalues'],
    ['HelmValues:prod.yaml', 'helmvalues'],
    ['kustomisation:../base', 'kustomization'],
    ['kustomize', 'kustomization'],
    ['Kustomize:../base', 'kustomization'],
    ['helm', 'helmvalues'],
    ['manifest', 'manifests'],
    ['values.yaml', 'helmvalues:values.yaml'],
    ['apps/shop/values-prod.yml', 'helmvalues:/apps/shop/values-prod.yml'],
    ['/env/prod.values.yaml', 'helmvalues:/env/prod.values.yaml'],
  ])('%s may mean %s', (target, meant) => {
    expect(likelierTarget(target)).toBe(meant);
  });

  it.each([
    '',
    'helmvalues:values.yaml',
    'kustomization',
    'manifests',
    'versions/shop.yaml',
    'values/shop.yaml',
  ])('%j means itself', (target) => {
    expect(likelierTarget(target)).toBeUndefined();
  });
});

describe('overrideFileName', () => {
  it.each([
    ['argocd', 'argocd', '.argocd-source-shop.yaml'],
    ['argocd', 'team-a', '.argocd-source-team-a_shop.yaml'],
    ['image-updater', 'argocd', '.argocd-source-argocd_shop.yaml'],
    ['default', 'team-a', '.argocd-source-shop.yaml'],
    ['argocd', '', '.argocd-source-shop.yaml'],
  ])('in Argo CD namespace %s for an application in %s: %s', (argocd, namespace, name) => {
    expect(overrideFileName({ namespace, name: 'shop' }, argocd)).toBe(name);
  });
});

describe('targetKeyword', () => {
  it.each([
    ['kustomization', 'kustomization'],
    [' helmvalues:x', 'helmvalues'],
    ['manifests:', 'manifests'],
    ['helmvalues.yaml', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s: %s', (text, keyword) => {
    expect(targetKeyword(text)).toBe(keyword);
  });
});
