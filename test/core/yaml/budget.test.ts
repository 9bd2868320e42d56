/** What a file may hold. */
import { expect, it } from 'vitest';
import { parseYaml } from '../../../src/core/yaml/parse.ts';

function told(text: string): string {
  const yaml = parseYaml('values.yaml', text);
  return yaml.ok ? 'read' : yaml.failure.message;
}

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('\n');
}

it.each([
  ['keys', lines(100_000, (index) => `k${index}: v`)],
  ['items', `[${'a,'.repeat(100_000)}]`],
  ['quoted items', `[${'"",'.repeat(100_000)}]`],
])('fault A6: a file of 100,000 %s is refused before it is composed', (_, text) => {
  expect(told(text)).toBe('values.yaml: more than 60000 keys and values');
});

it('fault A6: so is one of 3,000 nested merge keys', () => {
  const nested = lines(3_000, (index) => `a${index + 1}: &a${index + 1}\n  <<: *a${index}`);

  expect(told(`a0: &a0 {}\n${nested}`)).toBe('values.yaml: more than 500 merge keys (<<)');
});

it('fault A6: what people write is read', () => {
  expect(told(lines(25_000, (index) => `k${index}: v`))).toBe('read');
  expect(told(`a: &a {b: 1}\n${lines(400, (index) => `k${index}:\n  <<: *a`)}`)).toBe('read');
});
