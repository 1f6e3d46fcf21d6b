import type { Document, MongoClient } from 'mongodb'
import { expect } from 'vitest'
import type { Connection } from '../../src/stores/mongo/connection.ts'
import { anonymousPrefix } from '../../src/stores/person.ts'

/** The lookup in a command that the driver sent. */
export interface Watched {
  readonly database: string
  readonly collection: string
  readonly command: string
  readonly filter: Document
  readonly sort: Document
  readonly limit: number
  readonly stages: readonly Document[]
}

/** Collections without a workspace, whose documents are found by id. */
const singles = new Set(['workspaces', 'meta'])

/** Records the lookups of every command; fails if a command has no deadline. */
export function watch({ client, db }: Connection, watched: Watched[]): void {
  client.on('commandStarted', ({ commandName, command }) => {
    const collection = String(command[commandName])
    const asked = lookups(commandName, command)
    if (asked.length === 0) return
    expect(command.maxTimeMS, `${commandName} has a deadline`).toBeGreaterThan(0)
    for (const one of asked)
      watched.push({ ...one, database: db.databaseName, collection, command: commandName })
  })
}

type Lookup = Pick<Watched, 'filter' | 'sort' | 'limit' | 'stages'>

/** The lookups in a command. */
function lookups(name: string, command: Document): Lookup[] {
  const plain = { sort: {}, limit: 0, stages: [] }
  // Each of several is a lookup of its own.
  if (name === 'find')
    return (command.filter.$or ?? [command.filter]).map((filter: Document) => ({
      ...plain,
      filter,
      sort: command.sort ?? {},
      limit: command.limit ?? 0,
    }))
  if (name === 'findAndModify') return [{ ...plain, filter: command.query }]
  if (name === 'update') return command.updates.map(({ q }: Document) => ({ ...plain, filter: q }))
  if (name === 'delete') return command.deletes.map(({ q }: Document) => ({ ...plain, filter: q }))
  if (name !== 'aggregate') return []
  const [{ $match }, ...stages] = command.pipeline
  return [{ ...plain, filter: $match, stages }]
}

/** Throws if a lookup costs more the more rows there are. */
export async function expectIndexed(
  client: MongoClient,
  watched: readonly Watched[],
  isStandIn: boolean,
): Promise<void> {
  for (const one of watched) expectSafe(one)
  // The last of each shape, when there is most to look through.
  const shapes = new Map(watched.map((one) => [shapeOf(one), one]))
  expect([...new Set(watched.map(({ command }) => command))].sort()).toEqual([
    'aggregate',
    'delete',
    'find',
    'findAndModify',
    'update',
  ])
  for (const [shape, one] of shapes) {
    await expectSorted(client, one, shape)
    await expectPlanned(client, one, shape, isStandIn)
  }
}

/** What servers look after in all workspaces, and links, whose workspace nobody knows who opens one: by one of these fields. */
const everywhere: Readonly<Record<string, readonly string[]>> = {
  uploads: ['due_at'],
  deliveries: ['due_at'],
  calls: ['is_open'],
  tickets: ['due_at', 'first_text'],
  line_managers: ['offline_since'],
  share_links: ['link_id'],
}

const operators = new Set(['$gt', '$gte', '$lt', '$lte', '$in'])

/** Throws if a filter contains an object other than the driver's own comparisons, or no workspace. */
function expectSafe({ collection, filter }: Watched): void {
  const text = `${collection} ${JSON.stringify(filter)}`
  const isEverywhere = everywhere[collection]?.some((field) => field in filter) ?? false
  if (!singles.has(collection) && !isEverywhere) expect(filter.workspace_id, text).toBeTypeOf('string')
  for (const [field, wanted] of Object.entries(filter)) {
    expect(field, text).not.toMatch(/^\$/)
    if (typeof wanted !== 'object' || wanted === null) continue
    for (const [operator, operand] of Object.entries(wanted)) {
      expect(operators.has(operator), `${text} has ${operator}`).toBe(true)
      for (const value of [operand].flat())
        if (value !== null) expect(['string', 'number', 'boolean'], text).toContain(typeof value)
    }
  }
}

function shapeOfFilter(filter: Document): string {
  const parts = Object.entries(filter).map(([field, wanted]) =>
    typeof wanted === 'object' && wanted !== null ? `${field} ${Object.keys(wanted).join('&')}` : field,
  )
  return parts.join(', ')
}

