import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { QueueEntry } from '../../client/syncState.ts';
import { usePanelServices } from '../data/usePanelServices.ts';
import { useSaves } from '../data/useSaves.ts';
import type { Drafts } from './openDrafts.ts';
import { editsOfSave } from './typedEdits.ts';
import type { KeptForm } from './useKeepDraft.ts';
import { wantedSaves } from './wantedSaves.ts';
import { withoutSecrets } from './withoutSecrets.ts';

/**
 * Brings saves that were refused while their screen was not there, in an earlier life of the page too, back into their form.
 *
 * Somebody had saved them, so nobody is asked whether to go on; and while one in conflict lies in the queue, no later save of its
 * record is sent. True once one has come back, until everything is saved or discarded. `onSave` is called for one that was chosen
 * in the list of saves: the answer opens the dialog of conflicts, or says what is wrong beside the fields.
 */
export function useRefusedSaves(
  drafts: Promise<Drafts>,
  user: string,
  form: KeptForm & { readonly onSave: () => void },
): boolean {
  const { saves } = usePanelServices();
  const { entries } = useSaves().state;
  const wanted = useSyncExternalStore(wantedSaves.subscribe, wantedSaves.count);
  const { place, fields, recordForm, phase, onSave } = form;
  const { take, carry, dirty } = recordForm;
  const [hasTaken, setTaken] = useState(false);
  const taking = useRef(new Set<string>());
  // The form's own refused save is back in the form in a moment; it has one at a time, so beside one that waits it is another.
  const isOurs =
    phase === 'saving' && !entries.some(({ url, status }) => url === place && /waiting|sending/.test(status));
  useEffect(() => {
    if (isOurs) return;
    const refused = entries.filter((entry) => entry.url === place && isRefused(entry) && !taking.current.has(entry.id));
    if (refused.length === 0) return;
    const bring = async () => {
      // The newest first: what is in the form already stays.
      for (const entry of refused.toReversed()) {
        taking.current.add(entry.id);
        take(editsOfSave(fields, entry));
      }
      setTaken(true);
      // It is in one of the two at any moment.
      await (await drafts).keep(user, place, withoutSecrets(fields, carry().edits)).catch(() => undefined);
      const service = await saves.open();
      for (const { id } of refused) service.discard(id);
      if (refused.map(({ id }) => wantedSaves.take(id)).includes(true)) onSave();
    };
    void bring();
  }, [carry, drafts, entries, fields, isOurs, onSave, place, saves, take, user, wanted]);
  useEffect(() => {
    if (dirty.size === 0) setTaken(false);
  }, [dirty]);
  return hasTaken && dirty.size > 0;
}

function isRefused({ status, method, problem }: QueueEntry): boolean {
  if (status === 'conflict') return method !== 'DELETE';
  // After a fault of the server a record may have been created: sent again as it was it is found, typed into a form it is not.
  return status === 'failed' && (method === 'POST' ? (problem?.status ?? 500) < 500 : method !== 'DELETE');
}
