/** What a tab knows of the other tabs of its browser, and tells them. */
export interface Tabs {
  /** From now on this tab counts as living, until it leaves or dies. */
  join(tab: string): Promise<void>;
  /** The tabs that live now. */
  living(): Promise<ReadonlySet<string>>;
  /** Whether somebody sees this tab: a hidden one is slowed down, and leaves the saves of dead tabs to others. */
  isVisible(): boolean;
  /** Tells the others that something was written. */
  tell(): void;
  /** Calls the listener when another tab has told something, or this one is shown. */
  listen(listener: () => void): void;
  leave(): void;
}
