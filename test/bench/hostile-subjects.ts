/** What is fed with hostile texts: the parsers and editors of the core, and the challenges of registries. */
import {
  applicationKeys,
  annotationPrefix,
  imageOnlyKeys,
  sharedKeys,
} from '../../src/core/config/keys/annotation-keys.ts';
import { readConfig } from '../../src/core/config/annotations.ts';
import { readApplication } from '../../src/core/config/application.ts';
import { sanitizeBranchName } from '../../src/core/branch-name.ts';
import { cleanCommitMessage, withTrailers } from '../../src/core/commit-message.ts';
import { parseConstraint } from '../../src/core/version/constraint.ts';
import { findDockerCredential } from '../../src/core/registries/docker-config.ts';
import { parseGoDuration } from '../../src/core/base/duration.ts';
import { compileFilter, parseAllowTags } from '../../src/core/version/filter.ts';
import { repositoryIdentity } from '../../src/core/base/git-url.ts';
import { globMatches, parseGlob } from '../../src/core/version/glob.ts';
import { parseGoFloat, parseGoInteger } from '../../src/core/base/go-number.ts';
import { printGoScalar } from '../../src/core/edit/override/go-yaml-scalar.ts';
import { editHelmValues, readHelmValue } from '../../src/core/edit/helmvalues.ts';
import { parseImageListEntry, splitImageList } from '../../src/core/config/keys/image-list.ts';
import { parseInstant } from '../../src/core/version/instant.ts';
import { parseKeyPath } from '../../src/core/yaml/key-path.ts';
import {
  editKustomization,
  kustomizeEditFromString,
  readKustomizationImage,
} from '../../src/core/edit/kustomization.ts';
import { parseLabelSelector, selectorMatches } from '../../src/kube/files/label-selector.ts';
import { selectManifestFiles } from '../../src/core/edit/manifests/files.ts';
import { editManifests } from '../../src/core/edit/manifests/manifests.ts';
import {
  editHelmOverride,
  editKustomizeOverride,
  readHelmOverride,
  readKustomizeOverride,
} from '../../src/core/edit/override/override.ts';
import { compilePathGlob } from '../../src/core/edit/manifests/path-glob.ts';
import { makeProxyFor } from '../../src/net/proxy-rules.ts';
import { parseImageRef } from '../../src/core/image/reference.ts';
import { parseRegistriesConf } from '../../src/core/registries/registries.ts';
import { parseSecretSource, splitUserPassword } from '../../src/core/config/keys/secret-source.ts';
import { executeTemplate, parseTemplate, structValue, textValue } from '../../src/core/template/template.ts';
import { compareVersions, parseVersion } from '../../src/core/version/version.ts';
import { resolveWriteTarget } from '../../src/core/config/write-target.ts';
import { parseYaml } from '../../src/core/yaml/parse.ts';
import { parseChallenges } from '../../src/registry/access/challenge.ts';
import { readNextPage } from '../../src/registry/next-page.ts';
import { anApplication } from '../core/builders.ts';
import { anyShapes, countOf, nestOf, runOf, type Shapes, yamlShapes } from './hostile-texts.ts';

export interface Subject {
  readonly name: string;
  readonly shapes: Shapes;
  readonly work: (text: string) => unknown;
}

