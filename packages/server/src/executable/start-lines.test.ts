import { expect, it } from 'vitest'
import { type Started, startLines } from './start-lines.ts'

const url = 'http://localhost:4000'
const linesOf = (started: Partial<Started>) =>
  startLines({
    url,
    host: undefined,
    isDemo: false,
    hasOrigins: true,
    hasTurn: true,
    hasPages: false,
    ...started,
  })

it('[DM6] says where the server can be reached, and never only one address where there are more', () => {
  const everywhere = [`dowellchat-server listens on ${url} and every other address of this machine`]
  for (const host of [undefined, '0.0.0.0', '::']) expect(linesOf({ host })).toEqual(everywhere)
  for (const host of ['127.0.0.1', '192.168.0.7'])
    expect(linesOf({ host })).toEqual([`dowellchat-server listens on ${url}`])
  expect(linesOf({ hasOrigins: false })[1]).toMatch(/every origin.* set ORIGINS/)
  expect(linesOf({ hasPages: true })).toEqual([...everywhere, `Open ${url}/ in a browser`])
})

it('[DM6] says of a demo who can be anybody in it', () => {
  for (const host of ['127.0.0.1', '::1', 'localhost']) {
    const [, who, how] = linesOf({ host, isDemo: true })
    expect(who).toMatch(/anybody on this machine, and nobody else, can be anybody.* demo-key/)
    expect(how).toMatch(/HOST=0\.0\.0\.0/)
  }
  for (const host of [undefined, '0.0.0.0', '192.168.0.7']) {
    const lines = linesOf({ host, isDemo: true })
    expect(lines[1]).toMatch(/anybody who can reach this machine can be anybody/)
    expect(lines).toHaveLength(2)
  }
})

it('[CA24] says that calls have no TURN server, but of a demo', () => {
  expect(linesOf({ hasTurn: false })[1]).toMatch(/no TURN server.* Set TURN_URLS and TURN_SECRET$/)
  expect(linesOf({ hasTurn: false, isDemo: true }).join()).not.toMatch(/TURN/)
})
