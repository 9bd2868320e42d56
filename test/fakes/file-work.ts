/** Work on target files where the test is. */
import { performFileTask } from '../../src/core/file-tasks.ts';
import type { FileWork } from '../../src/ports/file-work.ts';

export const filesInPlace: FileWork = {
  perform: (name, texts, asked) => Promise.resolve(performFileTask(name, texts, asked)),
  close: () => Promise.resolve(),
};
