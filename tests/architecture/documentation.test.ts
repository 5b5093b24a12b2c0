import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { errorCatalogue } from '../../shared/errors.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Every page that is written for people. */
function pages(): readonly string[] {
  const inDocs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map(
    (path) => `docs/${path.replaceAll('\\', '/')}`,
  );
  return [...readdirSync(root), ...inDocs].filter((path) => path.endsWith('.md'));
}

/** The members of an interface or of an exported object type in a source file, without what is inside of members. */
function membersOf(path: string, name: string): readonly string[] {
  const source = read(path);
  const start = source.search(new RegExp(`(?:interface|type) ${name}\\b`));
  if (start === -1) throw new Error(`${path} has no ${name}.`);
  const body = source.slice(source.indexOf('{', start), source.indexOf('\n}', start));
  return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map((match) => match[1] ?? '');
}

/** What stands as code in the first column of the tables of a section. */
function rowsOf(path: string, heading: string): ReadonlySet<string> {
  const text = read(path);
  const start = text.indexOf(`\n## ${heading}\n`);
  if (start === -1) throw new Error(`${path} has no section "${heading}".`);
  const end = text.indexOf('\n## ', start + 1);
  const cells = text.slice(start, end === -1 ? undefined : end).matchAll(/^\| (`[^|]+) \|/gm);
  return new Set([...cells].flatMap((cell) => [...(cell[1] ?? '').matchAll(/`(\w+)`/g)].map((name) => name[1] ?? '')));
}

/** Pointers of the headings of a page, as they are linked to. */
function anchorsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Relative links of a page: targets of links and images, outside of code. */
function linksOf(text: string): readonly string[] {
  const prose = text.replaceAll(/```[\s\S]*?```/g, '').replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((link) => !/^[a-z]+:/i.test(link));
}

describe('the documentation', () => {
  it('has a page for every code of the catalogue, and none without a code', () => {
    const written = readdirSync(join(root, 'docs/errors'))
      .filter((name) => name !== 'README.md')
      .sort();
    expect(written).toEqual(
      Object.keys(errorCatalogue)
        .map((code) => `${code}.md`)
        .sort(),
    );
  });

  it.each(Object.entries(errorCatalogue))(
    'says status and title of %s on its page and in the index',
    (code, { status, title }) => {
      const page = read(`docs/errors/${code}.md`);
      expect(
        page.startsWith(`# ${code}\n\n${title}. ${status === 0 ? 'An error of the start' : `Status ${status}.`}`),
      ).toBe(true);
      expect(read('docs/errors/README.md')).toContain(
        `| [${code}](${code}.md) | ${status === 0 ? 'start' : status} | ${title} |`,
      );
    },
  );

  it('has every environment variable of the server in .env.example and in the configuration, and no other', () => {
    const source = read('backend/server/settings.ts');
    const variables = [...source.matchAll(/(?:text|list|number)\('([A-Z_]+)'/g)].map((match) => match[1] ?? '').sort();
    expect(variables.length).toBeGreaterThan(10);
    const example = [...read('.env.example').matchAll(/^#?([A-Z_]+)=/gm)].map((match) => match[1] ?? '').sort();
    const documented = [...read('docs/configuration.md').matchAll(/^\| `([A-Z_]+)` \|/gm)]
      .map((match) => match[1] ?? '')
      .sort();
    expect(example).toEqual([...new Set(variables)]);
    expect(documented).toEqual([...new Set(variables)]);
  });

  it.each([
    ['configuration', 'createSync', 'backend/createSync.ts', 'SyncOptions'],
    ['configuration', 'createSync', 'backend/auth/permissions.ts', 'PermissionOptions'],
    ['configuration', 'createSync', 'backend/readers/realtime/realtimeOptions.ts', 'RealtimeOptions'],
    ['configuration', 'createSync', 'backend/readers/realtime/connections.ts', 'ConnectionLimits'],
    ['configuration', 'defineResource', 'backend/records/defineResource.ts', 'ResourceOptions'],
    ['configuration', 'defineResource', 'backend/records/fieldClasses.ts', 'FieldClasses'],
    ['configuration', 'Stores', 'backend/stores/lowdb/lowdbOptions.ts', 'LowdbStoreOptions'],
    ['configuration', 'Stores', 'backend/stores/postgres/postgresStore.ts', 'PostgresStoreOptions'],
    ['configuration', 'The panel', 'backend/panel.ts', 'PanelOptions'],
    ['middlewares', 'smartMerge', 'backend/middleware/mergeRoute.ts', 'MergeRoute'],
    ['middlewares', 'smartMerge', 'backend/middleware/smartMerge.ts', 'SmartMergeOptions'],
    ['middlewares', 'notifyFrontend', 'backend/middleware/notifyFrontend.ts', 'NotifyRoute'],
    ['middlewares', 'notifyFrontend', 'backend/middleware/notifyFrontend.ts', 'NotifyOptions'],
    ['client', 'The service', 'backoffice/client/createRealtimeSyncService.ts', 'SyncOptions'],
    ['client', 'The service', 'backoffice/client/createRealtimeSyncService.ts', 'RealtimeSyncServiceOptions'],
    ['client', 'React', 'backoffice/react/RealtimeSyncIndicator.tsx', 'RealtimeSyncIndicatorProps'],
    ['site', 'From a module', 'backoffice/site/connectSite.ts', 'SiteOptions'],
  ])('has a row in %s, section %s, for every option of %s: %s', (page, section, path, type) => {
    const options = membersOf(path, type);
    expect(options).not.toEqual([]);
    const rows = rowsOf(`docs/${page}.md`, section);
    expect(options.filter((option) => !rows.has(option))).toEqual([]);
  });

  it('gives a reason for every dependency of package.json', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<
      string,
      Record<string, string>
    >;
    const page = read('docs/decisions/0009-dependencies.md');
    const isNamed = (name: string) =>
      page.includes(name) || (name.startsWith('@') && page.includes(`${name.split('/')[0]}/*`));
    expect(Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !isNamed(name))).toEqual([]);
  });

  it.each(pages())('leads somewhere with every relative link of %s', (page) => {
    const text = read(page);
    const dead = linksOf(text).filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? join(root, page) : join(root, dirname(page), path);
      if (!existsSync(target)) return true;
      return (
        anchor !== undefined && target.endsWith('.md') && !anchorsOf(readFileSync(target, 'utf8')).includes(anchor)
      );
    });
    expect(dead).toEqual([]);
  });

  it('names only files of the repository that exist', () => {
    const named = pages().flatMap((page) =>
      [...read(page).matchAll(/`((?:backend|backoffice|shared|tests)\/[\w./-]+\.\w+)`/g)].map(
        (match) => `${page}: ${match[1] ?? ''}`,
      ),
    );
    expect(named.filter((line) => !existsSync(join(root, line.split(': ')[1] ?? '')))).toEqual([]);
  });

  it.runIf(existsSync(join(root, 'README.md')))('begins with the two commands that need nothing else', () => {
    expect(read('README.md')).toContain('npm install && npm start');
    expect(read('README.md')).toContain('npm install && npm test');
  });
});
