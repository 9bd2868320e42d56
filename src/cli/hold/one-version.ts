/** An Application as it would be if a person had chosen the version of one image, and nothing else were there. */
import type { Application } from '../../core/config/application.ts';
import { aliasKey, annotationPrefix, sharedKeys } from '../../core/config/keys/annotation-keys.ts';
import { policyKeys } from '../../core/config/keys/policy-keys.ts';
import type { TrackedImage } from '../../core/config/tracked-image.ts';
import { specVersion } from '../../core/current.ts';
import type { AppConfig } from '../../core/config/app-config.ts';
import { fullName, versionText } from '../../core/image/image.ts';
import type { Cluster } from '../../ports/cluster.ts';

/** They say which version is chosen, or when; how it is written stays as the Application says. */
const choosing: ReadonlySet<string> = new Set([
  'image-list',
  'tag-match',
  'downgrade',
  'build-date',
  ...sharedKeys.filter((key) => key !== 'pull-secret' && key !== 'write-format'),
  ...policyKeys,
]);

/** What is there is read from the target, and not from what runs: it may not be synced yet. */
export function withOneVersion(config: AppConfig, image: TrackedImage, tag: string): Application {
  const { status: _, ...app } = config.app;
  const own = `${aliasKey(image.alias)}.`;
  const kept = Object.entries(app.annotations).filter(([key]) => {
    const word = key.slice(annotationPrefix.length);
    return !choosing.has(word) && !(word.startsWith(own) && choosing.has(word.slice(own.length)));
  });
  const chosen = {
    'image-list': `${image.alias}=${fullName(image.ref)}`,
    [`${own}update-strategy`]: 'alphabetical',
    [`${own}allow-tags`]: `regexp:^${tag.replaceAll('.', String.raw`\.`)}$`,
    [`${own}downgrade`]: 'allow',
    [`${own}force-update`]: 'true',
  };
  const prefixed = Object.entries(chosen).map(([key, value]) => [annotationPrefix + key, value] as const);
  return { ...app, annotations: Object.fromEntries([...kept, ...prefixed]), ...statusOf(config, image) };
}

/** A live Application needs no repository to be read. */
function statusOf({ app, writeBack, ...rest }: AppConfig, image: TrackedImage): Pick<Application, 'status'> {
  if (!writeBack.ok || writeBack.value.kind !== 'argocd' || app.status === undefined) return {};
  const version = specVersion({ app, writeBack, ...rest }, image);
  const separator = version?.tag === undefined ? '@' : ':';
  const images = version === undefined ? [] : [`${fullName(image.ref)}${separator}${versionText(version)}`];
  return { status: { ...app.status, images } };
}

/** The same cluster, in which there is no other Application. */
export function withOnly(cluster: Cluster, app: Application): Cluster {
  return {
    ...cluster,
    openCycle: () => ({
      ...cluster.openCycle(),
      applications: () => Promise.resolve({ applications: [app], problems: [] }),
    }),
  };
}
