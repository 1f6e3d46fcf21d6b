import { embeddedStore } from '../../src/stores/embedded/index.ts'
import { writeUntilKilled } from '../../src/stores/store-cases/kills.ts'

await writeUntilKilled(await embeddedStore({ path: process.argv[2] ?? '' }))
