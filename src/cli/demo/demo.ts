/** `tidewaiter demo`: the real daemon on a registry and a repository of its own, on loopback only. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '../process/clock.ts';
import type { LineSink } from '../log/log.ts';
import type { ProgramIo } from '../process/program-io.ts';
import { type DemoRegistry, startDemoRegistry } from './registry.ts';
import { demoBranch, demoRepositories, type Scene, setScene } from './scene.ts';

const run = promisify(execFile);

/** Runs the daemon with these arguments until the signal; the exit code. */
export type RunDaemonProgram = (
  argv: readonly string[],
  stdout: LineSink,
  signal: AbortSignal,
) => Promise<number>;

const pollMs = 100;
/** A commit that takes longer than this is not coming. */
const commitDeadlineMs = 60_000;

/** Resolves with the exit code. `--keep` leaves everything running until Ctrl-C. */
export async function runDemo(
  argv: readonly string[],
  io: ProgramIo,
  runDaemon: RunDaemonProgram,
): Promise<number> {
  const keep = argv.includes('--keep');
  const stop = new AbortController();
  const release = io.onStop(() => stop.abort());
  const folder = await mkdtemp(join(io.temporaryFolder, 'tidewaiter-demo-'));
  const username = 'shop';
  const password = randomBytes(12).toString('hex');
  const registry = await startDemoRegistry(username, password);
  try {
    const scene = await setScene({ folder, registryPort: registry.port, username, password });
    return await new Demo(io.stdout, registry, scene, stop, runDaemon).play(keep);
  } finally {
    await registry.close();
    release();
    if (keep) await tellWhere(io.stdout, folder);
    else await rm(folder, { recursive: true, force: true });
  }
}

/** One that nobody listens at: the daemon takes 0 for none. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Who has played with it may want to look again. */
async function tellWhere(out: LineSink, folder: string): Promise<void> {
  await rm(join(folder, 'cache'), { recursive: true, force: true });
  out.write(
    `\nEverything lies in ${folder}: deploy.git, applications/, registries.conf. Delete it whenever you like.\n`,
  );
}

/** What the daemon says in every cycle, or of the pace of this demo alone: it would scroll everything else away. */
const isRoutine =
  /Starting image update cycle|Processing results: .*images_updated=0 errors=0|an interval below 1m|^\S+ {2}\d+ Applications?, [^\n]*\n[^\n]*\n$/;

class Demo {
  readonly #out: LineSink;
  readonly #registry: DemoRegistry;
  readonly #scene: Scene;
  readonly #stop: AbortController;
  readonly #runDaemon: RunDaemonProgram;
  #builds = 0;

  constructor(
    out: LineSink,
    registry: DemoRegistry,
    scene: Scene,
    stop: AbortController,
    runDaemon: RunDaemonProgram,
  ) {
    this.#out = out;
    this.#registry = registry;
    this.#scene = scene;
    this.#stop = stop;
    this.#runDaemon = runDaemon;
  }

  async play(keep: boolean): Promise<number> {
    this.#say(
      'An Argo CD Application "shop" with two images, a chart in Git, and a registry that wants a password:',
    );
    for (const repository of demoRepositories) this.#say(`  CI pushes ${this.#push(repository)}`);
    const pagePort = await freePort();
    this.#say('\nTidewaiter starts:');
    const daemon = this.#runDaemon(this.#arguments(pagePort), this.#indented(), this.#stop.signal);
    const first = await this.#nextCommit(await this.#head(), daemon);
    if (first === undefined) return daemon;
    this.#say(`\nThe first commit:\n${await this.#show(first)}`);
    this.#say(`While it runs, CI pushes ${this.#push(demoRepositories[0])}\n`);
    const second = await this.#nextCommit(first, daemon);
    if (second === undefined) return daemon;
    this.#say(`\nThe second commit:\n${await this.#show(second)}`);
    if (keep) this.#invite(pagePort);
    else this.#stop.abort();
    return daemon;
  }

  #arguments(pagePort: number): readonly string[] {
    const { applications, registriesConf, cache } = this.#scene;
    return [
      'run',
      `--applications=${applications}`,
      `--registries-conf-path=${registriesConf}`,
      `--cache-dir=${cache}`,
      '--interval=1s',
      '--health-port=0',
      '--metrics-port=0',
      `--metrics-bind-address=127.0.0.1:${pagePort}`,
    ];
  }

  #invite(pagePort: number): void {
    const { port } = this.#registry;
    this.#registry.onWish = (repository) => this.#push(repository);
    this.#say('It keeps running; end it with Ctrl-C. To play with it:');
    this.#say(`  see what it knows: http://127.0.0.1:${pagePort}/status`);
    this.#say(`  push an image:     curl -X POST http://127.0.0.1:${port}/demo/push/shop/backend`);
    this.#say(`  read the log:      git -C ${this.#scene.repository} log -p ${demoBranch}`);
    this.#say(`  change the rules:  edit ${join(this.#scene.applications, 'shop.yaml')}\n`);
  }

  /** Adds the image of one more commit of ours; the reference that CI would print. */
  #push(repository: string): string {
    this.#builds += 1;
    const tag = `main-${randomBytes(4).toString('hex').slice(0, 7)}`;
    this.#registry.push(repository, tag, systemClock.now() + this.#builds);
    return `${repository}:${tag}`;
  }

  /** Undefined if somebody stopped the demo meanwhile. */
  async #nextCommit(after: string, daemon: Promise<number>): Promise<string | undefined> {
    const endsMs = systemClock.monotonicMs() + commitDeadlineMs;
    let code: number | undefined;
    void daemon.then((ended) => {
      code = ended;
    });
    for (;;) {
      const head = await this.#head();
      if (head !== after) return head;
      if (this.#stop.signal.aborted) return undefined;
      if (code !== undefined) throw new Error(`the daemon ended with code ${code}`);
      if (systemClock.monotonicMs() > endsMs)
        throw new Error(`no commit within ${commitDeadlineMs / 1000} s`);
      await systemClock.sleep(pollMs, new AbortController().signal);
    }
  }

  async #head(): Promise<string> {
    const { stdout } = await run('git', ['-C', this.#scene.repository, 'rev-parse', demoBranch]);
    return stdout.trim();
  }

  async #show(commit: string): Promise<string> {
    const { stdout } = await run('git', ['-C', this.#scene.repository, 'show', '--no-color', commit]);
    return stdout;
  }

  #indented(): LineSink {
    return {
      isTTY: this.#out.isTTY === true,
      ...(this.#out.columns === undefined ? {} : { columns: Math.max(0, this.#out.columns - 2) }),
      write: (text) => {
        if (!isRoutine.test(text)) this.#out.write(text.replaceAll(/^(?=.)/gm, '  '));
      },
    };
  }

  #say(line: string): void {
    this.#out.write(`${line}\n`);
  }
}
