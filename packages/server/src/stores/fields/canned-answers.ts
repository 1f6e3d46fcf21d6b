import type { CannedAnswer } from '@dowellchat/protocol'
import { isoNow } from '../../time.ts'
import type { CannedAnswerChange, NewCannedAnswer } from '../domains/canned-answers.ts'
import type { ClientMade } from '../domains/rows.ts'
import { newId } from '../ids.ts'
import { clientMadeFields, type EntityFields, entityOf, inStore, integer, orNull, text } from './field.ts'

/** A canned answer as every store keeps it. */
export interface CannedAnswerRow extends CannedAnswer, ClientMade {
  /** The user who made it. */
  readonly created_by: string
  /** One of the workspace's; null where these have no limit. */
  readonly slot: number | null
}

export const cannedAnswerFields: EntityFields<CannedAnswerRow, CannedAnswer> = {
  _id: text,
  title: text,
  text: text,
  product: orNull(text),
  created_at: text,
  updated_at: text,
  created_by: inStore(text),
  slot: inStore(orNull(integer)),
  ...clientMadeFields,
}

export const toCannedAnswer: (row: CannedAnswerRow) => CannedAnswer = entityOf<CannedAnswerRow, CannedAnswer>(
  cannedAnswerFields,
)

/** @param slot the place that it takes among the workspace's answers; null where these have no limit */
export function newCannedAnswerRow(answer: NewCannedAnswer, slot: number | null): CannedAnswerRow {
  const { title, text, product, created_by, cid, fingerprint } = answer
  const now = isoNow()
  return {
    _id: newId(),
    ...{ title, text, product, created_at: now, updated_at: now, created_by, slot, cid, fingerprint },
  }
}

/** What a change makes of a row. */
export function changedCannedAnswer({ title, text, product }: CannedAnswerChange): Partial<CannedAnswerRow> {
  return {
    ...(title !== undefined && { title }),
    ...(text !== undefined && { text }),
    ...(product !== undefined && { product }),
    updated_at: isoNow(),
  }
}
