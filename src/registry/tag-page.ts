/** Reads one page of a tag list, byte by byte, so that neither a long list nor a deep one holds up anybody else. */
import { setImmediate as yieldToOthers } from 'node:timers/promises';

export interface TagPage {
  /** Absent where the answer has no such member; null counts as none. */
  readonly hasTags: boolean;
  /** It says whose tags these are. */
  readonly hasName: boolean;
  /** It tells of errors. */
  readonly hasErrors: boolean;
}

/** Why an answer is no page. */
export type PageFault = 'html' | 'not JSON' | 'not a list';

const bytesPerTurn = 128 * 1024;
/** Members that nobody asked for are passed over, but not without bound. */
const maxDepth = 32;

const quote = 0x22;
const backslash = 0x5c;
const whitespace: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** Calls `onTag` for every tag. What kind of text the answer is shows before anything of it is kept. */
export async function readTagPage(body: Buffer, onTag: (tag: string) => void): Promise<TagPage | PageFault> {
  const scanner = new Scanner(body);
  try {
    return await scanner.page(onTag);
  } catch (error) {
    if (error instanceof Fault) return error.fault;
    throw error;
  }
}

class Fault extends Error {
  readonly fault: PageFault;

  constructor(fault: PageFault) {
    super(fault);
    this.fault = fault;
  }
}

class Scanner {
  readonly #bytes: Buffer;
  #at = 0;
  #turnEnds = bytesPerTurn;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  async page(onTag: (tag: string) => void): Promise<TagPage> {
    if (this.#bytes.subarray(0, 3).equals(byteOrderMark)) this.#at = 3;
    const first = this.#peek();
    if (first === char('<')) throw new Fault('html');
    let [hasTags, hasName, hasErrors] = [false, false, false];
    if (first !== char('{')) {
      await this.#skip(0);
      this.#end();
      throw new Fault('not a list');
    }
    for await (const key of this.#members()) {
      if (key === 'tags') hasTags = await this.#tags(onTag);
      else {
        hasName ||= key === 'name' && this.#peek() === quote;
        hasErrors ||= key === 'errors' && this.#isFilledArray();
        await this.#skip(1);
      }
    }
    this.#end();
    return { hasTags, hasName, hasErrors };
  }

  /** The keys of an object; whoever takes one reads its value. */
  async *#members(): AsyncGenerator<string> {
    this.#expect('{');
    if (this.#take('}')) return;
    do {
      const key = this.#string();
      this.#expect(':');
      yield key;
    } while (this.#take(','));
    this.#expect('}');
  }

  async #tags(onTag: (tag: string) => void): Promise<boolean> {
    if (this.#peek() === char('n')) {
      this.#word('null');
      return false;
    }
    if (this.#peek() !== char('[')) throw new Fault('not a list');
    this.#expect('[');
    if (this.#take(']')) return true;
    do {
      if (this.#peek() !== quote) throw new Fault('not a list');
      onTag(this.#string());
      if (this.#at >= this.#turnEnds) await this.#rest();
    } while (this.#take(','));
    this.#expect(']');
    return true;
  }

  #isFilledArray(): boolean {
    if (this.#peek() !== char('[')) return false;
    const { 0: first } = /\S/.exec(this.#bytes.toString('latin1', this.#at + 1, this.#at + 64)) ?? [']'];
    return first !== ']';
  }

  async #rest(): Promise<void> {
    await yieldToOthers();
    this.#turnEnds = this.#at + bytesPerTurn;
  }

  /** Passes over any value. */
  async #skip(depth: number): Promise<void> {
    if (depth > maxDepth) throw new Fault('not a list');
    if (this.#at >= this.#turnEnds) await this.#rest();
    switch (this.#peek()) {
      case undefined:
        throw new Fault('not JSON');
      case quote:
        return void this.#string();
      case char('{'):
        for await (const _key of this.#members()) await this.#skip(depth + 1);
        return;
      case char('['):
        this.#expect('[');
        if (this.#take(']')) return;
        do await this.#skip(depth + 1);
        while (this.#take(','));
        return this.#expect(']');
      case char('t'):
        return this.#word('true');
      case char('f'):
        return this.#word('false');
      case char('n'):
        return this.#word('null');
      default:
        return this.#number();
    }
  }

  #word(word: string): void {
    const end = this.#at + word.length;
    if (this.#bytes.toString('latin1', this.#at, end) !== word) throw new Fault('not JSON');
    this.#at = end;
  }

  #number(): void {
    const [text] = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(
      this.#bytes.toString('latin1', this.#at, this.#at + 64),
    ) ?? [''];
    if (text === '') throw new Fault('not JSON');
    this.#at += text.length;
  }

  #string(): string {
    this.#expect('"');
    const start = this.#at;
    let isPlain = true;
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined || byte < 0x20) throw new Fault('not JSON');
      if (byte === quote) break;
      if (byte === backslash) this.#at += 1;
      if (byte === backslash || byte >= 0x80) isPlain = false;
      this.#at += 1;
    }
    const end = this.#at;
    this.#at += 1;
    return isPlain
      ? this.#bytes.toString('latin1', start, end)
      : unescape(this.#bytes.toString('utf8', start, end));
  }

  #peek(): number | undefined {
    while (whitespace.has(this.#bytes[this.#at] ?? 0)) this.#at += 1;
    return this.#bytes[this.#at];
  }

  #take(expected: string): boolean {
    if (this.#peek() !== char(expected)) return false;
    this.#at += 1;
    return true;
  }

  #expect(expected: string): void {
    if (!this.#take(expected)) throw new Fault('not JSON');
  }

  #end(): void {
    if (this.#peek() !== undefined) throw new Fault('not JSON');
  }
}

function unescape(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    throw new Fault('not JSON');
  }
}

function char(text: string): number {
  return text.charCodeAt(0);
}