const textSubjects: Readonly<Record<string, { readonly work: Subject['work']; readonly more?: Shapes }>> = {
  'image list': {
    work: (text) => splitImageList(text).map(parseImageListEntry),
    more: {
      'distinct entries': countOf((index) => `a${index}=host/n${index}:1.x,`),
      'one long constraint': runOf(',<2', 'nginx:>=1'),
    },
  },
  reference: { work: parseImageRef, more: { 'long digest': runOf('a', 'nginx@sha256:') } },
  version: {
    work: (text) => [parseVersion(text), parseVersion(`1.0.0-${text}`), parseVersion(`1.0.0+${text}`)],
    more: {
      'long pre-release': runOf('.1', '1.0.0-1'),
      'long number': runOf('9', '1.'),
      padded: runOf('.01', '1.0-1'),
    },
  },
  'version order': {
    work: (text) => {
      const version = parseVersion(text);
      return (
        version && [
          compareVersions(version, version),
          compareVersions(version, { ...version, prerelease: `${version.prerelease}.1` }),
        ]
      );
    },
    more: { 'long pre-release': runOf('.a', '1.0.0-a'), 'long digits': runOf('9', '1.0.0-a.9') },
  },
  constraint: {
    work: (text) => [parseConstraint(text), parseConstraint(text.slice(0, 1024))],
    more: { ranges: runOf('1 - ', '', '2'), alternatives: runOf('||1', '1') },
  },
  glob: {
    work: (text) => {
      const glob = parseGlob(text) ?? parseGlob(text.slice(0, 1024));
      return glob && globMatches(glob, text);
    },
    more: { stars: runOf('*a'), 'star and near misses': runOf('a', '*', 'b'), classes: runOf('[a-z]') },
  },
  'path glob': {
    work: (text) => {
      const glob = compilePathGlob(text.slice(0, 1024), 'cross');
      return glob.ok && glob.value('apps/web/deployment.yaml');
    },
    more: {
      alternatives: runOf('a,', '{', '}'),
      nested: nestOf('{', '}'),
      stars: runOf('**/'),
      classes: runOf('[!a]'),
    },
  },
  'path glob, matched': {
    work: (text) => {
      const glob = compilePathGlob('**/*a*b?{x,y}*[!c].yaml', 'stop');
      return glob.ok && glob.value(text);
    },
  },
  'manifest files': {
    work: (text) => {
      const files = Array.from({ length: 100 }, (_, index) => `apps/web${index}/deployment.yaml`);
      const directory = { recurse: true, include: '*.yaml', exclude: '{x*,y*}' };
      const target = resolveWriteTarget(`manifests:${text}`, { path: 'apps', directory }, 'f.yaml');
      return target.ok && target.value.kind === 'manifests' && selectManifestFiles(target.value, files);
    },
    more: {
      folders: countOf((index) => `apps/n${index},`),
      files: countOf((index) => `apps/n${index}.yaml,`),
    },
  },
  'allow-tags': {
    work: (text) => [parseAllowTags(`regexp:${text}`), parseAllowTags(`regexp:${text.slice(0, 2048)}`)],
    more: {
      'named groups': runOf('(?P<n>a)'),
      repetitions: runOf('(a{9}){9}'),
      nested: nestOf('(', ')'),
      'open classes': runOf('[['),
      'open quotes': runOf('\\Qa'),
    },
  },
  'allow-tags, matched': {
    work: (text) => {
      const rule = compileFilter({ allow: '^(a+)+([a-z]*)*$', ignore: ['*a*b*c', '[a-c]*z'] });
      return rule.ok && rule.value(text);
    },
  },
  'registries.conf': {
    work: parseRegistriesConf,
    more: {
      ...yamlShapes,
      'distinct entries': countOf(
        (i) => `- {name: n${i}, prefix: p${i}.io, api_url: https://p${i}.io}\n`,
        'registries:\n',
      ),
      'equal entries': runOf('- {name: n, prefix: p.io, api_url: https://p.io}\n', 'registries:\n'),
      'entries without prefix': countOf((i) => `- {name: n${i}, api_url: https://p.io}\n`, 'registries:\n'),
      'unknown keys': countOf((i) => `  k${i}: v\n`, 'registries:\n- name: n\n'),
    },
  },
  'docker config': {
    work: (text) =>
      findDockerCredential(
        text,
        '.dockerconfigjson',
        { apiUrl: 'https://r.example', prefix: 'r.example' },
        'a/b',
      ),
    more: {
      'distinct entries': countOf((i) => `"n${i}.example":{},`, '{"auths":{', '"x":{}}}'),
      'fitting entries': countOf((i) => `"https://r.example/${i}":{"auth":"-"},`, '{"auths":{', '"x":{}}}'),
      'pattern entries': countOf((i) => `"*.exampl[a-e]/${i}":{"auth":"-"},`, '{"auths":{', '"x":{}}}'),
      'long key': runOf('a.', '{"auths":{"', '":{}}}'),
      'long port': runOf(':1', '{"auths":{"*', 'x":{}}}'),
      'long auth': runOf('YTpi', '{"auths":{"r.example":{"auth":"', '"}}}'),
      'blanks in auth': runOf(' ', '{"auths":{"r.example":{"auth":"', '"}}}'),
      nested: nestOf('[', ']', '{"auths":'),
    },
  },
  'secret source': {
    work: (text) => [
      parseSecretSource(text),
      parseSecretSource(`secret:${text}`),
      splitUserPassword(text, 'env'),
    ],
  },
  'key path': {
    work: parseKeyPath,
    more: { indices: runOf('[0]', 'a'), 'long index': runOf('9', 'a[', ']') },
  },
  template: {
    work: (text) => {
      const template = parseTemplate(text);
      return template.ok && executeTemplate(template.value, structValue('t', { A: textValue('value') }));
    },
    more: {
      actions: runOf('{{.A}}'),
      trimmed: runOf('{{- .A -}} \n'),
      conditions: runOf('{{if .A}}{{end}}'),
      nested: nestOf('{{if .A}}', '{{end}}'),
      definitions: countOf((i) => `{{define "n${i}"}}a{{end}}`),
      variables: countOf((i) => `{{$v${i} := .A}}`),
      pipeline: runOf('|print ', '{{.A', '}}'),
      parentheses: nestOf('(', ')', '{{'),
      'long text constant': runOf('a', '{{"', '"}}'),
      'long number': runOf('9', '{{', '}}'),
      'doubled text': runOf('{{$a = print $a $a}}', '{{$a := .A}}'),
      'format flags': runOf('%9d', '{{printf "', '" 1}}'),
      comments: runOf('{{/* a */}}'),
    },
  },
  'commit message': {
    work: (text) => withTrailers(cleanCommitMessage(text), ['Signed-off-by: A <a@b>']),
    more: { trailers: countOf((i) => `A${i}: b\n`, 'subject\n\n') },
  },
  'branch name': { work: sanitizeBranchName },
  YAML: { work: (text) => parseYaml('f.yaml', text), more: yamlShapes },
  'YAML scalar': { work: (text) => printGoScalar(text, 4) },
  'label selector': {
    work: (text) => {
      const selector = parseLabelSelector(text);
      return selector.ok && selectorMatches(selector.value, { a: '1' });
    },
    more: {
      'long list': countOf((i) => `n${i},`, 'a in (', 'x)'),
      requirements: countOf((i) => `a!=n${i},`, '', 'a'),
      'long number': runOf('9', 'a>'),
    },
  },
  duration: { work: parseGoDuration, more: { parts: runOf('1h') } },
  numbers: {
    work: (text) => [parseGoInteger(text), parseGoFloat(text)],
    more: { hexadecimal: runOf('f', '0x'), exponent: runOf('9', '1e') },
  },
  instant: { work: parseInstant, more: { fraction: runOf('9', '2024-01-01T00:00:00.', 'Z') } },
  'git URL': {
    work: (text) => [
      repositoryIdentity(text),
      repositoryIdentity(`https://${text}`),
      repositoryIdentity(`git@${text}`),
    ],
  },
  'write target': {
    work: (text) =>
      ['', 'helmvalues:', 'kustomization:', 'manifests:'].map((keyword) =>
        resolveWriteTarget(keyword + text, { path: 'apps' }, 'f.yaml'),
      ),
  },
  NO_PROXY: {
    work: (text) =>
      makeProxyFor({ http: 'p:1', https: 'p:1', exceptions: text.split(',') })('http://[fd00::5]:80/'),
  },
  'kustomize image': { work: kustomizeEditFromString },
  challenge: {
    work: (text) => [parseChallenges([text]), parseChallenges([`Bearer ${text}`])],
    more: {
      parameters: countOf((i) => `p${i}="v",`, 'Bearer '),
      schemes: runOf('Basic, '),
      'open quote': runOf('\\"', 'Bearer a="'),
      tokens: runOf('a b ', 'Bearer '),
    },
  },
  'next page': {
    work: (text) => readNextPage(text, new URLSearchParams({ n: '1000' })),
    more: {
      links: countOf((i) => `</v2/?last=${i}>; rel="prev", `),
      'open quotes': runOf('"', '</v2/>; rel='),
      'long query': runOf('&a=b', '</v2/?', '>; rel=next'),
    },
  },
};

