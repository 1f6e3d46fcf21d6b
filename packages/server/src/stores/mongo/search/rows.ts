import { inStore, integer, json, text } from '../../fields/field.ts'
import type { Database } from '../database.ts'
import { type Declaration, type Rows, type TenantRow, tenantFields } from '../rows.ts'

/** A message in the index, under its own id. */
export interface SearchedDocument extends TenantRow {
  /** Its id again, which the index has in order: of version 7, ids are in the order of time. */
  readonly at: string
  readonly stream: string
  readonly seq: number
  readonly author: string
  /** The seq of the last entry that has changed the message; of one that is removed more than any. */
  readonly version: number
  /** What it is found by, in each of the places in which it is. None of a message that is removed. */
  readonly terms: readonly string[]
}

/** How far a stream is indexed, under its log's epoch. */
export interface CursorDocument extends TenantRow {
  readonly stream: string
  readonly seq: number
  /** What the terms were made by. */
  readonly made_by: string
}

/** A workspace all of whose messages have been indexed once; its id is the workspace's. */
interface StateDocument extends TenantRow {
  readonly made_by: string
}

const searchedDeclaration: Declaration<SearchedDocument> = {
  fields: {
    ...tenantFields,
    at: inStore(text),
    stream: inStore(text),
    seq: inStore(integer),
    author: inStore(text),
    version: inStore(integer),
    terms: inStore(json),
  },
  shardKey: { workspace_id: 1 },
  indexes: [
    // One key for each place and term, and there the messages in the order of time.
    { name: 'terms', key: { workspace_id: 1, terms: 1, at: 1 } },
    { name: 'stream', key: { workspace_id: 1, stream: 1, seq: 1 } },
  ],
}

const cursorDeclaration: Declaration<CursorDocument> = {
  fields: { ...tenantFields, stream: inStore(text), seq: inStore(integer), made_by: inStore(text) },
  shardKey: { workspace_id: 1 },
  indexes: [{ name: 'stream', key: { workspace_id: 1, stream: 1 } }],
}

const stateDeclaration: Declaration<StateDocument> = {
  fields: { ...tenantFields, made_by: inStore(text) },
  shardKey: { workspace_id: 1 },
  indexes: [{ name: 'workspace', key: { workspace_id: 1 } }],
}

export interface SearchRows {
  readonly searched: Rows<SearchedDocument>
  readonly cursors: Rows<CursorDocument>
  readonly states: Rows<StateDocument>
}

export function searchRows(database: Database): SearchRows {
  return {
    searched: database.rows('searched', searchedDeclaration),
    cursors: database.rows('search_cursors', cursorDeclaration),
    states: database.rows('search_states', stateDeclaration),
  }
}
