// pnpm prove <id>: runs tools/proofs/<id>.ts and writes its figures to docs/evidence/<id>.json.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, setUp, tool } from './setup.js'

const [id = '', ...options] = process.argv.slice(2)
if (!/^[a-z0-9-]+$/.test(id) || !existsSync(join(root, 'tools', 'proofs', `${id}.ts`))) {
  console.error('usage: pnpm prove <id>, where tools/proofs/<id>.ts is a proof')
  process.exit(2)
}
await setUp()
const built = await run(
  [tool('turbo'), 'run', 'build', '--filter=@dowellchat/server...', '--output-logs=errors-only'],
  {
    TURBO_TELEMETRY_DISABLED: '1',
  },
)
if (built !== 0) process.exit(built)
const git = (/** @type {string[]} */ ...args) =>
  spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout.trim()
process.exitCode = await run(
  [
    tool('tsx'),
    '--conditions=@dowellchat/source',
    join(root, 'tools', 'proofs', 'support', 'run.ts'),
    id,
    ...options,
  ],
  { PROOF_COMMIT: git('rev-parse', 'HEAD'), PROOF_DIRTY: String(git('status', '--porcelain') !== '') },
)
