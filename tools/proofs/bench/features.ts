import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { benchKey } from './ids.ts'
import { scratch } from './servers.ts'

/** Signs the tokens that the servers of a contest let in, the bare one too. */
export const tokenSecret = 'a secret for the tokens of the bench with more than 32 bytes'

/** Search has a workspace of its own, so that no message of the other rows is indexed. */
export const searched = { workspace_id: 'searched', api_key: 'searched-key-with-more-than-32-letters' }

/** What a server of a contest needs for rows of features that are off unless they are configured. */
export function features(): Record<string, string> {
  return {
    WORKSPACES: `bench:${benchKey},${searched.workspace_id}:${searched.api_key}`,
    SEARCH: searched.workspace_id,
    TOKEN_SECRET: tokenSecret,
    FILES_DIR: mkdtempSync(join(scratch, 'files-')),
  }
}
