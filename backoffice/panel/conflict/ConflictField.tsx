/** One field that two people changed: both versions and the original side by side, and what to do with them. */
import { useId, useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../shared/json.ts';
import type { Conflict } from '../../../shared/receipt.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import { fieldAt } from '../form/fieldAt.ts';
import { useFormats } from '../language/useFormats.ts';
import styles from './conflict.module.css';
import { ConflictVersion } from './ConflictVersion.tsx';
import { conflictVersions } from './conflictVersions.ts';
import { LostLines } from './LostLines.tsx';
import { MarkedText } from './MarkedText.tsx';
import type { ConflictChoice, ConflictNews } from './useConflictChoices.ts';
import { isEditable } from './useEditedResults.ts';
import { usePlaceLabel } from './usePlaceLabel.ts';
import { useValueText } from './useValueText.ts';

/** Draws the choices as one group: arrows go from one to the next. `editor` is the input of an edited result. */
export function ConflictField(props: {
  readonly conflict: Conflict;
  readonly fields: readonly FieldDescription[];
  readonly record: JsonObject;
  readonly chosen: ConflictChoice | undefined;
  /** True from the first time that the result is edited: what is written in it stays to be seen. */
  readonly isEditing: boolean;
  readonly news: ConflictNews | undefined;
  readonly onChoose: (choice: ConflictChoice) => void;
  readonly editor: ReactNode;
}) {
  const { conflict, fields, record, chosen, isEditing, news, onChoose, editor } = props;
  const { t } = useTranslation();
  const { moment } = useFormats();
  const placeLabel = usePlaceLabel();
  const say = useVersionText(fields, conflict);
  const group = useId();
  const { base, mine, theirs } = conflict;
  // Only what is compared: `conflict` is another object with every key.
  const versions = useMemo(() => conflictVersions({ base, mine, theirs }), [base, mine, theirs]);
  const field = fieldAt(fields, conflict.path);
  const name = conflict.author ?? t('conflict.somebody');
  const label = placeLabel(fields, record, conflict.path, mine ?? base);
  const theirsWho = conflict.at === null ? undefined : t('conflict.changedBy', { name, at: moment(conflict.at) });
  const original = say(base, 'original');
  const marked = (value: JsonValue | undefined, of: 'mine' | 'theirs') => (
    <MarkedText
      text={say(value, of)}
      before={original}
      unit={isFilledList(value) && isFilledList(base) ? 'line' : 'word'}
    />
  );
  const choice = (of: ConflictChoice) => ({
    group,
    isChosen: chosen === of,
    onChoose: () => onChoose(of),
  });
  return (
    <fieldset className={styles.field} data-conflict={conflict.path}>
      <legend className={styles.label}>{label}</legend>
      {news !== undefined && <p className={styles.again}>{t(`conflict.${news}`, { name, label })}</p>}
      <div className={styles.versions}>
        <ConflictVersion {...choice('mine')} label={t('conflict.mine')} who={t('conflict.mineWho')}>
          {marked(versions.mine, 'mine')}
          <LostLines heading={t('conflict.losesTheirs', { name })} lines={versions.leavesOut.mine} />
        </ConflictVersion>
        <ConflictVersion {...choice('theirs')} label={t('conflict.theirs', { name })} who={theirsWho}>
          {marked(versions.theirs, 'theirs')}
          <LostLines heading={t('conflict.losesMine')} lines={versions.leavesOut.theirs} />
        </ConflictVersion>
        <ConflictVersion {...choice('original')} label={t('conflict.original')} who={t('conflict.originalWho')}>
          {original}
        </ConflictVersion>
      </div>
      {versions.isJoined && <p className={styles.whole}>{t('conflict.joined')}</p>}
      {versions.both !== undefined && (
        <div className={styles.further}>
          <ConflictVersion {...choice('both')} label={t('conflict.both')} who={t('conflict.bothWho')}>
            {marked(versions.both, 'mine')}
          </ConflictVersion>
        </div>
      )}
      {isSingleValue(field, conflict) && isEditable(field) && (
        <>
          <ConflictVersion {...choice('edited')} label={t('conflict.edit')} />
          {isEditing && <div className={styles.editor}>{editor}</div>}
        </>
      )}
      {isTakenWhole(field, conflict) && <p className={styles.whole}>{t('conflict.whole')}</p>}
    </fieldset>
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

/** An empty list is said in words, which are no item. */
function isFilledList(value: JsonValue | undefined): boolean {
  return Array.isArray(value) && value.length > 0;
}

/** An item of a list is described by the field of the whole list. */
function isSingleValue(field: FieldDescription | undefined, { mine, theirs, base }: Conflict): boolean {
  return field?.kind !== 'list' && field?.kind !== 'group' && ![mine, theirs, base].some(isJsonObject);
}

/** Yes or no needs no word about it: the versions are all there is. */
function isTakenWhole(field: FieldDescription | undefined, conflict: Conflict): boolean {
  return field?.kind !== 'boolean' && !(isSingleValue(field, conflict) && isEditable(field));
}
