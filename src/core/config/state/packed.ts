/** Times, texts and revisions as the characters of one short text: thousands of Applications keep one each. */

const maxTextLength = 64;
const sha1 = /^[0-9a-f]{40}$/;
const sha1Bytes = 20;
const sha1Mark = 0xff; // no text is as long

const firstRoom = 512;

/** Each character is one byte. */
export class Packer {
  #bytes = Buffer.allocUnsafe(firstRoom);
  #length = 0;

  count(count: number): this {
    this.#makeRoom(1);
    this.#length = this.#bytes.writeUInt8(Math.min(count, 0xfe), this.#length);
    return this;
  }

  /** Longer texts are cut, and what is not Latin-1 becomes a question mark. */
  text(text: string): this {
    const latin = text.slice(0, maxTextLength).replaceAll(/[^\0-\xff]/g, '?');
    this.count(latin.length).#makeRoom(latin.length);
    this.#length += this.#bytes.write(latin, this.#length, 'latin1');
    return this;
  }

  /** Names of commits take half of their length. */
  revision(revision: string): this {
    if (!sha1.test(revision)) return this.text(revision);
    this.#makeRoom(1 + sha1Bytes);
    this.#length = this.#bytes.writeUInt8(sha1Mark, this.#length);
    this.#length += this.#bytes.write(revision, this.#length, 'hex');
    return this;
  }

  /** In whole seconds; undefined is told from all times after 1970. */
  time(ms: number | undefined): this {
    const seconds = ms === undefined ? 0 : Math.min(Math.max(Math.floor(ms / 1000), 0), 0xffffffff);
    this.#makeRoom(4);
    this.#length = this.#bytes.writeUInt32BE(seconds, this.#length);
    return this;
  }

  packed(): string {
    return this.#bytes.toString('latin1', 0, this.#length);
  }

  #makeRoom(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    this.#bytes = Buffer.concat([this.#bytes, Buffer.allocUnsafe(this.#bytes.length + bytes)]);
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
