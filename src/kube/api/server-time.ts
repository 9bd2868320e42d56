/** What time a server says it is: the `Date` of the first answer that has one. */
import { type ClockReading, readClock } from '../../core/policy/clock.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Exchange } from './exchange.ts';

export interface TimedExchange {
  readonly exchange: Exchange;
  /** undefined: no answer has told it yet. */
  readonly reading: () => ClockReading | undefined;
}

/** `whose`: for people, `the API server`. */
export function timedExchange(exchange: Exchange, clock: Clock, whose: string): TimedExchange {
  let reading: ClockReading | undefined;
  return {
    exchange: async (call, request, signal) => {
      const answer = await exchange(call, request, signal);
      reading ??= readClock(answer.date, clock.now(), whose);
      return answer;
    },
    reading: () => reading,
  };
}
