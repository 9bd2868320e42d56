/** A body while it comes. */

/** Takes bodies as they come. It must not throw. */
export interface BodySink {
  /** What comes from now on is another body: the one before was not to be had to its end. */
  begin(): void;
  take(piece: Buffer): void;
}

/** One that is put together of pieces takes twice as much for a moment; of short ones that does not matter. */
const shortBytes = 64 * 1024;

export class ArrivingBody {
  length = 0;
  readonly #pieces: Buffer[] = [];
  #expected = 0;
  #whole: Buffer | undefined;
  #sink: BodySink | undefined;

  /** It will not be longer than that. */
  expect(length: number): void {
    this.#expected = length;
  }

  /** Nothing is kept. */
  handOn(sink: BodySink): void {
    this.#sink = sink;
  }

  add(piece: Buffer): void {
    this.length += piece.length;
    if (this.#sink === undefined) this.#keep(piece);
    else this.#sink.take(piece);
  }

  #keep(piece: Buffer): void {
    if (this.#expected > shortBytes) this.#whole ??= Buffer.allocUnsafeSlow(this.#expected);
    if (this.#whole === undefined) this.#pieces.push(piece);
    else piece.copy(this.#whole, this.length - piece.length);
  }

  whole(): Buffer {
    if (this.#sink !== undefined) return Buffer.alloc(0);
    return this.#whole?.subarray(0, this.length) ?? Buffer.concat(this.#pieces);
  }
}
