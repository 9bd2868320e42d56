/** One PATCH and what its answer means, whichever API takes it. */
import { Failed } from '../core/base/outcome.ts';
import { type ApiAnswer, type ApiCall, answerFailure, parsedObject } from './api/error.ts';
import type { ApiRequest, Exchange } from './api/exchange.ts';
import type { PatchAnswer } from './live-patch.ts';

/** `special`: what answers mean in this API; undefined where nothing but their status does. Throws `Failed` (kube). */
export async function sendPatch(
  exchange: Exchange,
  call: ApiCall,
  request: ApiRequest,
  special: (answer: ApiAnswer) => PatchAnswer | undefined,
  signal: AbortSignal,
): Promise<PatchAnswer> {
  const answer = await answerOrFault(exchange, call, request, signal);
  if (answer instanceof Failed) return { kind: 'unclear', failure: answer };
  if (answer.status >= 200 && answer.status < 300) {
    return { kind: 'taken', object: parsedObject(answer.body) };
  }
  if (answer.status === 429) return { kind: 'busy' };
  const known = special(answer);
  if (known !== undefined) return known;
  const failure = answerFailure(call, answer);
  if (answer.status >= 500) return { kind: 'unclear', failure };
  throw failure;
}

async function answerOrFault(
  exchange: Exchange,
  call: ApiCall,
  request: ApiRequest,
  signal: AbortSignal,
): Promise<ApiAnswer | Failed> {
  try {
    return await exchange(call, request, signal);
  } catch (fault) {
    if (fault instanceof Failed && mayHaveArrived(fault)) return fault;
    throw fault;
  }
}

function mayHaveArrived({ failure }: Failed): boolean {
  return failure.kind === 'kube' && (failure.code === 'network' || failure.code === 'timeout');
}
