import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  editKustomization,
  kustomizationFileNames,
  kustomizeEditFromString,
  readKustomizationImage,
} from '../../../src/core/edit/kustomization.ts';
import type { KustomizeEdit } from '../../../src/core/edit/edit.ts';

const aa = `sha256:${'a'.repeat(64)}`;

/** From strings as in spec.source.kustomize.images. */
function edits(...texts: readonly string[]): readonly KustomizeEdit[] {
  return texts.map((text) => {
    const edit = kustomizeEditFromString(text);
    if (!edit.ok) throw new Error(edit.failure.message);
    return edit.value;
  });
}

function result(text: string, ...images: readonly string[]): string {
  const edited = editKustomization('kustomization.yaml', text, edits(...images));
  return edited.ok ? (edited.value?.text ?? text) : edited.failure.message;
}

interface Case {
  readonly row: string;
  readonly before: string;
  readonly images: readonly string[];
  readonly after: string;
}

describe('an entry that is there (writeback.md 3)', () => {
  it.each<Case>([
    {
      row: 'a tag',
      before: 'images:\n  - name: web # main\n    newTag: v1 # pin\n\n# end\n',
      images: ['web:2.1.0'],
      after: 'images:\n  - name: web # main\n    newTag: 2.1.0 # pin\n\n# end\n',
    },
    {
      row: 'a tag that looks like a number',
      before: 'images:\n- name: web\n  newTag: v1\n',
      images: ['web:1.10'],
      after: 'images:\n- name: web\n  newTag: "1.10"\n',
    },
    {
      row: 'newName stays without annotation',
      before: 'images:\n- {name: web, newName: mirror/web, newTag: v1}\n',
      images: ['web:v2'],
      after: 'images:\n- {name: web, newName: mirror/web, newTag: v2}\n',
    },
    {
      row: 'newName comes with the annotation',
      before: 'images:\n  - name: web # main\n    newTag: v1\n',
      images: ['web=ghcr.io/acme/web:2.1.0'],
      after: 'images:\n  - name: web # main\n    newTag: 2.1.0\n    newName: ghcr.io/acme/web\n',
    },
    {
      row: 'newName that means the same stays',
      before: 'images:\n- name: web\n  newName: docker.io/library/nginx\n  newTag: v1\n',
      images: ['web=nginx:v2'],
      after: 'images:\n- name: web\n  newName: docker.io/library/nginx\n  newTag: v2\n',
    },
    {
      row: 'found by newName (#208, #312)',
      before: 'images:\n- name: web\n  newName: ghcr.io/acme/web\n  newTag: v1\n',
      images: ['ghcr.io/acme/web:v2'],
      after: 'images:\n- name: web\n  newName: ghcr.io/acme/web\n  newTag: v2\n',
    },
    {
      row: 'by name before newName',
      before: 'images:\n- {name: a, newName: web, newTag: v1}\n- {name: web, newTag: v1}\n',
      images: ['web:v2'],
      after: 'images:\n- {name: a, newName: web, newTag: v1}\n- {name: web, newTag: v2}\n',
    },
    {
      row: 'not by newName with annotation',
      before: 'images:\n- {name: a, newName: web, newTag: v1}\n',
      images: ['web=web:v2'],
      after: 'images:\n- {name: a, newName: web, newTag: v1}\n- {name: web, newTag: v2}\n',
    },
    {
      row: 'tag to digest, key in place',
      before: 'images:\n- name: web\n  newTag: v1 # c\n  newName: x\n',
      images: [`web@${aa}`],
      after: `images:\n- name: web\n  digest: ${aa} # c\n  newName: x\n`,
    },
    {
      row: 'digest to tag, key in place',
      before: `images:\n- {digest: "${aa}", name: web}\n`,
      images: ['web:v2'],
      after: 'images:\n- {newTag: "v2", name: web}\n',
    },
    {
      row: 'both to tag alone',
      before: `images:\n- digest: ${aa} # c\n  newTag: v1\n  name: web\n`,
      images: ['web:v2'],
      after: 'images:\n- newTag: v2\n  name: web\n',
    },
    {
      row: 'both to tag alone, with a new name, in flow',
      before: `images:\n- {name: web, newTag: v1, digest: "${aa}"}\n`,
      images: ['web=q/web:v2'],
      after: 'images:\n- {name: web, newTag: v2, newName: q/web}\n',
    },
    {
      row: 'tag to both',
      before: 'images:\n- name: web\n  newTag: v1\nx: 1',
      images: [`web:v2@${aa}`],
      after: `images:\n- name: web\n  newTag: v2\n  digest: ${aa}\nx: 1`,
    },
    {
      row: 'neither to tag',
      before: 'images:\n- name: web\n',
      images: ['web:v2'],
      after: 'images:\n- name: web\n  newTag: v2\n',
    },
    {
      row: 'two names of one repository (#1614)',
      before:
        'images:\n- {name: web, newName: r/app, newTag: v1}\n- {name: job, newName: r/app, newTag: v1}\n',
      images: ['web=r/app:v2', 'job=r/app:v3'],
      after:
        'images:\n- {name: web, newName: r/app, newTag: v2}\n- {name: job, newName: r/app, newTag: v3}\n',
    },
    {
      row: 'the same name twice: both',
      before: 'images:\n- {name: web, newTag: v1}\n- {name: web, newTag: v0}\n',
      images: ['web:v2'],
      after: 'images:\n- {name: web, newTag: v2}\n- {name: web, newTag: v2}\n',
    },
    {
      row: 'only the quotes differ',
      before: 'images:\n- {name: web, newTag: "v2"}\n',
      images: ['web:v2'],
      after: 'images:\n- {name: web, newTag: "v2"}\n',
    },
    {
      row: 'an anchored tag',
      before: 'images:\n- {name: web, newTag: &t v1}\n- {name: job, newTag: *t}\n',
      images: ['web:v2'],
      after: 'images:\n- {name: web, newTag: &t v2}\n- {name: job, newTag: *t}\n',
    },
    {
      row: 'a registry with a port',
      before: 'images:\n- {name: ghcr.io:5000/acme/web, newTag: v1}\n',
      images: ['ghcr.io:5000/acme/web:v2'],
      after: 'images:\n- {name: ghcr.io:5000/acme/web, newTag: v2}\n',
    },
    { row: 'a name alone', before: 'images: []\n', images: ['web'], after: 'images: []\n' },
  ])('$row', ({ before, images, after }) => {
    expect(result(before, ...images)).toBe(after);
    expect(editKustomization('k', after, edits(...images))).toEqual({ ok: true, value: null });
  });
});

