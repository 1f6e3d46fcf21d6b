// Run in a package's folder: packs it as npm publishes it, and checks what users get.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = mkdtempSync(join(tmpdir(), 'dowellchat-pack-'))

/** @param {string[]} command */
function step([name = '', ...args]) {
  const { status, stdout, stderr } = spawnSync(name, args, { encoding: 'utf8' })
  if (status === 0) return
  console.error(stdout, stderr)
  rmSync(folder, { recursive: true })
  process.exit(1)
}

const bin = join(fileURLToPath(new URL('.', import.meta.url)), '..', 'node_modules', '.bin')
step(['pnpm', 'pack', '--pack-destination', folder])
const tarball = join(folder, readdirSync(folder)[0] ?? '')
step([join(bin, 'publint'), '--strict', tarball])
step([join(bin, 'attw'), '--profile', 'node16', tarball])
rmSync(folder, { recursive: true })
