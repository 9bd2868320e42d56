/** Entry of the thread that works on large target files: one task at a time, as it is told. */
import { parentPort } from 'node:worker_threads';
import type { TargetTexts } from './core/apply-edit.ts';
import { type FileTaskName, type FileTasks, performFileTask } from './core/file-tasks.ts';

interface Message<Name extends FileTaskName = FileTaskName> {
  readonly name: Name;
  readonly texts: TargetTexts;
  readonly asked: FileTasks[Name]['asked'];
}

parentPort?.on('message', ({ name, texts, asked }: Message) => {
  parentPort?.postMessage(performFileTask(name, texts, asked));
});