/** Edits of a file that is hostile. */
const fileEdits: Readonly<Record<string, { readonly work: Subject['work']; readonly more?: Shapes }>> = {
  'helmvalues edit': {
    work: (text) => [
      editHelmValues('f.yaml', text, [
        { key: 'image.tag', value: '2', role: 'tag', alias: 'web' },
        { key: 'k1', value: '2', role: 'tag', alias: 'two' },
      ]),
      readHelmValue(text, 'image.tag'),
    ],
    more: {
      'many uses of an anchor': countOf((i) => `k${i}: {<<: *a}\n`, 'image: &a {tag: v}\n'),
      'chain of merges': countOf((i) => `k${i + 1}: &a${i + 1} {<<: *a${i}}\n`, 'image: &a0 {tag: v}\n'),
    },
  },
  'kustomization edit': {
    work: (text) => [
      editKustomization('f.yaml', text, [
        { name: 'n1', named: false, newName: 'n1', tag: '2', alias: 'web' },
        { name: 'x', named: false, newName: 'y', digest: `sha256:${'a'.repeat(64)}`, alias: 'two' },
      ]),
      readKustomizationImage(text, 'n1'),
    ],
    more: {
      'distinct images': countOf((i) => `- name: n${i}\n  newTag: v\n`, 'images:\n'),
      'equal images': runOf('- name: n1\n  newTag: v\n', 'images:\n'),
    },
  },
  'Helm override edit': {
    work: (text) => [
      editHelmOverride('f.yaml', text, [
        { name: 'n1', value: '2', forceString: true },
        { name: 'x', value: '2', forceString: true },
      ]),
      readHelmOverride(text),
    ],
    more: {
      'distinct parameters': countOf(
        (i) => `  - name: n${i}\n    value: v\n    forcestring: true\n`,
        'helm:\n  parameters:\n',
      ),
      'equal parameters': runOf(
        '  - name: n1\n    value: v\n    forcestring: true\n',
        'helm:\n  parameters:\n',
      ),
      'parameters and a comment': countOf(
        (i) => `  - name: n${i}\n    value: v\n`,
        '# c\nhelm:\n  parameters:\n',
      ),
    },
  },
  'Kustomize override edit': {
    work: (text) => [editKustomizeOverride('f.yaml', text, ['n1:2', 'x=y:2']), readKustomizeOverride(text)],
    more: {
      'distinct images': countOf((i) => `  - n${i}:1\n`, 'kustomize:\n  images:\n'),
      'equal images': runOf('  - n1:1\n', 'kustomize:\n  images:\n'),
      'images and a comment': countOf((i) => `  - n${i}:1\n`, '# c\nkustomize:\n  images:\n'),
    },
  },
  'manifests edit': {
    work: (text) =>
      editManifests(new Map([['f.yaml', text]]), [
        { alias: 'web', registry: 'docker.io', repository: 'library/n1', tag: '2' },
        { alias: 'two', registry: 'docker.io', repository: 'library/x', tag: '2', path: 'spec.image' },
      ]),
    more: {
      containers: countOf(
        (i) => `  - {name: c${i}, image: "n1:1"}\n`,
        'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n',
      ),
      'other containers': countOf(
        (i) => `  - {name: c${i}, image: "n${i}:1"}\n`,
        'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n',
      ),
      pods: runOf('---\nkind: Pod\napiVersion: v1\nspec: {containers: [{image: n1:1}]}\n'),
    },
  },
};

