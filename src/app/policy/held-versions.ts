/** What the targets of an Application hold at the head of its base branch: read once in a cycle, for whom it matters. */
import type { AppConfig } from '../../core/config/annotations.ts';
import { type AppKey, appKey } from '../../core/config/application.ts';
import { fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import { specVersion } from '../../core/current.ts';
import type { KnownVersion, KnownVersions } from '../../core/decide/live.ts';
import type { ImageRef } from '../../core/image/image.ts';
import { askInTime } from '../read/observe.ts';
import { potentialOf } from '../read/potential.ts';
import type { ObserveContext } from '../read/repository-question.ts';

/** By position in image-list; an image without an entry, or of kind `unversioned`, is held nowhere. */
export class HeldVersions {
  readonly #context: ObserveContext;
  readonly #read = new Map<AppKey, Promise<Outcome<KnownVersions>>>();

  constructor(context: ObserveContext) {
    this.#context = context;
  }

  read(config: AppConfig): Promise<Outcome<KnownVersions>> {
    const app = appKey(config.app);
    const known = this.#read.get(app);
    if (known !== undefined) return known;
    const versions = readHeld(config, this.#context);
    this.#read.set(app, versions);
    return versions;
  }

  /** undefined: held nowhere. */
  async readOne(config: AppConfig, index: number): Promise<Outcome<ImageRef | undefined>> {
    const versions = await this.read(config);
    return versions.ok ? succeed(heldOf(versions.value, index)) : versions;
  }

  /** Read again when it is asked for next. */
  forget(app: AppKey): void {
    this.#read.delete(app);
  }
}

async function readHeld(config: AppConfig, context: ObserveContext): Promise<Outcome<KnownVersions>> {
  const { writeBack } = config;
  if (!writeBack.ok) return writeBack;
  if (writeBack.value.kind !== 'git') return succeed(inSpec(config));
  const question = { config, ...potentialOf(config, writeBack.value) };
  const answers = await askInTime([question], context);
  if (!answers.ok) return answers;
  const answer = answers.value.get(question.key) ?? fail(nothingRead(question.key));
  return answer.ok ? succeed(answer.value.versions) : answer;
}

function inSpec(config: AppConfig): KnownVersions {
  return new Map(
    config.images.flatMap(({ index, image }): readonly (readonly [number, KnownVersion])[] => {
      const ref = image.ok ? specVersion(config, image.value) : undefined;
      return ref === undefined ? [] : [[index, { kind: 'live', ref }]];
    }),
  );
}

function nothingRead(app: AppKey) {
  return { kind: 'unexpected', message: `nothing read for ${app}`, cause: app } as const;
}

/** The version of one image among those; undefined where its target holds none. */
export function heldOf(versions: KnownVersions, index: number): ImageRef | undefined {
  const known = versions.get(index);
  return known?.kind === 'live' ? known.ref : undefined;
}
