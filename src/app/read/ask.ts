/** Stage 4: each distinct question to registries once per cycle. */
import type { Answer, ImageNeed } from '../../core/needs.ts';
import type { Outcome } from '../../core/base/outcome.ts';
import type { RegistryCycle } from '../../ports/registry.ts';
import { settle } from '../../core/base/settle.ts';

export type Ask = (need: ImageNeed) => Promise<Outcome<Answer>>;

/** Questions with equal keys share one answer, however many applications have them. */
export function makeAsk(registry: RegistryCycle, signal: AbortSignal): Ask {
  const asked = new Map<string, Promise<Outcome<Answer>>>();
  return (need) => {
    const known = asked.get(need.key);
    if (known !== undefined) return known;
    const answer = settle(() => registry.answer(need, signal));
    asked.set(need.key, answer);
    return answer;
  };
}
