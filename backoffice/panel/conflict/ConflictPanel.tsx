/** The only surface for conflicts: each field with both versions, who and when, and a choice. */
import { Button } from '../controls/Button.tsx';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import { jsonEquals } from '../../../shared/merge/jsonEquals.ts';
import type { Conflict } from '../../../shared/receipt.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import { fieldAt } from '../form/fieldAt.ts';
import { useFieldText } from '../form/useFieldText.ts';
import { useFormats } from '../language/useFormats.ts';
import styles from './conflict.module.css';
import type { ConflictChoice } from './decideConflicts.ts';
import { usePlaceLabel } from './usePlaceLabel.ts';

/** A choice, and the other version that it was made against. */
interface Made {
  readonly choice: ConflictChoice;
  readonly theirs: JsonValue | undefined;
}

/** Shown above the form; what was typed stays in the form below until somebody decides. */
export function ConflictPanel({
  conflicts,
  fields,
  record,
  onDecide,
}: {
  readonly conflicts: readonly Conflict[];
  readonly fields: readonly FieldDescription[];
  readonly record: JsonObject;
  readonly onDecide: (choices: ReadonlyMap<string, ConflictChoice>) => void;
}) {
  const { t } = useTranslation();
  const heading = useRef<HTMLHeadingElement>(null);
  const [made, setMade] = useState<ReadonlyMap<string, Made>>(new Map());
  // Once: the conflicts are drawn again while somebody types in the form below.
  useEffect(() => heading.current?.focus(), []);
  // A choice between versions that are no longer the ones shown does not count.
  const choices = new Map(
    conflicts.flatMap(({ path, theirs }): readonly [string, ConflictChoice][] => {
      const known = made.get(path);
      return known && jsonEquals(known.theirs, theirs) ? [[path, known.choice]] : [];
    }),
  );

  const choose = ({ path, theirs }: Conflict, choice: ConflictChoice) =>
    setMade(new Map([...made, [path, { choice, theirs }]]));
  const chooseAll = (choice: ConflictChoice) =>
    setMade(new Map(conflicts.map(({ path, theirs }) => [path, { choice, theirs }])));
  const open = conflicts.filter(({ path }) => !choices.has(path)).length;

  return (
    <section className={styles.panel} aria-labelledby="conflict-heading">
      <h2 id="conflict-heading" ref={heading} tabIndex={-1} className={styles.heading}>
        {t('conflict.heading', { count: conflicts.length })}
      </h2>
      <p className={styles.lead}>{t('conflict.lead')}</p>
      {conflicts.length > 1 && (
        <div className={styles.all}>
          <Button look="default" small onClick={() => chooseAll('mine')}>
            {t('conflict.allMine')}
          </Button>
          <Button look="default" small onClick={() => chooseAll('theirs')}>
            {t('conflict.allTheirs')}
          </Button>
        </div>
      )}
      {conflicts.map((conflict) => (
        <ConflictChoices
          key={conflict.path}
          conflict={conflict}
          fields={fields}
          record={record}
          chosen={choices.get(conflict.path)}
          onChoose={(choice) => choose(conflict, choice)}
        />
      ))}
      <div className={styles.end}>
        <Button disabled={open > 0} onClick={() => onDecide(choices)}>
          {t('conflict.save')}
        </Button>
        <span role="status" className={styles.open}>
          {open > 0 && t('conflict.open', { count: open })}
        </span>
      </div>
    </section>
  );
}

function ConflictChoices(props: {
  readonly conflict: Conflict;
  readonly fields: readonly FieldDescription[];
  readonly record: JsonObject;
  readonly chosen: ConflictChoice | undefined;
  readonly onChoose: (choice: ConflictChoice) => void;
}) {
  const { conflict, fields, record, chosen, onChoose } = props;
  const { t } = useTranslation();
  const { dateTime } = useFormats();
  const fieldText = useFieldText();
  const placeLabel = usePlaceLabel();
  const field = fieldAt(fields, conflict.path);
  const say = (value: JsonValue | undefined) =>
    (field === undefined ? '' : fieldText(field, value)) || t(value === undefined ? 'conflict.absent' : 'form.empty');
  const name = conflict.author ?? t('conflict.somebody');
  const versions = [
    ['mine', t('conflict.mine'), conflict.mine],
    ['theirs', t('conflict.theirs', { name }), conflict.theirs],
  ] as const;
  return (
    <fieldset className={styles.field}>
      <legend className={styles.label}>
        {placeLabel(fields, record, conflict.path, conflict.mine ?? conflict.base)}
      </legend>
      {conflict.at !== null && (
        <p className={styles.who}>{t('conflict.changedBy', { name, at: dateTime(conflict.at) })}</p>
      )}
      <div className={styles.versions}>
        {versions.map(([choice, label, value]) => (
          <label key={choice} className={styles.version} data-chosen={chosen === choice || undefined}>
            <span className={styles.choice}>
              <input
                type="radio"
                name={`conflict-${conflict.path}`}
                checked={chosen === choice}
                onChange={() => onChoose(choice)}
              />
              {label}
            </span>
            <span className={styles.value}>{say(value)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
