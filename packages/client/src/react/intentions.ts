import { uuid } from '../uuid.ts'

/** What a person wants done: once, however often they press the button until it has worked. */
export interface Intentions<Args extends readonly unknown[], Result> {
  /**
   * Runs `act`, under the cid of the last run if that wanted the same and failed: it may have worked all the same. What is
   * under way already is not run again (`isNew` is false).
   */
  readonly begin: (act: (cid: string, ...args: Args) => Promise<Result>, args: Args) => Run<Result>
}

export interface Run<Result> {
  readonly done: Promise<Result>
  readonly isNew: boolean
}

export function createIntentions<Args extends readonly unknown[], Result>(): Intentions<Args, Result> {
  const underWay = new Map<string | symbol, Promise<Result>>()
  let last: { readonly draft: string | symbol; readonly cid: string } | null = null

  async function run(cid: string, draft: string | symbol, act: () => Promise<Result>): Promise<Result> {
    try {
      const result = await act()
      if (last?.cid === cid) last = null
      return result
    } finally {
      underWay.delete(draft)
    }
  }

  return {
    begin(act, args) {
      const draft = draftIn(args)
      const same = underWay.get(draft)
      if (same) return { done: same, isNew: false }
      const cid = last?.draft === draft ? last.cid : uuid()
      last = { draft, cid }
      const done = run(cid, draft, () => act(cid, ...args))
      underWay.set(draft, done)
      return { done, isNew: true }
    },
  }
}

/** Arguments as text, to compare; unique if they are not made of plain values. */
function draftIn(args: readonly unknown[]): string | symbol {
  try {
    return JSON.stringify(args, (_key, value: unknown) => {
      if (isPlain(value)) return value
      throw new TypeError('Not a plain value')
    })
  } catch {
    return Symbol('draft')
  }
}

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function'
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
}
