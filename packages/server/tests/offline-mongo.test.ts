import { expect, it, onTestFinished, vi } from 'vitest'
import { ticketAudience } from '../src/delivery/audience.ts'
import { openOffline } from '../src/executable/commands/offline.ts'
import { handlers } from '../src/requests/handlers/index.ts'
import { mongoStore } from '../src/stores/mongo/index.ts'
import { StoreUnavailableError } from '../src/stores/store.ts'
import { ask } from '../src/testing/store-cases/making.ts'
import { keyPepper } from './support/stored-keys.ts'
import { describeTwoServers } from './support/two-servers.ts'

describeTwoServers('a command beside the servers of a MongoDB', ({ newUrl }) => {
  it('[PD2] tells them what it has changed, also where it fails then', async () => {
    const url = newUrl()
    const store = await mongoStore({ url })
    onTestFinished(() => store.close())
    const ticket = await ask(store, { workspace_id: 'demo', user_id: 'ann' })
    const erasing = vi.spyOn(handlers, 'erase_user').mockImplementation(async (_payload, { notify }) => {
      notify(ticketAudience('demo', ticket), 'ticket_updated', { data: ticket })
      throw new StoreUnavailableError('The database is gone')
    })
    onTestFinished(() => erasing.mockRestore())
    const operator = await openOffline('demo', { MONGODB_URI: url, KEY_PEPPER: keyPepper }, true)
    onTestFinished(() => operator.close())

    await expect(operator.request('erase_user', { user_id: 'ann' })).rejects.toThrow('is gone')
    const told = (await store.changes.after(0)).map(({ change }) => change)
    expect(told).toContainEqual(expect.objectContaining({ kind: 'ticket_changed', ticket_id: ticket._id }))
  })
})
