import { createRequire } from 'node:module';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';

/** A real Chromium that can be killed, and started again on the profile that it had. */
export interface KeptBrowser {
  readonly context: () => BrowserContext;
  /** Opens an address of the panel, and signs in where that is asked. */
  open(address: string, password: string): Promise<Page>;
  /** Ends all its processes without a word, as a crash does. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Ends it, and removes its profile. */
  end(): Promise<void>;
}

/** Starts Chromium on an empty profile. */
export async function openKeptBrowser(): Promise<KeptBrowser> {
  const profile = await mkdtemp(join(tmpdir(), 'backoffice-sync-kept-'));
  const launch = async () => {
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
      headless: true,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      locale: 'en-GB',
      viewport: { width: 1440, height: 900 },
    });
    context.setDefaultTimeout(20_000);
    return context;
  };
  let context = await launch();
  return {
    context: () => context,
    async open(address, password) {
      const page = await context.newPage();
      await page.goto(address);
      const name = page.locator('input[autocomplete=username]');
      await name.or(page.locator('form h1, main h1, header h1')).first().waitFor();
      if (await name.isVisible()) {
        await name.fill('admin');
        await page.locator('input[autocomplete=current-password]').fill(password);
        await page.keyboard.press('Enter');
        await name.waitFor({ state: 'detached' });
      }
      await page.locator('main h1').waitFor();
      return page;
    },
    async kill() {
      const closed = new Promise((resolve) => context.once('close', resolve));
      for (const id of await processesOf(profile)) {
        try {
          process.kill(id, 'SIGKILL');
        } catch {
          // It went with the one before.
        }
      }
      await closed;
    },
    async start() {
      context = await launch();
    },
    async end() {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** The processes that name this profile in their command line. */
async function processesOf(profile: string): Promise<readonly number[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const named = await Promise.all(
    ids.map(async (id) => {
      const command = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '');
      return command.includes(profile) ? Number(id) : null;
    }),
  );
  return named.filter((id) => id !== null);
}

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** The rules of accessibility that a page breaks. */
export async function violations(page: Page): Promise<readonly string[]> {
  // Evaluated, not added as a script: the panel's content security policy forbids those.
  await page.evaluate(await readFile(axe, 'utf8'));
  // Colours on their way from one scheme to the other are those of neither.
  await page.waitForFunction(() => document.getAnimations().every((one) => !(one instanceof CSSTransition)));
  return page.evaluate('axe.run().then(({ violations }) => violations.map(({ id }) => id))');
}

/** Everything in a store of a database of the page, as text. */
export function readStore(page: Page, database: string, store: string): Promise<string> {
  return page.evaluate(
    async ([name, from]) => {
      // Opened before the page has made it, it would be made here, and empty.
      if (!(await indexedDB.databases()).some((known) => known.name === name)) return '';
      return new Promise<string>((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onerror = () => reject(request.error ?? new Error('It could not be opened.'));
        request.onsuccess = () => {
          const all = request.result.transaction(from).objectStore(from).getAll();
          all.onsuccess = () => {
            request.result.close();
            const asText = (_key: string, value: unknown) => (value instanceof Map ? [...value] : value);
            resolve(all.result.map((one: unknown) => JSON.stringify(one, asText)).join('\n'));
          };
        };
      });
    },
    [database, store] as const,
  );
}
