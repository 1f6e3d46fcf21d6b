import { expect, it, onTestFinished } from 'vitest'
import { openPlace } from '../stores/open-place.ts'
import { eraseUnderKills } from './erase-under-kills.ts'

it.each(['embedded', 'mongo'] as const)(
  '[PD2] erases a person from the %s store though the server is killed twice, and the lists of who watches are right',
  { timeout: 300_000 },
  async (driver) => {
    const place = await openPlace(driver)
    onTestFinished(() => place.remove())
    const erased = await eraseUnderKills(place, { people: 10, messagesOfEach: 250 }, 'source')
    expect(erased).toMatchObject({ problems: [], hitsAfter: 0, entries: expect.any(Number) })
    expect(erased.kills).toBe(2)
  },
)
