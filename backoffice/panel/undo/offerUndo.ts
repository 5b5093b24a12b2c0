/**
 * Taking back what the server has stored: offered in a toast, done by the server's own undo, which keeps what others changed since.
 *
 *     stored ──► offered ──undo──► taken back ──redo──► stored again ──► …
 *                   └── the toast goes: the history of the record still can
 */
import i18next from 'i18next';
import { createElement } from 'react';
import type { JsonObject } from '../../../shared/json.ts';
import { parsePointer } from '../../../shared/merge/pointer.ts';
import type { Conflict } from '../../../shared/receipt.ts';
import type { ResourceDescription } from '../../../shared/resource.ts';
import { SyncRequestError } from '../../client/SyncRequestError.ts';
import type { PanelServices } from '../data/createPanelServices.ts';
import { recordKey } from '../data/recordKey.ts';
import { recordUrl } from '../data/recordUrl.ts';
import { requestJson } from '../data/requestJson.ts';
import { endToast, tellUser } from '../feedback/askUser.ts';
import { ActionMessage } from './ActionMessage.tsx';
import { openForms } from './openForms.ts';
import { followUndoKeys } from './undoKeys.ts';

/** A change that was just stored. */
export interface UndoOffer {
  readonly services: PanelServices;
  readonly resource: ResourceDescription;
  readonly id: string;
  /** The version that the change made; null asks the history for it, since the answer to a delete does not say. */
  readonly version: number | null;
  /** What was changed, in words: the labels of its fields, or the title of the record that was deleted. */
  readonly what: string;
  readonly kind: 'saved' | 'deleted';
}

type Step = 'undo' | 'redo';

/** The one that stands: a newer one takes its place. */
let standing: { readonly toast: string; readonly step: Step; readonly atMs: number; readonly run: () => void } | null =
  null;
let stopKeys: (() => void) | null = null;
let offers = 0;

/** Offers it for as long as the toast stands, by its button and by Ctrl/⌘+Z outside of inputs. */
export function offerUndo(offer: UndoOffer): void {
  offerStep(offer, 'undo', i18next.t(offer.kind === 'deleted' ? 'undo.deleted' : 'undo.saved', { what: offer.what }));
}

function offerStep(offer: UndoOffer, step: Step, message: string): void {
  const toast = `undo-${(offers += 1)}`;
  if (standing !== null) endToast(standing.toast);
  let isTaken = false;
  const run = () => {
    // The button and the key may come at the same moment.
    if (isTaken) return;
    isTaken = true;
    release(toast);
    void takeBack(offer, step);
  };
  standing = { toast, step, atMs: Date.now(), run };
  stopKeys ??= followUndoKeys({
    owns: () => false,
    lastAt: () => standing?.atMs ?? null,
    undo: () => take('undo'),
    redo: () => take('redo'),
  });
  tellUser({
    id: toast,
    tone: 'good',
    message: createElement(ActionMessage, { message, label: i18next.t(`undo.${step}`), run: () => take(step, toast) }),
    onGone: () => release(toast),
  });
}

function take(step: Step, of = standing?.toast): boolean {
  if (standing?.step !== step || standing.toast !== of) return false;
  const { toast, run } = standing;
  endToast(toast);
  run();
  return true;
}

function release(toast: string): void {
  if (standing?.toast !== toast) return;
  standing = null;
  stopKeys?.();
  stopKeys = null;
}

async function takeBack(offer: UndoOffer, step: Step): Promise<void> {
  const { services, resource, id, what } = offer;
  const { saves, queries, signIn, config } = services;
  const url = recordUrl(resource, id);
  let version = offer.version;
  try {
    version ??= await newestDeletion(config.backendUrl + url);
    if (version === null) return tell('undo.tooLate', what);
    const { outcome, record } = await (await saves.open()).sync(`${url}/undo`, 'POST', { version });
    void queries.invalidateQueries({ queryKey: ['list', resource.name] });
    if (outcome === 'unchanged') return tell('undo.nothing', what);
    if (record === null) {
      queries.removeQueries({ queryKey: recordKey(resource.name, id) });
      return offerUndo({ ...offer, version: null });
    }
    openForms.get(url)?.takenBack(record);
    queries.setQueryData(recordKey(resource.name, id), record);
    const next = { ...offer, version: Number(record['version']) };
    if (step === 'undo')
      offerStep(next, 'redo', i18next.t(offer.kind === 'deleted' ? 'undo.back' : 'undo.undone', { what }));
    else offerStep(next, 'undo', i18next.t('undo.redone', { what }));
  } catch (error) {
    if (!(error instanceof SyncRequestError)) throw error;
    if (error.entryId !== null) (await saves.open()).discard(error.entryId);
    const { problem, conflicts, current } = error;
    if (problem.status === 401) {
      await signIn.wait();
      return takeBack(offer, step);
    }
    if (conflicts.length > 0 && current && version !== null) return settle(offer, version, conflicts, current);
    if (problem.status === 404 || problem.code === 'RECORD_DELETED' || problem.code === 'ALREADY_EXISTS')
      return tell('undo.tooLate', what);
    const language = i18next.language === 'fr' ? 'fr' : 'en';
    const reason = saves.words()?.describeProblem(problem, language) ?? i18next.t('common.unknownFault');
    tellUser({ tone: 'bad', title: i18next.t('undo.refused', { what }), message: reason });
  }
}

/**
 * Others have changed the same: what they left alone is taken back, and the rest is asked in the dialog of every conflict. Without
 * an open form nothing is decided for anybody.
 */
async function settle(
  offer: UndoOffer,
  version: number,
  conflicts: readonly Conflict[],
  current: JsonObject,
): Promise<void> {
  const { services, resource, id } = offer;
  const url = recordUrl(resource, id);
  const form = openForms.get(url);
  if (form === undefined) return tell('undo.changedSince', offer.what);
  const inConflict = new Set(conflicts.map(({ path }) => parsePointer(path)?.[0]));
  const fields = resource.fields.map(({ name }) => name).filter((name) => !inConflict.has(name));
  const { record } = await (await services.saves.open()).sync(`${url}/undo`, 'POST', { version, fields });
  if (record !== null) {
    form.takenBack(record);
    services.queries.setQueryData(recordKey(resource.name, id), record);
  }
  form.settle(conflicts, record ?? current);
}

/** The version in which the record was deleted last; null when it is there again. */
async function newestDeletion(address: string): Promise<number | null> {
  const entries = (await requestJson(`${address}/history?limit=1`)) as readonly {
    readonly version: number;
    readonly operation: string;
  }[];
  const newest = entries[0];
  return newest?.operation === 'deleted' ? newest.version : null;
}

function tell(word: 'undo.tooLate' | 'undo.nothing' | 'undo.changedSince', what: string): void {
  tellUser({ tone: 'plain', message: i18next.t(word, { what }) });
}
