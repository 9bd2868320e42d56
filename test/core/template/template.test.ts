import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { executeTemplate, parseTemplate, templateUses } from '../../../src/core/template/template.ts';
import { mapValue, sliceValue, structValue, textValue } from '../../../src/core/template/values.ts';
import { generatedRuns } from '../../generated-runs.ts';

function change(image: string, oldTag: string, newTag: string) {
  return structValue(
    'main.commitMessageChange',
    { Image: textValue(image), OldTag: textValue(oldTag), NewTag: textValue(newTag) },
    { Labels: mapValue({ b: '2', a: '1', é: '<x>' }) },
  );
}

const data = structValue('main.root', {
  AppName: textValue('shop'),
  AppChanges: sliceValue('main.commitMessageChange', [
    change('acme/web', '1.4.0', '1.5.0'),
    change('nginx', '', 'sha256:aa'),
    change('é😀', '<&>', 'x y'),
  ]),
});

interface Answer {
  readonly output?: string;
  readonly fails?: 'parsing' | 'executing';
}

function answer(text: string): Answer {
  const template = parseTemplate(text);
  if (!template.ok) return { fails: 'parsing' };
  const executed = executeTemplate(template.value, data);
  return executed.ok ? { output: executed.value } : { fails: 'executing' };
}

describe('as Go renders it', () => {
  const file = new URL('../../fixtures/go-templates.json', import.meta.url);
  const rows = JSON.parse(readFileSync(file, 'utf8')) as (Answer & { readonly template: string })[];

  it.each(rows)('$template', ({ template, ...expected }) => {
    expect(answer(template)).toEqual(expected);
  });
});

describe('values of Go', () => {
  it.each([
    ['{{len "é"}} {{slice "é" 0 1 | printf "%q"}} {{index "é" 0}}', '2 "\\xc3" 195'],
    ['{{range $k, $v := (index .AppChanges 0).Labels}}{{$k}}={{$v}};{{end}}', 'a=1;b=2;é=<x>;'],
    [
      '{{with index .AppChanges 0}}{{.Labels}} {{.Labels.a}} {{.Labels.none}} {{index .Labels "none" | printf "%q"}}{{end}}',
      'map[a:1 b:2 é:<x>] 1 <no value> ""',
    ],
    ['{{index .AppChanges 0}}', '{acme/web 1.4.0 1.5.0}'],
    ['{{printf "%T %T" . .AppChanges}}', 'main.root []main.commitMessageChange'],
    ['{{eq (index .AppChanges 0) (index .AppChanges 0)}}', 'true'],
    ['{{range 3}}{{.}}{{end}}', '012'],
    ['{{eq (index "a" 0) 97}}', 'true'],
    ['{{define "x"}}{{if .}}{{.}}{{template "x" slice . 1}}{{end}}{{end}}{{template "x" "abc"}}', 'abcbcc'],
  ])('%s', (template, output) => {
    expect(answer(template)).toEqual({ output });
  });
});

describe('any text', () => {
  it('gives an answer', () => {
    const piece = fc.constantFrom(
      '{{',
      '}}',
      '{{-',
      ' -}}',
      '{{/*',
      '*/}}',
      'range',
      'if',
      'else',
      'end',
      'define',
      '"x"',
      'template',
      'block',

      ' ',
      '.',
      '$',
      '$x',
      ':=',
      '=',
      ',',
      '|',
      '(',
      ')',
      'printf',
      '"%*d%[2]v"',
      '1',
      '1e9',
      "'",
      '`',
      '\\',
      '\n',
      '.AppName',
      '.AppChanges',
      'index',
      'slice',
      'eq',
      'nil',
      'é',
      '\u{1f600}',
      '\ud800',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 40 }).map((list) => list.join('')),
    );

    fc.assert(
      fc.property(text, (template) => Object.keys(answer(template)).length === 1),
      { numRuns: generatedRuns(2000) },
    );
  });
});

describe('errors', () => {
  it.each([
    ['a\n{{.X', 'template: line 2: unclosed action started at line 2'],
    ['{{if 1}}', 'template: line 1: unexpected end of text: {{end}} is missing'],
    ['{{end}}', 'template: line 1: unexpected {{end}}'],
    ['\n\n{{foo}}', 'template: line 3: function "foo" not defined'],
    ['{{$x}}', 'template: line 1: undefined variable $x'],
  ])('%j is refused with its line', (text, message) => {
    expect(parseTemplate(text)).toEqual({ ok: false, failure: { kind: 'config', message } });
  });

  it.each([
    ['{{.Nope}}', 'line 1: no field .Nope; there are '],
    ['a\n{{if true}}\n{{(.Nope)}}\n{{end}}', 'line 3: no field .Nope; there are '],
    ['a\n{{printf "%s" (len "x") | len}}\n{{.Nope}}', 'line 3: no field .Nope; there are '],
    ['a\n\n{{index "abc" 9}}', 'line 3: '],
    ['{{(index (printf "x")\n9)}}', 'line 1: '],
    ['{{define "t"}}\n{{.Nope}}{{end}}\n\n{{template "t" .}}', 'line 2: no field .Nope; there are '],
    ['a\n{{"x" | lt 1}}', 'line 2: '],
  ])('fault O-S3-25: %j fails on the data with its line', (text, start) => {
    const template = parseTemplate(text);

    expect(template.ok && executeTemplate(template.value, data)).toMatchObject({
      ok: false,
      failure: { kind: 'config', message: expect.stringContaining(`template: ${start}`) },
    });
  });
});

it.each([
  ['{{range .AppChanges}}{{.Labels}}{{end}}', true],
  ['{{with $x := index .AppChanges 0}}{{$x.Labels.version}}{{end}}', true],
  ['{{(index .AppChanges 0).Labels}}', true],
  ['{{define "never"}}{{if .Labels}}{{end}}{{end}}', true],
  ['{{.AppName}} Labels {{/* .Labels */}}{{"Labels"}}', false],
])('%s uses Labels: %s', (text, uses) => {
  const template = parseTemplate(text);

  expect(template.ok && templateUses(template.value, 'Labels')).toBe(uses);
});
