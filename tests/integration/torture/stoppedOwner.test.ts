import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLowdbFolder, type LowdbFolder } from '../store/lowdbFolder.ts';

const program = fileURLToPath(new URL('../store/commitForever.ts', import.meta.url));

let folder: LowdbFolder;
let child: ChildProcess | null = null;
beforeEach(async () => {
  folder = await createLowdbFolder();
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await folder.remove();
});

it('a process that stands still keeps its folder: a second one is refused, the first goes on, and nothing of it is lost', async () => {
  const started = spawn(process.execPath, ['--import', 'tsx', program, folder.path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = started;
  const exited = once(started, 'exit');
  const acknowledged: string[] = [];
  let noted = (): void => undefined;
  createInterface({ input: started.stdout }).on('line', (line) => {
    acknowledged.push(line.split(' ')[0] as string);
    noted();
  });
  const more = (count: number): Promise<void> => {
    const until = acknowledged.length + count;
    return new Promise((resolve) => (noted = () => (acknowledged.length >= until ? resolve() : undefined)));
  };
  await more(30);
  started.kill('SIGSTOP');
  // It shows no sign of life, and does not have to: it is seen to be there.
  for (let look = 0; look < 3; look += 1)
    expect(await folder.openError()).toMatch(new RegExp(`^FOLDER_OWNED: .*process ${started.pid}`));
  started.kill('SIGCONT');
  await more(30);
  started.kill('SIGKILL');
  await exited;
  const store = await folder.open();
  const stored = new Set((await store.list('team')).map(({ id }) => id));
  expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
});
