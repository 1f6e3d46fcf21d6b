// Prepares a fresh clone that has only Node and npm: finds or fetches pnpm, and installs from the lockfile.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

const pnpmVersion = '12.21.0'
const stampFile = join(root, 'node_modules', '.installed')
const isWindows = process.platform === 'win32'

/** Ends the process if Node is too old. */
function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  console.error(`dowellchat needs Node 20.19 or newer; this is ${process.version}`)
  process.exit(1)
}

/** Whether the PATH has a pnpm of the right major; turbo runs the packages' scripts with it too. */
function hasPnpm() {
  const found = spawnSync('pnpm', ['--version'], { cwd: root, encoding: 'utf8', shell: isWindows })
  return found.status === 0 && found.stdout.trim().split('.')[0] === pnpmVersion.split('.')[0]
}

/** Puts pnpm on the PATH of this process and its children; npm fetches it into .cache if the machine has none. */
async function requirePnpm() {
  const folder = join(root, '.cache', 'pnpm')
  const bin = join(folder, 'node_modules', '.bin')
  if (existsSync(bin)) process.env.PATH = `${bin}${delimiter}${process.env.PATH}`
  if (hasPnpm()) return
  mkdirSync(folder, { recursive: true })
  const code = await run([
    'npm',
    'install',
    '--prefix',
    folder,
    '--no-save',
    '--loglevel=error',
    `pnpm@${pnpmVersion}`,
  ])
  if (code !== 0) process.exit(code)
  process.env.PATH = `${bin}${delimiter}${process.env.PATH}`
}

/** A hash of everything an installation depends on. */
function installStamp() {
  const hash = createHash('sha256').update(process.version)
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) hash.update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

/**
 * Runs a command, prints its output, and answers its exit code.
 * @param {readonly string[]} command
 * @param {Record<string, string>} [environment]
 * @returns {Promise<number>}
 */
export function run([name = '', ...args], environment = {}) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...environment }
    const child = spawn(name, args, { cwd: root, stdio: 'inherit', shell: isWindows, env })
    // A signal goes to the child, and this process ends after it.
    /** @type {NodeJS.Signals[]} */
    const signals = ['SIGINT', 'SIGTERM']
    const passOn = signals.map((signal) => () => child.kill(signal))
    for (const [at, signal] of signals.entries()) process.on(signal, passOn[at] ?? (() => {}))
    child.once('error', reject)
    child.once('exit', (code) => {
      for (const [at, signal] of signals.entries()) process.off(signal, passOn[at] ?? (() => {}))
      resolve(code ?? 1)
    })
  })
}

/** Installs the dependencies, unless they are up to date. */
export async function setUp() {
  requireNode()
  await requirePnpm()
  const stamp = installStamp()
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return
  // With CI set, pnpm asks no questions.
  const code = await run(['pnpm', 'install', '--frozen-lockfile'], { CI: 'true' })
  if (code !== 0) process.exit(code)
  writeFileSync(stampFile, stamp)
}

/**
 * The path of an installed tool.
 * @param {string} name
 */
export function tool(name) {
  return join(root, 'node_modules', '.bin', name)
}
