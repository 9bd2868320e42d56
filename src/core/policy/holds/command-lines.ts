/** Lines that people can paste: what a change of the holds ConfigMap is in words of a shell. */
import { shellWord } from '../../base/shell-word.ts';
import type { Hold } from '../settings.ts';
import { formatInstant } from '../words/instant.ts';
import type { HoldsTexts } from './holds-draft.ts';
import { holdsName, type HoldsTarget, targetName } from './holds-keys.ts';

/** `kubectl … patch configmap argocd-image-updater-holds …`, on one line; where there is no ConfigMap yet it is created first. */
export function kubectlLine(namespace: string, data: HoldsTexts, isThere: boolean): string {
  const place = `kubectl -n ${shellWord(namespace)}`;
  const patch = `${place} patch configmap ${holdsName} --type merge -p ${shellWord(JSON.stringify({ data }))}`;
  return isThere ? patch : `${place} create configmap ${holdsName} && ${patch}`;
}

/** `tidewaiter pause argocd/shop web --until … --reason …`. */
export function pauseLine(target: HoldsTarget, hold: Hold): string {
  return ['tidewaiter pause', targetWords(target), ...holdFlags(hold)].join(' ');
}

export function resumeLine(target: HoldsTarget): string {
  return `tidewaiter resume ${targetWords(target)}`;
}

export function freezeLine(hold: Hold): string {
  return ['tidewaiter freeze', ...holdFlags(hold)].join(' ');
}

function targetWords(target: HoldsTarget): string {
  return targetName(target).split(' ').map(shellWord).join(' ');
}

function holdFlags({ untilMs, reason }: Hold): readonly string[] {
  return [
    ...(untilMs === undefined ? [] : [`--until ${formatInstant(untilMs)}`]),
    ...(reason === undefined ? [] : [`--reason ${shellWord(reason)}`]),
  ];
}
