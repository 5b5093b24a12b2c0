/** What the page of the guide has before its first step. */
interface Settings {
  readonly companyName: string;
}
declare const loadedSettings: Settings;
