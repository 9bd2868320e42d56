/** The schema of an Application: its own shape as it is read, and our annotations. */
import { toJSONSchema } from 'zod';
import {
  type NoticeKey,
  annotationPrefix,
  applicationKeys,
  imageOnlyKeys,
  sharedKeys,
} from '../../src/core/config/keys/annotation-keys.ts';
import { type AnnotationKey, annotationTexts } from '../../src/core/config/keys/annotation-texts.ts';
import { applicationPolicyKeys, imagePolicyKeys } from '../../src/core/config/keys/policy-keys.ts';
import { plainText } from '../../src/core/report/plain-text.ts';
import { applicationSchema } from '../../src/core/config/application.ts';
import { draft, type JsonSchema, literal, words } from './json-schema.ts';

const oneOf = (...all: readonly string[]): JsonSchema => ({ enum: [...all, ''] });
const anyText: JsonSchema = { type: 'string' };
const form = (pattern: string): JsonSchema => ({ type: 'string', pattern });
const goTruth: JsonSchema = {
  anyOf: [words(['true', 'false']), { enum: ['', '0', '1', 't', 'f', 'T', 'F'] }],
};
const duration = form('^\\s*(?:(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:ns|us|µs|ms|s|m|h|d|w))*\\s*$');

/** Value of each key, blanks around it allowed as where it is read. */
const forms: Readonly<Record<AnnotationKey, JsonSchema>> = {
  'image-list': form('\\S'),
  'write-back-method': form(
    '^\\s*(?:argocd|git|git\\s*:\\s*repocreds|git\\s*:\\s*secret:[^/\\s]+/[^/\\s]+)\\s*$',
  ),
  'write-back-target': anyText,
  'write-back-source': anyText,
  'git-branch': form('^[^:]*(?::[^:]*)?$'),
  'git-commit-trailers': oneOf('true', 'false'),
  'git-repository': anyText,
  'update-strategy': words(['semver', 'newest-build', 'alphabetical', 'digest', 'numeric', 'latest', 'name']),
  'allow-tags': form('^\\s*(?:[aA][nN][yY]\\s*|[rR][eE][gG][eE][xX][pP]:[^]*)?$'),
  'ignore-tags': anyText,
  'force-update': goTruth,
  'pull-secret': form(
    '^\\s*(?:(?:pullsecret:[^/\\s]*/?[^/\\s]+|secret:[^/\\s]+/[^#\\s]+#.+|env:.+|ext:.+)\\s*)?$',
  ),
  prerelease: form('^[A-Za-z,\\s-]*$'),
  'version-group': form('^\\s*\\w*\\s*$'),
  'strict-semver': goTruth,
  'keep-variant': goTruth,
  'write-format': oneOf('tag', 'digest', 'tag@digest'),
  'on-moved-tag': oneOf('warn', 'follow', 'hold'),
  'tag-match': anyText,
  platforms: anyText,
  'verify-platform': goTruth,
  downgrade: oneOf('allow'),
  'build-date': oneOf('created', 'annotation'),
  'helm.image-name': anyText,
  'helm.image-tag': anyText,
  'helm.image-spec': anyText,
  'helm.image-digest': anyText,
  'kustomize.image-name': anyText,
  'manifests.path': anyText,
  'manifests.name': anyText,
  hold: anyText,
  pin: form('^\\s*[A-Za-z0-9_@:.-]*\\s*$'),
  'skip-tags': anyText,
  rollback: oneOf('respect', 'override'),
  'min-age': duration,
  'min-age-from': oneOf('first-seen', 'pushed'),
  window: anyText,
  interval: duration,
  group: form('^\\s*(?:/?[a-z0-9][a-z0-9.-]*(?:\\s+/\\S+)?)?\\s*$'),
  'group-by': form('^\\s*(?:tag|version|label:\\S+)?\\s*$'),
  'group-min': form('^\\s*\\d*\\s*$'),
  'promote-from': form('^\\s*(?:[^/\\s,]+/[^/\\s,]+(?:/[^\\s,]+)?\\s*,?\\s*)*$'),
  'min-healthy': duration,
  quarantine: duration,
  rollout: form('^\\s*(?:one-first|\\d+%?)?\\s*$'),
  'rollout-order': form('^\\s*\\d{0,3}\\s*$'),
  'commit-group': form('^\\s*[a-z0-9.-]*\\s*$'),
  'max-commits-per-hour': form('^\\s*\\d*\\s*$'),
};

/** With what the documentation says of it. */
function valueOf(key: AnnotationKey): JsonSchema {
  const { value, fallback } = annotationTexts[key];
  const otherwise = ['required', 'none'].includes(fallback) ? '' : ` (default: ${fallback})`;
  return { description: plainText(value + otherwise), ...forms[key] };
}

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
  const images = Object.fromEntries(
    imageKeys.map((key) => [`^${own}[^/]+\\.${literal(key)}$`, valueOf(key)]),
  );
  const known = `(?:${[...wideKeys, ...noticeKeys].map(literal).join('|')}|[^/]+\\.(?:${imageKeys.map(literal).join('|')}))$`;
  return {
    type: ['object', 'null'],
    properties: Object.fromEntries(wideKeys.map((key) => [annotationPrefix + key, valueOf(key)])),
    patternProperties: { ...images, [`^${own}(?!${known})`]: false },
    additionalProperties: { type: 'string' },
  };
}
