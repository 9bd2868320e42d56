/** One line at the end of a terminal's output that is drawn again and again in one place, and leaves nothing behind. */
import type { LineSink } from '../log/log.ts';
import { cut } from './fit.ts';
import { mark, type Style } from './style.ts';

/** Back to the first column, and all of the line away. */
const erase = '\r\u001b[2K';

export class StatusLine {
  readonly #sink: LineSink;
  readonly #style: Style;
  #isDrawn = false;

  constructor(sink: LineSink, style: Style) {
    this.#sink = sink;
    this.#style = style;
  }

  /** A sink for lines of the same terminal: they take the place of the status, which comes back when it is drawn next. */
  guard(sink: LineSink): LineSink {
    return {
      isTTY: sink.isTTY === true,
      write: (text) => {
        this.clear();
        sink.write(text);
      },
    };
  }

  /** Never wider than the terminal: what wraps could not be erased. */
  draw(text: string): void {
    const line = cut(text, this.#style.columns() - 1, mark(this.#style, '…'));
    this.#sink.write(erase + this.#style.paint('dim', line));
    this.#isDrawn = true;
  }

  clear(): void {
    if (this.#isDrawn) this.#sink.write(erase);
    this.#isDrawn = false;
  }
}
