import { countedCache } from '../counted-cache.ts'
import { pause, type Wire } from './wire.ts'

const keptUsers = 10_000
const keptMs = 60_000
/** The row of somebody who has just come for the first time is written a second later. */
const rowMs = 1_500

/** Which users are programs, as their rows say. */
export class Programs {
  readonly #wire: Wire
  readonly #known = countedCache<string, Promise<boolean>>(keptUsers, keptMs)

  constructor(wire: Wire) {
    this.#wire = wire
  }

  has(userId: string): Promise<boolean> {
    // Guests have no row.
    if (userId.startsWith('guest:')) return Promise.resolve(false)
    const known = this.#known.get(userId)
    if (known) return known
    const asked = this.#ask(userId)
    this.#known.set(userId, asked)
    asked.catch(() => this.#known.delete(userId))
    return asked
  }

  async #ask(userId: string): Promise<boolean> {
    const row = (await this.#row(userId)) ?? (await pause(rowMs).then(() => this.#row(userId)))
    return row?.is_program ?? false
  }

  async #row(userId: string) {
    const { users } = await this.#wire.request('get_users', { user_ids: [userId] })
    return users[0]
  }
}
