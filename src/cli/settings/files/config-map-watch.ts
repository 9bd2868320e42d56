/** The ConfigMap of the settings, looked at while the program runs: what takes effect at once, and what nobody reads. */
import { nearestWord } from '../../../core/config/keys/annotation-keys.ts';
import { settle } from '../../../core/base/settle.ts';
import type { Cluster } from '../../../ports/cluster.ts';
import type { Log } from '../../log/log.ts';
import { isAtLeast, type LogLevel } from '../../log/log-text.ts';
import { runFlags } from '../../flags/commands/run-flags.ts';
import { configMapFiles, configMapFlags, configMapTexts, configMapName as name } from './config-map-keys.ts';
import { logLevelOf } from '../../flags/groups/log-level.ts';

export interface ConfigMapWatchOptions {
  readonly cluster: Cluster;
  readonly log: Log;
  /** Level that the program began with, and goes back to once the key is gone. */
  readonly level: LogLevel;
  /** The level was given as a flag: the key has no say. */
  readonly isLevelFixed: boolean;
  readonly setLevel: (level: LogLevel) => void;
}

const levelKey = 'log.level';
const known: readonly string[] = [
  ...Object.keys(configMapFlags),
  ...Object.keys(configMapFiles),
  ...configMapTexts,
];
/** Keys of which that they are unknown is told. */
const maxTold = 100;

type Texts = Readonly<Record<string, string>>;

export class ConfigMapWatch {
  readonly #options: ConfigMapWatchOptions;
  #before: Texts | undefined;
  #level: LogLevel;
  readonly #told = new Set<string>();

  constructor(options: ConfigMapWatchOptions) {
    this.#options = options;
    this.#level = options.level;
  }

  /** Never throws: who may not read it does without. */
  async look(): Promise<void> {
    const { cluster, log } = this.#options;
    const namespace = cluster.ownNamespace;
    if (namespace === undefined) return;
    const read = await settle(() => cluster.openCycle().secrets.configMap(namespace, name));
    if (!read.ok) return log.debug(`Settings are not looked at: ${read.failure.message}`);
    const now = read.value?.values ?? {};
    this.#tellUnknown(namespace, now);
    if (this.#before !== undefined) this.#apply(this.#before, now);
    this.#before = now;
  }

  #tellUnknown(namespace: string, now: Texts): void {
    for (const key of Object.keys(now)) {
      if (known.includes(key) || this.#told.has(key) || this.#told.size >= maxTold) continue;
      this.#told.add(key);
      const meant = nearestWord(key, known);
      // others mount more keys beside ours, and mean no setting by them
      if (meant === undefined) continue;
      this.#options.log.warning(
        `ConfigMap ${namespace}/${name}: ${key} is unknown and has no effect; did you mean ${meant}?`,
      );
    }
  }

  #apply(before: Texts, now: Texts): void {
    const { log } = this.#options;
    const changed = Object.keys(configMapFlags).filter((key) => (before[key] ?? '') !== (now[key] ?? ''));
    if (changed.includes(levelKey)) this.#applyLevel(now[levelKey] ?? '');
    const later = changed.filter((key) => key !== levelKey);
    if (later.length > 0)
      log.warning(`ConfigMap ${name}: ${later.join(', ')} changed, which takes effect with the next start`);
  }

  #applyLevel(text: string): void {
    const { log, level, isLevelFixed, setLevel } = this.#options;
    if (isLevelFixed) return log.info(`${levelKey} changed, and --loglevel goes before it`);
    const parsed = runFlags.loglevel.parseVariable(text);
    if (text !== '' && !parsed.ok) {
      const { message } = parsed.failure;
      return log.error(`ConfigMap ${name}: ${levelKey} ${JSON.stringify(text)} is not used: ${message}`);
    }
    const wanted = text !== '' && parsed.ok ? logLevelOf(parsed.value) : level;
    // told at whichever of both levels prints it
    if (isAtLeast('info', this.#level)) log.info('The level of the log changes', { to: wanted });
    setLevel(wanted);
    if (!isAtLeast('info', this.#level)) log.info('The level of the log changes', { to: wanted });
    this.#level = wanted;
  }
}
