/** A list in one JSON text of any size, read item by item while it comes: no more than one item is ever held. */
import { StringDecoder } from 'node:string_decoder';
import type { BodySink } from '../../net/in-flight/arriving-body.ts';
import { isRecord, parseJson } from '../../core/base/json.ts';

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openings: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const closings: ReadonlySet<number> = new Set([0x5d, 0x7d]);

const maxItemBytes = 8 << 20;
/** What is around the items. */
const maxFrameBytes = 4 << 20;

/** Inside of the list and of the array under its key `items`. */
const itemDepth = 2;
const beforeItems = /(?<!\\)"items"\s*:\s*$/;
/** Longer than the key with the spaces that anybody would put there. */
const keyLength = 64;

export interface ItemReceiver {
  readonly item: (object: unknown) => void;
  /** The list is sent once more, from the start. */
  readonly restart: () => void;
}

/** The text outside of items is kept, with a 0 in the place of each: parsed at the end it tells whether it was a list. */
export class ListReader implements BodySink {
  readonly #receiver: ItemReceiver;
  #decoder = new StringDecoder('utf8');
  #frame = '';
  #item = '';
  #items = 0;
  #depth = 0;
  #isInItems = false;
  #isInText = false;
  #isEscaped = false;
  #fault: string | undefined;

  constructor(receiver: ItemReceiver) {
    this.#receiver = receiver;
  }

  begin(): void {
    this.#receiver.restart();
    this.#decoder = new StringDecoder('utf8');
    this.#frame = '';
    this.#item = '';
    this.#items = 0;
    this.#depth = 0;
    this.#isInItems = false;
    this.#isInText = false;
    this.#isEscaped = false;
    this.#fault = undefined;
  }

  take(piece: Buffer): void {
    if (this.#fault !== undefined) return;
    let start = 0;
    for (let at = 0; at < piece.length; at += 1) {
      if (this.#isInText) at = this.#endOfText(piece, at);
      const byte = piece[at] ?? 0;
      if (byte === quote) this.#isInText = true;
      else if (byte !== comma && !openings.has(byte) && !closings.has(byte)) continue;
      else if (this.#isBetween(byte)) {
        this.#keep(piece.subarray(start, at));
        start = at;
        this.#turn(byte);
      } else if (openings.has(byte)) this.#depth += 1;
      else if (closings.has(byte)) this.#depth -= 1;
    }
    this.#keep(piece.subarray(start));
  }

  /** What was wrong with the list, once all of it is there. */
  fault(): string | undefined {
    if (this.#fault !== undefined) return this.#fault;
    const list = parseJson(this.#frame + this.#decoder.end());
    if (!isRecord(list) || !('items' in list)) return 'the answer is no list';
    return list['items'] === null || Array.isArray(list['items']) ? undefined : 'the answer is no list';
  }

  /** The place behind the quote that ends it, or the end of the piece. */
  #endOfText(piece: Buffer, from: number): number {
    let isEscaped = this.#isEscaped;
    let at = from;
    for (; at < piece.length; at += 1) {
      const byte = piece[at];
      if (isEscaped) isEscaped = false;
      else if (byte === backslash) isEscaped = true;
      else if (byte === quote) break;
    }
    this.#isEscaped = isEscaped;
    this.#isInText = at === piece.length;
    return at + 1;
  }

  /** Where an item, or all of them, may begin or end. */
  #isBetween(byte: number): boolean {
    if (!this.#isInItems) return this.#depth === itemDepth - 1 && byte === 0x5b;
    return this.#depth === itemDepth && (byte === comma || closings.has(byte));
  }

  #turn(byte: number): void {
    if (this.#isInItems) {
      this.#endItem();
      if (byte === comma) return;
      this.#isInItems = false;
      this.#depth -= 1;
    } else {
      this.#isInItems = beforeItems.test(this.#frame.slice(-keyLength));
      this.#depth += 1;
    }
  }

  #keep(bytes: Buffer): void {
    const text = this.#decoder.write(bytes);
    if (!this.#isInItems) this.#frame += text;
    else if (this.#item === '') this.#item = text;
    else this.#item += text;
    if (this.#frame.length > maxFrameBytes) this.#fault = `more than ${maxFrameBytes} bytes beside the items`;
    if (this.#item.length > maxItemBytes) this.#fault = `an item of more than ${maxItemBytes} bytes`;
  }

  /** Its text begins with the bracket or comma before it. */
  #endItem(): void {
    const text = this.#item.slice(1).trim();
    this.#frame += this.#item.slice(0, 1);
    this.#item = '';
    if (text === '') return;
    this.#items += 1;
    this.#frame += '0';
    const object = parseJson(text);
    if (object === undefined) this.#fault ??= `item ${this.#items} of the list is no JSON`;
    else this.#receiver.item(object);
  }
}
