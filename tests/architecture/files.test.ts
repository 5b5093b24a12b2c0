import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter(Boolean);
const source = tracked.filter((path) => /^(shared|backend|backoffice)\/.*\.tsx?$/.test(path));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe('the files of the product', () => {
  it('are at most 250 lines long', () => {
    expect(source.filter((path) => read(path).split('\n').length > 251)).toEqual([]);
  });

  it('have no drawer for leftovers', () => {
    expect(source.filter((path) => /(^|\/)(utils?|helpers?|common|types|misc)\.tsx?$/.test(path))).toEqual([]);
  });

  it('are named after something that they export', () => {
    const nameless =
      /(^|\/)(index|main|build|start|dev|vite\.config|autostart|checkpointWorker)\.tsx?$|\.d\.ts$|^backoffice\/panel\//;
    const misnamed = source.filter((path) => {
      if (nameless.test(path)) return false;
      const name =
        path
          .split('/')
          .at(-1)
          ?.replace(/\.tsx?$/, '') ?? '';
      const exported = [
        ...read(path).matchAll(/export (?:default )?(?:async )?(?:function\*?|const|class|interface|type) (\w+)/g),
      ].map((match) => match[1]?.toLowerCase() ?? '');
      return !exported.some((one) => one.includes(name.toLowerCase()) || name.toLowerCase().includes(one));
    });
    // One file per room of small things that belong together; the room's name says what they are.
    const families = [
      'shared/json.ts',
      'shared/errors.ts',
      'shared/protocol/events.ts',
      'shared/protocol/frames.ts',
      'shared/protocol/messages.ts',
      'shared/merge/pointer.ts',
      'shared/cursor.ts',
      'backend/log/entry.ts',
      'backend/auth/password.ts',
      'backend/auth/sameOrigin.ts',
      'backend/auth/sessionCookie.ts',
      'backend/options.ts',
      'backend/requestContext.ts',
      'backend/openApiOperations.ts',
      'backend/middleware/nativeValues.ts',
      'backend/readers/realtime/socketLife.ts',
      'backend/readers/realtime/subscription.ts',
      'backend/readers/webhooks/postDelivery.ts',
      'backend/readers/webhooks/retrySchedule.ts',
      'backend/records/recordTarget.ts',
      'backend/records/secretFields.ts',
      'backend/middleware/recordTurn.ts',
      'backend/server/demo/demoSeed.ts',
      'backend/stores/lowdb/durableFile.ts',
      'backend/stores/lowdb/folderEpoch.ts',
      'backend/stores/postgres/databaseEpoch.ts',
      'backend/stores/postgres/migrations.ts',
      'backoffice/client/recordUrl.ts',
      'shared/webhooks/signingKey.ts',
      'shared/webhooks/webhookHeaders.ts',
      'shared/merge/listOrder.ts',
      'shared/merge/mergeValue.ts',
    ];
    expect(misnamed.filter((path) => !families.includes(path))).toEqual([]);
  });

  it('say what every export is for', () => {
    const silent = source.flatMap((path) => {
      const lines = read(path).split('\n');
      return lines.flatMap((line, index) => {
        if (!/^export (async )?(function\*?|const|class|interface|type) \w/.test(line)) return [];
        const before = lines[index - 1] ?? '';
        return before.trim().endsWith('*/') || before.startsWith('// oxlint') ? [] : [`${path}:${index + 1}`];
      });
    });
    expect(silent).toEqual([]);
  });

  it('name no registry, no machine and no unfinished work', () => {
    // In two parts, so that this file does not find itself.
    const words = new RegExp(
      ['registry\\.npm', 'js\\.org|/wo', 'rk/|/ro', 'ot/|\\bTO', 'DO\\b|\\bFIX', 'ME\\b'].join(''),
    );
    const found = tracked.filter((path) => !/\.(png|svg|woff2?)$/.test(path) && words.test(read(path)));
    expect(found).toEqual([]);
  });

  it('lock every optional package of every dependency, so that a clean install works', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Readonly<
        Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>>; readonly resolved?: string }>
      >;
    };
    const locked = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)));
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !locked.has(name))
        .map((name) => `${name} of ${path}`),
    );
    expect(missing).toEqual([]);
    expect(Object.values(packages).filter((one) => one.resolved !== undefined)).toEqual([]);
  });
});
