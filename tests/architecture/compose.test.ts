import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import { readSettings } from '../../backend/server/settings.ts';
import { packageRoot } from '../package/ensureBuilt.ts';

const path = join(packageRoot, 'docs/compose.yml');
const text = readFileSync(path, 'utf8');
/** Of YAML as a formatter leaves it: the lines below a key, down to the next one that is not deeper. */
const below = (key: string): string => {
  const [, indent = '', rest = ''] = new RegExp(`^( *)${key}:[^\\n]*\\n([\\s\\S]*)`, 'm').exec(text) ?? [];
  const lines = rest.split('\n');
  const end = lines.findIndex((line) => line.trim() !== '' && !line.startsWith(`${indent} `));
  return lines.slice(0, end === -1 ? undefined : end).join('\n');
};
const keys = (of: string): readonly string[] => {
  const indent = /^ */.exec(of.split('\n').find((line) => /^ *\w/.test(line)) ?? '')?.[0] ?? '';
  return [...of.matchAll(new RegExp(`^${indent}([\\w-]+):`, 'gm'))].map(([, key = '']) => key);
};
const node = below('x-node');
const environment = below('x-node').slice(node.indexOf('environment:'));

it('the compose file is YAML as a formatter leaves it', async () => {
  expect(await check(text, { ...(await resolveConfig(path)), filepath: path })).toBe(true);
});

it('sets only what the shipped server reads, to values that it takes', () => {
  const lines = [...environment.matchAll(/^ {4}([A-Z_]+): (.*)$/gm)].map(([, name = '', value = '']) => [name, value]);
  const names = lines.map(([name]) => name);
  expect(names).toContain('DATABASE_URL');
  expect(names).toContain('REDIS_URL');
  const example = readFileSync(join(packageRoot, '.env.example'), 'utf8');
  const documented = readFileSync(join(packageRoot, 'docs/configuration.md'), 'utf8');
  expect(names.filter((name) => !new RegExp(`^#?${name}=`, 'm').test(example))).toEqual([]);
  expect(names.filter((name) => !documented.includes(`| \`${name}\` |`))).toEqual([]);
  const values = Object.fromEntries(lines.map(([name = '', value = '']) => [name, value.replace(/\$\{\w+:\?\}/g, 'x'.repeat(12))])); // prettier-ignore
  const settings = readSettings(values);
  expect(settings).toMatchObject({ port: 3000, host: '0.0.0.0', trustProxy: 1, redisUrl: 'redis://redis:6379' });
  expect(settings.databaseUrl).toMatch(/@database:5432\//);
});

it('names only services that it has, at the ports where they listen', () => {
  const services = keys(below('services'));
  expect(services).toEqual(expect.arrayContaining(['node1', 'node2', 'database', 'redis', 'proxy', 'build']));
  const named = [...text.matchAll(/(?:@|:\/\/|server |')([a-z]\w*):(?:3000|5432|6379)\b/g)].map(
    ([, name = '']) => name,
  );
  expect(named.filter((name) => !services.includes(name) && !['127', 'localhost'].includes(name))).toEqual([]);
  expect(named.filter((name) => /^node\d$/.test(name))).toHaveLength(4);
});

it('names images without the machine that they come from', () => {
  const images = [...text.matchAll(/image: (\S+)/g)].map(([, image = '']) => image);
  expect(images.length).toBeGreaterThan(5);
  expect(images.filter((image) => !/^(?:[\w-]+\/)?[\w-]+:[\w.]+$/.test(image))).toEqual([]);
});
