import { describe, expect, it } from 'vitest';
import { editManifests } from '../../../../src/core/edit/manifests/manifests.ts';
import { findManifestImages } from '../../../../src/core/edit/manifests/find-images.ts';
import type { EditedFile } from '../../../../src/core/yaml/edited-file.ts';
import type { ManifestEdit } from '../../../../src/core/edit/edit.ts';
import type { TrackedImage } from '../../../../src/core/config/tracked-image.ts';
import { anImage, aRef, valueOf } from '../../builders.ts';

const oldDigest = `sha256:${'a'.repeat(64)}`;
const newDigest = `sha256:${'b'.repeat(64)}`;

function anEdit(changes: Partial<ManifestEdit> = {}): ManifestEdit {
  return { alias: 'web', registry: 'ghcr.io', repository: 'acme/web', tag: '2.0', ...changes };
}

const nginx = anEdit({ alias: 'nginx', registry: 'docker.io', repository: 'library/nginx' });

function editAll(files: Readonly<Record<string, string | null>>, ...edits: ManifestEdit[]) {
  return editManifests(new Map(Object.entries(files)), edits.length === 0 ? [anEdit()] : edits);
}

/** The edited file, or the failure's message. */
function edited(text: string, ...edits: ManifestEdit[]): EditedFile | string {
  const outcome = editAll({ 'app.yaml': text }, ...edits);
  if (!outcome.ok) return outcome.failure.message;
  return outcome.value[0] ?? { path: 'app.yaml', text, changes: [] };
}

function textOf(file: EditedFile | string): string {
  return typeof file === 'string' ? file : file.text;
}

function keysOf(file: EditedFile | string): readonly string[] {
  return typeof file === 'string' ? [file] : file.changes.map(({ key }) => key);
}

/** Expects the text with each old reference replaced, and not a byte more. */
function expectMoved(text: string, ...edits: ManifestEdit[]): void {
  expect(textOf(edited(text, ...edits))).toBe(text.replaceAll('acme/web:1.0', 'acme/web:2.0'));
}

const podSpec = (indent: number): string =>
  ['containers:', '- name: web', '  image: ghcr.io/acme/web:1.0', '']
    .map((line) => (line === '' ? '' : ' '.repeat(indent) + line))
    .join('\n');

function workload(kind: string): string {
  const head = `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: web\n`;
  if (kind === 'Pod') return `${head}spec:\n${podSpec(2)}`;
  if (kind === 'PodTemplate') return `${head}template:\n  spec:\n${podSpec(4)}`;
  if (kind === 'CronJob') {
    return `${head}spec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n${podSpec(10)}`;
  }
  return `${head}spec:\n  template:\n    spec:\n${podSpec(6)}`;
}

/** An object of a custom kind with a container at a path, `*` for the one item of a list. */
function custom(apiVersion: string, kind: string, ...path: readonly string[]): string {
  const nest = (left: readonly string[]): unknown => {
    const [first, ...rest] = left;
    if (first === undefined) return { name: 'web', image: 'ghcr.io/acme/web:1.0' };
    return first === '*' ? [nest(rest)] : { [first]: nest(rest) };
  };
  return `${JSON.stringify({ apiVersion, kind, metadata: { name: 'web' }, ...(nest(path) as object) })}\n`;
}

