/** The list on a desk: a dense table whose first column is the link. */
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import type { JsonObject } from '../../../shared/json.ts';
import type { FieldDescription, ResourceDescription } from '../../../shared/resource.ts';
import { useFieldText } from '../form/useFieldText.ts';
import { useFormats } from '../language/useFormats.ts';
import { PublicationBadge } from '../record/PublicationBadge.tsx';
import { recordTitle } from '../record/recordTitle.ts';
import styles from './recordList.module.css';

/** What both drawings of a list get. */
export interface RecordListProps {
  readonly resource: ResourceDescription;
  readonly columns: readonly FieldDescription[];
  readonly records: readonly JsonObject[];
}

/** Values that say more in order than in the alphabet are not sorted: only what the server can sort has a button. */
const SORTABLE: ReadonlySet<FieldDescription['kind']> = new Set([
  'text',
  'email',
  'url',
  'phone',
  'number',
  'boolean',
  'date',
  'choice',
]);

/** Draws the table. */
export function RecordTable(
  props: RecordListProps & { readonly sort: string; readonly onSort: (field: string) => void },
) {
  const { resource, columns, records, sort, onSort } = props;
  const { t } = useTranslation();
  const { words } = useFormats();
  const fieldText = useFieldText();
  return (
    <div className={styles.scroll} role="region" aria-label={words(resource.label)} tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            {columns.map((field) => {
              const label = words(field.label);
              const direction =
                sort === field.name ? 'ascending' : sort === `-${field.name}` ? 'descending' : undefined;
              return (
                <th key={field.name} scope="col" aria-sort={direction}>
                  {SORTABLE.has(field.kind) ? (
                    <button type="button" className={styles.sort} onClick={() => onSort(field.name)}>
                      {label}
                      {direction === 'ascending' && <ArrowUp size={14} aria-hidden />}
                      {direction === 'descending' && <ArrowDown size={14} aria-hidden />}
                    </button>
                  ) : (
                    <span className={styles.unsorted}>{label}</span>
                  )}
                </th>
              );
            })}
            {resource.drafts && (
              <th scope="col">
                <span className={styles.unsorted}>{t('publication.column')}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {records.map((record) => (
            <tr key={String(record.id)}>
              {columns.map((field, index) => (
                <td key={field.name}>
                  {index === 0 ? (
                    <Link to={`/${resource.name}/${encodeURIComponent(String(record.id))}`} className={styles.link}>
                      {recordTitle(resource, record) || t('record.untitled')}
                    </Link>
                  ) : (
                    <span className={styles.cell}>{fieldText(field, record[field.name])}</span>
                  )}
                </td>
              ))}
              {resource.drafts && (
                <td>
                  <PublicationBadge record={record} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
