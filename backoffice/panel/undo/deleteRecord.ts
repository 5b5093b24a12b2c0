/** Deletes the version of a record that is on the screen, and offers to bring it back. */
import i18next from 'i18next';
import type { JsonObject } from '../../../shared/json.ts';
import type { ResourceDescription } from '../../../shared/resource.ts';
import { SyncRequestError } from '../../client/SyncRequestError.ts';
import type { PanelServices } from '../data/createPanelServices.ts';
import { recordKey } from '../data/recordKey.ts';
import { recordUrl } from '../data/recordUrl.ts';
import { tellUser } from '../feedback/askUser.ts';
import type { DeleteStep } from '../record/useDeletion.ts';
import { openOffer } from './openUndo.ts';

/** What is deleted, and who is told where that is. */
export interface Deleting {
  readonly services: PanelServices;
  readonly resource: ResourceDescription;
  readonly id: string;
  readonly record: JsonObject;
  /** How the record is named to a person. */
  readonly title: string;
  readonly onStep: (step: DeleteStep) => void;
}

/** True when the record is gone; a newer one than that on the screen is shown instead. */
export async function deleteRecord(deleting: Deleting): Promise<boolean> {
  const { services, resource, id, record, title, onStep } = deleting;
  const { saves, signIn, queries } = services;
  const url = recordUrl(resource, id);
  try {
    const service = await saves.open();
    const { record: fresh } = await service.load(url);
    if (fresh.version !== record.version) {
      queries.setQueryData(recordKey(resource.name, id), fresh);
      tellUser({ tone: 'bad', message: i18next.t('delete.changed', { title }) });
      return false;
    }
    // Before the answer: the change may be told live before it.
    onStep('sent');
    await service.sync(url, 'DELETE');
  } catch (error) {
    const isGone = error instanceof SyncRequestError && isDeleted(error);
    // From here on the form is as any other again: what is typed in it is asked about, and the deletes of others are told.
    if (!isGone) onStep('refused');
    if (!(error instanceof SyncRequestError)) throw error;
    if (error.entryId !== null) (await saves.open()).discard(error.entryId);
    if (error.problem.status === 401) {
      await signIn.wait();
      return deleteRecord(deleting);
    }
    if (!isGone) {
      if (error.current) queries.setQueryData(recordKey(resource.name, id), error.current);
      tellUser({ tone: 'bad', message: refusalWords(error, services, title) });
      return false;
    }
  }
  onStep('done');
  queries.removeQueries({ queryKey: recordKey(resource.name, id) });
  void queries.invalidateQueries({ queryKey: ['list', resource.name] });
  if (resource.permissions.create && resource.permissions.update)
    await openOffer({ services, resource, id, version: null, what: title, kind: 'deleted' });
  else tellUser({ tone: 'good', message: i18next.t('delete.done', { title }) });
  return true;
}

function refusalWords(
  { current, problem, conflicts }: SyncRequestError,
  { saves }: PanelServices,
  title: string,
): string {
  const language = i18next.language === 'fr' ? 'fr' : 'en';
  if (current === undefined || current === null)
    return saves.words()?.describeProblem(problem, language) ?? i18next.t('common.unknownFault');
  const name = conflicts.find(({ author }) => author !== null)?.author ?? current.updatedBy;
  return typeof name === 'string' && name !== ''
    ? i18next.t('delete.changedBy', { name, title })
    : i18next.t('delete.changed', { title });
}

function isDeleted({ problem }: SyncRequestError): boolean {
  return problem.status === 404 || problem.code === 'RECORD_DELETED';
}