describe('fault C7: workloads of other projects', () => {
  const pod = ['containers', '*'];
  const template = ['spec', 'template', 'spec', ...pod];

  it.each<[string, string, readonly string[]]>([
    ['argoproj.io/v1alpha1', 'Rollout', template],
    ['argoproj.io/v1alpha1', 'Rollout', ['spec', 'template', 'spec', 'initContainers', '*']],
    ['serving.knative.dev/v1', 'Service', template],
    ['apps.kruise.io/v1alpha1', 'CloneSet', template],
    ['apps.kruise.io/v1beta1', 'StatefulSet', template],
    ['apps.kruise.io/v1alpha1', 'AdvancedCronJob', ['spec', 'template', 'jobTemplate', ...template]],
    ['apps.kruise.io/v1alpha1', 'SidecarSet', ['spec', ...pod]],
    ['argoproj.io/v1alpha1', 'Workflow', ['spec', 'templates', '*', 'container']],
    ['argoproj.io/v1alpha1', 'WorkflowTemplate', ['spec', 'templates', '*', 'script']],
    ['argoproj.io/v1alpha1', 'CronWorkflow', ['spec', 'workflowSpec', 'templates', '*', 'sidecars', '*']],
    ['keda.sh/v1alpha1', 'ScaledJob', ['spec', 'jobTargetRef', 'template', 'spec', ...pod]],
    ['jobset.x-k8s.io/v1alpha2', 'JobSet', ['spec', 'replicatedJobs', '*', 'template', ...template]],
    ['batch.volcano.sh/v1alpha1', 'Job', ['spec', 'tasks', '*', 'template', 'spec', ...pod]],
    ['tekton.dev/v1', 'Task', ['spec', 'steps', '*']],
  ])('%s %s is updated', (apiVersion, kind, path) => {
    expectMoved(custom(apiVersion, kind, ...path));
  });

  const deployment =
    'kind: Deployment\nspec: {template: {spec: {containers: [{image: ghcr.io/acme/web:1.0}]}}}\n';

  it.each<[string, string, string]>([
    [
      'an unknown kind',
      custom('example.com/v1', 'Shop', 'spec', 'server'),
      'Shop/web spec.server.image stays at ghcr.io/acme/web:1.0',
    ],
    [
      'an item of a list',
      custom('example.com/v1', 'Shop', 'spec', 'parts', '*'),
      'Shop/web spec.parts[0].image stays at',
    ],
    [
      "a Service that is not Knative's",
      custom('v1', 'Service', 'spec', 'template', 'spec', ...pod),
      'Service/web spec.template.spec.containers[0].image',
    ],
  ])('%s with the image is told, with the path for manifests.path', (_, object, says) => {
    const result = edited(`${deployment}---\n${object}`);

    expect(textOf(result)).toBe(`${deployment.replace('1.0', '2.0')}---\n${object}`);
    expect(typeof result === 'string' ? result : result.warnings).toEqual([expect.stringContaining(says)]);
    expect(typeof result === 'string' ? result : result.warnings?.[0]).toContain(
      'web.manifests.path can name it',
    );
  });

  it.each([
    ['the wanted version', 'image: ghcr.io/acme/web:2.0'],
    ['another image', 'image: ghcr.io/acme/api:1.0'],
    ['another key', 'picture: ghcr.io/acme/web:1.0'],
  ])('%s is not told', (_, line) => {
    const result = edited(`${deployment}---\nkind: Shop\nspec: {${line}}\n`);

    expect(typeof result === 'string' ? result : result.warnings).toBeUndefined();
  });

  it('says where the image stands if no container has it', () => {
    expect(edited(custom('example.com/v1', 'Shop', 'spec'))).toContain('Shop/web spec.image stays at');
  });
});

describe('which objects', () => {
  it.each([
    ['Pod', 'spec.containers[0].image'],
    ['Deployment', 'spec.template.spec.containers[0].image'],
    ['StatefulSet', 'spec.template.spec.containers[0].image'],
    ['DaemonSet', 'spec.template.spec.containers[0].image'],
    ['ReplicaSet', 'spec.template.spec.containers[0].image'],
    ['ReplicationController', 'spec.template.spec.containers[0].image'],
    ['Job', 'spec.template.spec.containers[0].image'],
    ['CronJob', 'spec.jobTemplate.spec.template.spec.containers[0].image'],
    ['PodTemplate', 'template.spec.containers[0].image'],
  ])('%s: %s', (kind, path) => {
    const text = workload(kind);

    const file = edited(text);

    expect(file).toEqual({
      path: 'app.yaml',
      text: text.replace('web:1.0', 'web:2.0'),
      changes: [
        {
          path: 'app.yaml',
          key: `${kind}/web ${path}`,
          from: 'ghcr.io/acme/web:1.0',
          to: 'ghcr.io/acme/web:2.0',
        },
      ],
    });
  });

  it.each(['initContainers', 'ephemeralContainers', 'containers'])('the images of %s', (list) => {
    const text = workload('Deployment').replace('containers', list);

    expectMoved(text);

    expect(keysOf(edited(text))).toEqual([`Deployment/web spec.template.spec.${list}[0].image`]);
  });

  it.each(['Rollout', 'ConfigMap', 'Service'])('no containers of the kind %s', (kind) => {
    expect(edited(workload(kind))).toContain('no reference of ghcr.io/acme/web');
  });

  it('every item of a List, also of one in another', () => {
    const text = `apiVersion: v1
kind: List
items:
- kind: Pod
  metadata: {name: one}
  spec: {containers: [{name: a, image: ghcr.io/acme/web:1.0}]}
- kind: List
  items:
    - kind: Pod
      metadata: {name: two}
      spec: {containers: [{name: a, image: ghcr.io/acme/web:1.0}]}
`;

    expectMoved(text);

    expect(keysOf(edited(text))).toEqual([
      'Pod/one spec.containers[0].image',
      'Pod/two spec.containers[0].image',
    ]);
  });

  it('a List that contains itself ends', () => {
    expect(edited('kind: List\nitems: &items\n- kind: List\n  items: *items\n# web\n')).toContain(
      'no reference',
    );
  });

  it('all documents of all files, in path order', () => {
    const outcome = editAll({
      'b.yaml': `${workload('Pod')}---\n${workload('Job')}`,
      'a.json': '{"kind":"Pod","spec":{"containers":[{"image":"ghcr.io/acme/web:1.5"}]}}',
      'c.yaml': 'kind: Service\n',
      'gone.yaml': null,
    });

    const changes = valueOf(outcome).flatMap((file) => file.changes);
    expect(changes.map(({ path, key, from }) => `${path} ${key} ${from}`)).toEqual([
      'a.json Pod spec.containers[0].image ghcr.io/acme/web:1.5',
      'b.yaml Pod/web spec.containers[0].image ghcr.io/acme/web:1.0',
      'b.yaml Job/web spec.template.spec.containers[0].image ghcr.io/acme/web:1.0',
    ]);
  });

  it('reports the name prefix of an object without a name', () => {
    expect(keysOf(edited(workload('Job').replace('name: web', 'generateName: web-')))).toEqual([
      'Job/web- spec.template.spec.containers[0].image',
    ]);
  });
});

