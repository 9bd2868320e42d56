/** Lines that people can paste: what a change of the holds ConfigMap is in words of a shell. */
import { shellWord } from '../../base/shell-word.ts';
import type { Hold } from '../settings.ts';
import { formatInstant } from '../words/instant.ts';
import type { HoldsTexts } from './holds-draft.ts';
import { type HoldsTarget, targetName } from './holds-keys.ts';

/** `kubectl … patch configmap argocd-image-updater-holds …`; where there is no ConfigMap yet it is created. */
export function kubectlLine(namespace: string, data: HoldsTexts, isThere: boolean): string {
  const place = `kubectl -n ${shellWord(namespace)}`;
  if (isThere)
    return `${place} patch configmap argocd-image-updater-holds --type merge -p ${shellWord(JSON.stringify({ data }))}`;
  const literals = Object.entries(data).map(
    ([key, text]) => `--from-literal=${shellWord(`${key}=${text ?? ''}`)}`,
  );
  return `${place} create configmap argocd-image-updater-holds ${literals.join(' ')}`;
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