function shapeOf({ collection, command, filter, sort, stages }: Watched): string {
  const order = Object.entries(sort instanceof Map ? Object.fromEntries(sort) : sort)
  const staged = stages.map((stage) => Object.keys(stage).join())
  return `${command} ${collection}: ${shapeOfFilter(filter)}; ${order.join()}; ${staged.join()}`
}

/** Of so many values MongoDB reads each in the index's order, and merges them. */
const mostMerged = 200

function isFewValues(wanted: object): boolean {
  const { $in, ...others } = wanted as { $in?: readonly unknown[] }
  return $in !== undefined && $in.length <= mostMerged && Object.keys(others).length === 0
}

/** Throws unless an index has this order: the fields before it in the index are compared with one value, or a few, each. */
async function expectSorted(client: MongoClient, one: Watched, shape: string): Promise<void> {
  const order = [...(one.sort instanceof Map ? one.sort.keys() : Object.keys(one.sort))]
  if (order.length === 0) return
  const equal = Object.entries(one.filter).flatMap(([field, wanted]) =>
    typeof wanted === 'object' && wanted !== null && !isFewValues(wanted) ? [] : field,
  )
  const indexes = await client.db(one.database).collection(one.collection).indexes()
  const isOrdered = indexes.some(({ key }) => {
    const fields = Object.keys(key)
    const before = fields.slice(0, fields.indexOf(order[0] ?? ''))
    return fields.includes(order[0] ?? '') && before.every((field) => equal.includes(field))
  })
  expect(isOrdered, `No index has the order of ${shape}`).toBe(true)
}

/** The part of a filter for which the stand-in shows the index: of a partial one its first fields alone. */
function shownFilter(filter: Document, isById: boolean): Document {
  if (isById) return { _id: filter._id }
  // It shows no index either where a range of another field is asked for too: of users, of what search finds, of a day's uploads,
  // of deliveries that fail.
  const { last_seen_at: _range, at: _before, bytes: _room, failing_since: _failing, ...plain } = filter
  // Nor beside the range of a line manager's slots.
  const { claim_cid: _claim, ...others } = plain
  // Nor for several values of two fields, or all guests and a range: one of each is found as all of them are.
  const shown = Object.fromEntries(
    Object.entries(others).map(([field, wanted]) => [
      field,
      wanted?.$in?.[0] ?? (wanted?.$gt === anonymousPrefix ? `${anonymousPrefix}1` : wanted),
    ]),
  )
  // Nor where canned answers of some topics are read in the order of their titles: a workspace has few.
  if (shown.title !== undefined) return { workspace_id: shown.workspace_id, title: shown.title }
  const { workspace_id, user_id, stream, about, finished_at } = shown
  // Nor where a line manager is found who must still be as they were read.
  if (shown.is_unmanaged !== undefined || shown.serving_text !== undefined || finished_at !== undefined)
    return { workspace_id, user_id }
  return about === undefined ? shown : { workspace_id, stream, about }
}

/**
 * Throws unless the server's own plan uses an index. The stand-in for MongoDB shows a scan for a lookup by id and workspace,
 * and a sort where it reads in order, so it is asked for less.
 */
async function expectPlanned(
  client: MongoClient,
  one: Watched,
  shape: string,
  isStandIn: boolean,
): Promise<void> {
  // The stand-in finds nothing by a partial index over lists.
  if (isStandIn && one.filter.mentioned !== undefined) return
  const collection = client.db(one.database).collection<{ _id: string }>(one.collection)
  const isById = typeof one.filter._id === 'string' || one.filter._id?.$in
  const filter = isStandIn ? shownFilter(one.filter, Boolean(isById)) : one.filter
  const plan: Document =
    one.stages.length > 0
      ? await collection.aggregate([{ $match: filter }, ...one.stages]).explain('executionStats')
      : await collection
          .find(filter)
          .sort(one.sort as never)
          .limit(one.limit)
          .explain('executionStats')
  const text = JSON.stringify(plan.queryPlanner ?? plan.stages?.[0]?.$cursor?.queryPlanner)
  expect(text, shape).not.toContain('COLLSCAN')
  if (!isStandIn) expect(text, shape).not.toContain('"SORT"')
  const { totalKeysExamined, nReturned } =
    plan.executionStats ?? plan.stages?.[0]?.$cursor?.executionStats ?? {}
  expect(totalKeysExamined, shape).toBeLessThanOrEqual(2 * nReturned + 10)
}
