export {
  connectSite,
  type SiteConnection,
  type SiteOptions,
  type SiteSnapshot,
  type SiteStatus,
} from './connectSite.ts';
export { reportShown, type ReportOptions } from './reportShown.ts';
