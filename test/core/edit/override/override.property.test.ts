/** Override files that are made up. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HelmParameter } from '../../../../src/core/config/application.ts';
import {
  editHelmOverride,
  editKustomizeOverride,
  readHelmOverride,
} from '../../../../src/core/edit/override/override.ts';
import { generatedRuns } from '../../../generated-runs.ts';

const path = '.argocd-source-shop.yaml';

function parameter(name: string, value: string, forceString = true): HelmParameter {
  return { name, value, forceString };
}

const newTag = [parameter('web.tag', '2.1.0')];

function helm(text: string | null, parameters: readonly HelmParameter[] = newTag): unknown {
  const edited = editHelmOverride(path, text, parameters);
  return edited.ok ? (edited.value?.text ?? 'no change') : edited.failure;
}

function kustomize(text: string | null, ...images: string[]): unknown {
  const edited = editKustomizeOverride(path, text, images);
  return edited.ok ? (edited.value?.text ?? 'no change') : edited.failure;
}

describe('any file', () => {
  const name = fc.constantFrom('a', 'b', 'web.tag', 'y', '1', 'x y', "it's", '- z', 'image\\.name[0]');
  const value = fc.oneof(
    fc.constantFrom(
      '1',
      '1.10',
      'true',
      '',
      'v1',
      'a: b',
      '#',
      "'",
      '"',
      '~',
      '2024-01-02',
      'x'.repeat(300),
      '\u00e9\u{1f600}',
    ),
    fc.string({ maxLength: 12 }),
  );
  const parameters = fc.array(fc.record({ name, value, forceString: fc.boolean() }), {
    minLength: 1,
    maxLength: 5,
  });
  const anyText = fc.string({ unit: 'binary', maxLength: 8 });
  const anyParameters = fc.array(fc.record({ name: anyText, value: anyText, forceString: fc.boolean() }), {
    minLength: 1,
    maxLength: 3,
  });

  it('reads back what it prints', () => {
    fc.assert(
      fc.property(fc.oneof(parameters, anyParameters), (wanted) => {
        fc.pre(!/[\u2028\u2029]/.test(JSON.stringify(wanted)));
        expect(readHelmOverride(String(helm(null, wanted)))).toEqual(wanted);
      }),
      { numRuns: generatedRuns(1000) },
    );
  });

  const handmade = fc
    .tuple(
      fc.constantFrom('', '# head\n', '---\n', '\ufeff'),
      fc.constantFrom(
        'helm:\n  parameters:\n',
        'helm:\n  releaseName: x\n  parameters:\n',
        'Helm:\n    Parameters:\n',
      ),
      fc.array(
        fc.tuple(
          fc.constantFrom('a', 'b', 'web.tag', '"1"'),
          fc.constantFrom('1', "'2'", '"3"', '', 'v # c', '[1]', '|-\n        x', '&a 1', 'yes'),
          fc.constantFrom(
            '',
            '\n      forcestring: true',
            '\n      forceString: false # c',
            '\n      other: 1',
          ),
        ),
        { maxLength: 4 },
      ),
      fc.constantFrom('', '\n', '\nkustomize:\n  images: []\n', '\n---\nb: 2\n', '\n# tail'),
      fc.constantFrom('\n', '\r\n'),
    )
    .map(([head, block, items, tail, lineBreak]) => {
      const list = items
        .map(([key, text, flag]) => `    - name: ${key}\n      value: ${text}${flag}`)
        .join('\n');
      return (head + block + list + tail).replaceAll('\n', lineBreak);
    });

  it('is edited once: a second time changes nothing, and it holds what was wanted', () => {
    fc.assert(
      fc.property(handmade, parameters, (text, wanted) => {
        const edited = editHelmOverride(path, text, wanted);
        if (!edited.ok) return;
        const after = edited.value?.text ?? text;
        const held = new Map(readHelmOverride(after).map((each) => [each.name, each]));
        expect(helm(after, wanted)).toBe('no change');
        for (const each of new Map(wanted.map((last) => [last.name, last])).values()) {
          expect(held.get(each.name)).toEqual(each);
        }
      }),
      { numRuns: generatedRuns(1000) },
    );
  });

  it('gives an answer, whatever is in it', () => {
    const piece = fc.constantFrom(
      'helm:',
      'parameters:',
      '- ',
      'name: ',
      'value: ',
      '\n',
      '  ',
      '{',
      '}',
      '[',
      ']',
      ',',
      '&a ',
      '*a',
      '|',
      '"',
      "'",
      '#',
      ': ',
      '---\n',
      '\t',
      'kustomize:',
      'images:',
      '<<: ',
      '? ',
      '!!str ',
      '\r\n',
      '\u2028',
    );
    const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));

    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: 'binary' })), (hostile) => {
        for (const answer of [helm(hostile), kustomize(hostile, 'a:1')]) {
          expect(typeof answer === 'string' || typeof answer === 'object').toBe(true);
        }
      }),
      { numRuns: generatedRuns(1500) },
    );
  });
});
