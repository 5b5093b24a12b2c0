import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { changedLines } from '../changedLines.ts';
import { packageRoot } from '../ensureBuilt.ts';
import { programsOf } from './guideProject.ts';
import { pageDiff } from './pageDiff.ts';

const folder = join(packageRoot, 'docs/guides');
const names = readdirSync(programsOf('')).sort();

it('there is a page for every guide whose programs are tested, and the index names them all', () => {
  const others = ['README.md', 'nextjs.md', 'workspace.md'];
  expect(readdirSync(folder).sort()).toEqual([...others, ...names.map((name) => `protect-a-route-${name}.md`)].sort());
  const index = readFileSync(join(folder, 'README.md'), 'utf8');
  expect(names.filter((name) => !index.includes(`(protect-a-route-${name}.md)`))).toEqual([]);
});

describe.each(names)('the guide %s', (name) => {
  const page = readFileSync(join(folder, `protect-a-route-${name}.md`), 'utf8');
  const read = (file: string) => readFileSync(join(programsOf(name), file), 'utf8');
  const programs = readdirSync(programsOf(name), { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.(js|prisma)$/.test(file),
  );

  it('changes at most 5 lines of the route file, each as a formatter leaves it', async () => {
    const { added, removed } = changedLines(read('before.js'), read('after.js'));
    expect(added.length).toBeGreaterThan(0);
    expect(added.length + removed.length).toBeLessThanOrEqual(5);
    expect(added.filter((line) => line.length > 120)).toEqual([]);
    const filepath = join(programsOf(name), 'after.js');
    expect(await check(read('after.js'), { ...(await resolveConfig(filepath)), filepath })).toBe(true);
  });

  it('shows the difference of its two programs, and no other', () => {
    expect(blocksOf(page, 'diff')).toEqual([pageDiff(read('before.js'), read('after.js'))]);
  });

  it('shows no code that is not in a program that runs', () => {
    const texts = programs.map((file) => `\n${read(file)}`);
    const blocks = [...blocksOf(page, 'js'), ...blocksOf(page, 'prisma')];
    expect(blocks.length).toBeGreaterThan(0);
    expect(blocks.filter((block) => !texts.some((text) => text.includes(`\n${block}\n`)))).toEqual([]);
    const languages = new Set([...page.matchAll(/^```(\w*)\n[\s\S]*?^```/gm)].map(([, language]) => language));
    expect(
      [...languages].filter((language) => !['diff', 'js', 'prisma', 'sh', 'sql'].includes(language ?? '')),
    ).toEqual([]);
  });
});

function blocksOf(page: string, language: string): readonly string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)\n\`\`\``, 'gm'))].map(([, code = '']) => code);
}
