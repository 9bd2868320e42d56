/** What becomes of the memory of policies, for people. */
import { counted } from '../../core/base/counted.ts';
import { quoted } from '../../core/base/quoted.ts';
import { shortLine } from '../../core/base/short-line.ts';
import type { MemoryEvent } from './memory-keeper.ts';

const shownLength = 100;

export function memoryWords(event: MemoryEvent): string {
  const { place } = event;
  switch (event.kind) {
    case 'unread':
      return `what policies remember in ${place} cannot be read, and is tried again in each cycle: ${event.failure.message}`;
    case 'unwritten':
      return `what policies remember cannot be kept in ${place}, and is lost with this process unless that is mended: ${event.failure.message}`;
    case 'unreadable':
      return `${place}: ${counted(event.count, 'line')} cannot be read and dropped: ${quoted(shortLine(event.first, shownLength))}`;
  }
}
