/** A field of repeated items: added, removed and moved with buttons, each announced. */
import { Button } from '../controls/Button.tsx';
import { ArrowDown, ArrowUp, Plus, Trash2 } from 'lucide-react';
import { useRef, useState, type ComponentType } from 'react';
import { useFieldArray, useFormContext } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { createUuid } from '../../client/createUuid.ts';
import { useFormats } from '../language/useFormats.ts';
import { isJsonObject } from '../../../shared/json.ts';
import { FieldNotes } from './FieldNotes.tsx';
import { useFixedItems, useIsLocked } from './FormContext.ts';
import { newFormValues } from './toFormValue.ts';
import type { FieldInputProps } from './SimpleInput.tsx';
import styles from './form.module.css';

/** Draws the items; the id of an item is made here and never shown. */
export function ListInput({
  field,
  name,
  Field,
}: FieldInputProps & { readonly Field: ComponentType<FieldInputProps> }) {
  const { t } = useTranslation();
  const { words } = useFormats();
  const { control, setFocus } = useFormContext();
  const { fields: rows, append, remove, move } = useFieldArray({ control, name, keyName: 'rowKey' });
  const [said, setSaid] = useState('');
  const addButton = useRef<HTMLButtonElement>(null);
  const described = field.fields ?? [];
  const inputs = described.filter((inner) => inner.name !== 'id' && inner.class !== 'server');
  const label = words(field.label);
  const fixed = useFixedItems(field, name);
  const fixedIds = new Set(fixed.map((item) => (isJsonObject(item) ? item['id'] : undefined)));
  const onlyGrows = field.class === 'appendOnly';
  const isLocked = useIsLocked(name);

  const addItem = () => {
    if (isLocked) return;
    const identity = described.some((inner) => inner.name === 'id') ? { id: createUuid(Date.now()) } : {};
    append({ ...newFormValues(described), ...identity }, { shouldFocus: false });
    setSaid(t('form.itemAdded', { position: rows.length + 1 }));
    const first = inputs[0];
    // The input exists after the next paint of the list.
    if (first !== undefined) requestAnimationFrame(() => setFocus(`${name}.${rows.length}.${first.name}`));
  };
  const removeItem = (index: number) => {
    if (isLocked) return;
    remove(index);
    setSaid(t('form.itemRemoved', { position: index + 1 }));
    addButton.current?.focus();
  };
  const moveItem = (from: number, to: number) => {
    if (isLocked) return;
    move(from, to);
    setSaid(t('form.itemMoved', { from: from + 1, to: to + 1 }));
  };

  return (
    <fieldset className={styles.list}>
      <legend className={styles.legend}>{label}</legend>
      <FieldNotes field={field} name={name} />
      {rows.length === 0 && <p className={styles.quiet}>{t('form.noItems')}</p>}
      <ol className={styles.items}>
        {rows.map((row, index) => {
          const { id } = row as { readonly id?: string };
          const isFixed = onlyGrows && (id === undefined ? index < fixed.length : fixedIds.has(id));
          return (
            <li key={id ?? row.rowKey} className={styles.item}>
              <fieldset className={styles.itemFields} disabled={isFixed}>
                <legend className="visually-hidden">{t('form.itemOf', { label, position: index + 1 })}</legend>
                {inputs.map((inner) => (
                  <Field key={inner.name} field={inner} name={`${name}.${index}.${inner.name}`} />
                ))}
                {!isFixed && (
                  <div className={styles.itemButtons}>
                    {!onlyGrows && (
                      <>
                        <Button
                          look="default"
                          small
                          disabled={index === 0}
                          icon={<ArrowUp size={14} aria-hidden />}
                          aria-label={t('form.moveUpItem', { position: index + 1 })}
                          onClick={() => moveItem(index, index - 1)}
                        >
                          {t('form.moveUp')}
                        </Button>
                        <Button
                          look="default"
                          small
                          disabled={index === rows.length - 1}
                          icon={<ArrowDown size={14} aria-hidden />}
                          aria-label={t('form.moveDownItem', { position: index + 1 })}
                          onClick={() => moveItem(index, index + 1)}
                        >
                          {t('form.moveDown')}
                        </Button>
                      </>
                    )}
                    <Button
                      look="default"
                      small
                      icon={<Trash2 size={14} aria-hidden />}
                      aria-label={t('form.removeItem', { position: index + 1 })}
                      onClick={() => removeItem(index)}
                    >
                      {t('form.remove')}
                    </Button>
                  </div>
                )}
              </fieldset>
            </li>
          );
        })}
      </ol>
      <Button
        ref={addButton}
        look="default"
        small
        icon={<Plus size={16} aria-hidden />}
        aria-label={t('form.addTo', { label })}
        onClick={addItem}
      >
        {t('form.add')}
      </Button>
      <span role="status" className="visually-hidden">
        {said}
      </span>
    </fieldset>
  );
}
