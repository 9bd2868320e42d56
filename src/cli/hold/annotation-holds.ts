/** Holds that stand in annotations: a command cannot take them away, but it tells who can. */
import { shellWord } from '../../core/base/shell-word.ts';
import { aliasKey, annotationPrefix } from '../../core/config/keys/annotation-keys.ts';
import { parseHold } from '../../core/policy/words/hold.ts';
import type { Desk } from './desk.ts';
import type { Found } from './find-target.ts';

/** One line each; an Application of an ApplicationSet gets its annotations from there, and again. */
export function annotationHolds(
  { app, target, aliases }: Found,
  { zones, nowMs }: Pick<Desk, 'zones' | 'nowMs'>,
): readonly string[] {
  const named = target.alias === undefined ? aliases : [target.alias];
  const keys = ['hold', ...named.map((alias) => `${aliasKey(alias)}.hold`)];
  return keys.flatMap((key) => {
    const text = app.annotations[annotationPrefix + key];
    const word = text === undefined ? undefined : parseHold(text, zones);
    const isOver =
      word?.ok === true && (word.value?.on !== true || (word.value.hold.untilMs ?? nowMs + 1) <= nowMs);
    if (word === undefined || isOver) return [];
    const place = `-n ${shellWord(app.namespace)} application ${shellWord(app.name)}`;
    return app.applicationSet === undefined
      ? [`still withheld by the annotation ${key}: kubectl annotate ${place} ${annotationPrefix}${key}-`]
      : [
          `still withheld by the annotation ${key}: take it out of the template of ApplicationSet ${app.applicationSet}`,
        ];
  });
}
