/** The fields of a resource in their order: inputs, and those that are only shown. */
import { FormProvider } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import type { ResourceDescription } from '../../../shared/resource.ts';
import { fieldAccess, type FormMode } from './fieldAccess.ts';
import { FieldInput } from './FieldInput.tsx';
import { FormContext } from './FormContext.ts';
import { ReadOnlyField } from './ReadOnlyField.tsx';
import type { RecordForm } from './useRecordForm.ts';
import styles from './form.module.css';

/** The generated form; Enter in a text saves, as everywhere on the web. */
export function RecordFields({
  resource,
  mode,
  recordForm,
  onSave,
  locked,
}: {
  readonly resource: ResourceDescription;
  readonly mode: FormMode;
  readonly recordForm: RecordForm;
  readonly onSave: () => void;
  /** Fields that nobody can change at the moment; they keep the focus. */
  readonly locked?: ReadonlySet<string>;
}) {
  const { t } = useTranslation();
  const { form, marks, record, rounds, openedAt } = recordForm;
  const drawn = resource.fields.map((field) => ({ field, access: fieldAccess(field, mode, resource.permissions) }));
  const marksRequired = drawn.some(({ field, access }) => access.shown === 'input' && field.required);
  return (
    <FormProvider {...form}>
      <FormContext value={{ marks, stored: record, rounds, openedAt, ...(locked && { locked }) }}>
        <form
          noValidate
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            onSave();
          }}
        >
          {marksRequired && <p className={styles.quiet}>{t('form.requiredMark')}</p>}
          {drawn.map(({ field, access }) => {
            if (access.shown === 'input') return <FieldInput key={field.name} field={field} name={field.name} />;
            if (access.shown !== 'text') return null;
            const value = record[field.name];
            return <ReadOnlyField key={field.name} field={field} value={value} reason={access.reason} />;
          })}
          {/* Lets Enter submit a form that has several inputs; the visible button is in the save bar. */}
          <button type="submit" hidden tabIndex={-1} aria-hidden="true" />
        </form>
      </FormContext>
    </FormProvider>
  );
}
