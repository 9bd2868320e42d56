/** `--write-paths`: which files Applications of a namespace may write. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWritePath, type WrittenPlace, writeRefusal } from '../../../src/core/tenants/write-paths.ts';

function rules(text: string) {
  return text.split(',').map((item) => {
    const rule = parseWritePath(item);
    if (rule === undefined) throw new Error(item);
    return rule;
  });
}

const file = (path: string): WrittenPlace => ({ kind: 'file', path });
const below = (...paths: readonly string[]): WrittenPlace => ({ kind: 'all-of', paths });

const own = 'team-*=/apps/{namespace}/**';

describe('a path that is written', () => {
  it.each<[string, string, WrittenPlace]>([
    [own, 'team-a', file('apps/team-a/values.yaml')],
    [own, 'team-a', file('apps/team-a/deep/er/values.yaml')],
    [own, 'other', file('anywhere.yaml')],
    [`${own},team-a=/shared/a.yaml`, 'team-a', file('shared/a.yaml')],
    ['*=/apps/*/values.yaml', 'x', file('apps/web/values.yaml')],
    ['*=/**/team-a/**', 'team-a', file('clusters/one/team-a/values.yaml')],
    ['*=/**', 'x', below('', 'apps/*')],
    [own, 'team-a', below('apps/team-a', 'apps/team-a/x/*.yaml', 'apps/team-a/web.yaml')],
  ])('fault A10: %s allows %s %j', (text, namespace, place) => {
    expect(writeRefusal(rules(text), namespace, place)).toBeUndefined();
  });

  it.each<[string, string, WrittenPlace, string]>([
    [own, 'team-a', file('apps/team-b/values.yaml'), 'apps/team-b/values.yaml'],
    [own, 'team-a', file('apps/team-ab/values.yaml'), 'apps/team-ab/values.yaml'],
    [own, 'team-*', file('apps/team-b/values.yaml'), 'apps/team-b/values.yaml'],
    [own, 'team-a', file('values.yaml'), 'values.yaml'],
    [`${own},*=/none/*`, 'other', file('values.yaml'), 'values.yaml'],
    ['*=/apps/*/values.yaml', 'x', file('apps/a/b/values.yaml'), 'apps/a/b/values.yaml'],
    [own, 'team-a', below('apps/team-a', 'apps'), 'apps'],
    [own, 'team-a', below('apps/team-?/x'), 'apps/team-?/x'],
    [own, 'team-a', below('**'), '**'],
    ['*=/apps/*', 'x', below('apps/web'), 'apps/web'], // it may be a folder, and what lies in it is no apps/*
  ])('fault A10: %s refuses %s %j', (text, namespace, place, path) => {
    const refusal = writeRefusal(rules(text), namespace, place);

    expect(refusal).toMatch(/^--write-paths .* does not allow Applications of namespace /);
    expect(refusal?.endsWith(` to write /${path}`)).toBe(true);
  });

  it('fault A10: is below the own folder, whatever that is called', () => {
    const name = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => !text.includes('/'));
    fc.assert(
      fc.property(name, name, name, (namespace, folder, rest) => {
        const place = file(`apps/${folder}/${rest}`);
        const refusal = writeRefusal(rules('*=/apps/{namespace}/**'), namespace, place);
        expect(refusal === undefined).toBe(folder === namespace);
      }),
    );
  });

  it('fault A10: is compared in bounded time, however many ** there are', () => {
    const many = `*=/${'**/a/'.repeat(60)}b`;
    const deep = `${'a/'.repeat(1500)}c`;

    expect(writeRefusal(rules(many), 'x', file(deep))).toBeDefined();
  });

  it.each([
    '',
    'team-a',
    'team-a=',
    'team-a=apps',
    'team-a=/',
    '=/apps',
    'a=/x/../y',
    'a=/x//y',
    '[=/x',
    'a=/[',
    'a/b=/x',
  ])('fault A10: no rule is %j', (text) => {
    expect(parseWritePath(text)).toBeUndefined();
  });
});
