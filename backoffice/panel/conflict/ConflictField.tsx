/** One field that two people changed: both versions and the original side by side, and what to do with them. */
import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../shared/json.ts';
import type { Conflict } from '../../../shared/receipt.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import { fieldAt } from '../form/fieldAt.ts';
import { useFormats } from '../language/useFormats.ts';
import styles from './conflict.module.css';
import { MarkedText } from './MarkedText.tsx';
import type { ConflictChoice } from './useConflictChoices.ts';
import { isEditable } from './useEditedResults.ts';
import { usePlaceLabel } from './usePlaceLabel.ts';
import { useValueText } from './useValueText.ts';

/** Draws the choices as one group: arrows go from one to the next. `editor` is the input of an edited result. */
export function ConflictField(props: {
  readonly conflict: Conflict;
  readonly fields: readonly FieldDescription[];
  readonly record: JsonObject;
  readonly chosen: ConflictChoice | undefined;
  readonly isChangedAgain: boolean;
  readonly onChoose: (choice: ConflictChoice) => void;
  readonly editor: ReactNode;
}) {
  const { conflict, fields, record, chosen, isChangedAgain, onChoose, editor } = props;
  const { t } = useTranslation();
  const { moment } = useFormats();
  const placeLabel = usePlaceLabel();
  const say = useVersionText(fields, conflict);
  const group = useId();
  const field = fieldAt(fields, conflict.path);
  const name = conflict.author ?? t('conflict.somebody');
  const label = placeLabel(fields, record, conflict.path, conflict.mine ?? conflict.base);
  const theirsWho = conflict.at === null ? undefined : t('conflict.changedBy', { name, at: moment(conflict.at) });
  const original = say(conflict.base, 'original');
  const choice = (of: ConflictChoice) => ({
    group,
    isChosen: chosen === of,
    onChoose: () => onChoose(of),
  });
  return (
    <fieldset className={styles.field} data-conflict={conflict.path}>
      <legend className={styles.label}>{label}</legend>
      {isChangedAgain && <p className={styles.again}>{t('conflict.changedAgain', { name, label })}</p>}
      <div className={styles.versions}>
        <Version {...choice('mine')} label={t('conflict.mine')} who={t('conflict.mineWho')}>
          <MarkedText text={say(conflict.mine, 'mine')} before={original} />
        </Version>
        <Version {...choice('theirs')} label={t('conflict.theirs', { name })} who={theirsWho}>
          <MarkedText text={say(conflict.theirs, 'theirs')} before={original} />
        </Version>
        <Version {...choice('original')} label={t('conflict.original')} who={t('conflict.originalWho')}>
          {original}
        </Version>
      </div>
      {isSingleValue(field, conflict) && isEditable(field) && (
        <>
          <Version {...choice('edited')} label={t('conflict.edit')} />
          {chosen === 'edited' && <div className={styles.editor}>{editor}</div>}
        </>
      )}
      {isTakenWhole(field, conflict) && <p className={styles.whole}>{t('conflict.whole')}</p>}
    </fieldset>
  );
}

/** One version; the whole card is the target, and its name is that of the choice alone. */
function Version(props: {
  readonly group: string;
  readonly label: string;
  readonly who?: string | undefined;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly children?: ReactNode;
}) {
  const { group, label, who, isChosen, onChoose, children } = props;
  const { t } = useTranslation();
  const id = useId();
  const described = [who === undefined ? '' : `${id}-who`, children === undefined ? '' : `${id}-value`];
  const mark = isChosen && (
    <span className={styles.chosen} aria-hidden="true">
      ✓ {t('conflict.chosen')}
    </span>
  );
  return (
    <label className={styles.version} data-chosen={isChosen || undefined}>
      <span className={styles.choice}>
        <input
          type="radio"
          name={group}
          checked={isChosen}
          onChange={onChoose}
          aria-labelledby={`${id}-label`}
          aria-describedby={described.join(' ').trim() || undefined}
        />
        <span id={`${id}-label`}>{label}</span>
        {who === undefined && mark}
      </span>
      {who !== undefined && (
        <span className={styles.who}>
          <span id={`${id}-who`}>{who}</span>
          {mark}
        </span>
      )}
      {children !== undefined && (
        <span id={`${id}-value`} className={styles.value}>
          {children}
        </span>
      )}
    </label>
  );
}

/** Says a version in words, also where there is none. */
function useVersionText(fields: readonly FieldDescription[], conflict: Conflict) {
  const { t } = useTranslation();
  const valueText = useValueText();
  const field = fieldAt(fields, conflict.path);
  return (value: JsonValue | undefined, of: 'mine' | 'theirs' | 'original'): string => {
    if (value !== undefined) {
      const text = field === undefined ? '' : valueText(field, value);
      return text === '' ? t('form.empty') : text;
    }
    if (of === 'original') return t('conflict.neverWas');
    return isSingleValue(field, conflict) ? t('form.empty') : t('conflict.deleted');
  };
}

/** An item of a list is described by the field of the whole list. */
function isSingleValue(field: FieldDescription | undefined, { mine, theirs, base }: Conflict): boolean {
  return field?.kind !== 'list' && field?.kind !== 'group' && ![mine, theirs, base].some(isJsonObject);
}

/** Yes or no needs no word about it: the versions are all there is. */
function isTakenWhole(field: FieldDescription | undefined, conflict: Conflict): boolean {
  return field?.kind !== 'boolean' && !(isSingleValue(field, conflict) && isEditable(field));
}
