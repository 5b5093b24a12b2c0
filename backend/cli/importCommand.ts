import { targetOptions, type Command } from './command.ts';
import { commandTarget, describeTarget } from './commandTarget.ts';
import { exportFormat } from './exportFormat.ts';
import { importRecord, type ImportOutcome } from './importRecord.ts';
import { loadResources, resourcesOption } from './loadResources.ts';
import { openSaver } from './openSaver.ts';
import { checkLines, contentLines, invalid } from './readLines.ts';
import { isJsonObject } from '../../shared/json.ts';
import { isRecordId } from '../records/readSaveRequest.ts';
import { SyncError } from '../../shared/problem.ts';

/** `import`: the records of an export, each a save like any other. */
export const importCommand: Command = {
  name: 'import',
  about: 'Creates and updates records from a file that export wrote.',
  positional: { value: 'FILE', about: 'the file' },
  options: [{ name: 'dry-run', about: 'say what would happen, and save nothing' }, resourcesOption, ...targetOptions],
  details: [
    'Every record that differs becomes a save by the author "import": it is validated, in the history, and told to everybody.',
    'Protected fields (createdAt, immutable, preserved) are set as the file has them; secrets that are stored stay as they are.',
    'Counters are set for records that are created; of records that exist they stay. Records that the file lacks stay too.',
    'The whole file is read before the first save. A data folder may not be in use: stop the server first.',
  ],
  async run(call) {
    const file = call.positional ?? '';
    const target = commandTarget(call);
    const resources = new Map((await loadResources(call)).map((resource) => [resource.name, resource]));
    await checkLines(file, exportFormat);
    for await (const { line, value } of contentLines(file)) {
      const { resource, id, record, published } = value;
      if (typeof resource !== 'string' || typeof id !== 'string' || !isRecordId(id) || !isJsonObject(record))
        throw invalid(file, line, 'a record is { "resource", "id", "record" }');
      if (published !== undefined && published !== null && !isJsonObject(published))
        throw invalid(file, line, '"published" is a record or null');
      if (!resources.has(resource))
        throw invalid(
          file,
          line,
          `there is no resource "${resource}"; declared are ${[...resources.keys()].join(', ')}`,
        );
    }
    const dryRun = call.options['dry-run'] === true;
    const counted: Record<ImportOutcome, number> = { created: 0, updated: 0, unchanged: 0 };
    let refused = 0;
    const opened = await openSaver(call, target);
    try {
      for await (const { line, value } of contentLines(file)) {
        const resource = resources.get(String(value['resource']));
        if (resource === undefined) continue;
        const name = `${resource.name}/${String(value['id'])}`;
        try {
          const outcome = await importRecord({ ...opened, resource, value, dryRun });
          counted[outcome] += 1;
          call.say(`${name}: ${outcome}`);
        } catch (error) {
          if (!(error instanceof SyncError) || error.code === 'STORE_UNAVAILABLE') throw error;
          refused += 1;
          call.say(`${name}: refused (line ${line}) ${error.code}: ${error.message}${detailsOf(error)}`);
        }
      }
    } finally {
      await opened.close();
    }
    call.say(
      `${dryRun ? 'Nothing was saved; it would be' : `Imported into ${describeTarget(target)}`}: ${counted.created} created, ${counted.updated} updated, ${counted.unchanged} unchanged, ${refused} refused.`,
    );
    return refused === 0 ? 0 : 1;
  },
};

function detailsOf({ extensions }: SyncError): string {
  const { errors } = extensions;
  if (!Array.isArray(errors)) return '';
  return ` ${errors.map((error) => (isJsonObject(error) ? `${String(error['path'])}: ${String(error['message'])}` : '')).join(' ')}`;
}
