/** When a server wants to be asked again. Source: RFC 9110, 10.2.3 and 5.6.7. */

/** A longer wish can only be a mistake, of the server's clock or of ours. */
const longestMs = 30 * 86_400_000;

const days = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const httpDate = new RegExp(`^${days}(?:[a-z]{0,6}, .{18,20} GMT| .{20})$`);

/** `Retry-After` in milliseconds from now: seconds, or an HTTP date. Absent: no value, or none that can be read. */
export function readRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim() ?? '';
  const waitMs = /^\d{1,15}$/.test(text) ? Number(text) * 1_000 : dateMs(text) - nowMs;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), longestMs);
}

/** NaN: no HTTP date, in none of the three forms. The oldest of them does not say that it means GMT. */
function dateMs(text: string): number {
  if (!httpDate.test(text)) return Number.NaN;
  return Date.parse(text.endsWith(' GMT') ? text : `${text} GMT`);
}
