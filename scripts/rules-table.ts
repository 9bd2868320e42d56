/** The rules of `validate` as docs/validate.md has them. */
import { type RuleId, rules } from '../src/cli/validate/findings/rules.ts';

export function rulesTable(): string {
  const rows = (Object.keys(rules) as RuleId[]).map((id) => {
    const { severity, text, docs } = rules[id];
    const [file = '', anchor = ''] = docs.split('#');
    const target = file === 'validate.md' ? `#${anchor}` : docs;
    return `| \`${id}\` | ${severity} | ${text.replaceAll('|', '\\|')} ([more](${target})) |`;
  });
  return ['| Rule | | What is found |', '|---|---|---|', ...rows].join('\n');
}
