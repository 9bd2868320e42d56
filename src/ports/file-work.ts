/** Where the texts of target files are read and edited: large ones must hold up nobody. */
import type { TargetTexts } from '../core/apply-edit.ts';
import type { Outcome } from '../core/base/outcome.ts';
import type { FileTaskName, FileTasks } from '../core/file-tasks.ts';

export interface FileWork {
  /** Never rejects. What takes too long, or too much memory, fails (kind `edit`). */
  perform<Name extends FileTaskName>(
    name: Name,
    texts: TargetTexts,
    asked: FileTasks[Name]['asked'],
  ): Promise<Outcome<FileTasks[Name]['answer']>>;

  close(): Promise<void>;
}