describe('which bytes', () => {
  it.each([
    [
      'comments and blank lines',
      `# top\n\n${workload('Pod').replace('web:1.0', 'web:1.0   # tag: keep')}\n# end`,
    ],
    ['CRLF', workload('Pod').replaceAll('\n', '\r\n')],
    ['no final line break', workload('Pod').trimEnd()],
    ['a byte order mark', `\ufeff${workload('Pod')}`],
    [
      'indented lists',
      'kind: Pod\nspec:\n    containers:\n      -   name:  web\n          image:   ghcr.io/acme/web:1.0  \n',
    ],
    ['flow style', 'kind: Pod\nspec: {containers: [{name: web, image: ghcr.io/acme/web:1.0}, {name: b}]}\n'],
    ['quotes in flow style', `kind: Pod\nspec: {containers: [{image: 'ghcr.io/acme/web:1.0'}]}\n`],
    ['double quotes', workload('Pod').replace('ghcr.io/acme/web:1.0', '"ghcr.io/acme/web:1.0"')],
    ['single quotes', workload('Pod').replace('ghcr.io/acme/web:1.0', "'ghcr.io/acme/web:1.0'")],
    ['a tag !!str', workload('Pod').replace('ghcr.io', '!!str ghcr.io')],
    ['a quoted key', workload('Pod').replace('image:', '"image":')],
    ['JSON', '{"kind": "Pod",\n\t"spec": {"containers": [\n\t\t{"image": "ghcr.io/acme/web:1.0"}\n\t]}\n}\n'],
    ['document marks', `%YAML 1.2\n---\n# nothing\n---\n${workload('Pod')}...\n---\n`],
  ])('stay as they are around %s', (_, text) => {
    expectMoved(text);
  });

  it('JSON with escaped slashes is found too', () => {
    const text = '{"kind":"Pod","spec":{"containers":[{"image":"ghcr.io\\/acme\\/web:1.0"}]}}';

    expect(textOf(edited(text))).toBe(text.replace('ghcr.io\\/acme\\/web:1.0', 'ghcr.io/acme/web:2.0'));
  });

  it.each([
    { found: 'nginx', wanted: { tag: '1.2' }, becomes: 'nginx:1.2' },
    { found: 'nginx:1.0', wanted: { tag: '1.2' }, becomes: 'nginx:1.2' },
    { found: 'library/nginx:1.0', wanted: { tag: '1.2' }, becomes: 'library/nginx:1.2' },
    {
      found: 'docker.io/library/nginx:1.0',
      wanted: { tag: '1.2' },
      becomes: 'docker.io/library/nginx:1.2',
    },
    {
      found: 'index.docker.io/nginx:1',
      wanted: { tag: '2' },
      becomes: 'index.docker.io/nginx:2',
    },
    { found: `nginx:1.0@${oldDigest}`, wanted: { tag: '1.2' }, becomes: 'nginx:1.2' },
    {
      found: `nginx:1.0@${oldDigest}`,
      wanted: { tag: '1.0', digest: newDigest },
      becomes: `nginx:1.0@${newDigest}`,
    },
    {
      found: `nginx@${oldDigest}`,
      wanted: { digest: newDigest },
      becomes: `nginx@${newDigest}`,
    },
    {
      found: 'nginx',
      wanted: { tag: 'latest', digest: newDigest },
      becomes: `nginx:latest@${newDigest}`,
    },
  ])('$found becomes $becomes', ({ found, wanted, becomes }) => {
    const { tag: _, ...image } = nginx;
    const text = `kind: Pod\nspec:\n  containers:\n  - image: ${found}\n`;

    const file = edited(text, { ...image, ...wanted });

    expect(file).toMatchObject({
      text: text.replace(found, becomes),
      changes: [{ from: found, to: becomes }],
    });
  });

  it.each([
    ['nginx:2.0', { tag: '2.0' }],
    ['docker.io/library/nginx:2.0', { tag: '2.0' }],
    [`nginx:2.0@${oldDigest}`, { tag: '2.0' }],
    [`nginx@${newDigest}`, { tag: 'latest', digest: newDigest }],
    ['nginx', { tag: 'latest' }],
    ['nginx:1.0', {}],
  ])('%s stays where %j is wanted', (found, wanted) => {
    const { tag: _, ...image } = nginx;

    const outcome = editAll(
      { 'a.yaml': `kind: Pod\nspec:\n  containers:\n  - image: ${found}\n` },
      { ...image, ...wanted },
    );

    expect(outcome).toEqual({ ok: true, value: [] });
  });

  it.each([
    'ghcr.io/acme/web:{{ .Values.tag }}',
    '"{{ image }}/acme/web:1.0"',
    'ghcr.io/acme/web:${TAG}',
    '${REGISTRY}/acme/web:1.0',
    'ghcr.io/acme/webby:1.0',
    'ghcr.io/other/acme/web:1.0',
    'acme/web:1.0',
    '{web: 1}',
    '~ # web',
  ])('a value that is no reference of the image stays: %s', (value) => {
    const text = `${workload('Pod')}  - name: other\n    image: ${value}\n`;

    expect(textOf(edited(text))).toBe(text.replace('ghcr.io/acme/web:1.0\n', 'ghcr.io/acme/web:2.0\n'));
  });

  it('nothing changes the second time', () => {
    const once = textOf(edited(workload('Deployment')));

    expect(editAll({ 'app.yaml': once })).toEqual({ ok: true, value: [] });
  });
});

