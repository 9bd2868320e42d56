/** Which windows are open, for the few texts that stories have. */
import { dayMs, hourMs, type ProjectWindow } from './story.ts';

export const ownWindows = ['allow "0 10 * * *" 4h', 'deny "0 12 * * 1-5" 20h', 'argocd'] as const;

/** `app`: name of the Application; `windows`: of its project. */
export function isOpen(
  text: string,
  {
    app,
    windows,
    nowMs,
  }: { readonly app: string; readonly windows: readonly ProjectWindow[]; readonly nowMs: number },
): boolean {
  if (text.startsWith('allow')) return isWithin({ hour: 10, hours: 4, onWorkdays: false }, nowMs);
  if (text.startsWith('deny')) return !isWithin({ hour: 12, hours: 20, onWorkdays: true }, nowMs);
  const own = windows.filter(({ applications }) => applications.some((name) => name === '*' || name === app));
  const isActive = (window: ProjectWindow) => isWithin(window, nowMs);
  if (own.some((window) => window.kind === 'deny' && isActive(window))) return false;
  const allows = own.filter(({ kind }) => kind === 'allow');
  return allows.length === 0 || allows.some(isActive);
}

/** It began today or yesterday, on a day of its own, and lasts still. */
function isWithin(
  { hour, hours, onWorkdays }: Pick<ProjectWindow, 'hour' | 'hours' | 'onWorkdays'>,
  nowMs: number,
): boolean {
  const midnightMs = Math.floor(nowMs / dayMs) * dayMs;
  return [midnightMs, midnightMs - dayMs].some((dayOfMs) => {
    const beginMs = dayOfMs + hour * hourMs;
    const isDay = !onWorkdays || ![0, 6].includes(new Date(dayOfMs).getUTCDay());
    return isDay && beginMs <= nowMs && nowMs < beginMs + hours * hourMs;
  });
}

/** `true`, or until the end of a day. */
export function isHeld(text: string, nowMs: number): boolean {
  return text === 'true' || nowMs < Date.parse(`${text.replace('until=', '')}T00:00:00Z`) + dayMs;
}
