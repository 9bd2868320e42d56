import { describe, expect, it } from 'vitest';
import { type PolicyCode, reasonOf, type Verdict } from '../../../src/core/policy/verdict.ts';

function verdict(code: PolicyCode): Verdict {
  return { code, kind: 'held', reason: `because of ${code}`, ends: 'never' };
}

describe('the one reason', () => {
  it('OR-01: is the first in the order of codes, and the others stand beside it', () => {
    expect(reasonOf([verdict('window'), verdict('hold')])).toMatchObject({ code: 'hold', also: ['window'] });
  });

  it('names each other code once', () => {
    const reason = reasonOf([verdict('limit'), verdict('hold'), verdict('hold'), verdict('limit')]);

    expect(reason?.also).toEqual(['limit']);
  });

  it('is absent where nothing withholds', () => {
    expect(reasonOf([])).toBeUndefined();
  });
});
