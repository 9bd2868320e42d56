/** `sourceNamespaces` against Argo CD's own judgement. */
import { describe, expect, it } from 'vitest';
import { makeNamespaceJudge } from '../../../src/core/tenants/source-namespaces.ts';

describe('sourceNamespaces', () => {
  it.each<readonly [readonly string[], string, boolean]>([
    [[], 'team-a', false],
    [['team-a'], 'team-a', true],
    [['team-a'], 'team-ab', false],
    [['team-b', 'team-a'], 'team-a', true],
    [['team-*'], 'team-a', true],
    [['*'], 'team-a', true],
    [['team-[ab]'], 'team-a', true],
    [['team-[ab]'], 'team-c', false],
    [['team-{a,b}'], 'team-b', true],
    [['/team-[0-9]+/'], 'team-12', true],
    [['/team/'], 'my-team-a', true], // found anywhere
    [['/^team$/'], 'my-team-a', false],
    [['/te(am/'], 'team', false],
    [['/(?=team)/'], 'team', false], // RE2 has none, which is the stricter side
    [['/'], '/', true],
    [['!team-a'], 'team-b', false],
  ])('fault A10: %j admit %s: %s', (patterns, namespace, isAdmitted) => {
    expect(makeNamespaceJudge(patterns)(namespace)).toBe(isAdmitted);
  });
});
