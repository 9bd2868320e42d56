/** The rules of `validate` as docs/validate.md has them. */
import { rules } from '../../src/cli/validate/findings/rules.ts';
import { code, table } from './table.ts';

export function rulesTable(): string {
  const rows = Object.entries(rules).map(([id, { severity, text, docs }]) => [
    code(id),
    severity,
    `${text} ([more](${docs}))`,
  ]);
  return table(['Rule', '', 'What is found'], rows);
}