describe('anchors and merge keys', () => {
  it('an image behind an alias changes once, at the anchor, and each place is reported', () => {
    const text = `x-image: &img ghcr.io/acme/web:1.0
kind: Pod
metadata: {name: p}
spec:
  containers:
  - {name: a, image: *img}
  - {name: b, image: *img}
`;

    expectMoved(text);
    expect(keysOf(edited(text))).toEqual([
      'Pod/p x-image',
      'Pod/p spec.containers[0].image',
      'Pod/p spec.containers[1].image',
    ]);
  });

  it('an image that a merge key supplies changes where it stands', () => {
    const text = `x-common: &common
  image: "ghcr.io/acme/web:1.0" # both
kind: Pod
spec:
  containers:
  - <<: *common
    name: a
  - <<: [{name: z}, *common]
  - <<: *common
    image: ghcr.io/acme/other:1
`;

    expectMoved(text);
    expect(keysOf(edited(text))).toEqual([
      'Pod x-common.image',
      'Pod spec.containers[0].image',
      'Pod spec.containers[1].image',
    ]);
  });

  it('anchored containers, specs and objects are followed', () => {
    expectMoved(`kind: List
x-spec: &spec
  containers: &list
  - &c {name: a, image: ghcr.io/acme/web:1.0}
items:
- {kind: Pod, spec: *spec}
- {kind: Pod, spec: {containers: *list}}
- {kind: Pod, spec: {containers: [*c]}}
`);
  });

  it('an anchor shared with a container that the name leaves out is refused', () => {
    const text =
      'kind: Pod\nspec:\n  containers:\n  - {name: a, image: &i ghcr.io/acme/web:1.0}\n  - {name: b, image: *i}\n';

    expect(edited(text, anEdit({ container: 'a' }))).toBe(
      'app.yaml: key Pod spec.containers[0].image: it is shared with container "b", which web.manifests.name leaves out',
    );
    expectMoved(text, anEdit({ container: 'a' }), anEdit({ alias: 'two', container: 'b' }));
  });
});

