/** What a session is opened with, and what it is asked to run. */
import type { SendRequest } from '../../net/side-request.ts';
import type { Entrance } from '../login/entrance.ts';
import type { RemoteUrl } from '../login/url.ts';
import type { GitRunner } from '../process/run.ts';

export interface SessionOptions {
  readonly folder: string;
  readonly url: RemoteUrl;
  readonly entrance: Entrance;
  readonly runner: GitRunner;
  readonly send: SendRequest;
  readonly credentialSource: string;
  readonly timeoutMs: number;
  /** What the mirror may hold. */
  readonly maxMirrorBytes: number;
}

/** A command without the things that are the same for all of them. */
export interface SessionCommand {
  /** `fetch`, `push to` …: how messages start. */
  readonly doing: string;
  readonly args: readonly string[];
  readonly config?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  /** A local command that starts helper programs; those towards a server always do. */
  readonly startsOthers?: boolean;
  /** Takes the output of a command towards a server as it comes; false: it has had enough. */
  readonly onOutput?: (chunk: Buffer) => boolean;
  /** Bytes that it may add to the mirror, where that is less than what the mirror may hold. */
  readonly maxGrowthBytes?: number;
  readonly signal: AbortSignal;
}
