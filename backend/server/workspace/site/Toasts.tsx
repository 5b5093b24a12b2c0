import { createContext, useCallback, useContext, useEffect, useState, type ReactElement, type ReactNode } from 'react';
import { usePageLanguage } from './PageLanguage.tsx';

/** What a toast says, and whether it is a fault. */
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly isFault: boolean;
}

/** Shows a toast. */
export type ShowToast = (text: string, isFault?: boolean) => void;

const Context = createContext<ShowToast>(() => {});
/** Long enough to read; the pointer or the focus on it stops the time. */
const shownMs = 8_000;
const mostShown = 4;
let made = 0;

/** The toasts of the page, the newest last; more than four let go of the oldest. */
export function Toasts(props: { readonly children: ReactNode }): ReactElement {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const show = useCallback<ShowToast>((text, isFault = false) => {
    made += 1;
    const toast = { id: made, text, isFault };
    setToasts((before) => [...before.slice(1 - mostShown), toast]);
  }, []);
  const close = useCallback((id: number) => setToasts((before) => before.filter((toast) => toast.id !== id)), []);
  return (
    <Context.Provider value={show}>
      {props.children}
      <div className="toasts">
        {toasts.map((toast) => (
          <ToastItem key={toast.id} toast={toast} onClose={close} />
        ))}
      </div>
    </Context.Provider>
  );
}

/** Shows toasts from anywhere in the page. */
export function useShowToast(): ShowToast {
  return useContext(Context);
}

function ToastItem(props: { readonly toast: Toast; readonly onClose: (id: number) => void }): ReactElement {
  const { toast, onClose } = props;
  const { words } = usePageLanguage();
  const [isHeld, setIsHeld] = useState(false);
  useEffect(() => {
    if (isHeld) return undefined;
    const timer = setTimeout(() => onClose(toast.id), shownMs);
    return () => clearTimeout(timer);
  }, [isHeld, onClose, toast.id]);
  return (
    <div
      className={toast.isFault ? 'toast fault' : 'toast'}
      role={toast.isFault ? 'alert' : 'status'}
      onPointerEnter={() => setIsHeld(true)}
      onPointerLeave={() => setIsHeld(false)}
      onFocus={() => setIsHeld(true)}
      onBlur={() => setIsHeld(false)}
    >
      <p>{toast.text}</p>
      <button type="button" className="plain" onClick={() => onClose(toast.id)}>
        {words.close}
      </button>
    </div>
  );
}
