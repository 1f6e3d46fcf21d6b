import { describe, expect, it } from 'vitest'
import { askHttp } from './support/http-ask.ts'
import { shop, startProcess, temporaryFolder } from './support/server-process.ts'
import { connect, until } from './support/sockets.ts'

const says = /every origin may connect/

describe('the executable', () => {
  it('[OR6] says at its start that every origin may come, and admits them', async () => {
    const server = await startProcess({ env: shop(temporaryFolder()) })
    await until(() => expect(server.stdout).toMatch(says))
    const headers = { origin: 'https://evil.example' }
    expect(await askHttp(`${server.url}/socket.io/?EIO=4&transport=polling`, { headers })).toMatchObject({
      status: 200,
    })
  })

  it('[OR6] says nothing with ORIGINS, and admits these alone', async () => {
    const env = shop(temporaryFolder(), { ORIGINS: 'https://chat.example', TRUSTED_PROXIES: '1' })
    const server = await startProcess({ env })
    for (const [origin, status] of [
      ['https://evil.example', 403] as const,
      ['https://chat.example', 200] as const,
    ]) {
      const headers = { origin }
      const asked = askHttp(`${server.url}/socket.io/?EIO=4&transport=polling`, { headers })
      expect(await asked).toMatchObject({ status })
    }
    expect(server.stdout).not.toMatch(says)
  })

  it('[OR6] says nothing with --demo', async () => {
    const server = await startProcess({ env: shop(temporaryFolder()), args: ['--demo'] })
    await connect(server.url)
    expect(server.stdout).not.toMatch(says)
  })

  it('[CF15] admits guests to the workspaces of GUESTS alone', async () => {
    const env = shop(temporaryFolder(), { WORKSPACES: 'shop,bank', GUESTS: 'bank' })
    const server = await startProcess({ env })
    const guest = await connect(server.url, { protocol: 1, workspace_id: 'bank', guest: true })
    expect(guest.frames[0]).toMatchObject(['hello', { workspace_id: 'bank' }])
    await expect(connect(server.url, { protocol: 1, workspace_id: 'shop', guest: true })).rejects.toThrow()
  })
})
