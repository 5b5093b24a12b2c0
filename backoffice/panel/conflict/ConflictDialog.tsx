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
import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import type { Conflict } from '../../../shared/receipt.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import { Button } from '../controls/Button.tsx';
import { fieldAt } from '../form/fieldAt.ts';
import { FieldInput } from '../form/FieldInput.tsx';
import { useIsPhone } from '../look/useIsPhone.ts';
import { WithMantine } from '../look/WithMantine.tsx';
import styles from './conflict.module.css';
import { ConflictField } from './ConflictField.tsx';
import { ConflictStatus } from './ConflictStatus.tsx';
import type { ConflictDecision } from './decideConflicts.ts';
import { useConflictChoices, type ConflictChoice } from './useConflictChoices.ts';
import { useEditedResults } from './useEditedResults.ts';

/** Stays while there are conflicts, so that what was chosen is still there when the dialog is opened again. */
export function ConflictDialog(props: {
  readonly isOpen: boolean;
  readonly conflicts: readonly Conflict[];
  readonly fields: readonly FieldDescription[];
  readonly record: JsonObject;
  readonly onCancel: () => void;
  readonly onDecide: (decisions: ReadonlyMap<string, ConflictDecision>) => void;
}) {
  const { isOpen, conflicts, fields, record, onCancel, onDecide } = props;
  const { t } = useTranslation();
  const isPhone = useIsPhone();
  const body = useRef<HTMLDivElement>(null);
  const { choices, changedAgain, choose } = useConflictChoices(conflicts);
  const results = useEditedResults();
  const open = conflicts.filter(({ path }) => !choices.has(path));

  const chooseOne = (conflict: Conflict, choice: ConflictChoice) => {
    const field = fieldAt(fields, conflict.path);
    const from = choices.get(conflict.path) ?? 'mine';
    if (choice === 'edited' && from !== 'edited' && field !== undefined) {
      results.fill(conflict.path, field, versionOf(conflict, from));
    }
    choose([conflict], choice);
  };
  const settle = () => {
    const first = open[0];
    if (first !== undefined) {
      const places = [...(body.current?.querySelectorAll<HTMLElement>('[data-conflict]') ?? [])];
      return places
        .find((place) => place.dataset.conflict === first.path)
        ?.querySelector('input')
        ?.focus();
    }
    const decisions = new Map<string, ConflictDecision>();
    for (const conflict of conflicts) {
      const choice = choices.get(conflict.path) ?? 'mine';
      const field = fieldAt(fields, conflict.path);
      if (choice === 'edited' && field !== undefined) {
        if (!results.check(conflict.path, field)) return undefined;
        decisions.set(conflict.path, { value: results.resultOf(conflict.path, field) });
      } else decisions.set(conflict.path, choice === 'mine' ? 'mine' : { value: versionOf(conflict, choice) });
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
                {t('conflict.heading', { count: conflicts.length })}
              </Modal.Title>
              <Modal.CloseButton aria-label={t('conflict.later')} />
            </Modal.Header>
            <div ref={body} className={styles.body}>
              <p className={styles.lead}>{t('conflict.lead')}</p>
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
                      isChangedAgain={changedAgain.has(path)}
                      onChoose={(choice) => chooseOne(conflict, choice)}
                      editor={field !== undefined && <FieldInput field={field} name={results.nameOf(path)} />}
                    />
                  );
                })}
              </FormProvider>
            </div>
            <div className={styles.footer}>
              <ConflictStatus
                conflicts={conflicts}
                fields={fields}
                record={record}
                open={open.length}
                changedAgain={changedAgain}
              />
              <Button look="default" onClick={onCancel}>
                {t('conflict.later')}
              </Button>
              <Button aria-disabled={open.length > 0} title={t('conflict.shortcut')} onClick={settle}>
                {t('conflict.save')}
              </Button>
            </div>
          </div>
        </Modal.Content>
      </Modal.Root>
    </WithMantine>
  );
}

function versionOf(conflict: Conflict, choice: ConflictChoice): JsonValue | undefined {
  if (choice === 'theirs') return conflict.theirs;
  return choice === 'original' ? conflict.base : conflict.mine;
}
