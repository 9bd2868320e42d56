/** What registries want their users to know: `Warning: 299 - "text"`. Source: distribution-spec, warnings. */
import { LRUCache } from 'lru-cache';
import { foreignWords } from '../../net/words/foreign-words.ts';

/** What the specification lets the header have. */
const maxHeaderCharacters = 4_096;
const maxWords = 300;

/** A registry that counts down, say, has a new text in every answer. */
const maxTextsPerHost = 10;

/** Tells each warning of each registry once. */
export class RegistryWarnings {
  readonly #tell: (message: string) => void;
  /** By host, what has been told. */
  readonly #told = new LRUCache<string, Set<string>>({ max: 1_000 });

  constructor(tell: (message: string) => void) {
    this.#tell = tell;
  }

  /** `secrets`: what the registry was sent and may repeat. */
  take(host: string, header: string | undefined, secrets: readonly string[]): void {
    if (header === undefined) return;
    const told = this.#told.get(host) ?? new Set();
    this.#told.set(host, told);
    for (const text of readWarnings(header)) {
      const words = foreignWords(text, maxWords, secrets);
      if (words === '' || told.has(words) || told.size === maxTextsPerHost) continue;
      told.add(words);
      this.#tell(`registry ${host} warns: ${words}`);
    }
  }
}

/** The texts of code 299, which is for people; other codes were meant for caches. */
function readWarnings(header: string): readonly string[] {
  const values = header.slice(0, maxHeaderCharacters).matchAll(/(?<!\d)299 \S+ "((?:[^"\\]|\\.)*)"/g);
  return Array.from(values, ([, text = '']) => text.replaceAll(/\\(.)/g, '$1'));
}
