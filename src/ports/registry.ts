/** What the cycle needs of registries. */
import type { Answer, ImageNeed } from '../core/decide/needs.ts';
import type { ClockReading } from '../core/policy/clock.ts';
import type { SecretReader } from './cluster.ts';

/** Answers questions of one cycle; equal requests are sent once. */
export interface RegistryCycle {
  /** Throws `Failed` (registry). An incomplete answer is thrown, never returned. */
  answer(need: ImageNeed, signal: AbortSignal): Promise<Answer>;
}

export interface Registry {
  openCycle(secrets: SecretReader): RegistryCycle;
  /** What time the first registry that answered in this cycle said it is; undefined: none has said so. */
  clockReading?(): ClockReading | undefined;
  close(): void;
}
