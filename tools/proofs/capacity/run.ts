import { rmSync } from 'node:fs'
import { bareProgram, type Program, scratch } from '../bench/servers.ts'
import { type DiskFigures, measureDiskUse } from './on-disk.ts'
import { type CapacitySize, type NodeFigures, OneNode } from './one-node.ts'

export interface Figures {
  readonly size: CapacitySize
  readonly nodes: readonly NodeFigures[]
  readonly disk: DiskFigures
}

/** Fills one node of ours and then a bare one with idle connections. */
export async function runCapacity(
  ours: Program,
  size: CapacitySize,
  say: (text: string) => void = () => {},
): Promise<Figures> {
  const nodes: NodeFigures[] = []
  try {
    for (const entrant of [
      { key: 'ours', kind: 'durable', program: ours },
      { key: 'bare', kind: 'bare', program: bareProgram },
    ] as const) {
      const node = await OneNode.start(entrant, size)
      nodes.push(await node.fill(say))
      await node.stop()
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
  return { size, nodes, disk: await measureDiskUse(size.stored) }
}
