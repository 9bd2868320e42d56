/** A body while it comes. */

/** One that is put together of pieces takes twice as much for a moment; of short ones that does not matter. */
const shortBytes = 64 * 1024;

export class ArrivingBody {
  length = 0;
  readonly #pieces: Buffer[] = [];
  #expected = 0;
  #whole: Buffer | undefined;

  /** It will not be longer than that. */
  expect(length: number): void {
    this.#expected = length;
  }

  add(piece: Buffer): void {
    if (this.#expected > shortBytes) this.#whole ??= Buffer.allocUnsafeSlow(this.#expected);
    if (this.#whole === undefined) this.#pieces.push(piece);
    else piece.copy(this.#whole, this.length);
    this.length += piece.length;
  }

  whole(): Buffer {
    return this.#whole?.subarray(0, this.length) ?? Buffer.concat(this.#pieces);
  }
}
