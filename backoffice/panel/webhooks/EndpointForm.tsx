/** Address, name and what an endpoint is told of. */
import { useCallback, useEffect, useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import { SyncRequestError } from '../../client/SyncRequestError.ts';
import { Button } from '../controls/Button.tsx';
import { buttonClass } from '../controls/buttonClass.ts';
import { TextField } from '../controls/TextField.tsx';
import { useWorkspace } from '../data/useWorkspace.ts';
import { useFormats } from '../language/useFormats.ts';
import { ChoiceGroup } from './ChoiceGroup.tsx';
import { endpointEvents, type EndpointSettings } from './endpoint.ts';
import {
  checkDraft,
  draftOf,
  serverFaults,
  settingsOf,
  type EndpointDraft,
  type EndpointFaults,
} from './endpointDraft.ts';
import { fieldChoices } from './fieldChoices.ts';
import { ProblemNotice } from './ProblemNotice.tsx';
import { useAction } from './useAction.ts';
import { useAskBeforeLeaving } from './useAskBeforeLeaving.ts';
import styles from './webhooks.module.css';

/** Sends what was typed with `onSave` and gives its answer to `onSaved`; a refusal stands beside the field that it is about. */
export function EndpointForm<T>({
  settings,
  submit,
  cancelTo,
  onSave,
  onSaved,
}: {
  /** What is stored; nothing for a new one. */
  readonly settings?: EndpointSettings;
  readonly submit: string;
  readonly cancelTo: string;
  readonly onSave: (settings: EndpointSettings) => Promise<T>;
  readonly onSaved: (answer: T) => void;
}) {
  const { t } = useTranslation();
  const { words, compare } = useFormats();
  const { resources: described = [] } = useWorkspace().data ?? {};
  const [opened] = useState(() => draftOf(settings));
  const [draft, setDraft] = useState<EndpointDraft>(opened);
  const [faults, setFaults] = useState<EndpointFaults>({});
  const [attempts, setAttempts] = useState(0);
  const { run, running, problem } = useAction();
  const form = useRef<HTMLFormElement>(null);
  const isSaved = useRef(false);

  const change = (next: Partial<EndpointDraft>) => setDraft((known) => ({ ...known, ...next }));
  const labels = new Map(described.map(({ name, label }) => [name, words(label)]));
  const told = draft.allResources ? described : described.filter(({ name }) => draft.resources.includes(name));
  const fields = fieldChoices(told, draft.fields, { words, compare });
  const labelOf = (name: string) => labels.get(name) ?? fields.find(({ value }) => value === name)?.label ?? name;
  const someResources = [
    ...described.map(({ name }) => name),
    // What was chosen elsewhere, and is not open to this account, is kept.
    ...draft.resources.filter((name) => !labels.has(name)),
  ].map((value) => ({ value, label: labelOf(value) }));

  const isTyped = JSON.stringify(draft) !== JSON.stringify(opened);
  const question = useCallback(() => {
    if (!isTyped || isSaved.current) return null;
    const of = 'webhooks.leave';
    const body = t(`${of}.body`);
    return { title: t(`${of}.title`), body, confirm: t(`${of}.confirm`), cancel: t(`${of}.cancel`), isFinal: true };
  }, [isTyped, t]);
  useAskBeforeLeaving(question);
  useEffect(() => {
    if (attempts === 0) return;
    form.current?.querySelector<HTMLElement>('[aria-invalid], [data-invalid] input')?.focus();
  }, [attempts]);

  const refuse = (next: EndpointFaults) => {
    setFaults(next);
    setAttempts((count) => count + 1);
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (running !== null) return;
    const known = { ...draft, fields: draft.fields.filter((name) => fields.some(({ value }) => value === name)) };
    const found = checkDraft(known, t);
    if (Object.keys(found).length > 0) return refuse(found);
    setFaults({});
    const wanted = settingsOf(known);
    const save = async () => {
      try {
        return await onSave(wanted);
      } catch (error) {
        if (error instanceof SyncRequestError) refuse(serverFaults(error.problem, wanted, { t, labelOf }));
        throw error;
      }
    };
    void run('save', save).then((answer) => {
      if (answer === undefined) return;
      isSaved.current = true;
      onSaved(answer);
    });
  };

  return (
    <form ref={form} className={styles.form} noValidate onSubmit={onSubmit}>
      {problem !== null && <ProblemNotice problem={problem} isBesideField={Object.keys(faults).length > 0} />}
      <TextField
        label={t('webhooks.address')}
        type="url"
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
        required
        value={draft.url}
        onChange={(event) => change({ url: event.target.value })}
        error={faults.url}
        description={<span className={styles.quiet}>{t('webhooks.form.addressHelp')}</span>}
      />
      <TextField
        label={t('webhooks.optional', { label: t('webhooks.name') })}
        autoComplete="off"
        value={draft.description}
        onChange={(event) => change({ description: event.target.value })}
        error={faults.description}
        description={<span className={styles.quiet}>{t('webhooks.form.nameHelp')}</span>}
      />
      <div className={styles.choices}>
        <ChoiceGroup
          legend={t('webhooks.resources')}
          kind="circles"
          choices={[
            { value: 'all', label: t('webhooks.allResources') },
            { value: 'some', label: t('webhooks.someResources') },
          ]}
          chosen={[draft.allResources ? 'all' : 'some']}
          onChoose={([value]) => change({ allResources: value === 'all' })}
          error={draft.allResources ? faults.resources : undefined}
        />
        {!draft.allResources && (
          <ChoiceGroup
            legend={t('webhooks.someResources')}
            isHidden
            kind="boxes"
            choices={someResources}
            chosen={draft.resources}
            onChoose={(resources) => change({ resources })}
            error={faults.resources}
          />
        )}
      </div>
      <ChoiceGroup
        legend={t('webhooks.events')}
        kind="boxes"
        choices={endpointEvents.map((value) => ({ value, label: t(`webhooks.event.${value}`) }))}
        chosen={draft.events}
        onChoose={(events) => change({ events })}
        error={faults.events}
      />
      <div className={styles.choices}>
        <ChoiceGroup
          legend={t('webhooks.fields')}
          kind="circles"
          choices={[
            { value: 'all', label: t('webhooks.allFields') },
            { value: 'some', label: t('webhooks.someFields') },
          ]}
          chosen={[draft.allFields ? 'all' : 'some']}
          onChoose={([value]) => change({ allFields: value === 'all' })}
          error={draft.allFields ? faults.fields : undefined}
        />
        {!draft.allFields && (
          <ChoiceGroup
            legend={t('webhooks.someFields')}
            isHidden
            kind="boxes"
            choices={fields}
            chosen={draft.fields}
            onChoose={(next) => change({ fields: next })}
            error={faults.fields}
            help={t('webhooks.fieldsHelp')}
          />
        )}
      </div>
      <div className={styles.buttons}>
        <Button type="submit" aria-disabled={running !== null}>
          {running === null ? submit : t('webhooks.form.running')}
        </Button>
        <Link to={cancelTo} className={buttonClass('default')}>
          {t('webhooks.form.cancel')}
        </Link>
        <span role="status" className={styles.quiet}>
          {Object.keys(faults).length > 0 && problem === null && t('webhooks.form.checkFields')}
        </span>
      </div>
    </form>
  );
}
