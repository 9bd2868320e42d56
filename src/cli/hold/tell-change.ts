/** What a command about holds has changed, in words: the change itself, the same by kubectl, and what undoes it. */
import { shellWord } from '../../core/base/shell-word.ts';
import { kubectlLine } from '../../core/policy/holds/command-lines.ts';
import { oneLine } from '../print/one-line.ts';
import type { Changed } from './change-holds.ts';
import type { Desk } from './desk.ts';
import { defaultNamespace } from './hold-flags.ts';

const stillWithheld = 3;

/** The exit code: 3 where something else withholds. `more`: of what else withholds, and what ends it. */
export function tellChange(
  { change, wasThere }: Changed,
  { namespace, isDry, io }: Pick<Desk, 'namespace' | 'isDry' | 'io'>,
  more: readonly string[] = [],
): number {
  const { data, before, told, undo, still } = change;
  const isChanged = Object.keys(data).length > 0;
  const place = namespace === defaultNamespace ? '' : ` -n ${shellWord(namespace)}`;
  const undoing = undo === undefined ? kubectlLine(namespace, before, true) : `${undo}${place}`;
  const lines = [
    ...(told.length === 0 ? ['nothing of it was held back here'] : told),
    ...(isChanged
      ? [`  same as  ${kubectlLine(namespace, data, wasThere)}`, `  undo     ${undoing}`]
      : ['nothing to change']),
    ...(isDry && isChanged ? ['not changed: --dry-run'] : []),
    ...still.map((what) => `still withheld by ${what}`),
    ...more,
  ];
  io.stdout.write(`${lines.map(oneLine).join('\n')}\n`);
  return still.length + more.length === 0 ? 0 : stillWithheld;
}
