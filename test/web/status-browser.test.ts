/** The page in a real browser: what its script does, and that the policy lets it. */
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { AppKey } from '../../src/core/config/application.ts';
import { startServer, type WebServer } from '../../src/web/server.ts';
import { anApplicationReport } from '../cli/builders.ts';
import { aDecision, aRefusal, aStatus } from './status-builders.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const hasChromium = existsSync(executablePath);
const count = 5_000;
const broken = 'team-7/app-77';

describe.skipIf(!hasChromium)(
  `the page in a browser${hasChromium ? '' : ' (skipped: needs chromium)'}`,
  () => {
    const bench = aStatus();
    let server: WebServer;
    let browser: Browser;
    let address: string;

    beforeAll(async () => {
      bench.cycle(
        Array.from({ length: count }, (_, i) => {
          const app = `team-${i % 10}/app-${i}` as AppKey;
          const failed = aDecision('failed', {
            failure: { ...aRefusal, message: '<b onclick=alert(1)>no</b>' },
          });
          return anApplicationReport({ app, decisions: [app === broken ? failed : aDecision('current')] });
        }),
      );
      server = await startServer(bench.pages(), { host: '127.0.0.1', port: 0 });
      address = `http://127.0.0.1:${server.port}/status`;
      browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    });
    afterAll(async () => {
      await browser.close();
      await server.close();
    });

    async function open(path = '', options: Parameters<Browser['newPage']>[0] = {}) {
      const page = await browser.newPage(options);
      const said: string[] = [];
      page.on('console', (message) => said.push(message.text()));
      page.on('pageerror', (error) => said.push(error.message));
      onTestFinished(async () => {
        await page.close();
        expect(said).toEqual([]);
      });
      await page.goto(address + path);
      return page;
    }
    const names = (page: Page) => page.locator('#applications tbody th a').allTextContents();
    const shows = (page: Page, text: string) =>
      page.locator('#applications .count', { hasText: text }).waitFor();

    it('filters while somebody types, keeps the caret, and tells the address', async () => {
      const page = await open();
      const field = page.getByRole('searchbox');
      await field.pressSequentially('team-3 app-1234');
      await shows(page, '0 of 5000');
      await field.press('Backspace');
      await shows(page, `2 of ${count}`);
      await page.waitForURL(/q=team-3\+app-123$/);

      expect(await names(page)).toEqual(['team-3/app-123', 'team-3/app-1233']);
      expect(await field.evaluate((each) => each === each.ownerDocument.activeElement)).toBe(true);
    });

    it('orders by a click and by the choice, and turns pages', async () => {
      const page = await open();
      expect((await names(page))[0]).toBe(broken);
      await page.getByRole('link', { name: 'Application', exact: true }).click();
      await page.locator('tbody[id="team-0/app-0"]').waitFor();
      expect(await page.getByLabel('order').inputValue()).toBe('name');
      await page.getByRole('link', { name: 'After' }).click();
      await page.waitForURL(/page=2/);
      await page.locator('nav', { hasText: 'page 2 of 50' }).waitFor();
      await page.getByLabel('state').selectOption('failing');
      await shows(page, `1 of ${count}`);

      expect(await names(page)).toEqual([broken]);
    });

    it('shows one Application by the fragment, as by its address', async () => {
      const page = await open(`#${broken}`);
      await page.waitForURL(/app=team-7%2Fapp-77$/);

      expect(await names(page)).toEqual([broken]);
      expect(await page.locator('.reason').first().textContent()).toBe('<b onclick=alert(1)>no</b>');
    });

    it('shows what is new without being loaded again, and what is open stays open', async () => {
      const page = await open();
      const failing = Array.from({ length: 5 }, (_, i) =>
        anApplicationReport({
          app: `late/${i}` as AppKey,
          decisions: [aDecision('failed', { failure: aRefusal })],
        }),
      );
      bench.cycle(failing, { complete: false });
      await page.getByRole('searchbox').fill('late');
      await shows(page, '5 of 5005');
      await page.locator('summary', { hasText: 'Applications' }).click();
      await page.getByRole('searchbox').fill('late/1');
      await shows(page, '1 of 5005');

      expect(await page.getByRole('link', { name: 'late/4' }).isVisible()).toBe(true);
    });

    it('says that it is old where nobody answers', async () => {
      const page = await browser.newPage();
      onTestFinished(() => page.close());
      await page.goto(address);
      await page.route('**/status*', (route) => route.abort());
      await page.getByRole('searchbox').fill('x');

      await page.locator('.lost').waitFor({ state: 'visible' });
    });

    it('is used without scripts', async () => {
      const page = await open('', { javaScriptEnabled: false });
      await page.getByRole('searchbox').fill('team-3 app-123');
      await page.getByRole('button', { name: 'Show' }).click();

      expect(await names(page)).toContain('team-3/app-123');
      expect(await page.locator('noscript').count()).toBeGreaterThan(0);
    });

    it('fits a phone', async () => {
      const page = await open('', { viewport: { width: 390, height: 800 } });

      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    });
  },
);
