/** Kubernetes label selectors. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLabelSelector, selectorMatches } from '../../../src/kube/files/label-selector.ts';

const labels = { app: 'web', env: 'prod', 'example.com/size': '7', empty: '' };

function matches(text: string): boolean | string {
  const selector = parseLabelSelector(text);
  return selector.ok ? selectorMatches(selector.value, labels) : selector.failure.message;
}

describe('selectorMatches', () => {
  it.each([
    ['', true],
    ['  ', true],
    ['app', true],
    ['!app', false],
    ['other', false],
    ['! other', true],
    ['app=web', true],
    ['app == web', true],
    ['app=api', false],
    ['app!=api', true],
    ['app!=web', false],
    ['other!=web', true],
    ['other=web', false],
    ['empty=', true],
    ['empty', true],
    ['app=', false],
    ['app in (web, api)', true],
    ['app in (api)', false],
    ['app notin (api,db)', true],
    ['other notin (api)', true],
    ['empty in (,a)', true],
    ['app=web,env=prod', true],
    ['app=web,env=dev', false],
    ['app=web , env in (dev, prod), !missing', true],
    ['example.com/size>6', true],
    ['example.com/size < 7', false],
    ['app>1', false],
    ['missing<5', false],
    ['constructor', false],
    ['!__proto__', 'refused'],
  ])('%s: %s', (text, expected) => {
    const result = matches(text);

    expect(typeof result === 'string' ? 'refused' : result).toBe(expected);
  });
});

describe('parseLabelSelector', () => {
  it.each([
    'app=web,',
    ',app',
    'app in web',
    'app in (web',
    'app=a=b',
    '=web',
    'app web',
    '-a',
    'a/b/c',
    'a>x',
    'app=a b',
    'app=-',
  ])('refuses "%s" and says what is allowed', (text) => {
    expect(matches(text)).toMatch(/^label selector ".*": .*expected key=value/);
  });

  it('takes any text without throwing', () => {
    const piece = fc.constantFrom(
      'a',
      '=',
      '==',
      '!',
      '!=',
      ',',
      ' in ',
      ' notin ',
      '(',
      ')',
      '>',
      '<',
      ' ',
      '1',
      '/',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((pieces) => pieces.join('')),
        ),
        (text) => {
          expect(['boolean', 'string']).toContain(typeof matches(text));
        },
      ),
    );
  });
});
