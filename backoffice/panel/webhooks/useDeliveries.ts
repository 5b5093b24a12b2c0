/** The deliveries of an endpoint, page after page, and one of them with what was sent. */
import { keepPreviousData, useInfiniteQuery, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { readPage } from '../data/readRecords.ts';
import { requestJson } from '../data/requestJson.ts';
import type { Delivery } from './delivery.ts';
import { refreshMs } from './useEndpoints.ts';
import { useWebhookApi } from './useWebhookApi.ts';
import { deliveriesKey } from './webhookKeys.ts';

/** Deliveries on a page. */
const pageSize = 50;
const failedOnly = '&outcome=failed';

/** What the table of deliveries draws. */
export interface DeliveryPages {
  readonly deliveries: readonly Delivery[];
  readonly error: unknown;
  readonly isLoaded: boolean;
  /** True while an older answer is shown for a newer question. */
  readonly isStale: boolean;
  /** True where somebody has read on, and something newer has come: what he reads is not moved by it. */
  readonly hasNewer: boolean;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  readonly loadMore: () => void;
  readonly refresh: () => void;
}

/** Reads the pages. The first one alone is renewed by itself; whoever has read on is not moved, and is told of what is newer. */
export function useDeliveries(id: string, onlyFailed: boolean): DeliveryPages {
  const { urlOf } = useWebhookApi();
  const query = `limit=${pageSize}${onlyFailed ? failedOnly : ''}`;
  const { data, error, isPlaceholderData, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: [...deliveriesKey(id), query],
    queryFn: ({ pageParam }) => readPage(pageParam),
    initialPageParam: `${urlOf(id)}/deliveries?${query}`,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : refreshMs),
  });
  const [first] = data?.pages[0]?.records ?? [];
  const hasReadOn = (data?.pages.length ?? 0) > 1;
  const { data: newest } = useQuery({
    queryKey: [...deliveriesKey(id), 'newest', onlyFailed],
    queryFn: async () =>
      (await readPage(`${urlOf(id)}/deliveries?limit=1${onlyFailed ? failedOnly : ''}`)).records[0] ?? null,
    enabled: hasReadOn && !isPlaceholderData,
    refetchInterval: refreshMs,
    // Of before somebody read on, it would be older than the first one.
    gcTime: 0,
  });
  return {
    deliveries: (data?.pages.flatMap((page) => page.records) ?? []) as unknown as readonly Delivery[],
    error: data === undefined ? error : null,
    isLoaded: data !== undefined,
    isStale: isPlaceholderData,
    hasNewer: hasReadOn && newest != null && newest.id !== first?.id,
    hasMore: hasNextPage,
    isLoadingMore: isFetchingNextPage,
    loadMore: () => void fetchNextPage(),
    refresh: () => void refetch(),
  };
}

/** One delivery with its request and the answer. */
export function useDelivery(id: string, delivery: string): UseQueryResult<Delivery> {
  const { urlOf } = useWebhookApi();
  const url = `${urlOf(id)}/deliveries/${encodeURIComponent(delivery)}`;
  return useQuery({
    queryKey: [...deliveriesKey(id), 'one', delivery],
    queryFn: async () => (await requestJson(url)) as Delivery,
    staleTime: Infinity,
  });
}