describe('an entry that is missing', () => {
  it.each<Case>([
    {
      row: 'no images',
      before: 'resources:\n  - a.yaml # why\n\n# end\n',
      images: [`nginx=r/nginx:1.27@${aa}`],
      after: `resources:\n  - a.yaml # why\nimages:\n  - name: nginx\n    newName: r/nginx\n    newTag: "1.27"\n    digest: ${aa}\n\n# end\n`,
    },
    {
      row: 'null (12 #10)',
      before: 'images:\nx: 1\n',
      images: ['web:v2'],
      after: 'images:\n- name: web\n  newTag: v2\nx: 1\n',
    },
    {
      row: 'explicit null',
      before: 'images: ~\n',
      images: ['web:v2'],
      after: 'images: [{name: web, newTag: v2}]\n',
    },
    {
      row: 'empty',
      before: 'images: [] # c\n',
      images: ['web:v2'],
      after: 'images: [{name: web, newTag: v2}] # c\n',
    },
    {
      row: 'flow list',
      before: 'images: [{name: a, newTag: "1"}]\n',
      images: ['web:v2'],
      after: 'images: [{name: a, newTag: "1"}, {name: web, newTag: v2}]\n',
    },
    {
      row: 'flow items',
      before: 'images:\n  - {name: a}\nx: 1\n',
      images: ['web:v2'],
      after: 'images:\n  - {name: a}\n  - {name: web, newTag: v2}\nx: 1\n',
    },
    {
      row: 'block list in CRLF',
      before: 'images:\r\n-   name: a\r\n    newTag: "1"\r\n',
      images: ['web:v2'],
      after: 'images:\r\n-   name: a\r\n    newTag: "1"\r\n-   name: web\r\n    newTag: v2\r\n',
    },
    {
      row: 'no final newline',
      before: 'images:\n- name: a',
      images: ['b:1'],
      after: 'images:\n- name: a\n- name: b\n  newTag: "1"',
    },
    {
      row: 'JSON',
      before: '{"images": []}',
      images: ['web:v2'],
      after: '{"images": [{"name": "web", "newTag": "v2"}]}',
    },
  ])('$row', ({ before, images, after }) => {
    expect(result(before, ...images)).toBe(after);
    expect(editKustomization('k', after, edits(...images))).toEqual({ ok: true, value: null });
  });

  it('is made once for two images alike', () => {
    expect(result('images: []\n', 'web:v2', 'web:v2')).toBe('images: [{name: web, newTag: v2}]\n');
  });
});

