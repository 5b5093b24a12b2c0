export {
  connectSite,
  type SiteConnection,
  type SiteOptions,
  type SiteSnapshot,
  type SiteStatus,
} from './connectSite.ts';
