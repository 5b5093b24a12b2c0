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

/** What the table of deliveries draws. */
export interface DeliveryPages {
  readonly deliveries: readonly Delivery[];
  readonly error: unknown;
  readonly isLoaded: boolean;
  /** True while an older answer is shown for a newer question. */
  readonly isStale: boolean;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  readonly loadMore: () => void;
  readonly refresh: () => void;
}

/** Reads the pages; only the first one is renewed by itself, so that whoever reads on is not moved. */
export function useDeliveries(id: string, onlyFailed: boolean): DeliveryPages {
  const { urlOf } = useWebhookApi();
  const query = `limit=${pageSize}${onlyFailed ? '&outcome=failed' : ''}`;
  const { data, error, isPlaceholderData, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: [...deliveriesKey(id), query],
    queryFn: ({ pageParam }) => readPage(pageParam),
    initialPageParam: `${urlOf(id)}/deliveries?${query}`,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : refreshMs),
  });
  return {
    deliveries: (data?.pages.flatMap((page) => page.records) ?? []) as unknown as readonly Delivery[],
    error: data === undefined ? error : null,
    isLoaded: data !== undefined,
    isStale: isPlaceholderData,
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
