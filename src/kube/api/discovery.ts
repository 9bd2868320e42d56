/** Which resources an API server has, by discovery, which every account may read. */
import { isRecord } from '../../core/base/json.ts';
import type { Clock } from '../../ports/clock.ts';
import { within } from '../../net/deadline.ts';
import { parsedObject } from './error.ts';
import { type Exchange, successBody } from './exchange.ts';

export interface ResourceName {
  /** `argoproj.io/v1alpha1`. */
  readonly groupVersion: string;
  readonly plural: string;
}

const maxAnswerBytes = 1 << 20;
const deadlineMs = 10_000;

/** Throws `Failed` (kube). */
export async function hasResource(
  exchange: Exchange,
  { groupVersion, plural }: ResourceName,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  const call = { doing: `look for ${plural} in the cluster`, resource: `${plural}.${groupVersion}` };
  const request = { method: 'GET', path: `/apis/${groupVersion}`, maxBodyBytes: maxAnswerBytes } as const;
  const answer = await within(clock, deadlineMs, [signal], (limited) => exchange(call, request, limited));
  if (answer.status === 404) return false;
  const { resources } = parsedObject(successBody(call, answer));
  return Array.isArray(resources) && resources.some((each) => isRecord(each) && each['name'] === plural);
}
