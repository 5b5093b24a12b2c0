import { useTranslation } from 'react-i18next';
import type { JsonObject } from '../../../shared/json.ts';
import type { Conflict } from '../../../shared/receipt.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import { tellUser } from '../feedback/askUser.ts';
import { usePlaceLabel } from './usePlaceLabel.ts';

/** Says that a conflict is over without anybody having decided it; `isKept` when a written result went into the form. */
export function useTellOver(
  fields: readonly FieldDescription[],
  record: JsonObject,
): (conflict: Conflict, isKept: boolean) => void {
  const { t } = useTranslation();
  const placeLabel = usePlaceLabel();
  return ({ path, author, mine, base }, isKept) => {
    const about = {
      name: author ?? t('conflict.someone'),
      label: placeLabel(fields, record, path, mine ?? base),
    };
    tellUser({ tone: 'good', message: t(isKept ? 'conflict.overKept' : 'conflict.over', about) });
  };
}
