import { countedResource, countsName } from '../records/counters/countsName.ts';
import { storedWithCounts } from '../records/counters/withCounts.ts';
import type { Resource } from '../records/defineResource.ts';
import { withoutSecrets } from '../records/withoutSecrets.ts';
import type { StoredRecord } from '../log/advance.ts';
import { targetOptions, type Command } from './command.ts';
import { commandTarget, describeTarget, textOption } from './commandTarget.ts';
import { exportFormat } from './exportFormat.ts';
import { loadResources, resourcesOption } from './loadResources.ts';
import type { Snapshot } from './snapshot.ts';
import { withSnapshot } from './withSnapshot.ts';
import { writeLines } from './writeLines.ts';

/** `export`: the records of all declared resources, for reading, editing and importing elsewhere. */
export const exportCommand: Command = {
  name: 'export',
  about: 'Writes the records of all declared resources as JSON lines.',
  options: [
    { name: 'out', value: 'FILE', about: 'where to write; without it the standard output' },
    resourcesOption,
    ...targetOptions,
  ],
  details: [
    'Each line is { resource, id, version, record }, with `published` for resources with drafts; ordered by resource and id.',
    'Left out: secret fields, deleted records, accounts, webhook endpoints and history (a backup has all of these).',
    'It changes nothing, and a server may be running.',
  ],
  async run(call) {
    const target = commandTarget(call);
    const resources = await loadResources(call);
    const out = textOption(call.options, 'out') ?? null;
    return withSnapshot(target, async (snapshot) => {
      for (const note of snapshot.notes) call.tell(note);
      const declared = resources.map(({ name }) => name);
      const others = (await snapshot.resources()).filter((name) => !declared.includes(countedResource(name) ?? name));
      if (others.length > 0)
        call.tell(`Left out, because they are not among the declared resources: ${others.join(', ')}.`);
      const header = { ...exportFormat, isSealed: undefined, cursor: `${snapshot.epoch}:${snapshot.head}` };
      const { lines } = await writeLines(out, header, exportedRecords(snapshot, resources));
      const line = `Exported ${lines} records of ${resources.length} resources from ${describeTarget(target)}${out === null ? '' : ` to ${out}`}.`;
      if (out === null) call.tell(line);
      else call.say(line);
      return 0;
    });
  },
};

async function* exportedRecords(snapshot: Snapshot, resources: readonly Resource[]): AsyncGenerator<object> {
  for (const resource of resources) {
    const counts = new Map<string, StoredRecord>();
    if (resource.classes.counter.length > 0) {
      for await (const stored of snapshot.records(countsName(resource.name))) counts.set(stored.id, stored);
    }
    for await (const found of snapshot.records(resource.name)) {
      const { id, version, record, published } = storedWithCounts(resource, found, counts.get(found.id));
      if (record === null) continue;
      yield {
        resource: resource.name,
        id,
        version,
        record: withoutSecrets(resource, record),
        ...(resource.drafts ? { published: published && withoutSecrets(resource, published) } : {}),
      };
    }
  }
}
