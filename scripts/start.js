// npm start: the server in demo mode, on a fresh clone too.
import { root, run, setUp, tool } from './setup.js'

await setUp()
const built = await run(
  [tool('turbo'), 'run', 'build', '--filter=@dowellchat/server...', '--output-logs=errors-only'],
  {
    TURBO_TELEMETRY_DISABLED: '1',
  },
)
if (built !== 0) process.exit(built)
process.exitCode = await run([process.execPath, `${root}/packages/server/dist/main.js`, '--demo'])
