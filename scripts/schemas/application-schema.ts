/** The schema of an Application: its own shape as it is read, and our annotations. */
import { toJSONSchema } from 'zod';
import {
  type ApplicationKey,
  type NoticeKey,
  annotationPrefix,
  applicationKeys,
  type ImageOnlyKey,
  imageOnlyKeys,
  type SharedKey,
  sharedKeys,
} from '../../src/core/config/keys/annotation-keys.ts';
import {
  applicationPolicyKeys,
  imagePolicyKeys,
  type PolicyKey,
} from '../../src/core/config/keys/policy-keys.ts';
import { applicationSchema } from '../../src/core/config/application.ts';
import { draft, type JsonSchema, literal, text, words } from './json-schema.ts';

const truth = words(['true', 'false'], 'true or false');
const goTruth = (description: string): JsonSchema => ({
  description,
  anyOf: [truth, { enum: ['', '0', '1', 't', 'f', 'T', 'F'] }],
});
const duration = (description: string): JsonSchema =>
  text(
    `${description}: a duration such as 72h, 3d or 1w`,
    '^\\s*(?:(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:ns|us|µs|ms|s|m|h|d|w))*\\s*$',
  );
const secret = '^\\s*(?:(?:pullsecret:[^/\\s]*/?[^/\\s]+|secret:[^/\\s]+/[^#\\s]+#.+|env:.+|ext:.+)\\s*)?$';

/** Value of each key, blanks around it allowed as where it is read. */
const values: Readonly<Record<ApplicationKey | SharedKey | ImageOnlyKey | PolicyKey, JsonSchema>> = {
  'image-list': text('[alias=]image[:constraint], parted by commas', '\\S'),
  'write-back-method': text(
    'argocd (default), git, git:repocreds, git:secret:<namespace>/<name>',
    '^\\s*(?:argocd|git|git\\s*:\\s*repocreds|git\\s*:\\s*secret:[^/\\s]+/[^/\\s]+)\\s*$',
  ),
  'write-back-target': text(
    'helmvalues[:file], kustomization[:folder], manifests[:paths], or an override file',
  ),
  'write-back-source': text('name of a source, or its position from 0'),
  'git-branch': text('<base>, <base>:<write> or :<write>; the second is a template', '^[^:]*(?::[^:]*)?$'),
  'git-commit-trailers': { description: 'end messages with trailers', enum: ['true', 'false', ''] },
  'git-repository': text('URL of the repository that is written'),
  'update-strategy': words(
    ['semver', 'newest-build', 'alphabetical', 'digest', 'numeric', 'latest', 'name'],
    'semver (default), newest-build, alphabetical, digest or numeric; latest and name are older names',
  ),
  'allow-tags': text(
    'any, or regexp: and a pattern of RE2',
    '^\\s*(?:[aA][nN][yY]\\s*|[rR][eE][gG][eE][xX][pP]:[^]*)?$',
  ),
  'ignore-tags': text('globs, parted by commas'),
  'force-update': goTruth('write although nothing reports the image'),
  'pull-secret': text(
    'pullsecret:<namespace>/<name>, secret:<namespace>/<name>#<field>, env:<name> or ext:<path>',
    secret,
  ),
  prerelease: text('allow (default), deny, or identifiers such as rc, parted by commas', '^[A-Za-z,\\s-]*$'),
  'version-group': text('group of the pattern of allow-tags that holds the version', '^\\s*\\w*\\s*$'),
  'strict-semver': goTruth('take versions of three numbers only'),
  'keep-variant': goTruth('take only tags of the variant that runs, such as -alpine'),
  'write-format': { description: 'what of a version is written', enum: ['tag', 'digest', 'tag@digest', ''] },
  'on-moved-tag': {
    description: 'what a tag means that names another image than the one that was written',
    enum: ['warn', 'follow', 'hold', ''],
  },
  'tag-match': text('older name of allow-tags'),
  platforms: text('os/arch[/variant], parted by commas'),
  'verify-platform': goTruth('look at the choice before it is written'),
  downgrade: { description: 'follow a registry that lists the running version no more', enum: ['allow', ''] },
  'build-date': { description: 'which date counts for newest-build', enum: ['created', 'annotation', ''] },
  'helm.image-name': text('key that gets the name'),
  'helm.image-tag': text('key that gets the tag'),
  'helm.image-spec': text('key that gets name and tag'),
  'helm.image-digest': text('key that gets the digest'),
  'kustomize.image-name': text('name under which the kustomization knows the image'),
  'manifests.path': text('key path of the image in custom resources'),
  'manifests.name': text('only containers of this name'),
  hold: text('true, false, or fields: until=2026-12-01 zone=Europe/Berlin reason="…" by=…'),
  pin: text('tag, digest, or tag@digest', '^\\s*[A-Za-z0-9_@:.-]*\\s*$'),
  'skip-tags': text('tags and digests, parted by commas or lines, each with a reason behind #'),
  rollback: { description: 'what a version comes to that was taken back', enum: ['respect', 'override', ''] },
  'min-age': duration('how old a version has to be'),
  'min-age-from': { description: 'where its age begins', enum: ['first-seen', 'pushed', ''] },
  window: text('argocd, or allow or deny "<cron>" <duration> [zone], parted by semicolons or lines'),
  interval: duration('how often registries are asked and commits made'),
  group: text(
    'name of a group [/tag, /version or /label:<name>]',
    '^\\s*(?:/?[a-z0-9][a-z0-9.-]*(?:\\s+/\\S+)?)?\\s*$',
  ),
  'group-by': text('tag (default), version or label:<name>', '^\\s*(?:tag|version|label:\\S+)?\\s*$'),
  'group-min': text('members that there have to be, 2 if it is not said', '^\\s*\\d*\\s*$'),
  'promote-from': text(
    '<namespace>/<application>[/<alias>], parted by commas',
    '^\\s*(?:[^/\\s,]+/[^/\\s,]+(?:/[^\\s,]+)?\\s*,?\\s*)*$',
  ),
  'min-healthy': duration('how long a version has to be healthy, 10m if it is not said'),
  quarantine: duration('how long a written version is watched, at most 24h'),
  rollout: text('how many go first: one-first, a number, or a share', '^\\s*(?:one-first|\\d+%?)?\\s*$'),
  'rollout-order': text('who goes first: 0 to 999', '^\\s*\\d{0,3}\\s*$'),
  'commit-group': text('name of Applications that share a commit', '^\\s*[a-z0-9.-]*\\s*$'),
  'max-commits-per-hour': text('1 to 10000', '^\\s*\\d*\\s*$'),
};

