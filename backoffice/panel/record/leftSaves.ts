/** What was typed on a screen that was left while its save waited in the queue, until that save is answered. */
import { useContext, useState } from 'react';
import type { JsonObject } from '../../../shared/json.ts';
import type { Saves } from '../data/createSaves.ts';
import { usePanelServices } from '../data/usePanelServices.ts';
import { CarriedEditsContext, type CarriedEdits } from '../form/carriedEdits.ts';

/** One of them; while `isPending`, the queue sends it without anybody's help. */
export interface LeftSave {
  readonly edits: CarriedEdits;
  readonly values: JsonObject;
  readonly isPending: boolean;
}

/** They live as long as the queue of the page does. */
const known = new WeakMap<Saves, Map<string, LeftSave>>();

/** Those of one queue, by the address of the record. */
export function leftSaves(saves: Saves): Map<string, LeftSave> {
  const those = known.get(saves) ?? new Map<string, LeftSave>();
  known.set(saves, those);
  return those;
}

/** What the form of this record opens with: the edits of the screen before it, or those that were left waiting. */
export function useOpenedEdits(url: string): (() => CarriedEdits) | null {
  const { saves } = usePanelServices();
  const carried = useContext(CarriedEditsContext);
  const [left] = useState(() => leftSaves(saves).get(url));
  const [read] = useState(() => (left === undefined ? null : () => left.edits));
  return carried ?? read;
}
