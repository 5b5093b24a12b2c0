/** The screen of a resource with many records. */
import { Button } from '../controls/Button.tsx';
import { buttonClass } from '../controls/buttonClass.ts';
import { useIsPhone } from '../look/useIsPhone.ts';
import { Plus } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import type { FieldDescription, ResourceDescription } from '../../../shared/resource.ts';
import { ErrorState } from '../feedback/ErrorState.tsx';
import { LateSkeleton } from '../feedback/LateSkeleton.tsx';
import { useFormats } from '../language/useFormats.ts';
import { PageHeading } from '../shell/PageHeading.tsx';
import { RecordCards } from './RecordCards.tsx';
import { RecordTable } from './RecordTable.tsx';
import { SearchBox } from './SearchBox.tsx';
import { useListAddress } from './useListAddress.ts';
import { useRecordList } from './useRecordList.ts';
import styles from './recordList.module.css';

/** Search, table or cards, more, and add. */
export function RecordListScreen({ resource }: { readonly resource: ResourceDescription }) {
  const { t } = useTranslation();
  const { words } = useFormats();
  const address = useListAddress();
  const list = useRecordList(resource, address);
  const isPhone = useIsPhone();
  const columns = useMemo(() => listColumns(resource), [resource]);
  const label = words(resource.label);
  const isSearched = address.search !== '';
  const isEmpty = list.isLoaded && list.records.length === 0;
  const addLink = resource.permissions.create && (
    <Link to={`/${resource.name}/new`} className={buttonClass('filled')}>
      <Plus size={16} aria-hidden />
      {t('list.add', { item: words(resource.itemLabel) })}
    </Link>
  );

  return (
    <>
      <header className={styles.header}>
        <PageHeading title={label} />
        {!(isEmpty && !isSearched) && <div className={styles.add}>{addLink}</div>}
      </header>
      {!(isEmpty && !isSearched) && (
        <div className={styles.tools}>
          <SearchBox value={address.search} label={t('list.searchIn', { label })} onSearch={address.setSearch} />
          <p role="status" className={styles.count}>
            {list.isLoaded && t('list.count', { count: list.total ?? list.records.length })}
          </p>
        </div>
      )}
      {list.error !== null && <ErrorState error={list.error} onRetry={list.retry} />}
      {!list.isLoaded && list.error === null && <LateSkeleton shape="list" />}
      {isEmpty && (
        <div className={styles.empty}>
          <p>{isSearched ? t('list.nothingFound', { search: address.search }) : t('list.empty', { label })}</p>
          {isSearched ? (
            <Button look="default" onClick={() => address.setSearch('')}>
              {t('list.clearSearch')}
            </Button>
          ) : (
            addLink
          )}
        </div>
      )}
      {list.records.length > 0 && (
        <div className={styles.records} data-stale={list.isStale || undefined}>
          {isPhone ? (
            <RecordCards resource={resource} columns={columns} records={list.records} />
          ) : (
            <RecordTable
              resource={resource}
              columns={columns}
              records={list.records}
              sort={address.sort}
              onSort={address.toggleSort}
            />
          )}
          {list.hasMore && (
            <div className={styles.more}>
              <Button look="default" disabled={list.isLoadingMore} onClick={list.loadMore}>
                {t('list.more')}
              </Button>
              {list.total !== null && (
                <span className={styles.count}>
                  {t('list.shown', { shown: list.records.length, total: list.total })}
                </span>
              )}
            </div>
          )}
        </div>
      )}
    </>
  );
}

/** The field that names a record comes first, since it is the link; then what the resource lists. */
function listColumns(resource: ResourceDescription): readonly FieldDescription[] {
  const names = [resource.titleField, ...resource.listFields.filter((name) => name !== resource.titleField)];
  const described = names.flatMap((name) => resource.fields.find((field) => field.name === name) ?? []);
  return described[0]?.name === resource.titleField ? described : [titleColumn(resource), ...described];
}

/** A resource without a text of its own is named by its id, which no field describes. */
function titleColumn({ titleField, itemLabel }: ResourceDescription): FieldDescription {
  return { name: titleField, kind: 'text', label: itemLabel, required: true, nullable: false };
}
