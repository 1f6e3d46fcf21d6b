import { uuid } from '../uuid.ts'

/** What a person wants done: once, however often they press the button until it has worked. */
export interface Intentions<Args extends readonly unknown[], Result> {
  /**
   * Runs `act`, under the cid of the last run that wanted the same if that has failed: it may have worked all the same. What was
   * begun last and is under way is not run again (`isNew` is false).
   */
  readonly begin: (act: (cid: string, ...args: Args) => Promise<Result>, args: Args) => Run<Result>
}

export interface Run<Result> {
  readonly done: Promise<Result>
  readonly isNew: boolean
}

/** Drafts whose cids are remembered. */
const mostDrafts = 20

export function createIntentions<Args extends readonly unknown[], Result>(): Intentions<Args, Result> {
  /** Of what has not worked yet, by draft, the oldest first. */
  const cids = new Map<string | symbol, string>()
  /** What was begun last, until it ends. */
  let last: { readonly draft: string | symbol; readonly done: Promise<Result> } | undefined

  return {
    begin(act, args) {
      const draft = draftIn(args)
      if (last?.draft === draft) return { done: last.done, isNew: false }
      const cid = cids.get(draft) ?? uuid()
      cids.set(draft, cid)
      for (const oldest of cids.keys()) if (cids.size > mostDrafts) cids.delete(oldest)
      const done = (async () => act(cid, ...args))()
      const run = { draft, done }
      const end = (): void => {
        if (last === run) last = undefined
      }
      last = run
      done.then(() => {
        if (cids.get(draft) === cid) cids.delete(draft)
        end()
      }, end)
      return { done, isNew: true }
    },
  }
}

/** Arguments as text, to compare; unique if they are not made of plain values. */
function draftIn(args: readonly unknown[]): string | symbol {
  try {
    return JSON.stringify(args, (_key, value: unknown) => {
      if (isPlain(value)) return value
      throw new TypeError()
    })
  } catch {
    return Symbol()
  }
}

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function'
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
}
