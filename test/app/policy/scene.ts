/** Whole cycles with policies, over ports in memory. */
import type { World } from '../../../src/app/world.ts';
import type { Application } from '../../../src/core/config/application.ts';
import type { Answer, ImageNeed } from '../../../src/core/decide/needs.ts';
import { reasonText } from '../../../src/core/policy/reason-text.ts';
import type { CycleReport } from '../../../src/core/report/report.ts';
import type { MemoryGit } from '../../fakes/memory-git.ts';
import { app, setUp } from '../../fakes/memory-world.ts';

export const url = 'https://git.test/good';
export const hourMs = 3_600_000;
export const policies = { flags: new Map(), cycleMs: 120_000, seesAll: true };

type Annotations = Readonly<Record<string, string>>;

/** Tags of each repository; digests are made of tags unless they have been pushed again. */
export class Shelf {
  readonly tags = new Map<string, readonly string[]>();
  readonly pushed = new Map<string, string>();

  readonly answer = (repository: string, { query }: ImageNeed): Promise<Answer> => {
    if (query.kind === 'tags')
      return Promise.resolve({ kind: 'tags', tags: this.tags.get(repository) ?? ['1.0.0'] });
    if (query.kind !== 'digest') throw new Error(`not expected: ${query.kind}`);
    const isThere = this.tags.get(repository)?.includes(query.tag) === true;
    return Promise.resolve({ kind: 'digest', digest: isThere ? this.digestOf(repository, query.tag) : null });
  };

  digestOf(repository: string, tag: string): `sha256:${string}` {
    const text = this.pushed.get(`${repository}:${tag}`) ?? `${repository}:${tag}`;
    return `sha256:${Buffer.from(text).toString('hex').padEnd(64, '0').slice(-64)}`;
  }
}

/** `as`: the world that cycles get; `shared`: the repositories of another instance. */
export function makeScene(
  apps: Readonly<Record<string, Annotations>>,
  as: (world: World) => World = (world) => world,
  shared?: MemoryGit,
  term?: () => number,
) {
  const applications = Object.entries(apps).map(([name, more]) =>
    app(name, 'good', `${name}/values.yaml`, 'main', more),
  );
  const scene = setUp(applications, shared, { policies }, as, term);
  const shelf = new Shelf();
  scene.answers(shelf.answer);
  for (const name of Object.keys(apps)) shelf.tags.set(`acme/${name}`, ['1.0.0', '1.1.0']);
  const tagOf = (name: string): string | undefined =>
    /tag: (.*)/.exec(scene.git.file(url, `${name}/values.yaml`) ?? '')?.[1];
  return { ...scene, shelf, tagOf, applications };
}

export function reasons({ applications }: CycleReport): Readonly<Record<string, string>> {
  return Object.fromEntries(
    applications.flatMap(({ app: key, decisions }) =>
      decisions.flatMap((decision) =>
        decision.kind === 'held' || decision.kind === 'waiting'
          ? [[key.replace('argocd/', ''), reasonText(decision.reason)]]
          : [],
      ),
    ),
  );
}

/** The same Application, running another version. */
export function at(application: Application, tag: string, more: Partial<Application> = {}): Application {
  const images = (application.status?.images ?? []).map((text) => text.replace(/:[^:]*$/, `:${tag}`));
  return { ...application, ...more, status: { sourceTypes: ['Helm'], images } };
}
