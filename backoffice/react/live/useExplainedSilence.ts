import { useEffect } from 'react';
import { isJsonObject, type JsonObject } from '../../../shared/json.ts';
import { matchesFilters, parseFilter, type Filter } from '../../../shared/protocol/filter.ts';
import { tellDeveloper } from '../tellDeveloper.ts';
import { useProvidedConnection } from './ConnectionContext.ts';
import { filtersOf, type FollowedTable } from './useFollow.ts';
import type { SubscriptionState } from './useSubscription.ts';

/**
 * Says in the console why an event of a subscription did or did not come; while `debug` is on only.
 *
 * It follows the table a second time without the filter, so that it can name the field by which a change is outside.
 */
export function useExplainedSilence(options: FollowedTable, state: SubscriptionState, debug: boolean): void {
  const { hook, table, enabled = true } = options;
  const { connection } = useProvidedConnection(hook);
  const filters = JSON.stringify(filtersOf(options.filter));
  const { status, error } = state;

  useEffect(() => {
    if (!debug) return;
    const say = (sentence: string): void => tellDeveloper(`${hook} of "${table}" ${sentence}`);
    if (!enabled) return say('listens to nothing, because enabled is false.');
    if (connection === null)
      return say('has no connection: it stands outside of a provider, or the provider has just begun.');
    const reason = error === null ? '' : `: ${error.message}`;
    switch (status) {
      case 'connecting':
        return say(`waits for the connection${reason}. What is saved meanwhile comes when it is there.`);
      case 'subscribed':
        return say(
          'is subscribed. No event means that nothing was saved that you may read and that the filter lets in.',
        );
      case 'error':
        return say(`is refused${reason}. Look at the permission to read, at the name of the table and at the filter.`);
      case 'closed':
        return say(`is closed${reason}. Call reconnect of the connection, or leave autoReconnect on.`);
    }
  }, [debug, hook, table, enabled, connection, status, error]);

  useEffect(() => {
    if (!debug || !enabled || connection === null || status !== 'subscribed') return undefined;
    const wanted = (JSON.parse(filters) as readonly string[]).flatMap(readable);
    const follower = connection.follow({
      resources: [table],
      onEvent(event) {
        if (event.type === 'reset') return tellDeveloper(`"${table}" has to be loaded again (${event.reason}).`);
        const { change } = event;
        const name = `${change.operation} ${table} ${change.id}`;
        const outside = (record: JsonObject) => wanted.find((one) => !matchesFilters([one.filter], table, record));
        const seen = [change.record, change.before].filter(isJsonObject);
        const miss = seen.length > 0 && seen.every((record) => outside(record)) ? outside(seen[0] ?? {}) : undefined;
        tellDeveloper(
          miss === undefined
            ? `${name} came.`
            : `${name} is not told: the filter is ${miss.text}, and ${miss.filter.field} is ${JSON.stringify(seen[0]?.[miss.filter.field]) ?? 'absent'}.`,
        );
      },
    });
    return () => follower.close();
  }, [debug, table, enabled, connection, filters, status]);
}

function readable(text: string): readonly { readonly text: string; readonly filter: Filter }[] {
  const parsed = parseFilter(text);
  return 'filter' in parsed ? [{ text, filter: parsed.filter }] : [];
}
