/** Manifest files: what is found, what is refused, and that one bad file hurts no other. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { fail } from '../../../src/core/base/outcome.ts';
import { performFileTask } from '../../../src/core/file-tasks.ts';
import type { Application } from '../../../src/core/config/application.ts';
import { type FileClusterOptions, makeFileCluster } from '../../../src/kube/files/files.ts';
import { readDocuments } from '../../../src/core/documents/documents.ts';
import { standardTreeLimits } from '../../../src/kube/files/manifest-tree.ts';
import { anApplication, aSecret, byName, failureOf, never, temporaryFolder, theOne } from '../fixtures.ts';

function writeTree(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

function listIn(paths: readonly string[], options: Partial<FileClusterOptions> = {}) {
  return makeFileCluster({ namePatterns: [], ...options, paths })
    .openCycle()
    .applications(never);
}

const yaml = (name: string, parts = {}): string => stringify(anApplication(name, parts));

describe('finding manifests', () => {
  it('goes through folders in the order of names, and takes YAML and JSON', async () => {
    const folder = writeTree({
      'b/two.yml': yaml('two'),
      'a.yaml': yaml('one'),
      'c.json': JSON.stringify(anApplication('three')),
      'README.md': yaml('text'),
      '.git/hidden.yaml': yaml('hidden'),
      '.hidden.yaml': yaml('hidden'),
    });

    const { applications, problems } = await listIn([folder]);

    expect(byName(applications)).toEqual(['argocd/one', 'argocd/two', 'argocd/three']);
    expect(problems).toEqual([]);
  });

  it('takes several paths, files of any name among them', async () => {
    const folder = writeTree({ 'apps.txt': yaml('one'), 'more/two.yaml': yaml('two') });

    const { applications } = await listIn([join(folder, 'apps.txt'), join(folder, 'more')]);

    expect(byName(applications)).toEqual(['argocd/one', 'argocd/two']);
  });

  it('opens documents and lists, also lists of dumps', async () => {
    const folder = writeTree({
      'many.yaml': `${yaml('one')}---\n# nothing\n---\n${yaml('two')}`,
      'list.yaml': stringify({ apiVersion: 'v1', kind: 'List', items: [anApplication('three')] }),
      'dump.json': JSON.stringify({
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'ApplicationList',
        items: [anApplication('four')],
      }),
    });

    const { applications } = await listIn([folder]);

    expect(byName(applications).toSorted()).toEqual([
      'argocd/four',
      'argocd/one',
      'argocd/three',
      'argocd/two',
    ]);
  });

  it('gives no status where a manifest has none', async () => {
    const { applications } = await listIn([writeTree({ 'a.yaml': yaml('one') })]);

    expect(theOne(applications)).not.toHaveProperty('status');
  });

  it('puts a manifest without namespace where Argo CD lives', async () => {
    const { metadata, ...rest } = anApplication('one');
    const unplaced = stringify({ ...rest, metadata: { ...metadata, namespace: undefined } });
    const folder = writeTree({ 'a.yaml': unplaced });

    const placed = async (options: Partial<FileClusterOptions>): Promise<Application> =>
      theOne((await listIn([folder], options)).applications);

    expect((await placed({})).namespace).toBe('argocd');
    expect((await placed({ argocdNamespace: 'gitops' })).namespace).toBe('gitops');
  });

  it('is not disturbed by other YAML', async () => {
    const folder = writeTree({
      'values.yaml': 'image: {tag: "1"}\n',
      'list.yaml': '- a\n- b\n',
      'deployment.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n',
      'app.k8s.io.yaml': 'apiVersion: app.k8s.io/v1beta1\nkind: Application\nmetadata: {name: web}\n',
      'one.yaml': yaml('one'),
    });

    const { applications, problems } = await listIn([folder]);

    expect(byName(applications)).toEqual(['argocd/one']);
    expect(problems).toEqual([]);
  });

  it('follows symbolic links inside the folder, each folder once', async () => {
    const folder = writeTree({ 'real/one.yaml': yaml('one') });
    symlinkSync('real', join(folder, 'again'));
    symlinkSync('..', join(folder, 'real', 'loop'));
    symlinkSync('real/one.yaml', join(folder, 'zzz.yaml'));

    const { applications, problems } = await listIn([folder]);

    expect(byName(applications)).toEqual(['argocd/one']);
    expect(theOne(problems)).toMatchObject({
      app: 'argocd/one',
      message: expect.stringContaining('zzz.yaml'),
    });
  });

  it('reads a mounted ConfigMap once', async () => {
    const folder = writeTree({ '..2026_01_02/app.yaml': yaml('one') });
    symlinkSync('..2026_01_02', join(folder, '..data'));
    symlinkSync(join('..data', 'app.yaml'), join(folder, 'app.yaml'));

    const { applications, problems } = await listIn([folder]);

    expect(byName(applications)).toEqual(['argocd/one']);
    expect(problems).toEqual([]);
  });

  it('does not follow symbolic links that leave the folder', async () => {
    const outside = writeTree({ 'one.yaml': yaml('outside') });
    const folder = writeTree({ 'two.yaml': yaml('two') });
    symlinkSync(outside, join(folder, 'folder'));
    symlinkSync(join(outside, 'one.yaml'), join(folder, 'file.yaml'));

    const { applications, problems } = await listIn([folder]);

    expect(byName(applications)).toEqual(['argocd/two']);
    expect(problems.map(({ file }) => file)).toEqual([join(folder, 'file.yaml'), join(folder, 'folder')]);
  });

  it('does not open pipes', async () => {
    const folder = writeTree({ 'one.yaml': yaml('one') });
    execFileSync('mkfifo', [join(folder, 'pipe.yaml')]);

    const { applications, problems } = await listIn([folder]);

    expect(byName(applications)).toEqual(['argocd/one']);
    expect(theOne(problems).message).toContain('neither a file nor a folder');
  });
});

describe('a bad manifest is named and hurts no other', () => {
  it.each([
    ['broken YAML', 'a: [1\n', 'not valid YAML in line'],
    ['broken JSON', '{"a": 1', 'not valid YAML in line'],
    ['a template', 'a: {{ .Values.x }}\nb: }\n', 'not valid YAML in line'],
    ['an alias bomb', aliasBomb(), 'aliases, merge keys or nesting'],
    ['deep nesting', `a: ${'['.repeat(100_000)}`, 'RESOURCE_EXHAUSTION'],
    [
      'a Secret with broken data',
      'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: hunter2!}\n',
      'data.a is not base64',
    ],
  ])('%s', async (_, text, expected) => {
    const folder = writeTree({ 'bad.yaml': text, 'one.yaml': yaml('one') });

    const { applications, problems } = await listIn([folder]);

    expect(byName(applications)).toEqual(['argocd/one']);
    expect(theOne(problems).file).toBe(join(folder, 'bad.yaml'));
    expect(theOne(problems).message).toContain(expected);
    expect(theOne(problems).message).not.toContain('hunter2');
  });

  it('fault O-S2-10: a path that is not there ends the start', () => {
    const folder = writeTree({ 'one.yaml': yaml('one') });

    expect(() => makeFileCluster({ paths: [folder, join(folder, 'none')], namePatterns: [] })).toThrow(
      `--applications "${join(folder, 'none')}": no such file or folder`,
    );
  });

  it('fault O-S2-10: a path that is gone later is a problem of its own', async () => {
    const folder = writeTree({ 'a/one.yaml': yaml('one'), 'b/two.yaml': yaml('two') });
    const cluster = makeFileCluster({ paths: [join(folder, 'a'), join(folder, 'b')], namePatterns: [] });
    rmSync(join(folder, 'a'), { recursive: true });

    const { applications, problems } = await cluster.openCycle().applications(never);

    expect(byName(applications)).toEqual(['argocd/two']);
    expect(theOne(problems)).toEqual({
      file: join(folder, 'a'),
      message: `${join(folder, 'a')}: no such file or folder`,
      advice: 'correct the file or leave it out; it is left alone until then',
    });
  });

  it('fault O-S2-10: a Secret with texts in data is told to use stringData', async () => {
    const folder = writeTree({
      's.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: plain text}\n',
    });

    expect(theOne((await listIn([folder])).problems)).toMatchObject({
      file: join(folder, 's.yaml'),
      advice: 'write plain texts under stringData, or base64 under data',
    });
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    [
      'other names',
      { 'a.yaml': 'x: 1\n', 's.yaml': stringify(aSecret('s', {})), 'apps.yaml.txt': 'y' },
      ': 2 files, 1 Secret, no Application; apps.yaml.txt was not read (.yaml, .yml, .json are)',
    ],
    ['nothing', {}, ': no Application'],
    [
      'many other names',
      { a: '', b: '', c: '', d: '', 'e.json': '{}' },
      ': 1 file, no Application; a, b, c and 1 more were not read (.yaml, .yml, .json are)',
    ],
    [
      'Applications without the annotation',
      { 'a.yaml': yaml('one', { annotations: null }) },
      ': 1 file, 1 Application; none has the annotation image-list and fits the filters',
    ],
  ])(
    'fault O-S2-8: a folder that gives no Application is told for what it holds: %s',
    async (_, tree, says) => {
      const folder = writeTree(tree);

      expect((await listIn([folder])).warnings).toEqual([`nothing to update in ${folder}${says}`]);
    },
  );

  it('fault O-S2-8: so is a file that was named', async () => {
    const folder = writeTree({ 'package.json': '{"name": "x"}' });
    const path = join(folder, 'package.json');

    expect((await listIn([path])).warnings).toEqual([`nothing to update in ${path}: 1 file, no Application`]);
  });

  it('an Application that is there twice: the first one counts', async () => {
    const labels = { from: 'b' };
    const folder = writeTree({ 'a.yaml': yaml('one'), 'b.yaml': yaml('one', { labels }) });

    const { applications, problems } = await listIn([folder]);

    expect(theOne(applications).labels).toEqual({});
    expect(theOne(problems).message).toContain('a.yaml too; the first one counts');
  });

  it.each([
    ['a large file', { maxFileBytes: 2000 }, 'larger than 2000 bytes'],
    ['many files', { maxFiles: 1 }, 'more than 1 files'],
    ['many bytes', { maxTotalBytes: 1200 }, 'more than 1200 bytes in all'],
    ['deep folders', { maxDepth: 1 }, 'deeper than 1 folders'],
  ])('%s', async (_, limits, expected) => {
    const long = `${yaml('two')}# ${'x'.repeat(3000)}\n`;
    const folder = writeTree({ 'a.yaml': yaml('one'), 'b/c/d.yaml': long });

    const { applications, problems } = await listIn([folder], {
      limits: { ...standardTreeLimits, ...limits },
    });

    expect(byName(applications)).toEqual(['argocd/one']);
    expect(theOne(problems).message).toContain(expected);
  });

  it('a label selector is refused at the start', () => {
    expect(() => makeFileCluster({ paths: [], namePatterns: [], labelSelector: 'a in' })).toThrow(
      /label selector "a in"/,
    );
  });
});

describe('Secrets in manifests', () => {
  it('that are broken fail when they are asked for, and are left out of lists', async () => {
    const label = { 'argocd.argoproj.io/secret-type': 'repository' };
    const broken = { ...aSecret('broken', {}, label), data: { a: '!' } };
    const folder = writeTree({
      'a.yaml': stringify(broken),
      'b.yaml': stringify(aSecret('fine', { a: 'b' }, label)),
    });
    const { secrets } = makeFileCluster({ paths: [folder], namePatterns: [] }).openCycle();

    expect(await failureOf(secrets.secret('argocd', 'broken'))).toMatchObject({ kind: 'config' });
    expect(theOne(await secrets.argocdSecrets('repository')).name).toBe('fine');
  });

  it('are read with stringData', async () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'creds' },
      stringData: { password: 'x' },
    };
    const folder = writeTree({ 'a.yaml': stringify(secret) });
    const { secrets } = makeFileCluster({ paths: [folder], namePatterns: [] }).openCycle();

    expect((await secrets.secret('argocd', 'creds'))?.values).toEqual({ password: 'x' });
  });
});

describe('fault A6: files that are read elsewhere', () => {
  it('are those that are no JSON, and one that is given up hurts no other', async () => {
    const named = (name: string) => anApplication(name, { namespace: 'argocd' });
    const folder = writeTree({
      'a.yaml': stringify(named('yaml')),
      'b.json': JSON.stringify(named('json')),
      'c.yaml': stringify(named('slow')),
      'd.yaml': '{broken',
    });
    const asked: string[] = [];
    const work: FileClusterOptions['work'] = {
      perform: async (name, texts, what) => {
        const [path = ''] = texts.keys();
        asked.push(basename(path));
        if (!path.endsWith('c.yaml')) return performFileTask(name, texts, what);
        return fail({ kind: 'edit', path, message: `${path}: takes longer than 60 seconds to read or edit` });
      },
    };
    const { applications, problems } = await listIn([folder], { work });

    expect(asked).toEqual(['a.yaml', 'c.yaml', 'd.yaml']);
    expect(applications.map(({ name }) => name)).toEqual(['yaml', 'json']);
    expect(problems.map(({ message }) => message)).toEqual([
      `${join(folder, 'c.yaml')}: takes longer than 60 seconds to read or edit`,
      expect.stringContaining('d.yaml: not valid YAML in line 1'),
    ]);
  });
});

describe('readDocuments', () => {
  it('takes YAML merge keys and anchors', () => {
    const read = readDocuments('base: &b {a: 1}\nother:\n  <<: *b\n  c: 2\n');

    expect(read).toEqual({ ok: true, value: [{ base: { a: 1 }, other: { a: 1, c: 2 } }] });
  });

  it('never throws, whatever the text', () => {
    const pieces = fc.constantFrom(
      'a: ',
      '- ',
      '\n',
      '  ',
      '{',
      '}',
      '[',
      ']',
      '*x',
      '&x ',
      '---\n',
      '"',
      "'",
      '|\n',
      '!!binary ',
      '<<: ',
      '\t',
      '#',
      '%YAML 1.1\n',
      '\u0000',
      'kind: List\n',
      'items: ',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => void readDocuments(parts.join(''))),
    );
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void readDocuments(text)));
  });
});

function aliasBomb(): string {
  const levels = Array.from(
    { length: 12 },
    (_, level) => `l${level + 1}: &l${level + 1} [${`*l${level},`.repeat(9)}]`,
  );
  return `l0: &l0 x\n${levels.join('\n')}\n`;
}

describe('--holds', () => {
  const name = 'argocd-image-updater-holds';
  const holds = (value: string) =>
    stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { argocd: value } });
  const read = (folder: string, file?: string) =>
    makeFileCluster({
      namePatterns: [],
      paths: [join(folder, 'apps')],
      ...(file === undefined ? {} : { holds: join(folder, file) }),
    })
      .openCycle()
      .secrets.configMap('argocd', name);

  it('is the ConfigMap of the file, before one of the manifests', async () => {
    const folder = writeTree({ 'apps/a.yaml': holds('theirs'), 'holds.yaml': holds('mine') });

    expect((await read(folder))?.values).toEqual({ argocd: 'theirs' });
    expect((await read(folder, 'holds.yaml'))?.values).toEqual({ argocd: 'mine' });
  });

  it('is not passed over: neither a file that is not there, nor one without the ConfigMap', async () => {
    const folder = writeTree({ 'apps/a.yaml': yaml('one'), 'empty.yaml': '' });

    expect(await read(folder)).toBeNull();
    expect(() => read(folder, 'gone.yaml')).toThrow('gone.yaml": no such file');
    await expect(read(folder, 'empty.yaml')).rejects.toThrow(
      'there is no ConfigMap argocd/argocd-image-updater-holds',
    );
  });
});
