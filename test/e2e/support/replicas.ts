/** Several replicas of the program on one cluster, one registry and one Git server, all of whose pushes are watched. */
import { once, EventEmitter } from 'node:events';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { makeBareRepository, readBranch } from '../../fakes/bare-repository.ts';
import { type GitServer, startGitServer } from '../../fakes/git-http.ts';
import { type KubeApi, startKubeApi } from '../../fakes/kube-api.ts';
import { startFakeRegistry } from '../../fakes/registry.ts';
import { type RunningProgram, startProgram, temporaryFolder } from '../../cli/start-program.ts';
import type { Random } from '../../bench/soak/random.ts';
import { baseManifests, readManifests, rulesOf } from '../../project/shipped.ts';
import { anApplication, repositoryCredentials } from './objects.ts';

export const leaseName = 'c21b75f2.argoproj.io';
const token = 'kube-token-90ab';
const user = { username: 'bot', password: 'git-password-7c1f' };

/** What a replica may say while others are killed and restarted around it. */
const expected = [
  /interval below 1m/,
  /code=(?:cancelled|not-leader)/,
  /Lease could not be renewed/,
  /The Lease cannot be used/,
];

export interface Replica {
  readonly name: string;
  readonly program: RunningProgram;
}

export interface ReplicaScene {
  readonly kube: KubeApi;
  /** `more`: flags. `command`: `run` if absent. */
  start(name: string, more?: readonly string[], command?: 'run' | 'webhook'): Replica;
  /** Ends it, and resolves once it is gone. */
  end(replica: Replica, signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Resolves with the replica that holds the Lease, as soon as one does. */
  leader(): Promise<Replica>;
  /** A new version is there. */
  release(version: string): void;
  /** Resolves once the repository has the version. */
  written(version: string): Promise<void>;
  /** Resolves with the next push, as it begins. */
  pushBegins(): Promise<void>;
  /** Committers of the commits for each version, oldest first. */
  writers(version: string): Promise<readonly string[]>;
  /** Pushes that began while another one ran. */
  readonly overlaps: number;
  /** Pushes by replicas that did not hold the Lease when they began; by the name of the committer. */
  strangers(): Promise<readonly string[]>;
  close(): Promise<void>;
}

interface Push {
  /** Who held the Lease as it began. */
  readonly holder: string;
}

/** A new version, of which the leader is killed: at any time before it is written. It is started again afterwards. */
export async function killRound(replicas: ReplicaScene, version: string, random: Random): Promise<void> {
  const victim = await replicas.leader();
  const begins = replicas.pushBegins();
  replicas.release(version);
  if (random.below(2) === 0) await begins;
  await replicas.end(victim, random.pick(['SIGTERM', 'SIGKILL']));
  await replicas.written(version);
  replicas.start(victim.name);
}

/** `script`: another program than `programPath`. */
export async function startReplicaScene(script?: string): Promise<ReplicaScene> {
  const folder = temporaryFolder();
  const repository = join(folder, 'git', 'deploy.git');
  await makeBareRepository(repository, {
    'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n',
    'web/values.yaml': 'image:\n  name: reg.test/acme/web\n  tag: "1.0.0"\n',
  });
  const registry = await startFakeRegistry();
  registry.push('acme/web', '1.0.0', { comment: '1.0.0' });
  const events = new EventEmitter();
  const pushes: Push[] = [];
  let [running, overlaps] = [0, 0];
  const replicas = new Map<string, Replica>();
  const role = readManifests('overlays/high-availability/leader-role.yaml');
  const kube = await startKubeApi({ token, rules: rulesOf([...baseManifests(), ...role]) });
  kube.faults.push({
    when: ({ path }) => {
      if (path.endsWith(`/leases/${leaseName}`)) setImmediate(() => events.emit('lease'));
      return false; // it only watches
    },
    respond: { kind: 'reset' },
  });
  const holderOf = (): string => {
    const spec = kube.objects.get('leases', 'argocd', leaseName)?.['spec'];
    return String((spec as { readonly holderIdentity?: string } | undefined)?.holderIdentity ?? '');
  };
  const git = await startGitServer({
    root: join(folder, 'git'),
    auth: user,
    intercept: (request, response) => {
      if (request.method !== 'POST' || request.url?.endsWith('/git-receive-pack') !== true) return false;
      pushes.push({ holder: nameOf(holderOf()) });
      if (running > 0) overlaps += 1;
      running += 1;
      response.once('close', () => {
        running -= 1;
        events.emit('pushed');
      });
      events.emit('begins');
      return false;
    },
  });
  addObjects(kube, git);
  const identities = new Map<string, string>();
  const nameOf = (identity: string): string => identities.get(identity) ?? identity;
  const kubeconfig = kube.kubeconfig(join(folder, 'kubeconfig'), { namespace: 'argocd' });
  const conf = { registries: [{ name: 'test', prefix: 'reg.test', api_url: registry.url }] };
  writeFileSync(join(folder, 'registries.conf'), JSON.stringify(conf));
  const shas = async () => (await readBranch(repository, 'main')).commits.toReversed().slice(1);
  return {
    kube,
    start: (name, more = [], command = 'run') => {
      const program = startProgram(
        [
          command,
          '--leader-election',
          '--interval=500ms',
          '--health-port=0',
          '--metrics-port=0',
          `--kubeconfig=${kubeconfig}`,
          `--registries-conf-path=${join(folder, 'registries.conf')}`,
          `--cache-dir=${join(folder, 'cache', name)}`,
          `--git-commit-user=${name}`,
          '--git-commit-message-path=',
          ...more,
        ],
        {},
        { expects: expected, script },
      );
      const replica = { name, program };
      program.ended.catch(() => undefined);
      void program
        .printed('identity=')
        .then((text) => identities.set(/identity="?([^\s"]+)/.exec(text)?.[1] ?? '', name))
        .catch(() => undefined); // it was killed before it said who it is
      replicas.set(name, replica);
      return replica;
    },
    end: async (replica, signal) => {
      replicas.delete(replica.name);
      replica.program.signal(signal);
      await replica.program.ended;
    },
    leader: async () => {
      for (;;) {
        const leader = replicas.get(nameOf(holderOf()));
        if (leader !== undefined) return leader;
        await once(events, 'lease');
      }
    },
    release: (version) => void registry.push('acme/web', version, { comment: version }),
    written: async (version) => {
      for (;;) {
        const pushed = once(events, 'pushed');
        const { files } = await readBranch(repository, 'main');
        if (files['web/values.yaml']?.includes(`"${version}"`) === true) return;
        await pushed;
      }
    },
    pushBegins: async () => void (await once(events, 'begins')),
    writers: async (version) =>
      (await shas())
        .filter(({ message }) => message.includes(`to '${version}'`))
        .map(({ committer }) => committer.name),
    get overlaps() {
      return overlaps;
    },
    strangers: async () => {
      const holders = pushes.map(({ holder }) => holder);
      return (await shas()).map(({ committer }) => committer.name).filter((name) => !takeUpTo(holders, name));
    },
    close: async () => {
      for (const { program } of replicas.values()) {
        program.signal('SIGKILL');
        await program.ended;
      }
      await registry.close();
      await git.close();
      await kube.stop();
    },
  };
}

/** Commits are as many as pushes or fewer, in their order. */
function takeUpTo(holders: string[], name: string): boolean {
  const at = holders.indexOf(name);
  holders.splice(0, at + 1);
  return at !== -1;
}

function addObjects(kube: KubeApi, git: GitServer): void {
  kube.objects.put(repositoryCredentials(git.url, user.username, user.password));
  kube.objects.put(
    anApplication('web', {
      repoURL: `${git.url}/deploy.git`,
      sourceType: 'Helm',
      images: ['reg.test/acme/web:1.0.0'],
      annotations: {
        'image-list': 'app=reg.test/acme/web:1.x',
        'write-back-method': 'git',
        'write-back-target': 'helmvalues',
        'app.helm.image-name': 'image.name',
        'app.helm.image-tag': 'image.tag',
      },
    }),
  );
}