describe('a kustomization that is refused', () => {
  it.each([
    { text: '', images: ['web:v2'], reason: 'should contain a single YAML document, not 0' },
    { text: '# c\n', images: ['web:v2'], reason: 'should contain a single YAML document, not 0' },
    { text: 'a: 1\n---\nb: 1\n', images: ['web:v2'], reason: 'should contain a single YAML document, not 2' },
    { text: '- a\n', images: ['web:v2'], reason: 'should contain a mapping' },
    { text: 'kind: List\nitems: []\n', images: ['web:v2'], reason: 'a List is no kustomization' },
    { text: 'images: []\nimages: []\n', images: ['web:v2'], reason: 'images is there more than once' },
    { text: 'images: {web: v1}\n', images: ['web:v2'], reason: 'images is no list' },
    { text: 'images: none\n', images: ['web:v2'], reason: 'images is no list' },
    { text: 'x: &x {name: web}\nimages: [*x]\n', images: ['web:v2'], reason: 'the list item is an alias' },
    { text: 'images:\n- {name: web, newTag: 1, newTag: 2}\n', images: ['web:v2'], reason: 'more than once' },
    {
      text: 'images:\n- {name: web, newTag: {a: b}}\n',
      images: ['web:v2'],
      reason: 'unexpected type: a map',
    },
    { text: 'images:\n- name: web\n  newTag: |\n    v1\n', images: ['web:v2'], reason: 'a block scalar' },
    {
      text: `x: &x {newTag: v1}\nimages:\n- {name: web, <<: *x}\n`,
      images: [`web@${aa}`],
      reason: 'from a merge key',
    },
    {
      text: 'images:\n- {name: web, newTag: &t v1}\nx: *t\n',
      images: [`web@${aa}`],
      reason: 'cannot become digest',
    },
    { text: 'images: []\n', images: ['web:v2', 'web:v3'], reason: 'two images would write "web"' },
    {
      text: 'images: [{name: web, newTag: v1}]\n',
      images: ['web:v2', 'web:v3'],
      reason: 'two images want different versions',
    },
    {
      text: 'images: [{name: web, newTag: v1}]\n',
      images: [`web:v2@${aa}`, 'web:v2'],
      reason: 'two images want different versions',
    },
    {
      text: `images: [{name: web, newTag: v1, digest: ${aa}}]\n`,
      images: ['web:v2', `web:v2@${aa}`],
      reason: 'two images want different versions',
    },
  ])('$text: $reason', ({ text, images, reason }) => {
    expect(result(text, ...images)).toContain(reason);
    expect(editKustomization('k.yaml', text, edits(...images))).toMatchObject({
      ok: false,
      failure: { kind: 'edit', path: 'k.yaml' },
    });
  });
});

describe('changes', () => {
  it('are listed with their keys', () => {
    const text = `images:\n- name: web\n  newTag: v1\n- name: job\n  digest: ${aa}\n  newTag: v0\n`;
    const edited = editKustomization('k.yaml', text, edits(`web@${aa}`, 'job:v2', 'new:v3'));

    expect(edited.ok && edited.value?.changes.map(({ key, from, to }) => [key, from, to])).toEqual([
      ['images[0].digest', 'v1', aa],
      ['images[1].digest', aa, ''],
      ['images[1].newTag', 'v0', 'v2'],
      ['images[2].name', undefined, 'new'],
      ['images[2].newTag', undefined, 'v3'],
    ]);
  });
});

