import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cleanCommitMessage,
  defaultCommitTemplate,
  defaultGroupTemplate,
  failedTemplateTitle,
  tryCommitMessage,
  tryGroupMessage,
  withTrailers,
} from '../../src/core/commit-message.ts';
import type { ImageChange } from '../../src/core/plan.ts';
import { parseTemplate } from '../../src/core/template/template.ts';
import { generatedRuns } from '../generated-runs.ts';
import { valueOf } from './builders.ts';

const web: ImageChange = {
  alias: 'web',
  name: 'acme/web',
  fullName: 'ghcr.io/acme/web',
  oldTag: '1.4.0',
  newTag: '1.5.0',
};

function rendered(
  text: string,
  changes: readonly (ImageChange & { labels?: Record<string, string> })[] = [web],
): string {
  const template = parseTemplate(text);
  if (!template.ok) throw new Error(template.failure.message);
  const message = tryCommitMessage(template.value, { appName: 'shop', appNamespace: 'argocd', changes });
  return message.ok ? message.value : failedTemplateTitle('shop');
}

describe('fault A16: labels, which whoever built the image writes', () => {
  it.each([
    ['1.2\nSigned-off-by: Chief <chief@example.com>', '1.2 Signed-off-by: Chief <chief@example.com>'],
    ['Signed-off-by: Chief <chief@example.com>', '"Signed-off-by: Chief <chief@example.com>"'],
    ['\r\n Closes: #1 \u2028', '"Closes: #1"'],
    ['x [skip ci] [CI skip] [no ci]', 'x (skip ci) (CI skip) (no ci)'],
    ['a***NO_CI***', 'aNO_CI'],
    ['\u001b[31mred\u202e\u0000', '[31mred'],
    ['https://example.com/acme/web', 'https://example.com/acme/web'],
    ['x'.repeat(5000), 'x'.repeat(1024)],
  ])('%j stays one value on one line', (label, shown) => {
    const text = rendered('t\n\n{{range .AppChanges}}{{.Labels.a}}{{end}}', [
      { ...web, labels: { a: label } },
    ]);

    expect(text).toBe(`t\n\n${shown}`);
  });

  it('make no line of their own and no trailer, whatever they hold', () => {
    const parts = fc.constantFrom(
      '\n',
      '\r',
      '\u0085',
      '\u2029',
      'Closes: #1',
      'A-b : c',
      ' ',
      'x',
      '\u001b',
    );
    const labels = fc.array(parts, { maxLength: 8 }).map((all) => all.join(''));
    fc.assert(
      fc.property(labels, (label) => {
        const text = rendered('t\n\n{{range .AppChanges}}{{.Labels.a}}{{end}}', [
          { ...web, labels: { a: label } },
        ]);
        expect(text.split(/[\n\r\u0085\u2028\u2029]/)).toHaveLength(3);
        expect(text.split('\n').at(-1)).not.toMatch(/^[\w-]+\s*: /);
      }),
    );
  });
});

describe('6.4: the message of a commit of several Applications', () => {
  const api = { ...web, name: 'acme/api', oldTag: '1.0.0', newTag: '1.1.0' };
  const data = {
    group: 'release',
    apps: [
      { appName: 'api', appNamespace: 'argocd', changes: [api] },
      { appName: 'shop', appNamespace: 'team-a', changes: [web] },
    ],
  };

  it.each([
    {
      title: 'the default template',
      template: defaultGroupTemplate,
      message:
        "build: automatic update of release\n\nupdates image acme/api of api tag '1.0.0' to '1.1.0'\nupdates image acme/web of shop tag '1.4.0' to '1.5.0'\n",
    },
    {
      title: 'changes of all, in order',
      template: '{{range .AppChanges}}{{.Image}} {{end}}',
      message: 'acme/api acme/web ',
    },
    {
      title: 'names and namespaces of each',
      template: '{{range .Apps}}{{.AppNamespace}}/{{.AppName}} {{end}}',
      message: 'argocd/api team-a/shop ',
    },
  ])('renders $title', ({ template, message }) => {
    expect(valueOf(tryGroupMessage(valueOf(parseTemplate(template)), data))).toBe(message);
  });

  it('has no Application of its own', () => {
    expect(tryGroupMessage(valueOf(parseTemplate('{{.AppName}}')), data).ok).toBe(false);
  });
});

describe('the message of a commit', () => {
  it.each([
    {
      title: 'the default template',
      template: defaultCommitTemplate,
      message: "build: automatic update of shop\n\nupdates image acme/web tag '1.4.0' to '1.5.0'\n",
    },
    { title: 'the namespace', template: '{{.AppNamespace}}/{{.AppName}}', message: 'argocd/shop' },
    {
      title: 'a change as Go prints it, without labels',
      template: '{{index .AppChanges 0}}',
      message: '{acme/web 1.4.0 1.5.0}',
    },
    {
      title: 'a fixed text where the template fails',
      template: 'a{{.Nope}}',
      message: 'build: update of application shop',
    },
    {
      title: 'no value for a label where there are none',
      template: '{{range .AppChanges}}{{.Labels.a}}{{end}}',
      message: '<no value>',
    },
  ])('renders $title', ({ template, message }) => {
    expect(rendered(template)).toBe(message);
  });

  it('gives the labels of the new image', () => {
    const labels = { 'org.opencontainers.image.revision': 'abc' };

    expect(
      rendered('{{range .AppChanges}}{{index .Labels "org.opencontainers.image.revision"}}{{end}}', [
        { ...web, labels },
      ]),
    ).toBe('abc');
  });

  it('shows an unknown old tag as nothing', () => {
    expect(rendered(defaultCommitTemplate, [{ ...web, oldTag: '' }])).toContain("tag '' to '1.5.0'");
  });
});

