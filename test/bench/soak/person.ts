/** Somebody who works in the same repositories: commits, reverts what we wrote, and now and then forces a branch back. */
import { commitFiles, git, readBranch } from '../../fakes/bare-repository.ts';
import type { Random } from './random.ts';
import type { SoakApplication } from './applications.ts';
import type { SoakScene } from './scene.ts';
import { parametersOf } from './simulated-argocd.ts';

export interface Person {
  act(): Promise<void>;
  /** Brings back what stood in the target of an Application before our last write to it. */
  takeBack(app: SoakApplication): Promise<void>;
  /** Changes another parameter of a live object. */
  editLive(app: SoakApplication): void;
  /** By Application: the value that the other parameter was given last. */
  readonly edits: ReadonlyMap<string, string>;
  /** Commits that nobody but the person may have removed, by repository. */
  readonly kept: ReadonlyMap<string, ReadonlySet<string>>;
}

const ours = 'argocd-image-updater';

export function makePerson(scene: SoakScene, random: Random): Person {
  const kept = new Map<string, Set<string>>();
  const names = scene.repositories;
  const edits = new Map<string, string>();
  let written = 0;
  const keep = (name: string, commit: string) => {
    kept.set(name, (kept.get(name) ?? new Set()).add(commit));
  };
  const write = async (name: string): Promise<void> => {
    written += 1;
    const commit = await commitFiles(
      scene.repositoryPath(name),
      'main',
      { [`notes/${random.below(5)}.md`]: `note ${written}\n` },
      `note ${written}`,
    );
    keep(name, commit);
  };
  /** An older text of a file that we wrote comes back. */
  const revert = async (name: string): Promise<void> => {
    const path = scene.repositoryPath(name);
    const { commits } = await readBranch(path, 'main');
    const last = commits.find(({ committer }) => committer.name === ours);
    if (last === undefined) return;
    const changed = (await git(path, ['diff', '--name-only', `${last.sha}^`, last.sha]))
      .toString()
      .trim()
      .split('\n');
    const files: Record<string, string> = {};
    for (const file of changed) {
      const before = await git(path, ['show', `${last.sha}^:${file}`]).catch(() => undefined);
      if (before !== undefined) files[file] = before.toString();
    }
    if (Object.keys(files).length > 0)
      keep(name, await commitFiles(path, 'main', files, `Revert ${last.sha}`));
  };
  /** The branch goes back by one commit, whosever it is. */
  const force = async (name: string): Promise<void> => {
    const path = scene.repositoryPath(name);
    const { commits } = await readBranch(path, 'main');
    const [head, before] = commits;
    if (head === undefined || before === undefined || commits.length < 3) return;
    await git(path, ['update-ref', 'refs/heads/main', before.sha, head.sha]);
    kept.get(name)?.delete(head.sha);
  };
  const takeBack = async ({ repository, path: file }: SoakApplication): Promise<void> => {
    const path = scene.repositoryPath(repository);
    const last = await git(path, ['log', '-1', '--format=%H', `--committer=${ours}`, 'main', '--', file]);
    const sha = last.toString().trim();
    if (sha === '') return;
    const before = (await git(path, ['show', `${sha}^:${file}`])).toString();
    const now = (await git(path, ['show', `main:${file}`])).toString();
    if (before !== now)
      keep(repository, await commitFiles(path, 'main', { [file]: before }, `Revert ${sha}`));
  };
  const editLive = ({ name }: SoakApplication): void => {
    const object = scene.kube.objects.get('applications', 'argocd', name);
    if (object === undefined) return;
    const value = String(random.below(1_000));
    edits.set(name, value);
    const parameters = parametersOf(object).filter((one) => one.name !== 'replicas');
    const spec = object['spec'] as { readonly source: object };
    const source = { ...spec.source, helm: { parameters: [{ name: 'replicas', value }, ...parameters] } };
    scene.kube.objects.put({ ...object, spec: { ...spec, source } } as never, 'kubectl-edit');
  };
  return {
    kept,
    edits,
    takeBack: async (app) => takeBack(app).catch(() => undefined), // somebody else moved the branch meanwhile
    editLive,
    act: async () => {
      const name = random.pick(names);
      const chance = random.next();
      const deed = chance < 0.7 ? write : chance < 0.9 ? revert : force;
      await deed(name).catch(() => undefined); // somebody else moved the branch meanwhile
    },
  };
}
