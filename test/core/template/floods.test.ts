/** Templates that would take long, or much memory: each ends, with an answer or a failure. */
import { describe, expect, it } from 'vitest';
import { executeTemplate, parseTemplate } from '../../../src/core/template/template.ts';
import { structValue } from '../../../src/core/template/values.ts';

const data = structValue('main.root', {});

/** What it fails at; `nothing`: it has an output. */
function failureOf(text: string): 'parsing' | 'executing' | 'nothing' {
  const template = parseTemplate(text);
  if (!template.ok) return 'parsing';
  return executeTemplate(template.value, data).ok ? 'nothing' : 'executing';
}

describe('limits', () => {
  it.each([
    ['a range without end', '{{range 1000000000}}{{end}}'],
    ['nested ranges', '{{range 100000}}{{range 100000}}{{range 100000}}{{end}}{{end}}{{end}}'],
    ['a template that calls itself', '{{define "x"}}{{template "x" .}}{{end}}{{template "x" .}}'],
    ['a text that doubles', '{{$x := "aaaaaaaa"}}{{range 60}}{{$x = print $x $x}}{{end}}{{len $x}}'],
    [
      'comparing long texts again and again',
      `{{$x := "${'a'.repeat(100_000)}"}}{{range 100000}}{{if eq $x $x}}{{end}}{{end}}`,
    ],
    ['much output', '{{range 100000}}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx{{end}}'],
    ['a wide field', '{{printf "%999999d" 1}}'],
    ['a long fraction', '{{printf "%.999999f" 1.5}}'],
    ['many wide fields', `{{printf "${'%65000d'.repeat(60)}"${' 1'.repeat(60)}}}`],
  ])('%s fails while executing', (_, template) => {
    expect(failureOf(template)).toBe('executing');
  });

  it.each([
    ['parentheses', `{{${'('.repeat(100_000)}`],
    ['balanced parentheses', `{{${'('.repeat(50_000)}1${')'.repeat(50_000)}}}`],
    ['if actions', '{{if 1}}'.repeat(100_000)],
    ['else if', `{{if 1}}${'{{else if 1}}'.repeat(60_000)}{{end}}`],
    ['blocks', '{{block "x" .}}'.repeat(50_000)],
  ])('deeply nested %s fail while parsing', (_, template) => {
    expect(failureOf(template)).toBe('parsing');
  });

  it.each([
    ['spaces', ' '.repeat(1_000_000)],
    ['trimmed spaces', `${' \n'.repeat(250_000)}{{- 1}}${'{{1 -}}    '.repeat(40_000)}`],
    ['open braces', '{{'.repeat(500_000)],
    ['comments', '{{/**/}}'.repeat(120_000)],
    ['variables', `${'{{$a:=1}}'.repeat(50_000)}${'{{$a}}'.repeat(50_000)}`],
    [
      'distinct variables',
      Array.from({ length: 40_000 }, (_, index) => `{{$v${index} := 1}}{{$v0}}`).join(''),
    ],
    ['one pipeline', `{{1${' | print'.repeat(100_000)}}}`],
    ['one field chain', `{{${'.A'.repeat(400_000)}}}`],
    ['quotes', `{{"${'\\"'.repeat(400_000)}"}}`],
    ['digits', `{{${'9'.repeat(1_000_000)}}}`],
    ['an unclosed string', `{{"${'a'.repeat(1_000_000)}`],
    ['format directives', `{{printf "${'%5'.repeat(300_000)}"}}`],
  ])('a megabyte of %s ends', (_, template) => {
    expect(['parsing', 'executing', 'nothing']).toContain(failureOf(template));
  });
});