describe('cleanCommitMessage', () => {
  it.each([
    ['a', 'a\n'],
    ['\n\n a \t\r\n\n\n\nb\n\n', ' a\n\nb\n'],
    ['# a\n#b', '# a\n#b\n'],
    ['', 'Update parameters\n'],
    [' \n\t\n', 'Update parameters\n'],
    ['a\0b', 'ab\n'],
    ['a\fb\f\n', 'a\fb\f\n'],
  ])('%j -> %j', (text, cleaned) => {
    expect(cleanCommitMessage(text)).toBe(cleaned);
  });

  it('does what git stripspace does', () => {
    const line = fc.constantFrom('a', '', ' ', '\t', 'b  ', ' c', '# d', 'e\r', '\f', '\v ');
    const text = fc.array(line, { minLength: 1, maxLength: 12 }).map((lines) => lines.join('\n'));

    fc.assert(
      fc.property(text, (message) => {
        const stripped = execFileSync('git', ['stripspace'], { input: message, encoding: 'utf8' });
        expect(cleanCommitMessage(message)).toBe(stripped === '' ? 'Update parameters\n' : stripped);
      }),
      { numRuns: generatedRuns(40) },
    );
  });

  it('cleans a megabyte of white space', () => {
    expect(cleanCommitMessage(`a${' \n'.repeat(300_000)}${' '.repeat(400_000)}b`)).toMatch(/^a\n\n +b\n$/);
  });
});

describe('withTrailers', () => {
  const signed = 'Signed-off-by: A <a@example.com>';

  it.each([
    { title: 'behind a blank line', message: 'a\n', expected: `a\n\n${signed}\n` },
    { title: 'to a body', message: 'a\n\nb\n', expected: `a\n\nb\n\n${signed}\n` },
    {
      title: 'to a trailer block',
      message: 'a\n\nReviewed-by: B\n',
      expected: `a\n\nReviewed-by: B\n${signed}\n`,
    },
    { title: 'to no title that looks like one', message: 'fix: a\n', expected: `fix: a\n\n${signed}\n` },
    {
      title: 'behind a paragraph that is more than trailers',
      message: 'a\n\nsome words\nsee: b\n',
      expected: `a\n\nsome words\nsee: b\n\n${signed}\n`,
    },
    {
      title: 'to a block that git began, with a foreign line in it',
      message: 'a\n\nSigned-off-by: B\nwords\n',
      expected: `a\n\nSigned-off-by: B\nwords\n${signed}\n`,
    },
    { title: 'not twice', message: `a\n\n${signed}\n`, expected: `a\n\n${signed}\n` },
    { title: 'to a message without final newline', message: 'a', expected: `a\n\n${signed}\n` },
  ])('appends $title', ({ message, expected }) => {
    expect(withTrailers(message, [signed])).toBe(expected);
  });

  it('joins the trailers of a template', () => {
    const template = `build: {{ .AppName }} [skip ci]

Image-Updater: {{ .AppNamespace }}/{{ .AppName }}
{{ range .AppChanges -}}
Image: {{ .Image }} {{ .NewTag }}
{{ end -}}
`;

    const message = withTrailers(cleanCommitMessage(rendered(template)), [signed]);

    expect(message).toBe(
      `build: shop [skip ci]\n\nImage-Updater: argocd/shop\nImage: acme/web 1.5.0\n${signed}\n`,
    );
  });

  it('keeps the order and drops doubles', () => {
    expect(withTrailers('a\n', ['X: 1', 'Y: 2', 'X: 1'])).toBe('a\n\nX: 1\nY: 2\n');
    expect(withTrailers('a\n', [])).toBe('a\n');
  });

  it('does what git interpret-trailers does', () => {
    const line = fc.constantFrom(
      'words',
      'a: b',
      'Signed-off-by: B',
      'X-y: z',
      ' more',
      '',
      'fix(a): b',
      '(cherry picked from commit 1)',
    );
    const text = fc
      .array(line, { minLength: 1, maxLength: 9 })
      .map((lines) => cleanCommitMessage(`title\n${lines.join('\n')}`));

    fc.assert(
      fc.property(text, (message) => {
        const git = execFileSync(
          'git',
          ['interpret-trailers', '--if-exists', 'addIfDifferent', '--trailer', signed],
          {
            input: message,
            encoding: 'utf8',
          },
        );
        expect(withTrailers(message, [signed])).toBe(git);
      }),
      { numRuns: generatedRuns(60) },
    );
  });

  it('applied twice equals once', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const once = withTrailers(cleanCommitMessage(text), [signed]);
        expect(withTrailers(once, [signed])).toBe(once);
      }),
    );
  });
});
