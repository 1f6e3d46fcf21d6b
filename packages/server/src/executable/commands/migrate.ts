import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { StartError } from '../../errors.ts'
import { lostRows } from '../../stores/check-rows.ts'
import { type Collection, canonicalText, collections, type Portable } from '../../stores/portable.ts'
import { digestOf } from '../../stores/portable-digest.ts'
import { rowName, rowProblem } from '../../stores/row-problem.ts'
import { StoreOpenError, StoreUnavailableError } from '../../stores/store.ts'
import { isMongo, openPortable } from './portable-at.ts'
import { showProgress } from './progress.ts'

export const usage = `dowellchat-server migrate --from <store> --to <store> [--workspace <id>]

  A store is a data folder or a mongodb:// URL. Without --workspace, all workspaces are copied. Stop the servers
  first. If it is interrupted, run it again to resume.
`

const notMoved =
  'Not in a store, and so not copied: the pepper, without which created keys and guests are unknown (the file pepper of a data folder, or KEY_PEPPER), and the bytes of files (FILES_DIR, or the bucket)'

interface Migration {
  readonly source: Portable
  readonly target: Portable
  readonly workspaces: readonly string[]
}

/** `dowellchat-server migrate`: copies workspaces from one store to another, and compares every row. */
export async function migrate(args: readonly string[]): Promise<void> {
  const { from, to, workspace } = optionsOf(args)
  const source = await openPortable(from, { mustExist: true })
  try {
    const workspaces = await workspacesOf(source, workspace)
    const target = await openPortable(to, { mustExist: false })
    try {
      await run({ source, target, workspaces })
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

interface MigrateOptions {
  readonly from: string
  readonly to: string
  readonly workspace: string | undefined
}

function optionsOf(args: readonly string[]): MigrateOptions {
  const { from, to, workspace } = parse(args)
  if (from === undefined || to === undefined)
    throw new StartError(`migrate needs --from and --to\n\n${usage}`)
  if (placeOf(from) === placeOf(to)) throw new StartError('--from and --to are the same store')
  return { from, to, workspace }
}

function placeOf(store: string): string {
  return isMongo(store) ? store : resolve(store)
}

function parse(args: readonly string[]) {
  try {
    const string = { type: 'string' } as const
    return parseArgs({ args: [...args], options: { from: string, to: string, workspace: string } }).values
  } catch (cause) {
    throw new StartError(`${(cause as Error).message}\n\n${usage}`, { cause })
  }
}

async function workspacesOf(source: Portable, wanted: string | undefined): Promise<string[]> {
  const all = await source.workspaces()
  if (all.length === 0)
    throw new StartError('--from has no workspace with rows: is it the store that you mean?')
  if (wanted === undefined) return all
  if (all.includes(wanted)) return [wanted]
  throw new StartError(`--from has no workspace ${wanted}; it has ${all.join(', ')}`)
}

async function run(migration: Migration): Promise<void> {
  for (const workspaceId of migration.workspaces) await refuseOthers(migration, workspaceId)
  for (const workspaceId of migration.workspaces) {
    for (const collection of collections) await copy(migration, workspaceId, collection)
  }
  for (const workspaceId of migration.workspaces) {
    for (const collection of collections) await compare(migration, workspaceId, collection)
  }
  console.log(`Moved ${migration.workspaces.join(', ')}: everything has arrived, and every row is identical`)
  console.log(notMoved)
}

/** Any rows that the target has of a workspace must come from an earlier, interrupted run. */
async function refuseOthers({ source, target }: Migration, workspaceId: string): Promise<void> {
  for (const collection of collections) {
    const last = await target.last(workspaceId, collection)
    const same = last && (await source.find(workspaceId, collection, last))
    if (canonicalText(last) !== canonicalText(same)) throw different(workspaceId, collection)
  }
}

async function copy(
  { source, target }: Migration,
  workspaceId: string,
  collection: Collection,
): Promise<void> {
  const total = await source.count(workspaceId, collection)
  const done = await target.count(workspaceId, collection)
  const progress = showProgress(process.stderr, `${workspaceId} ${collection}`, total, done)
  const last = await target.last(workspaceId, collection)
  for await (const rows of source.read(workspaceId, collection, last)) {
    await target.write(workspaceId, collection, rows).catch((cause: unknown) => {
      throw damagedIn(rows, workspaceId, collection, cause) ?? cause
    })
    progress.advance(rows.length)
  }
  progress.end()
}

/** Which row the other store cannot have, since it is not as a server has written it; undefined where it is none of them. */
function damagedIn(
  rows: readonly object[],
  workspaceId: string,
  collection: Collection,
  cause: unknown,
): StartError | undefined {
  // The store itself, and no row.
  if (cause instanceof StoreOpenError || cause instanceof StoreUnavailableError) return undefined
  for (const row of rows) {
    const problem = rowProblem(collection, row)
    if (problem === undefined) continue
    const place = `${collection} ${rowName(collection, row)} of workspace ${workspaceId}`
    return new StartError(
      `${place} cannot be copied (${problem}): dowellchat-server check lists what is damaged in --from; mend or remove it, and run it again`,
      { cause },
    )
  }
  return undefined
}

async function compare(migration: Migration, workspaceId: string, collection: Collection): Promise<void> {
  const total = await migration.source.count(workspaceId, collection)
  const progress = showProgress(process.stderr, `${workspaceId} ${collection} compared`, 2 * total)
  const digest = (store: Portable) => digestOf(store, workspaceId, collection, progress.advance)
  const [from, to] = [await digest(migration.source), await digest(migration.target)]
  progress.end()
  if (from.rows < total) throw lost(workspaceId, collection, total - from.rows)
  if (from.rows !== to.rows || from.sha256 !== to.sha256) throw different(workspaceId, collection)
  console.log(`${workspaceId} ${collection}: ${to.rows} rows, SHA-256 ${to.sha256}`)
}

function lost(workspaceId: string, collection: Collection, rows: number): StartError {
  return new StartError(
    `--from has ${rows} ${collection} of workspace ${workspaceId} that cannot be copied: ${lostRows}. Mend or remove them, and run it again`,
  )
}

function different(workspaceId: string, collection: Collection): StartError {
  return new StartError(
    `--to has ${collection} of workspace ${workspaceId} that --from has not, or that differ from those in --from: choose a store without that workspace`,
  )
}
