import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeHash, desiredHash, renderBranchName, sanitizeBranchName } from '../../src/core/branch-name.ts';
import type { ImageChange } from '../../src/core/plan.ts';
import { parseTemplate } from '../../src/core/template/template.ts';
import { generatedRuns } from '../generated-runs.ts';

function change(alias: string, name: string, oldTag: string, newTag: string): ImageChange {
  return { alias, name, fullName: `ghcr.io/${name}`, oldTag, newTag };
}

const changes = [
  change('web', 'acme/web', '1.4.0', '1.5.0'),
  change('', 'acme/api', 'sha256:aa', 'sha256:bb'),
];

function rendered(text: string): string {
  const template = parseTemplate(text);
  if (!template.ok) throw new Error(template.failure.message);
  return renderBranchName(template.value, { appName: 'shop', appNamespace: 'team', changes });
}

describe('renderBranchName', () => {
  it.each([
    ['upd{{range .Images}}-{{.Name}}-{{.NewTag}}{{end}}', 'upd-acme/web-1.5.0-acme/api-sha256:bb'],
    ['{{range .Images}}{{.Alias}}:{{.OldTag}} {{end}}', 'web:1.4.0 :sha256:aa '],
    ['{{.AppNamespace}}/{{.AppName}}', 'team/shop'],
    ['{{.SHA256}}', '7564feff3bc5bf4f1696e4a6e47e7c464f1deca3501fa0f4aac53a5ab763ce75'],
    ['{{.Nope}}', ''],
    ['{{(index .Images 2).Name}}', ''],
  ])('%s -> %s', (template, name) => {
    expect(rendered(template)).toBe(name);
  });

  it('hashes names, old and new tags in order (writeback.md 6.3)', () => {
    expect(changeHash(changes)).toBe('7564feff3bc5bf4f1696e4a6e47e7c464f1deca3501fa0f4aac53a5ab763ce75');
  });

  it('has a hash that does not depend on what ran before (writeback.md 12, row 30)', () => {
    const others = changes.map((each) => ({ ...each, oldTag: 'other' }));

    expect(desiredHash(others)).toBe(desiredHash(changes));
    expect(rendered('{{.DesiredSHA256}}')).toBe(desiredHash(changes));
  });
});

describe('sanitizeBranchName', () => {
  it.each([
    ['bump-a/web-sha256:ab', 'bump-a/web-sha256-ab'],
    ['main', 'main'],
    ['a b~^:?*[\\c', 'a-b-c'],
    ['a..b...c', 'a-b-c'],
    ['a@{b', 'a-b'],
    ['a@b', 'a@b'],
    ['a//b', 'a/b'],
    ['/a/', 'a'],
    ['a.lock', 'a'],
    ['a.lock.lock/.', 'a'],
    ['a.lock/b', 'a/b'],
    ['.a/.b', 'a/-b'],
    ['--a', 'a'],
    ['a\n', 'a-'],
    ['é\u{1f600}', 'é\u{1f600}'],
    [`${'a'.repeat(250)}.lockxyz`, `${'a'.repeat(250)}`],
    [`${'a'.repeat(254)}é`, 'a'.repeat(254)],
  ])('%j -> %j', (name, branch) => {
    expect(sanitizeBranchName(name)).toEqual({ ok: true, value: branch });
  });

  it.each(['', '/', '.lock', ':', 'HEAD', '---', '/.', '@{'])('refuses %j', (name) => {
    expect(sanitizeBranchName(name)).toMatchObject({
      ok: false,
      failure: { kind: 'config', annotation: 'git-branch' },
    });
  });

  it.each([
    ['refs/heads/main', 'main'],
    ['/refs//heads/main', 'main'],
    ['-refs/heads/a/b', 'a/b'],
    ['refs/heads/-a', 'a'],
    ['refs', 'refs'],
    ['xrefs/heads/main', 'xrefs/heads/main'],
    ['heads/main', 'heads/main'],
  ])('fault A12: %j is the branch %j', (name, branch) => {
    expect(sanitizeBranchName(name)).toEqual({ ok: true, value: branch });
  });

  it.each([
    'refs/heads/refs/heads/main',
    'refs/heads//refs/tags/x',
    'refs/tags/v1',
    'refs/main',
    '.refs/remotes/origin/main',
    'refs/heads/',
  ])('fault A12: %j would be a ref that names another one, and is refused', (name) => {
    expect(sanitizeBranchName(name)).toMatchObject({ ok: false, failure: { annotation: 'git-branch' } });
  });

  const piece = fc.constantFrom(
    'a',
    'refs/',
    'heads/',
    'b',
    '.',
    '..',
    '/',
    '//',
    '.lock',
    '@',
    '{',
    '@{',
    '-',
    ':',
    ' ',
    '~',
    '^',
    '?',
    '*',
    '[',
    '\\',
    '\x7f',
    '\n',
    'é',
    '\u{1f600}',
    '\u0085',
    'HEAD',
    'a'.repeat(120),
  );
  const anyName = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((list) => list.join('')),
    fc.string({ unit: 'binary', maxLength: 300 }),
  );

  it('gives names that git accepts', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const branch = sanitizeBranchName(name);
        if (!branch.ok) return;
        expect(branch.value).not.toMatch(/^refs\//);
        const { status, stdout } = spawnSync('git', ['check-ref-format', '--branch', branch.value], {
          encoding: 'utf8',
        });
        expect({ status, stdout, name }).toEqual({ status: 0, stdout: `${branch.value}\n`, name });
        expect(Buffer.byteLength(branch.value)).toBeLessThanOrEqual(255);
      }),
      { numRuns: generatedRuns(150) },
    );
  });

  it('leaves names alone that git accepts already', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        if (/\p{Cc}|^refs\//u.test(name) || Buffer.byteLength(name) > 255) return;
        const { stdout } = spawnSync('git', ['check-ref-format', '--branch', name], { encoding: 'utf8' });
        if (stdout !== `${name}\n`) return;
        expect(sanitizeBranchName(name)).toEqual({ ok: true, value: name });
      }),
      { numRuns: generatedRuns(150) },
    );
  });

  it('applied twice equals once', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const once = sanitizeBranchName(name);
        if (once.ok) expect(sanitizeBranchName(once.value)).toEqual(once);
      }),
      { numRuns: generatedRuns(2000) },
    );
  });

  it('sanitizes a megabyte', () => {
    for (const unit of ['..', '.lock', '/', '@{', ' ', '.lock/']) {
      expect(sanitizeBranchName(`a${unit.repeat(1_000_000 / unit.length)}b`).ok).toBe(true);
    }
  });
});
