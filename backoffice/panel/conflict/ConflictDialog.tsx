/**
 * The only surface for conflicts: a dialog that compares, field by field, what two people made of a record.
 *
 * Mantine's dialog and not the browser's own: the panel's other dialogs (signing in again, leaving) have to come above it,
 * and nothing comes above the top layer. It is loaded with the first refusal, so it costs the first screen nothing.
 */
import { Modal } from '@mantine/core';
import '@mantine/core/styles/Modal.layer.css';
import { useRef, type KeyboardEvent } from 'react';
import { FormProvider } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import type { Change } from '../../../shared/change.ts';
import type { JsonObject } from '../../../shared/json.ts';
import type { Conflict } from '../../../shared/receipt.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import { Button } from '../controls/Button.tsx';
import { fieldAt } from '../form/fieldAt.ts';
import { FieldInput } from '../form/FieldInput.tsx';
import type { RecordForm } from '../form/useRecordForm.ts';
import { useIsPhone } from '../look/useIsPhone.ts';
import { WithMantine } from '../look/WithMantine.tsx';
import styles from './conflict.module.css';
import { ConflictField } from './ConflictField.tsx';
import { ConflictStatus } from './ConflictStatus.tsx';
import { decisionOf, versionOf } from './conflictVersions.ts';
import type { ConflictDecision } from './decideConflicts.ts';
import type { ConflictChoice } from './useConflictChoices.ts';
import type { ConflictDialogState } from './useConflictDialog.ts';
import { useConflictHeading } from './useConflictHeading.ts';
import { useFindCollisions } from './useFindCollisions.ts';

/** Shows the conflicts as they are; what is chosen and written in it is kept outside, in `dialog`. */
export function ConflictDialog(props: {
  readonly dialog: ConflictDialogState;
  readonly fields: readonly FieldDescription[];
  readonly recordForm: RecordForm;
  /** The record that the refused save was compared with. */
  readonly since: JsonObject;
  /** Who deleted the record meanwhile; null while it is there. */
  readonly deletion: Change | null;
  readonly canBringBack: boolean;
  readonly onDecide: (decisions: ReadonlyMap<string, ConflictDecision>) => void;
}) {
  const { dialog, fields, recordForm, since, deletion, canBringBack, onDecide } = props;
  const { conflicts, isOpen, results, close: onCancel } = dialog;
  const { choices, editing, news, choose } = dialog.chosen;
  const { record } = recordForm;
  const { t } = useTranslation();
  const isPhone = useIsPhone();
  const body = useRef<HTMLDivElement>(null);
  const { heading, lead } = useConflictHeading(conflicts, deletion, canBringBack);
  const open = conflicts.filter(({ path }) => !choices.has(path));
  const isLost = deletion !== null && !canBringBack;
  useFindCollisions({ isOn: isOpen && deletion === null, recordForm, fields, conflicts, since, onFound: dialog.join });

  const chooseOne = (conflict: Conflict, choice: ConflictChoice) => {
    const { path } = conflict;
    const field = fieldAt(fields, path);
    if (choice === 'edited' && !editing.has(path) && field !== undefined) {
      const from = choices.get(path) ?? (versionOf(conflict, 'both') === undefined ? 'mine' : 'both');
      results.fill(path, field, versionOf(conflict, from));
    }
    choose([conflict], choice);
  };
  const settle = () => {
    if (isLost) return undefined;
    const first = open[0];
    if (first !== undefined) {
      const places = [...(body.current?.querySelectorAll<HTMLElement>('[data-conflict]') ?? [])];
      const choicesOf = places
        .find((place) => place.dataset.conflict === first.path)
        ?.querySelectorAll<HTMLElement>('input[type=radio]');
      // Whoever has begun to write a result is brought to that choice, which is the last one, and not to one that drops it.
      return [...(choicesOf ?? [])].at(editing.has(first.path) ? -1 : 0)?.focus();
    }
    const decisions = new Map<string, ConflictDecision>();
    for (const conflict of conflicts) {
      const choice = choices.get(conflict.path) ?? 'mine';
      const field = fieldAt(fields, conflict.path);
      if (choice === 'edited' && field !== undefined) {
        if (!results.check(conflict.path, field)) return undefined;
        decisions.set(conflict.path, { value: results.resultOf(conflict.path, field) });
      } else decisions.set(conflict.path, decisionOf(conflict, choice));
    }
    return onDecide(decisions);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    settle();
  };

  return (
    <WithMantine>
      <Modal.Root
        opened={isOpen}
        onClose={onCancel}
        size={1080}
        fullScreen={isPhone}
        centered
        returnFocus={false}
        transitionProps={{ duration: 120 }}
      >
        <Modal.Overlay />
        <Modal.Content className={styles.dialog}>
          {/* Mantine's content takes no handler of keys. */}
          <div className={styles.frame} onKeyDown={onKeyDown}>
            <Modal.Header className={styles.header}>
              <Modal.Title className={styles.heading} tabIndex={-1} data-autofocus>
                {heading}
              </Modal.Title>
              <Modal.CloseButton aria-label={t('conflict.later')} />
            </Modal.Header>
            <div ref={body} className={styles.body}>
              <p className={styles.lead}>{lead}</p>
              {conflicts.length > 1 && (
                <div className={styles.all}>
                  <Button look="default" small onClick={() => choose(conflicts, 'mine')}>
                    {t('conflict.allMine')}
                  </Button>
                  <Button look="default" small onClick={() => choose(conflicts, 'theirs')}>
                    {t('conflict.allTheirs')}
                  </Button>
                </div>
              )}
              <FormProvider {...results.form}>
                {conflicts.map((conflict) => {
                  const { path } = conflict;
                  const field = fieldAt(fields, path);
                  return (
                    <ConflictField
                      key={path}
                      conflict={conflict}
                      fields={fields}
                      record={record}
                      chosen={choices.get(path)}
                      isEditing={editing.has(path)}
                      news={news.get(path)}
                      onChoose={(choice) => chooseOne(conflict, choice)}
                      editor={field !== undefined && <FieldInput field={field} name={results.nameOf(path)} />}
                    />
                  );
                })}
              </FormProvider>
            </div>
            <div className={styles.footer}>
              <ConflictStatus conflicts={conflicts} fields={fields} record={record} open={open.length} news={news} />
              <Button look="default" onClick={onCancel}>
                {t('conflict.later')}
              </Button>
              {!isLost && (
                <Button aria-disabled={open.length > 0} title={t('conflict.shortcut')} onClick={settle}>
                  {t(deletion === null ? 'conflict.save' : 'conflict.bringBack')}
                </Button>
              )}
            </div>
          </div>
        </Modal.Content>
      </Modal.Root>
    </WithMantine>
  );
}
