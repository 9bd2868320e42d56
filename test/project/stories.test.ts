/** What docs/when-something-goes-wrong.md tells is what happens, command after command. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasDockerRegistry } from '../fakes/docker-registry.ts';
import { startStory, type Story, type StoryScene } from '../cli/story-scene.ts';
import { codeBlocks, readText, root } from './markdown.ts';

const page = 'docs/when-something-goes-wrong.md';
const web = (more: Readonly<Record<string, string>> = {}) => ({
  'image-list': 'web=registry.example.com/acme/web:~2.1',
  ...more,
});
const one = (more: Readonly<Record<string, string>> = {}, tags = ['2.1.4', '2.1.5']): Story => ({
  apps: { shop: web(more) },
  tags: { web: tags },
  runs: { shop: 'web:2.1.4' },
});
const member = (name: string) => ({
  'image-list': `${name}=registry.example.com/acme/${name}:~1.0`,
  group: 'release',
});

interface Told {
  readonly story: Story;
  /** Before the first command. */
  readonly begin?: (scene: StoryScene) => Promise<unknown>;
  /** Before the command of that number, from 0. */
  readonly between?: Readonly<Record<number, (scene: StoryScene) => Promise<unknown>>>;
}

const cycle = (scene: StoryScene) => scene.run('run', '--once');

const stories: Readonly<Record<string, Told>> = {
  'A bad release at night': {
    story: one(),
    begin: cycle,
    between: { 2: ({ push }) => push('web', '2.1.6') },
  },
  'Somebody reverts in Git': {
    story: one({ rollback: 'respect' }),
    begin: async (scene) => {
      await cycle(scene);
      scene.revert();
    },
  },
  'An incident: nothing may move': { story: one() },
  'One Application has to stay': { story: one() },
  'A version that nobody should get': { story: one({}, ['2.1.4', '2.1.5', '2.1.6']) },
  'A release of several images': {
    story: {
      apps: { back: member('back'), front: member('front') },
      tags: { back: ['1.0.0'], front: ['1.0.0', '1.0.1'] },
      runs: { back: 'back:1.0.0', front: 'front:1.0.0' },
    },
    between: { 1: ({ push }) => push('back', '1.0.1') },
  },
  'First staging, then production': {
    story: {
      apps: { shop: web({ 'promote-from': 'argocd/staging' }), staging: web() },
      tags: { web: ['2.1.4', '2.1.5'] },
      runs: { shop: 'web:2.1.4', staging: 'web:2.1.4' },
    },
  },
  'Not on the day it is released': { story: one({ 'min-age': '3d' }) },
  'Not at this time': { story: one({ window: 'deny "0 0 * * *" 24h # audit' }) },
  'One first, then the others': {
    story: {
      apps: { pay: web({ rollout: 'one-first' }), shop: web({ rollout: 'one-first', 'rollout-order': '1' }) },
      tags: { web: ['2.1.4', '2.1.5'] },
      runs: { pay: 'web:2.1.4', shop: 'web:2.1.4' },
    },
  },
  'A version that made somebody unhealthy': {
    story: {
      apps: { pay: web({ quarantine: '15m', hold: 'true' }), shop: web({ quarantine: '15m' }) },
      tags: { web: ['2.1.4', '2.1.5'] },
      runs: { pay: 'web:2.1.4', shop: 'web:2.1.4' },
    },
    begin: async (scene) => {
      await cycle(scene);
      scene.degrade('shop', 'web:2.1.5');
      await cycle(scene);
      scene.annotate('pay', { quarantine: '15m' });
    },
  },
};

const sections = readText(page)
  .split(/^## /m)
  .slice(1)
  .map((text) => ({ title: text.slice(0, text.indexOf('\n')), text }))
  .map(({ title, text }) => ({ title, blocks: codeBlocks(text).filter(({ info }) => info === 'console') }))
  .filter(({ blocks }) => blocks.length > 0);

describe.skipIf(!hasDockerRegistry())('when something goes wrong (needs docker-registry)', () => {
  it('every story has a scene', () => {
    expect(sections.map(({ title }) => title)).toEqual(Object.keys(stories));
  });

  it.each(sections)('$title', async ({ title, blocks }) => {
    const told = stories[title];
    if (told === undefined) throw new Error(`no scene for ${title}`);
    const scene = await startStory(told.story);
    await told.begin?.(scene);
    for (const [index, { text }] of blocks.entries()) {
      await told.between?.[index]?.(scene);
      const command = text.slice(0, text.indexOf('\n'));
      const words = Array.from(
        command.replace(/^\$ tidewaiter /, '').matchAll(/"([^"]*)"|(\S+)/g),
        ([, quoted, bare = '']) => quoted ?? bare,
      );
      const printed = `${command}\n${scene.steady(await scene.run(...words))}`;
      if (process.env['TIDEWAITER_TRANSCRIPTS'] === 'write') replace(text, printed);
      else expect(printed).toBe(text);
    }
  });
});

function replace(before: string, after: string): void {
  const text = readText(page);
  writeFileSync(
    join(root, page),
    text.replace(`\`\`\`console\n${before}`, () => `\`\`\`console\n${after}`),
  );
}
