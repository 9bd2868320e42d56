/** Pages that are made from the code are as the code makes them: `npm run docs` writes them anew. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chartFiles } from '../../scripts/pages/chart-files.ts';
import { marksOf, remade } from '../../scripts/pages/pages.ts';
import { runFlagGroups, runFlags } from '../../src/cli/flags/commands/run-flags.ts';
import type { Flag } from '../../src/cli/flags/flag.ts';
import { otherVariables } from '../../src/cli/flags/other-variables.ts';
import { rules } from '../../src/cli/validate/findings/rules.ts';
import { seeded } from '../cli/validate/seeded.ts';
import { anchors, readText, root } from './markdown.ts';

const pages = globSync('docs/*.md', { cwd: root }).filter((page) => marksOf(readText(page)).length > 0);
const marks = pages.flatMap((page) => marksOf(readText(page)));

describe('pages that are made from the code', () => {
  it.each(pages)('%s is as the code makes it', (page) => {
    const text = readText(page);

    expect(text).toBe(remade(basename(page), text));
  });

  it('have each table once', () => {
    const tables = [
      ...runFlagGroups.map(({ title }) => `flags: ${title}`),
      ...['plan', 'history', 'test', 'pause', 'status', 'validate'].map((name) => `flags of: ${name}`),
      'flags without effect',
      'variables',
      'annotations of applications',
      'annotations of images',
      'metrics of 0.18',
      'own metrics',
      'events',
      'problem codes',
      'policy codes',
      'rules',
    ];

    expect(marks.toSorted()).toEqual(tables.toSorted());
  });

  it('notice a table that somebody changed by hand', () => {
    const page = 'docs/metrics.md';
    const changed = readText(page).replace('| End of the last cycle |', '| End of a cycle |');

    expect(remade(basename(page), changed)).toBe(readText(page));
    expect(changed).not.toBe(readText(page));
  });

  it('know each flag of run under one heading', () => {
    const grouped = runFlagGroups.flatMap(({ flags }) => Object.keys(flags));

    expect(grouped.toSorted()).toEqual(Object.keys(runFlags).toSorted());
  });

  it('know every environment variable that the program reads', () => {
    const flags = Object.values<Flag<unknown>>(runFlags).map(({ variable }) => variable);
    const known = new Set([...flags, 'USER', ...otherVariables.flatMap(({ names }) => names)]);
    const files = globSync('src/**/*.ts', { cwd: root }).map((path) =>
      readFileSync(join(root, path), 'utf8'),
    );
    const reading = files.filter((text) => /\benvironment\b/.test(text));
    const words = reading.flatMap((text) =>
      Array.from(text.matchAll(/'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)'/g), ([, word = '']) => word),
    );
    const others = /^(?:SIG[A-Z0-9]+|E[A-Z]+|GET|POST|PATCH|GIT_SSL_CAPATH|[A-Z]{1,3})$/; // signals, errors, methods, for git

    expect(words.length).toBeGreaterThan(30);
    expect([...new Set(words)].filter((word) => !known.has(word) && !others.test(word))).toEqual([]);
  });
});

describe('the chart', () => {
  it.each([...chartFiles()])('has %s of the overlay monitoring', (name, text) => {
    expect(readText(`charts/tidewaiter/files/${name}`)).toBe(`${text}\n`);
  });
});

describe('docs/validate.md', () => {
  it('leads from each rule to a page that has something about it', () => {
    const broken = Object.values(rules).filter(({ docs }) => {
      const [file = '', anchor = ''] = docs.split('#');
      return !anchors(readText(`docs/${file}`)).has(anchor);
    });

    expect(broken).toEqual([]);
  });

  it('has a mistake that shows each rule', () => {
    const shown = new Set<string>(seeded.map(({ rule }) => rule));
    const elsewhere = new Set([
      'application-source', // a source that is there and cannot be used has a message about its annotation
      'not-processed',
      'duplicate-object',
      'unrendered-template',
      'unreadable-file',
      'target-file',
      'target-key',
    ]);

    expect(Object.keys(rules).filter((id) => !shown.has(id) && !elsewhere.has(id))).toEqual([]);
  });
});
