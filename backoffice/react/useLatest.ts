import { useInsertionEffect, useRef, type RefObject } from 'react';

/** The newest value for callbacks that outlive a render, so that an inline function never subscribes again. */
export function useLatest<Value>(value: Value): Readonly<RefObject<Value>> {
  const latest = useRef(value);
  useInsertionEffect(() => {
    latest.current = value;
  });
  return latest;
}
