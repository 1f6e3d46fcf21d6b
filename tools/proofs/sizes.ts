import { fileURLToPath } from 'node:url'
import { openConsumers } from '../../packages/client/tests/packed/consumers.ts'
import { bars, measureSizes, type Part } from '../../packages/client/tests/packed/sizes.ts'

export const measured = ['packages/protocol/src', 'packages/client/src', 'pnpm-lock.yaml', ':!**/*.test.ts*']

const client = fileURLToPath(new URL('../../packages/client', import.meta.url))

const kB = (bytes: number): string => `${(bytes / 1_000).toFixed(1)} kB`

/** Sizes of the packed client. A bundle of its sources shows which of our files are largest, minified. */
export async function prove() {
  const consumers = await openConsumers()
  const packed = await measureSizes(consumers.react19).finally(consumers.close)
  const sources = await measureSizes(client, ['@dowellchat/source'])
  const parts = (Object.keys(packed) as Part[]).map((part) => {
    const { gzipped, minified } = packed[part]
    const bar = part === 'on demand' ? null : bars[part].bar
    return { part, gzipped, bar, minified, largest: sources[part].largest }
  })
  console.table(
    parts.map(({ part, gzipped, bar, minified, largest }) => ({
      part,
      gzipped: kB(gzipped),
      bar: bar === null ? 'on demand' : `${kB(bar)}${gzipped > bar ? ', not met' : ''}`,
      minified: kB(minified),
      largest: Object.keys(largest).slice(0, 4).join(', '),
    })),
  )
  return { unit: 'bytes; a kB is 1,000', parts }
}
