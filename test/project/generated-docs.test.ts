/** Pages that are made from the code are as the code makes them: `npm run docs` writes them anew. */
import { describe, expect, it } from 'vitest';
import { rulesTable } from '../../scripts/rules-table.ts';
import { rules } from '../../src/cli/validate/findings/rules.ts';
import { seeded } from '../cli/validate/seeded.ts';
import { anchors, readText } from './markdown.ts';

describe('docs/validate.md', () => {
  it('has the rules of the code', () => {
    expect(readText('docs/validate.md')).toContain(`<!-- rules -->\n${rulesTable()}\n<!-- end -->\n`);
  });

  it('leads from each rule to a page that has something about it', () => {
    const broken = Object.values(rules).filter(({ docs }) => {
      const [file = '', anchor = ''] = docs.split('#');
      return !anchors(readText(`docs/${file}`)).has(anchor);
    });

    expect(broken).toEqual([]);
  });

  it('has a mistake that shows each rule', () => {
    const shown = new Set<string>(seeded.map(({ rule }) => rule));
    const elsewhere = new Set([
      'application-source', // a source that is there and cannot be used has a message about its annotation
      'not-processed',
      'duplicate-object',
      'unrendered-template',
      'unreadable-file',
      'target-file',
      'target-key',
    ]);

    expect(Object.keys(rules).filter((id) => !shown.has(id) && !elsewhere.has(id))).toEqual([]);
  });
});