describe('what is refused', () => {
  it.each([
    ['a literal block scalar', '|-\n      ghcr.io/acme/web:1.0', 'block scalar'],
    ['a folded block scalar', '>\n      ghcr.io/acme/web:1.0', 'block scalar'],
    ['an explicit tag', '!vault ghcr.io/acme/web:1.0', 'explicit tag !vault'],
  ])('%s', (_, value, reason) => {
    const message = edited(workload('Pod').replace('ghcr.io/acme/web:1.0', value));

    expect(message).toContain('app.yaml: key Pod/web spec.containers[0].image: ');
    expect(message).toContain(reason);
  });

  it.each([
    ['image', 'kind: Pod\nspec:\n  containers:\n  - image: ghcr.io/acme/web:1.0\n    image: redis:1\n', 5],
    ['spec', 'kind: Pod\nspec: {}\nspec:\n  containers:\n  - image: ghcr.io/acme/web:1.0\n', 3],
    ['kind', 'kind: Pod\nkind: Service\nspec:\n  containers:\n  - image: ghcr.io/acme/web:1.0\n', 2],
  ])('a duplicated key %s on the way to the image', (_, text, line) => {
    expect(edited(text)).toBe(
      `app.yaml: line ${line}: this key is duplicated, so it is unclear which image counts`,
    );
  });

  it('a duplicated key elsewhere does not matter', () => {
    expectMoved(`${workload('Pod')}x: 1\nx: 2\n`);
  });

  it('a duplicated container name where it narrows', () => {
    const text = workload('Pod').replace('name: web\n    image', 'name: web\n    name: api\n    image');

    expect(edited(text, anEdit({ container: 'api' }))).toContain(
      'name of its container is there more than once',
    );
    expectMoved(text);
  });

  it('a file that is no YAML and names the image', () => {
    const message = edited('kind: Pod\n{{- if x }}\nimage: "ghcr.io/acme/web:{{ tag }}"\n');

    expect(message).toMatch(/^app\.yaml: not valid YAML, line \d+: .*; it names ghcr\.io\/acme\/web$/);
  });

  it('not a file that is no YAML and names other images', () => {
    const outcome = editAll({ 'a.yaml': workload('Pod'), 'b.yaml': '{{- x }}\nimage: acme/web:1.0 # web\n' });

    expect(valueOf(outcome).map(({ path }) => path)).toEqual(['a.yaml']);
  });

  it('two aliases that want different versions of one reference', () => {
    expect(edited(workload('Pod'), anEdit(), anEdit({ alias: 'canary', tag: '3.0' }))).toBe(
      'app.yaml: key Pod/web spec.containers[0].image: web wants ghcr.io/acme/web:2.0 and canary wants ghcr.io/acme/web:3.0; tell their containers apart with <alias>.manifests.name',
    );
  });

  it('an image that is in no file', () => {
    const files = Object.fromEntries([1, 2, 3, 4].map((n) => [`${n}.yaml`, workload('Pod')]));
    const absent = anEdit({
      alias: 'db',
      registry: 'quay.io',
      repository: 'acme/db',
      container: 'db',
      path: 'spec.image',
    });

    expect(editAll(files, anEdit(), absent)).toEqual({
      ok: false,
      failure: {
        kind: 'edit',
        path: '1.yaml',
        message:
          '1.yaml, 2.yaml, 3.yaml, … (4 files): no reference of quay.io/acme/db (alias db) in a container named "db" or at "spec.image" of a custom resource; check the image\'s name and the paths of write-back-target',
      },
    });
  });

  it('an edit without any file', () => {
    expect(editAll({ 'gone.yaml': null })).toMatchObject({
      failure: { kind: 'edit', message: 'no manifest is there: check the paths of write-back-target' },
    });
  });

  it('a key path that cannot be read', () => {
    expect(editAll({ 'a.yaml': workload('Pod') }, anEdit({ path: 'spec..image' }))).toMatchObject({
      failure: { kind: 'config', annotation: 'web.manifests.path' },
    });
  });
});

