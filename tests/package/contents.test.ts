import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, inject, it } from 'vitest';

const packed = inject('packedPackage');
const installed = join(packed.express5, 'node_modules/backoffice-sync');

it.each([
  ['the panel', 'dist/panel/index.html'],
  ['the site script', 'dist/site/site.js'],
  ['the demo site', 'dist/backend/server/site/index.html'],
  ['the server', 'dist/backend/server/main.js'],
  ['the license', 'LICENSE'],
  ['the guide', 'README.md'],
  ['the list of changes', 'CHANGELOG.md'],
])('the tarball has %s', (_what, file) => {
  expect(packed.files).toContain(file);
});

it.each([
  ['source maps', /\.map$/],
  ['TypeScript sources', /(?<!\.d)\.[cm]?tsx?$/],
  ['notes of the compiler', /\.tsbuildinfo$/],
  ['tests', /(^|\/)tests?\/|\.test\./],
  ['data or settings of somebody', /(^|\/)(data|db\.json|\.env[^/]*|node_modules)(\/|$)/],
])('the tarball has no %s', (_what, pattern) => {
  expect(packed.files.filter((file) => pattern.test(file))).toEqual([]);
});

it('the site script is at most 2,048 bytes over the wire', async () => {
  expect(await gzippedBytes('dist/site/site.js')).toBeLessThanOrEqual(2048);
});

interface PanelChunk {
  readonly file: string;
  readonly name?: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
}

/** What is loaded until an admin sees one screen and can type: both languages are one file each, so the larger counts. */
const firstScreens = [
  ['settings', /(^|\/)(LoginScreen|Shell|SettingsPageWithSync|fr)\b/],
  ['list of records', /(^|\/)(LoginScreen|Shell|RecordListScreen|fr)\b/],
  ['record', /(^|\/)(LoginScreen|Shell|RecordScreen|fr)\b/],
] as const;
/** The save queue: fetched as soon as the screen stands, needed for the first save. */
const saving = /(^|\/)saving\b/;
/** The live connection, fetched after that: what it brings was not there a moment ago either. */
const live = /(^|\/)createLiveChanges\b/;

it.each(firstScreens)(
  'the login and the first screen, a %s, are at most 180 kB of script over the wire, 200 kB with what saves, and 215 kB live',
  async (_name, screens) => {
    const manifest = JSON.parse(await readFile(join(installed, 'dist/panel/.vite/manifest.json'), 'utf8')) as Record<
      string,
      PanelChunk
    >;
    const entry = Object.keys(manifest).filter((key) => manifest[key]?.isEntry);
    const dynamic = [...new Set(Object.values(manifest).flatMap((chunk) => chunk.dynamicImports ?? []))];
    const named = (pattern: RegExp) => dynamic.filter((key) => pattern.test(manifest[key]?.name ?? key));
    expect([entry.length, named(screens).length, named(saving).length, named(live).length]).toEqual([1, 4, 1, 1]);
    const screen = await bytesOf(manifest, [...entry, ...named(screens)]);
    expect(screen).toBeLessThanOrEqual(180_000);
    const withSaves = [...entry, ...named(screens), ...named(saving)];
    expect(await bytesOf(manifest, withSaves)).toBeLessThanOrEqual(200_000);
    expect(await bytesOf(manifest, [...withSaves, ...named(live)])).toBeLessThanOrEqual(215_000);
  },
);

async function bytesOf(manifest: Readonly<Record<string, PanelChunk>>, keys: readonly string[]): Promise<number> {
  const loaded = new Set<string>();
  for (const key of keys) addWithImports(manifest, key, loaded);
  const sizes = await Promise.all([...loaded].map((file) => gzippedBytes(`dist/panel/${file}`)));
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

function addWithImports(manifest: Readonly<Record<string, PanelChunk>>, key: string, loaded: Set<string>): void {
  const chunk = manifest[key];
  if (chunk === undefined || loaded.has(chunk.file)) return;
  if (chunk.file.endsWith('.js')) loaded.add(chunk.file);
  for (const imported of chunk.imports ?? []) addWithImports(manifest, imported, loaded);
}

async function gzippedBytes(file: string): Promise<number> {
  return gzipSync(await readFile(join(installed, file)), { level: 9 }).length;
}
