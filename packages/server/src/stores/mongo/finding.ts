import type { Document } from 'mongodb'
import { inLanes } from './lanes.ts'
import type { Rows, TenantRow } from './rows.ts'
import type { Where } from './where.ts'

/** Finds the rows of any of several conditions, each of which an index looks up. */
export interface Finding<Row> {
  findAny<Field extends keyof Row>(
    wheres: readonly Where<Row>[],
    fields: readonly Field[],
  ): Promise<Pick<Row, Field>[]>
  /** Runs stages over the rows of any of the conditions. @param stages group nothing of one condition with another's */
  aggregateAny<Result extends Document>(
    wheres: readonly Where<Row>[],
    stages: readonly Document[],
  ): Promise<Result[]>
}

/**
 * All together; a server that would read the whole collection for that, as its plan says, is asked for one after the other.
 * @param two conditions such as will be asked
 */
export function finding<Row extends TenantRow>(
  rows: Rows<Row>,
  two: readonly [Where<Row>, Where<Row>],
): Finding<Row> {
  let planned: Promise<boolean> | undefined

  async function looksUpAll(): Promise<boolean> {
    planned ??= rows.usesIndexes(two)
    return planned.catch((error: unknown) => {
      planned = undefined
      throw error
    })
  }

  return {
    async findAny(wheres, fields) {
      if (wheres.length > 1 && (await looksUpAll())) return rows.findAny(wheres, fields)
      return (await inLanes(wheres, (where) => rows.find(where, { fields }))).flat()
    },

    async aggregateAny<Result extends Document>(wheres: readonly Where<Row>[], stages: readonly Document[]) {
      if (wheres.length > 1 && (await looksUpAll())) return rows.aggregateAny<Result>(wheres, stages)
      return (await inLanes(wheres, (where) => rows.aggregate<Result>(where, stages))).flat()
    },
  }
}
