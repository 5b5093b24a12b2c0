/** One list, page after page, for the search and order in the address. */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { JsonObject } from '../../../shared/json.ts';
import type { ResourceDescription } from '../../../shared/resource.ts';
import { readPage, type RecordPage } from '../data/readRecords.ts';
import { usePanelServices } from '../data/usePanelServices.ts';

/** Enough to fill a desk's screen twice, little enough to come at once. */
const PAGE_SIZE = 30;

/** What the list screen draws. */
export interface RecordList {
  readonly records: readonly JsonObject[];
  readonly total: number | null;
  readonly error: unknown;
  readonly isLoaded: boolean;
  /** True while an older answer is shown for a newer question. */
  readonly isStale: boolean;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  readonly loadMore: () => void;
  readonly retry: () => void;
}

/** Reads the pages; a live change of the resource reads them again. */
export function useRecordList(
  resource: ResourceDescription,
  asked: { readonly search: string; readonly sort: string },
): RecordList {
  const { config } = usePanelServices();
  const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
  if (asked.search !== '') query.set('q', asked.search);
  if (asked.sort !== '') query.set('sort', asked.sort);
  const { data, error, isPlaceholderData, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ['list', resource.name, query.toString()],
    queryFn: ({ pageParam }): Promise<RecordPage> => readPage(pageParam),
    initialPageParam: `${config.backendUrl}/api/${resource.name}?${query.toString()}`,
    getNextPageParam: (page: RecordPage) => page.next,
    placeholderData: keepPreviousData,
  });
  return {
    records: data?.pages.flatMap((page) => page.records) ?? [],
    total: data?.pages[0]?.total ?? null,
    error: data === undefined ? error : null,
    isLoaded: data !== undefined,
    isStale: isPlaceholderData,
    hasMore: hasNextPage,
    isLoadingMore: isFetchingNextPage,
    loadMore: () => void fetchNextPage(),
    retry: () => void refetch(),
  };
}
