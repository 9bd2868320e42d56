/** Problems that last, with the time since when, and all Applications that they hit. */
import type { AppKey } from '../../core/config/application.ts';
import type { Problem } from '../../core/report/problems.ts';
import type { CycleReport } from '../../core/report/report.ts';
import { optionalProperty } from '../../core/base/optional-property.ts';
import type { SettingsFile } from './settings-file.ts';
import { shortText } from './short-text.ts';

export interface ProblemRow {
  readonly level: Problem['level'];
  readonly code?: string;
  readonly message: string;
  readonly advice?: string;
  readonly about: Readonly<Record<string, string>>;
  readonly sinceMs: number;
  readonly applications: ReadonlySet<AppKey>;
  /** It happened in the last cycle, and does not last. */
  readonly isOver?: true;
}

const places = ['registry', 'repository', 'branch', 'resource', 'annotation', 'path', 'key', 'image', 'file'];

export class ProblemRows {
  #rows: ReadonlyMap<string, ProblemRow> = new Map();

  /** Errors first, then what hits most. */
  get all(): readonly ProblemRow[] {
    const levels = ['error', 'warning', 'info'];
    return [...this.#rows.values()].toSorted(
      (a, b) =>
        levels.indexOf(a.level) - levels.indexOf(b.level) || b.applications.size - a.applications.size,
    );
  }

  /** After a cycle for some only those are over that were theirs alone, which nobody knows: they all stay. */
  cycle(report: CycleReport, problems: readonly Problem[], nowMs: number): void {
    const before = this.#rows;
    const lasting = [...before].filter(([, { isOver }]) => isOver === undefined);
    const rows = new Map(report.complete ? [] : lasting);
    for (const problem of problems) {
      const known = before.get(problem.key);
      const others = report.complete ? [] : (known?.applications ?? []);
      rows.set(problem.key, rowOf(problem, known?.sinceMs ?? nowMs, others));
    }
    this.#rows = rows;
  }
}

/** None where its newest version is in force. */
export function refusedSettings({ path, refusal }: SettingsFile): readonly ProblemRow[] {
  if (refusal === undefined) return [];
  const { message, sinceMs } = refusal;
  const advice = 'correct the file: it is read again by itself';
  const about = { file: shortText(path) };
  return [
    {
      level: 'error',
      code: 'config',
      message: shortText(message),
      advice,
      about,
      sinceMs,
      applications: new Set(),
    },
  ];
}

function rowOf(
  { level, message, fields, applications, isOver }: Problem,
  sinceMs: number,
  others: Iterable<AppKey>,
): ProblemRow {
  const about = places.flatMap((name): [string, string][] => {
    const value = fields[name];
    return typeof value === 'string' && value !== '' ? [[name, shortText(value)]] : [];
  });
  return {
    level,
    ...textField('code', fields['code']),
    message: shortText(message),
    ...textField('advice', fields['advice']),
    about: Object.fromEntries(about),
    sinceMs,
    applications: new Set([...others, ...applications]),
    ...optionalProperty('isOver', isOver),
  };
}

function textField<Name extends string>(name: Name, value: unknown): { readonly [N in Name]?: string } {
  return optionalProperty(name, typeof value === 'string' ? shortText(value) : undefined);
}
