/** What `run` would find in a checkout: the folder of the source, its type, and an edit of the target. */
import { repositoryIdentity } from '../../core/base/git-url.ts';
import type { Failure, Outcome } from '../../core/base/outcome.ts';
import { type AppConfig, readConfig } from '../../core/config/annotations.ts';
import { resolvePath } from '../../core/config/write-target.ts';
import { update } from '../../core/decide/decision.ts';
import { performFileTask } from '../../core/file-tasks.ts';
import { withVersion } from '../../core/image/image.ts';
import { type GitIntention, planApplication } from '../../core/plan.ts';
import type { EditedFile } from '../../core/yaml/edited-file.ts';
import { findSourceType, missingFolder, sourceTypeProbes } from '../../app/read/source-type.ts';
import { readTargets, type TargetReader } from '../../app/repository/target-files.ts';
import type { CheckOptions } from './check-application.ts';

/** A version that no target has yet, whatever the rules of the image are. */
const triedTag = '0.0.0-validate';
const triedDigest = `sha256:${'0'.repeat(64)}`;
const anyCommit = 'HEAD';

/** Undefined where nothing would be written. */
export async function tryTarget(
  config: AppConfig,
  checkout: TargetReader,
  options: CheckOptions,
): Promise<Outcome<readonly EditedFile[]> | undefined> {
  const intention = planned(await typed(config, checkout, options));
  return intention === undefined ? undefined : await tryEdit(intention, checkout);
}

/** The folder of the source itself; where the source is of another repository nothing is known of it. */
export async function findMissingFolder(
  { app, writeBack }: AppConfig,
  sourceIndex: number,
  checkout: TargetReader,
): Promise<Failure | undefined> {
  const source = app.sources[sourceIndex];
  const repoURL = writeBack.ok && writeBack.value.kind === 'git' ? writeBack.value.repoURL : '';
  if (source === undefined || source.chart !== undefined) return undefined;
  if (repositoryIdentity(source.repoURL) !== repositoryIdentity(repoURL)) return undefined;
  const folder = resolvePath(source.path, '') ?? '';
  if (folder === '') return undefined;
  const { signal } = new AbortController();
  const found = await checkout.read(anyCommit, [folder], signal);
  if ((found.get(folder) ?? null) !== null) return undefined;
  return missingFolder(folder, 'the checkout', await checkout.list(anyCommit, '', true, signal));
}

/** The configuration once more, with the type that the folder of the source shows. */
async function typed(config: AppConfig, checkout: TargetReader, options: CheckOptions): Promise<AppConfig> {
  const writeBack = config.writeBack.ok ? config.writeBack.value : undefined;
  if (config.sourceType !== undefined || writeBack?.kind !== 'git') return config;
  const { signal } = new AbortController();
  const found = await checkout.read(anyCommit, sourceTypeProbes(config.app, writeBack), signal);
  const sourceType = findSourceType(config.app, writeBack, (path) => found.get(path)?.kind === 'file');
  return readConfig(config.app, { ...options, sourceType });
}

function planned(config: AppConfig): GitIntention | undefined {
  const decisions = config.images.flatMap(({ image }) => {
    if (!image.ok) return [];
    const { ref, format } = image.value;
    const to = withVersion(ref, { tag: triedTag, ...(format === 'tag' ? {} : { digest: triedDigest }) });
    return [update(image.value, undefined, to, { dropped: [] })];
  });
  const plan = planApplication(config, decisions);
  return plan.kind === 'git' ? plan : undefined;
}

async function tryEdit(
  { edit }: GitIntention,
  checkout: TargetReader,
): Promise<Outcome<readonly EditedFile[]>> {
  const files = {
    perform: async (...task: Parameters<typeof performFileTask>) => performFileTask(...task),
    close: async () => undefined,
  };
  const { signal } = new AbortController();
  const [read] = await readTargets(checkout, anyCommit, [edit], { files, signal });
  if (read === undefined) throw new Error('a target was not read');
  return read.ok ? performFileTask('edit', read.value.texts, edit) : read;
}
