/** Times, texts and revisions as the characters of one short text: thousands of Applications keep one each. */

const maxTextLength = 64;
const sha1 = /^[0-9a-f]{40}$/;
const sha1Bytes = 20;
const sha1Mark = 0xff; // no text is as long

/** Each character is one byte. */
export class Packer {
  readonly #bytes: number[] = [];

  count(count: number): this {
    this.#bytes.push(Math.min(count, 0xfe));
    return this;
  }

  /** Longer texts are cut, and what is not Latin-1 becomes a question mark. */
  text(text: string): this {
    const latin = Buffer.from(text.slice(0, maxTextLength).replaceAll(/[^\0-\xff]/g, '?'), 'latin1');
    this.#bytes.push(latin.length, ...latin);
    return this;
  }

  /** Names of commits take half of their length. */
  revision(revision: string): this {
    if (!sha1.test(revision)) return this.text(revision);
    this.#bytes.push(sha1Mark, ...Buffer.from(revision, 'hex'));
    return this;
  }

  /** In whole seconds; undefined is told from all times after 1970. */
  time(ms: number | undefined): this {
    const seconds = ms === undefined ? 0 : Math.min(Math.max(Math.floor(ms / 1000), 0), 0xffffffff);
    this.#bytes.push(seconds >>> 24, (seconds >>> 16) & 0xff, (seconds >>> 8) & 0xff, seconds & 0xff);
    return this;
  }

  packed(): string {
    return String.fromCharCode(...this.#bytes);
  }
}

/** Reads in the order in which it was packed. */
export class Unpacker {
  readonly #packed: string;
  #at = 0;

  constructor(packed: string) {
    this.#packed = packed;
  }

  count(): number {
    return this.#byte();
  }

  text(): string {
    return this.#take(this.#byte());
  }

  revision(): string {
    const length = this.#byte();
    if (length !== sha1Mark) return this.#take(length);
    return Buffer.from(this.#take(sha1Bytes), 'latin1').toString('hex');
  }

  time(): number | undefined {
    const seconds = Buffer.from(this.#take(4), 'latin1').readUInt32BE();
    return seconds === 0 ? undefined : seconds * 1000;
  }

  #byte(): number {
    const code = this.#packed.charCodeAt(this.#at);
    this.#at += 1;
    return code;
  }

  #take(length: number): string {
    const taken = this.#packed.slice(this.#at, this.#at + length);
    this.#at += length;
    return taken;
  }
}
