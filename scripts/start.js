// npm start: builds and runs the server in demo mode with the demo's pages. Works on a fresh clone.
import { root, run, setUp, tool } from './setup.js'

await setUp()
const built = await run(
  [
    tool('turbo'),
    'run',
    'build',
    '--filter=@dowellchat/server...',
    '--filter=@dowellchat/demo',
    '--output-logs=errors-only',
  ],
  { TURBO_TELEMETRY_DISABLED: '1' },
)
if (built !== 0) process.exit(built)
const server = `${root}/packages/server/dist/main.js`
process.exitCode = await run([process.execPath, server, '--demo', '--pages', `${root}/apps/demo/dist`])
