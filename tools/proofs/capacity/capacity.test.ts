import { expect, it } from 'vitest'
import { programCommand } from '../../../packages/server/tests/support/programs.ts'
import { runCapacity } from './run.ts'

it('fills a node of ours and a bare one with connections, each of which is let in and stays', {
  timeout: 300_000,
}, async () => {
  const [, ...args] = programCommand('main')
  const size = { connections: 60, shares: [1], idleSeconds: 0.1, messages: 2, stored: 200, settlers: 2 }
  const { nodes, disk } = await runCapacity({ name: 'ours', args }, size)
  expect(nodes.map(({ of }) => of)).toEqual(['ours', 'bare'])
  expect(disk.bytesEach).toBeGreaterThan(100)
  for (const { held, endedBy, lost, descriptors } of nodes) {
    expect(held.map(({ connections }) => connections)).toEqual([60])
    expect({ endedBy, lost }).toEqual({ endedBy: 'the number asked for', lost: 0 })
    // Each connection is a descriptor of the server.
    expect(descriptors.open).toBeGreaterThan(60)
  }
})
