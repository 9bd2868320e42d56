/** registries.conf, alone or in a ConfigMap. */
import { checkRegistriesConf } from '../../core/registries/registries.ts';
import { type FileFinding, firstPlace } from './findings/finding.ts';
import { readObjects } from './yaml-objects.ts';

/** Places are those of the text itself. */
export function checkRegistries(text: string): readonly FileFinding[] {
  const { objects, faults } = readObjects(text);
  const [fault] = faults;
  if (fault !== undefined) return [{ ...fault, rule: 'registries-conf', severity: 'error' }];
  const placeOf = objects[0]?.placeOf ?? (() => firstPlace);
  const checked = checkRegistriesConf(text);
  if (!checked.ok)
    return [{ ...firstPlace, rule: 'registries-conf', severity: 'error', message: checked.failure.message }];
  const { problems, warnings } = checked.value;
  return [
    ...problems.map(({ path, message }) => {
      const { line, column } = placeOf(path);
      return { line, column, rule: 'registries-conf', severity: 'error', message } as const;
    }),
    ...warnings.map((message) => {
      const { line, column } = placeOf(['registries', entryOf(message)]);
      return { line, column, rule: 'registries-conf', severity: 'warning', message } as const;
    }),
  ];
}

/** `entry 2 (GHCR): …` -> 1. */
function entryOf(message: string): number {
  return Number(/^entry (\d+)/.exec(message)?.[1] ?? '1') - 1;
}