/** Written for others to read. */
const noticeKeys: readonly NoticeKey[] = ['last-update', 'last-error'];

const wideKeys = [...applicationKeys, ...sharedKeys, ...applicationPolicyKeys, ...imagePolicyKeys];
const imageKeys = [...sharedKeys, ...imageOnlyKeys, ...imagePolicyKeys];

export function applicationJsonSchema(): JsonSchema {
  const { $schema: _, ...shape } = toJSONSchema(applicationSchema, { io: 'input', unrepresentable: 'any' });
  const { metadata, ...others } = shape.properties ?? {};
  if (typeof metadata !== 'object') throw new Error('the shape of an Application has no metadata');
  return {
    $schema: draft,
    title: 'Argo CD Application with annotations of Tidewaiter',
    ...shape,
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      ...others,
      metadata: { ...metadata, properties: { ...metadata.properties, annotations: annotations() } },
    },
  };
}

function annotations(): JsonSchema {
  const own = literal(annotationPrefix);
  const images = Object.fromEntries(imageKeys.map((key) => [`^${own}[^/]+\\.${literal(key)}$`, values[key]]));
  const known = `(?:${[...wideKeys, ...noticeKeys].map(literal).join('|')}|[^/]+\\.(?:${imageKeys.map(literal).join('|')}))$`;
  return {
    type: ['object', 'null'],
    properties: Object.fromEntries(wideKeys.map((key) => [annotationPrefix + key, values[key]])),
    patternProperties: { ...images, [`^${own}(?!${known})`]: false },
    additionalProperties: { type: 'string' },
  };
}
