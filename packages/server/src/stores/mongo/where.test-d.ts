import { describe, expectTypeOf, it } from 'vitest'
import type { EntryDocument } from './logs.ts'
import { oneOf, type Where, within } from './where.ts'

declare const fromOutside: unknown
declare const anObject: { readonly $ne: null }

describe('what a query may ask', () => {
  it('takes scalars and the conditions that are made here', () => {
    const where = { workspace_id: 'acme', stream: 'room:a', seq: within(1, 9), cid: oneOf(['a']) }
    const allowed: Where<EntryDocument> = where
    expectTypeOf(allowed.workspace_id).toEqualTypeOf<string>()
  })

  it('needs a workspace', () => {
    expectTypeOf<{ stream: string }>().not.toExtend<Where<EntryDocument>>()
  })

  it('takes no object, and nothing that nobody has looked at', () => {
    // @ts-expect-error: an operator of MongoDB's
    const operator: Where<EntryDocument> = { workspace_id: 'acme', author: anObject }
    // @ts-expect-error: unknown
    const unknown: Where<EntryDocument> = { workspace_id: 'acme', author: fromOutside }
    // @ts-expect-error: a list
    const list: Where<EntryDocument> = { workspace_id: 'acme', author: ['ann', 'ben'] }
    // @ts-expect-error: a number where there are texts
    const other: Where<EntryDocument> = { workspace_id: 'acme', author: 7 }
    // @ts-expect-error: no field of the row
    const field: Where<EntryDocument> = { workspace_id: 'acme', $where: 'true' }
    expectTypeOf([operator, unknown, list, other, field]).toExtend<unknown>()
  })
})
