import type { Store } from '../../src/stores/store.ts'
import { writeUntilKilled } from '../../src/testing/store-cases/kills.ts'

// Which function of which module opens the store, and its argument as JSON.
const [module = '', open = '', argument = ''] = process.argv.slice(2)
const opener = (await import(new URL(`../../src/${module}`, import.meta.url).href)) as Record<
  string,
  (argument: unknown) => Promise<Store>
>
const store = await opener[open]?.(JSON.parse(argument))
if (!store) throw new Error(`${module} has no ${open}`)
await writeUntilKilled(store)