describe('kustomizeEditFromString', () => {
  it.each([
    { text: 'web:v2', edit: { name: 'web', named: false, newName: 'web', tag: 'v2' } },
    { text: 'web=ghcr.io/acme/web', edit: { name: 'web', named: true, newName: 'ghcr.io/acme/web' } },
    {
      text: `web=ghcr.io/acme/web:v2@${aa}`,
      edit: { name: 'web', named: true, newName: 'ghcr.io/acme/web', tag: 'v2', digest: aa },
    },
    {
      text: 'ghcr.io:5000/acme/web:v2',
      edit: { name: 'ghcr.io:5000/acme/web', named: false, newName: 'ghcr.io:5000/acme/web', tag: 'v2' },
    },
  ])('$text', ({ text, edit }) => {
    expect(kustomizeEditFromString(text)).toEqual({ ok: true, value: { ...edit, alias: '' } });
  });

  it.each(['', '=web:v1', 'web=', 'a b:v1'])('refuses %j', (text) => {
    expect(kustomizeEditFromString(text)).toMatchObject({ ok: false, failure: { kind: 'config' } });
  });
});

describe('readKustomizationImage', () => {
  const text = `images:\n- {name: web, newName: r/web, newTag: "1"}\n- {name: r/web, digest: ${JSON.stringify(aa)}}\n- {name: x, newName: q}\n`;

  it.each([
    { name: 'web', found: { newName: 'r/web', newTag: '1' } },
    { name: 'r/web', found: { digest: aa } },
    { name: 'q', found: { newName: 'q' } },
    { name: 'none', found: undefined },
  ])('$name', ({ name, found }) => {
    expect(readKustomizationImage(text, name)).toEqual(found);
  });

  it.each(['', '[', 'images:\n', 'images: [a]\n'])('finds nothing in %j', (broken) => {
    expect(readKustomizationImage(broken, 'web')).toBeUndefined();
  });
});

const hasKubectl = spawnSync('kubectl', ['kustomize', '--help']).status === 0;

describe.skipIf(!hasKubectl)(`what kustomize renders${hasKubectl ? '' : ' (skipped: needs kubectl)'}`, () => {
  const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - {name: web, image: "web:1"}
      - {name: side, image: "envoy:1"}
`;

  function render(kustomization: string): readonly string[] {
    const folder = mkdtempSync(join(tmpdir(), 'kustomization-'));
    try {
      writeFileSync(join(folder, kustomizationFileNames[0]), kustomization);
      writeFileSync(join(folder, 'deployment.yaml'), deployment);
      const rendered = execFileSync('kubectl', ['kustomize', folder], { encoding: 'utf8' });
      return [...rendered.matchAll(/image: (.*)/g)].map(([, image]) => image ?? '');
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  const resources = 'resources: [deployment.yaml]\n';

  it.each([
    { row: 'a missing list', images: '', edit: 'web=r/web:1.10', rendered: 'r/web:1.10' },
    { row: 'a null list', images: 'images:\n', edit: 'web:0x1f', rendered: 'web:0x1f' },
    {
      row: 'a renamed entry',
      images: 'images:\n- name: web\n  newName: r/app\n  newTag: 1\n',
      edit: 'r/app:2024-01-02',
      rendered: 'r/app:2024-01-02',
    },
    {
      row: 'tag to digest',
      images: 'images:\n- {name: web, newTag: v1}\n',
      edit: `web@${aa}`,
      rendered: `web@${aa}`,
    },
    {
      row: 'both to tag',
      images: `images:\n- name: web\n  newTag: v1\n  digest: ${aa}\n`,
      edit: 'web:1e3',
      rendered: 'web:1e3',
    },
    {
      row: 'tag to both',
      images: 'images:\n- name: web\n  newTag: v1\n',
      edit: `web:v2@${aa}`,
      rendered: `web:v2@${aa}`,
    },
  ])('$row: $rendered', ({ images, edit, rendered }) => {
    expect(render(result(resources + images, edit))).toEqual([rendered, 'envoy:1']);
  });
});
