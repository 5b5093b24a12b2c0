import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, inject, it } from 'vitest';
import { importsOf } from './importsOf.ts';

const run = promisify(execFile);
const packed = inject('packedPackage');
const installed = join(packed.typescript, 'node_modules/backoffice-sync');

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
}
const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Manifest;
const doors = Object.keys(manifest.exports).filter((door) => door !== './package.json');
const nameOf = (door: string): string => `backoffice-sync${door.slice(1)}`;

describe.each(doors)('the door %s', (door) => {
  const name = nameOf(door);
  // Only React's own door needs React; everything else has to work where there is none.
  const project = door.startsWith('./react') ? packed.typescript : packed.express5;

  it('gives the same names to import and to require, and leaves nothing running', async () => {
    const print = `(names) => console.log(JSON.stringify(Object.keys(names).filter((name) => !/^(default|module\\.exports|__esModule)$/.test(name)).sort()))`;
    const imported = await evaluate(project, 'module', `(${print})(await import('${name}'))`);
    const required = await evaluate(project, 'commonjs', `(${print})(require('${name}'))`);
    expect(imported.length).toBeGreaterThan(0);
    expect(required).toEqual(imported);
  });
});

it('the door ./package.json can be required', async () => {
  const version = await evaluate(
    packed.express5,
    'commonjs',
    `console.log(JSON.stringify([require('backoffice-sync/package.json').name]))`,
  );
  expect(version).toEqual(['backoffice-sync']);
});

/** What each door for places other than an Express server may bring along. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  './merge': [],
  './site': [],
  './webhooks': [],
  './client': ['idb', 'p-queue'],
  './react': ['idb', 'p-queue', 'react', 'react/jsx-runtime'],
  './react-query': ['@tanstack/react-query', 'idb', 'p-queue', 'react', 'react/jsx-runtime'],
};

it.each(Object.entries(allowed))('the door %s imports nothing but its own files and %j', async (door, packages) => {
  const target = manifest.exports[door];
  const file = typeof target === 'object' ? target.default : (target ?? '');
  const { files, foreign } = await importsOf(join(installed, file));
  expect(files.length).toBeGreaterThan(1);
  expect(foreign.filter((name) => !packages.includes(name))).toEqual([]);
});

it('every package that a door imports is a dependency, or a peer that its user has anyway', async () => {
  const peers = ['express', 'react', 'react/jsx-runtime', '@tanstack/react-query'];
  const entries = doors.map((door) => {
    const target = manifest.exports[door];
    return join(installed, typeof target === 'object' ? target.default : (target ?? ''));
  });
  const foreign = (await Promise.all(entries.map(importsOf))).flatMap((imports) => imports.foreign);
  const undeclared = foreign.filter((name) => {
    const owner = name
      .split('/')
      .slice(0, name.startsWith('@') ? 2 : 1)
      .join('/');
    return !name.startsWith('node:') && !peers.includes(name) && !(owner in manifest.dependencies);
  });
  expect([...new Set(undeclared)]).toEqual([]);
});

/** Runs a line of plain JavaScript in a project and gives what it printed. */
async function evaluate(folder: string, type: 'module' | 'commonjs', code: string): Promise<readonly string[]> {
  // The timeout: a door that starts a timer or opens a handle would keep the process.
  const { stdout } = await run(process.execPath, [`--input-type=${type}`, '--eval', code], {
    cwd: folder,
    timeout: 20_000,
  });
  return JSON.parse(stdout) as string[];
}
