import { closeSync, fdatasyncSync, fsyncSync, openSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { quantile } from './statistics.ts'

const tmpfs = 0x01021994
const blockBytes = 4_096

/** Whether a folder is only in memory, where durability costs and means nothing. */
export function isMemoryOnly(folder: string): boolean {
  return statfsSync(folder).type === tmpfs
}

/** How long the disk takes for the least that a durable message needs: 4 KiB overwritten and fdatasync, the median in ms. */
export function measureDisk(folder: string, times: number): number {
  const file = openSync(join(folder, 'disk-probe'), 'w')
  const block = Buffer.alloc(blockBytes, 'x')
  writeSync(file, Buffer.alloc(256 * blockBytes))
  fsyncSync(file)
  const tookMs: number[] = []
  for (let n = 0; n < times; n += 1) {
    const start = performance.now()
    writeSync(file, block, 0, blockBytes, (n % 256) * blockBytes)
    fdatasyncSync(file)
    tookMs.push(performance.now() - start)
  }
  closeSync(file)
  return quantile(tookMs, 0.5)
}
