/** Configuration as it was understood, and which setting gave each value. */
import {
  applicationValue,
  annotationSettings,
  type ImageSettings,
} from '../../core/config/keys/annotation-values.ts';
import {
  type ApplicationKey,
  aliasKey,
  type ImageOnlyKey,
  type SharedKey,
} from '../../core/config/keys/annotation-keys.ts';
import type { AppConfig, TrackedImage, WriteBack, WriteTarget } from '../../core/config/annotations.ts';
import { withoutLogin } from '../../core/base/git-url.ts';
import { secretSourceText } from '../../core/config/keys/secret-source.ts';
import { readingOf } from '../../core/strategy/strategy.ts';
import { fullName } from '../../core/image/image.ts';
import { shownPolicies } from './policies-shown.ts';
import type { ShownSetting } from './shown-setting.ts';

type ImageKey = SharedKey | ImageOnlyKey;

/** What each key means to this image; undefined: nothing. */
const imageValues: Readonly<Record<ImageKey, (image: TrackedImage) => string | undefined>> = {
  'update-strategy': ({ strategy }) => strategy.kind,
  'allow-tags': ({ filter }) => (filter.allow === undefined ? undefined : `regexp:${filter.allow}`),
  'tag-match': () => undefined, // an older name of allow-tags, which shows it
  'ignore-tags': ({ filter }) => (filter.ignore.length === 0 ? undefined : filter.ignore.join(', ')),
  'force-update': ({ forceUpdate }) => (forceUpdate ? 'true' : undefined),
  'pull-secret': ({ credentials }) => (credentials === undefined ? undefined : secretSourceText(credentials)),
  prerelease: ({ strategy }) => readingOf(strategy)?.prerelease?.toString(),
  'version-group': ({ strategy }) => readingOf(strategy)?.group?.name,
  'strict-semver': ({ strategy }) => readingOf(strategy)?.isStrict?.toString(),
  'keep-variant': ({ strategy }) => (readingOf(strategy)?.keepsVariant === undefined ? undefined : 'true'),
  'write-format': ({ format }) => (format === 'tag' ? undefined : format),
  'on-moved-tag': ({ onMovedTag }) => onMovedTag,
  platforms: ({ platforms }) => platforms.join(', '),
  'verify-platform': ({ verifyPlatform }) => (verifyPlatform ? 'true' : undefined),
  downgrade: ({ allowsDowngrade }) => (allowsDowngrade ? 'allow' : undefined),
  'build-date': ({ buildDate }) => buildDate,
  'helm.image-name': ({ helm }) => helm.name,
  'helm.image-tag': ({ helm }) => helm.tag,
  'helm.image-spec': ({ helm }) => helm.spec,
  'helm.image-digest': ({ helm }) => helm.digest,
  'kustomize.image-name': ({ kustomizeName }) =>
    kustomizeName === undefined ? undefined : fullName(kustomizeName),
  'manifests.path': ({ manifests }) => manifests.path,
  'manifests.name': ({ manifests }) => manifests.container,
};

const imageKeys = Object.keys(imageValues) as readonly ImageKey[];

/** The constraint or followed tag first: it decides more than all others. */
export function imageSettings({ app }: AppConfig, image: TrackedImage): readonly ShownSetting[] {
  const settings = annotationSettings(app.annotations, image.alias);
  const { constraintText } = image;
  const constraint = constraintText === undefined ? [] : [inList('constraint', constraintText)];
  const rules = imageKeys.flatMap((key): readonly ShownSetting[] => {
    const value = imageValues[key](image);
    return value === undefined ? [] : [{ setting: key, value, ...originOf(key, settings, image.alias) }];
  });
  return [...constraint, ...rules, ...shownPolicies(app, image)];
}

function inList(setting: string, value: string): ShownSetting {
  return { setting, value, from: 'image-list', reach: 'image' };
}

function originOf(
  key: ImageKey,
  settings: ImageSettings,
  alias: string,
): Pick<ShownSetting, 'from' | 'reach'> {
  const given = settings.get(key) ?? (key === 'allow-tags' ? settings.get('tag-match') : undefined);
  if (given === undefined || given.value === '')
    return { from: key === 'platforms' ? "default, the program's platform" : 'default' };
  const isOwn = alias !== '' && given.name.startsWith(`${aliasKey(alias)}.`);
  return { from: given.name, reach: isOwn ? 'image' : 'application' };
}

/** Where and how the Application is written; none where that cannot be told. */
export function writeSettings({ app, writeBack }: AppConfig): readonly ShownSetting[] {
  if (!writeBack.ok) return [];
  const by = (setting: string, key: ApplicationKey, value: string, otherwise: string): ShownSetting => {
    const given = applicationValue(app.annotations, key)?.trim() ?? '';
    return { setting, value, ...(given === '' ? { from: otherwise } : { from: key, reach: 'application' }) };
  };
  const source = by(
    'source',
    'write-back-source',
    String(writeBack.value.sourceIndex),
    'spec of the Application',
  );
  const several = app.sources.length > 1 ? [source] : [];
  const method = by('method', 'write-back-method', methodText(writeBack.value), 'default');
  if (writeBack.value.kind === 'argocd') return [method, ...several];
  const { base, pushTemplate, repoURL, target, trailers } = writeBack.value;
  return [
    method,
    by('target', 'write-back-target', targetText(target), 'default'),
    by('repository', 'git-repository', withoutLogin(repoURL), 'spec of the Application'),
    by('branch', 'git-branch', base ?? "the repository's default", 'targetRevision of the Application'),
    ...(pushTemplate === undefined ? [] : [by('write branch', 'git-branch', pushTemplate, '')]),
    ...(trailers === undefined ? [] : [by('trailers', 'git-commit-trailers', String(trailers), '')]),
    ...several,
  ];
}

function methodText(writeBack: WriteBack): string {
  if (writeBack.kind === 'argocd') return 'argocd';
  const { credentials } = writeBack;
  return credentials.kind === 'repocreds'
    ? 'git:repocreds'
    : `git:secret:${credentials.namespace}/${credentials.name}`;
}

function targetText(target: WriteTarget): string {
  switch (target.kind) {
    case 'override':
      return target.path;
    case 'helmvalues':
      return `helmvalues:/${target.path}`;
    case 'kustomization':
      return `kustomization:/${target.directory}`;
    case 'manifests':
      return `manifests:${target.paths.map((path) => `/${path}`).join(',')}`;
  }
}

export type { ShownSetting };