/** A small file, and one hostile word of the user's. */
const wordEdits: Readonly<Record<string, Subject['work']>> = {
  'key of a helmvalues edit': (text) =>
    editHelmValues('f.yaml', 'image:\n  tag: v\n', [{ key: text, value: '2', role: 'tag', alias: 'web' }]),
  'value of a helmvalues edit': (text) =>
    editHelmValues('f.yaml', 'image:\n  tag: v\n', [
      { key: 'image.tag', value: text, role: 'tag', alias: 'web' },
    ]),
  'parameter of an override edit': (text) =>
    editHelmOverride('f.yaml', null, [{ name: text, value: text, forceString: true }]),
};

const webAlias = 'web';

function annotationWork(key: string, value: string): unknown {
  const annotations = {
    [`${annotationPrefix}image-list`]: `${webAlias}=nginx:1.x`,
    [`${annotationPrefix}write-back-method`]: 'git',
    [annotationPrefix + key]: value,
  };
  const options = { argocdNamespace: 'argocd', defaultPlatform: 'linux/amd64' };
  return readConfig(anApplication({ annotations }), options);
}

const entryShapes: Shapes = {
  'distinct aliases': countOf((index) => `a${index}=n${index},`),
  'equal aliases': countOf((index) => `a=n${index},`),
  'equal entries': runOf('a=n,'),
  'equal images': countOf((index) => `a${index}=n,`),
};

const annotationSubjects: readonly Subject[] = [
  ...applicationKeys,
  ...[...sharedKeys, ...imageOnlyKeys].map((key) => `${webAlias}.${key}`),
].map((key) => ({
  name: `annotation ${key}`,
  shapes: { ...anyShapes, ...(key === 'image-list' ? entryShapes : {}) },
  work: (text) => annotationWork(key, text),
}));

const objectSubjects: readonly Subject[] = [
  {
    name: 'keys of annotations',
    shapes: { ...anyShapes },
    work: (text) => {
      const annotations = Object.fromEntries(text.split(',').map((key) => [annotationPrefix + key, 'v']));
      const options = { argocdNamespace: 'argocd', defaultPlatform: 'linux/amd64' };
      return readConfig(anApplication({ annotations }), options);
    },
  },
  {
    name: 'Application',
    shapes: {
      'wrong images': countOf(() => '1,', '[', '1]'),
      'many images': countOf((i) => `"n${i}:1",`, '[', '"x"]'),
    },
    work: (text) => {
      const images: unknown = JSON.parse(text);
      return readApplication({
        metadata: { name: 'a' },
        spec: { source: {} },
        status: { summary: { images } },
      });
    },
  },
];

export const subjects: readonly Subject[] = [
  ...Object.entries(textSubjects).map(([name, { work, more }]) => ({
    name,
    work,
    shapes: { ...anyShapes, ...more },
  })),
  ...annotationSubjects,
  ...objectSubjects,
  ...Object.entries(fileEdits).map(([name, { work, more }]) => ({
    name,
    work,
    shapes: { ...yamlShapes, ...more },
  })),
  ...Object.entries(wordEdits).map(([name, work]) => ({ name, work, shapes: anyShapes })),
];