describe('narrowing by container name', () => {
  const two = `kind: Pod
spec:
  initContainers:
  - {name: init, image: ghcr.io/acme/web:1.0}
  containers:
  - {name: web, image: ghcr.io/acme/web:1.0}
`;

  it('changes only containers of that name', () => {
    expect(keysOf(edited(two, anEdit({ container: 'web' })))).toEqual(['Pod spec.containers[0].image']);
  });

  it('gives each alias its own container', () => {
    const file = edited(
      two,
      anEdit({ container: 'web' }),
      anEdit({ alias: 'init', container: 'init', tag: '3.0' }),
    );

    expect(file).toMatchObject({
      changes: [{ to: 'ghcr.io/acme/web:3.0' }, { to: 'ghcr.io/acme/web:2.0' }],
    });
  });

  it('fails where no container has that name', () => {
    expect(edited(two, anEdit({ container: 'other' }))).toContain('in a container named "other"');
  });
});

describe('custom resources', () => {
  const prometheus = `apiVersion: example.com/v1
kind: Prometheus
metadata: {name: main}
spec:
  image: ghcr.io/acme/web:1.0
  other: ghcr.io/acme/web:1.0
  shards:
  - image: "ghcr.io/acme/web:1.0"
  - image: ghcr.io/acme/web:1.1
  - image: redis
`;

  it.each([
    ['spec.image', ['spec.image']],
    ['spec.shards[1].image', ['spec.shards[1].image']],
    ['spec.shards.0.image', ['spec.shards[0].image']],
    ['spec.shards.*.image', ['spec.shards[0].image', 'spec.shards[1].image']],
  ])('the value at %s', (path, keys) => {
    expect(keysOf(edited(prometheus, anEdit({ path })))).toEqual(keys.map((key) => `Prometheus/main ${key}`));
  });

  it.each(['spec.shards[2].image', 'spec.shards[9].image', 'spec.shards[-1].image', 'spec', 'spec.image.x'])(
    'nothing where %s is no reference of the image',
    (path) => {
      expect(edited(prometheus, anEdit({ path }))).toContain(
        `or at ${JSON.stringify(path)} of a custom resource`,
      );
    },
  );

  it('not the kinds that have containers', () => {
    const text = `${workload('Deployment')}  image: ghcr.io/acme/web:1.0\n`;

    expect(keysOf(edited(text, anEdit({ path: 'spec.image' })))).toEqual([
      'Deployment/web spec.template.spec.containers[0].image',
    ]);
  });

  it('kinds of the same name in another API group', () => {
    const text = 'apiVersion: batch.volcano.sh/v1alpha1\nkind: Job\nspec:\n  image: ghcr.io/acme/web:1.0\n';

    expect(keysOf(edited(text, anEdit({ path: 'spec.image' })))).toEqual(['Job spec.image']);
  });
});

describe('findManifestImages', () => {
  const image = anImage();

  it('gives the references in path order, spelled as the image is', () => {
    const texts = new Map([
      ['b.yaml', workload('Pod')],
      ['a.yaml', 'not: [yaml # web'],
      ['a/c.yaml', `${workload('Service')}---\n${workload('Pod').replace('1.0', `1.5@${oldDigest}`)}`],
    ]);

    const found = findManifestImages(texts, image);

    expect(found).toMatchObject({ ok: true, value: [{ tag: '1.5', digest: oldDigest }, { tag: '1.0' }] });
  });

  it('names an image that is nowhere, and a file that cannot be read', () => {
    const texts = new Map([['a.yaml', 'image: {name: ghcr.io/acme/web:1']]);

    expect(findManifestImages(texts, image)).toMatchObject({
      ok: false,
      failure: { path: 'a.yaml', message: expect.stringContaining('it names ghcr.io/acme/web') as string },
    });
    expect(findManifestImages(texts, anImage({ ref: aRef('ghcr.io/acme/other') }))).toMatchObject({
      ok: false,
      failure: { message: expect.stringContaining('no reference of ghcr.io/acme/other') as string },
    });
  });

  it('heeds the name of the container and the key path', () => {
    const texts = new Map([
      ['a.yaml', workload('Pod')],
      ['b.yaml', 'kind: Widget\nspec: {image: ghcr.io/acme/web:1.7}\n'],
      [
        'c.yaml',
        workload('Pod').replace(
          'name: web\n    image: ghcr.io/acme/web:1.0',
          'name: api\n    image: ghcr.io/acme/web:1.9',
        ),
      ],
    ]);

    const tagsOf = (manifests: TrackedImage['manifests']) => {
      const found = findManifestImages(texts, anImage({ manifests }));
      return found.ok ? found.value.map(({ tag }) => tag) : found.failure.message;
    };
    expect(tagsOf({ container: 'api' })).toEqual(['1.9']);
    expect(tagsOf({ container: 'x', path: 'spec.image' })).toEqual(['1.7']);
  });
});
