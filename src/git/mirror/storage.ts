/** Files of ours that cannot be written or read: the disk is full, or the folder is not ours. */
import type { GitCode } from '../../core/base/outcome.ts';

export interface StorageProblem {
  readonly code: GitCode;
  /** Names the error; ends a message. */
  readonly text: string;
  readonly advice: string;
}

/** undefined: the error is not one of the file system. */
export function storageProblem(error: unknown): StorageProblem | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined;
  const isFull = error.code === 'ENOSPC' || error.code === 'EDQUOT';
  const advice = isFull ? 'free space there, or use another folder' : 'check the cache and temporary folders';
  return { code: isFull ? 'disk-full' : 'git', text: error.message, advice };
}
