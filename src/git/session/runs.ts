/** Git commands in the mirror of one session, with or without its server. */
import { folderBytes } from '../process/folder-bytes.ts';
import type { GitResult, StorageLimit } from '../process/group.ts';
import type { SessionCommand, SessionOptions } from './command.ts';
import type { SessionFaults } from './faults.ts';
import { Server } from './server.ts';

export class Runs {
  readonly #options: SessionOptions;
  readonly #faults: SessionFaults;
  readonly #server: Server;

  /** Sees to it that there is a mirror. */
  readonly #ready: (doing: string) => Promise<void>;

  constructor(
    options: SessionOptions,
    faults: SessionFaults,
    ready: (doing: string) => Promise<void>,
    server = new Server(options),
  ) {
    this.#options = options;
    this.#faults = faults;
    this.#ready = ready;
    this.#server = server;
  }

  get server(): Server {
    return this.#server;
  }

  /** Without network. What git did is for the caller to judge. */
  async local(command: SessionCommand): Promise<GitResult> {
    return await this.#run(command);
  }

  /** Towards the server `origin`. What git did is for the caller to judge, but that the mirror is full is thrown. */
  async remote(command: SessionCommand): Promise<GitResult> {
    const result = await this.#runRemote(command);
    const isMoved = await this.#server.followRedirect(result, command.signal);
    return isMoved ? await this.#runRemote(command) : result;
  }

  async #runRemote(command: SessionCommand): Promise<GitResult> {
    const { entrance, maxMirrorBytes } = this.#options;
    const login = await this.#faults.stored(command.doing, () => entrance.environment(command.signal));
    const config = [...(command.config ?? []), ...this.#server.config];
    const environment = { ...login, ...command.environment };
    const storage = await this.#storage(command);
    const result = await this.#run({ ...command, config, environment, startsOthers: true }, storage);
    const isFull = result.ended === 'outgrown' && storage?.maxBytes === maxMirrorBytes;
    if (isFull) throw this.#faults.any(command.doing, result);
    return result;
  }

  /** Only fetches bring something in. */
  async #storage({ args, maxGrowthBytes }: SessionCommand): Promise<StorageLimit | undefined> {
    const { folder, maxMirrorBytes } = this.#options;
    if (args[0] !== 'fetch') return undefined;
    if (maxGrowthBytes === undefined) return { folder, maxBytes: maxMirrorBytes };
    return { folder, maxBytes: Math.min(maxMirrorBytes, (await folderBytes(folder)) + maxGrowthBytes) };
  }

  async #run(command: SessionCommand, storage?: StorageLimit): Promise<GitResult> {
    const { folder, runner, url } = this.#options;
    const { doing, input, startsOthers = false, maxGrowthBytes: _, ...rest } = command;
    await this.#ready(doing);
    const run = async (): Promise<GitResult> =>
      await runner.run({
        ...rest,
        directory: folder,
        displayUrl: url.displayUrl,
        startsOthers,
        ...(storage === undefined ? {} : { storage }),
        ...(input === undefined ? {} : { input: Buffer.from(input) }),
      });
    return await this.#faults.stored(doing, run);
  }
}
