import type { CannedAnswer } from '@dowellchat/protocol'
import { repeated } from '../creation.ts'
import {
  type CannedAnswerRow,
  cannedAnswerFields,
  changedCannedAnswer,
  newCannedAnswerRow,
  toCannedAnswer,
} from '../fields/canned-answers.ts'
import { freeSlot } from '../fields/reports.ts'
import type { CannedAnswerStore, Creation } from '../store.ts'
import type { Database } from './database.ts'
import { isTaken } from './errors.ts'
import { type Declaration, type Rows, type TenantRow, tenantFields } from './rows.ts'
import { above, nullOr } from './where.ts'

export type CannedAnswerDocument = CannedAnswerRow & TenantRow

const declaration: Declaration<CannedAnswerDocument> = {
  fields: { ...tenantFields, ...cannedAnswerFields },
  shardKey: { workspace_id: 1 },
  indexes: [
    { name: 'id', key: { workspace_id: 1, _id: 1 } },
    { name: 'cid', key: { workspace_id: 1, created_by: 1, cid: 1 }, unique: true },
    { name: 'title', key: { workspace_id: 1, title: 1 }, unique: true },
    { name: 'slot', key: { workspace_id: 1, slot: 1 }, unique: true, only: { slot: { $gt: 0 } } },
  ],
}

/** The canned answers' documents. */
export function cannedAnswerRows(database: Database): Rows<CannedAnswerDocument> {
  return database.rows('canned_answers', declaration)
}

/** The canned answers of each workspace; the unique key of a slot keeps to the limit. */
export function mongoCannedAnswers(database: Database): CannedAnswerStore {
  const answers = cannedAnswerRows(database)
  const { persist } = database.deadlines

  async function nextSlot(workspace_id: string, most: number | undefined) {
    if (most === undefined) return null
    const rows = await answers.find({ workspace_id, slot: above(0) }, { fields: ['slot'] })
    return freeSlot(
      rows.map(({ slot }) => slot),
      most,
    )
  }

  return {
    create(answer) {
      const { workspace_id, created_by, title, cid, fingerprint, most } = answer
      return persist<Creation<CannedAnswer>>(async () => {
        const slot = await nextSlot(workspace_id, most)
        const row = slot === undefined ? undefined : newCannedAnswerRow(answer, slot)
        if (row && (await answers.insert([{ ...row, workspace_id }])) === 1)
          return { created: true, row: toCannedAnswer(row) }
        const known = await answers.get({ workspace_id, created_by, cid })
        if (known) return repeated(known, fingerprint, toCannedAnswer)
        if (await answers.get({ workspace_id, title }, ['title'])) return { conflict: 'exists' }
        return row ? undefined : { conflict: 'limit' }
      })
    },

    async get(workspace_id, answerId) {
      const row = await answers.get({ workspace_id, _id: answerId })
      return row ? toCannedAnswer(row) : null
    },

    async update(workspace_id, answerId, changes) {
      try {
        const $set = changedCannedAnswer(changes)
        const row = await answers.changeAndRead({ workspace_id, _id: answerId }, { $set })
        return row ? toCannedAnswer(row) : null
      } catch (error) {
        if (isTaken(error)) return 'exists'
        throw error
      }
    },

    remove: async (workspace_id, answerId) => (await answers.remove({ workspace_id, _id: answerId })) > 0,

    async list(workspace_id, { product, after = '', limit }) {
      const topic = product === undefined ? {} : { product: nullOr(product) }
      const where = { workspace_id, title: above(after), ...topic }
      const rows = await answers.find(where, { sort: { title: 1 }, limit })
      return rows.map(toCannedAnswer)
    },
  }
}
