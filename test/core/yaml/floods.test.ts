/** Texts as large and as odd as a file may be: each is answered in linear time. */
import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../../src/core/yaml/parse.ts';
import { applyChanges } from '../../../src/core/yaml/text.ts';

function refusal(text: string): string {
  const yaml = parseYaml('f.yaml', text);
  return yaml.ok ? 'read' : yaml.failure.message;
}

/** The text with one more entry, `tag: v1`. */
function withTag(text: string): string {
  const yaml = parseYaml('f.yaml', text);
  if (!yaml.ok) return yaml.failure.message;
  const root = yaml.value.documents[0]?.root;
  if (root === undefined || root.kind === 'alias') throw new Error('nothing to add to');
  const added = new Map([[root, new Map([['tag', 'v1']])]]);
  const after = applyChanges(yaml.value, { replaced: new Map(), added, removed: new Set() });
  return after.ok ? after.value.text : after.failure.message;
}

describe('a text', () => {
  const size = 250_000; // linear work: a megabyte takes four times as long
  it.each([
    { name: 'open brackets', text: '['.repeat(size) },
    { name: 'dashes', text: '- '.repeat(size / 2) },
    { name: 'question marks', text: '? '.repeat(size / 2) },
    { name: 'nested pairs', text: 'a: b: '.repeat(size / 6) },
    { name: 'quotes', text: `"${'\\"'.repeat(size / 2)}x` },
    { name: 'undefined tags', text: '!!a '.repeat(size / 4) },
  ])('is a flood of $name', ({ text }) => {
    expect(refusal(text)).toMatch(/^f\.yaml: /);
  });

  it.each([
    { name: 'keys', text: Array.from({ length: 22_000 }, (_, index) => `k${index}: 1`).join('\n') },
    { name: 'the same key', text: 'k: 1\n'.repeat(25_000) },
    { name: 'items', text: `l: [${'a,'.repeat(55_000)}]\n` },
    { name: 'documents', text: 'a: 1\n---\n'.repeat(25_000) },
    { name: 'aliases', text: `a: &a x\nl:\n${'- *a\n'.repeat(45_000)}` },
    { name: 'merge keys', text: `a: &a {x: 1}\nb: {<<: [${'*a,'.repeat(50_000)}]}\n` },
    { name: 'comments', text: `a: 1\n${'# c\n'.repeat(60_000)}` },
  ])('is not a flood of $name, which is edited', ({ text }) => {
    expect(withTag(text)).toHaveLength(text.length + '\ntag: v1'.length);
  });
});

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('\n');
}

describe('the budget of a file', () => {
  it.each([
    ['keys', lines(100_000, (index) => `k${index}: v`)],
    ['items', `[${'a,'.repeat(100_000)}]`],
    ['quoted items', `[${'"",'.repeat(100_000)}]`],
  ])('fault A6: a file of 100,000 %s is refused before it is composed', (_, text) => {
    expect(refusal(text)).toBe('f.yaml: more than 60000 keys and values');
  });

  it.each([
    ['empty mappings', `[${'{},'.repeat(100_000)}]`],
    ['empty items', lines(100_000, () => '-')],
  ])('fault A6: so is one of 100,000 %s', (_, text) => {
    expect(refusal(text)).toBe('f.yaml: more than 60000 entries of lists and mappings');
  });

  it('fault A6: so is one of 3,000 nested merge keys', () => {
    const nested = lines(3_000, (index) => `a${index + 1}: &a${index + 1}\n  <<: *a${index}`);

    expect(refusal(`a0: &a0 {}\n${nested}`)).toBe('f.yaml: more than 500 merge keys (<<)');
  });

  it('fault A6: what people write is read', () => {
    expect(refusal(lines(25_000, (index) => `k${index}: v`))).toBe('read');
    expect(refusal(`a: &a {b: 1}\n${lines(400, (index) => `k${index}:\n  <<: *a`)}`)).toBe('read');
  });
});
