import { useEffect, type RefObject } from 'react';

/** Keeps `--save-bar-height` on the page, so that nothing floating or focused hides behind the bar. */
export function useBarHeight(bar: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = bar.current;
    if (element === null) return undefined;
    const root = document.documentElement;
    const observer = new ResizeObserver(() => {
      root.style.setProperty('--save-bar-height', `${element.offsetHeight}px`);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      root.style.removeProperty('--save-bar-height');
    };
  }, [bar]);
}
