import { SyncError } from '../../shared/problem.ts';
import type { Settings } from '../server/settings.ts';
import { checkDatabase } from './checkDatabase.ts';
import { checkFolder } from './checkFolder.ts';
import { failed, failedBy, type CheckLine } from './checkLine.ts';
import { checkRedis } from './checkRedis.ts';
import { checkPanel, checkSecretKey, checkSettings } from './checkSettings.ts';
import { targetOptions, type Command, type CommandCall } from './command.ts';
import { commandSettings, commandTarget } from './commandTarget.ts';

/** `check`: the deployment checklist, each line answered. */
export const checkCommand: Command = {
  name: 'check',
  about: 'Answers the deployment checklist: settings, key, store, clock, disk, panel, HTTPS, Redis.',
  options: targetOptions,
  details: [
    'Each line is ok, warning or failed, and says what to do. One that failed makes the exit code 1; warnings do not.',
    'It changes nothing and leaves nothing behind. A server may be running; then its folder is said to be in use.',
  ],
  async run(call) {
    const lines = await checkAll(call);
    const width = Math.max(...lines.map(({ what }) => what.length));
    for (const { state, what, found, advice } of lines) {
      call.say(`${state.padEnd(7)}  ${what.padEnd(width)}  ${found}`);
      if (advice !== undefined) call.say(`${''.padEnd(7)}  ${''.padEnd(width)}  -> ${advice}`);
    }
    const count = (state: CheckLine['state']): number => lines.filter((line) => line.state === state).length;
    call.say(`${count('ok')} ok, ${count('warning')} warnings, ${count('failed')} failed.`);
    return count('failed') === 0 ? 0 : 1;
  },
};

async function checkAll(call: CommandCall): Promise<readonly CheckLine[]> {
  let settings: Settings;
  try {
    settings = commandSettings(call);
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    return [failed('settings', error.message, 'Correct it; .env.example explains every setting.')];
  }
  const target = commandTarget(call);
  const { environment } = call;
  return [
    ...checkSettings(settings, environment),
    await checkSecretKey(settings, target),
    ...(await (target.kind === 'folder' ? checkFolder(target.folder) : checkDatabase(target))),
    await checkPanel(),
    ...(await checkRedis(environment['REDIS_URL']?.trim() || undefined).catch((error: unknown) => [
      failedBy('redis', error, 'Correct REDIS_URL, or start Redis; without it leave REDIS_URL out.'),
    ])),
  ];
}
