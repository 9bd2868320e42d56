/** Secrets of webhooks: those of flags and variables, or of files under the names of the Secret's keys, which may be replaced. */
import { join } from 'node:path';
import { type Outcome, succeed } from '../../../core/base/outcome.ts';
import { webhookSecretFlags } from '../../flags/groups/webhook-flags.ts';
import { ReloadedFile, type ReloadedFileOptions } from './reloaded-file.ts';
import { readTextFile } from './text-file.ts';

type Lines = readonly string[];
type Watching = Pick<ReloadedFileOptions<Lines>, 'log' | 'now'>;

interface SecretsOptions {
  /** By type of sender: given by flags and variables. */
  readonly secrets: ReadonlyMap<string, readonly string[]>;
  /** "": there are no files. */
  readonly secretsFolder: string;
}

/** By type of sender: the key of its secret, as `webhook.docker-secret`. */
const secretKeys: ReadonlyMap<string, string> = new Map(
  Object.entries(webhookSecretFlags).map(([type, flag]) => [type, webhookSecretKey(flag)]),
);

/** `webhook.docker-secret` */
export function webhookSecretKey(flag: string): string {
  return `webhook.${flag.replace('-webhook-secret', '-secret')}`;
}

export class WebhookSecrets {
  readonly #files: ReadonlyMap<string, ReloadedFile<Lines>>;

  private constructor(files: ReadonlyMap<string, ReloadedFile<Lines>>) {
    this.#files = files;
  }

  /** Fails where a file is there and cannot be read. */
  static async open(
    { secrets, secretsFolder }: SecretsOptions,
    watching: Watching,
  ): Promise<Outcome<WebhookSecrets>> {
    const files = new Map<string, ReloadedFile<Lines>>();
    for (const [type, key] of secretKeys) {
      const path = secretsFolder === '' ? '' : join(secretsFolder, key);
      const given = secrets.get(type) ?? [];
      const opened = await ReloadedFile.open({ ...watching, path, load: (from) => loadLines(from, given) });
      if (!opened.ok) return opened;
      files.set(type, opened.value);
    }
    return succeed(new WebhookSecrets(files));
  }

  /** Those of now, of one type of sender; none: nothing is asked for. */
  async of(type: string): Promise<Lines> {
    return (await this.#files.get(type)?.current()) ?? [];
  }

  /** True where no sender has one. */
  async areNone(): Promise<boolean> {
    const all = await Promise.all([...this.#files.keys()].map((type) => this.of(type)));
    return all.every((lines) => lines.length === 0);
  }
}

/** A file that is missing or empty leaves what was given: a key that is deleted opens no door. */
async function loadLines(path: string, given: Lines) {
  const text = path === '' ? succeed(null) : await readTextFile(path);
  if (!text.ok) return text;
  const lines = secretLines(text.value ?? '');
  return succeed({ value: lines.length === 0 ? given : lines, warnings: [] });
}

/** Two secrets, one a line, are both good while one takes the place of the other. */
export function secretLines(text: string): readonly string[] {
  return text.split(/\r?\n/).filter((line) => line !== '');
}
