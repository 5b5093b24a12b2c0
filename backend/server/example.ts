import { fileURLToPath } from 'node:url';
import type { SyncOptions } from '../createSync.ts';
import { demoResources } from './demo/demoResources.ts';
import { audienceOf, scopeOf, workspaceAccounts } from './workspace/organizations.ts';
import { workspaceResources } from './workspace/workspaceResources.ts';

/** What the shipped server serves: a public site that a company edits, or a workspace that two organizations share. */
export type ExampleName = 'company' | 'workspace';

/** An example: its resources and rules, its page, and where its data lies. */
export interface Example {
  readonly title: string;
  /** What the start calls its page. */
  readonly pageName: string;
  readonly options: Pick<SyncOptions, 'resources' | 'scope' | 'audience' | 'firstAccounts'>;
  readonly siteFolder: string;
  /** Each has its own, so that the accounts of one never open the other. */
  readonly dataDir: string;
  readonly schema: string;
}

const folderAt = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The page of the workspace is built; from the source it is taken from where the build puts it. */
const workspaceFolder = folderAt(
  import.meta.url.endsWith('.ts') ? '../../dist/backend/server/workspace/site/' : './workspace/site/',
);

/** The examples by their names. */
export const examples: Readonly<Record<ExampleName, Example>> = {
  company: {
    title: 'TRU Group',
    pageName: 'The public site',
    options: { resources: demoResources },
    siteFolder: folderAt('./site/'),
    dataDir: './data',
    schema: 'backoffice_sync',
  },
  workspace: {
    title: 'Workspace',
    pageName: 'The workspace',
    options: {
      resources: workspaceResources,
      scope: scopeOf,
      audience: audienceOf,
      firstAccounts: workspaceAccounts,
    },
    siteFolder: workspaceFolder,
    dataDir: './data-workspace',
    schema: 'backoffice_sync_workspace',
  },
};
