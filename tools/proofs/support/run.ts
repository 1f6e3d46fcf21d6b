import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

/** What a proof file exports. */
interface Proof {
  /** Runs the proof, and answers its figures. */
  prove(): Promise<unknown>
  /** The figures are stale once any of these paths, as git reads them, has changed. */
  readonly measured: readonly string[]
}

const [id = '', ...options] = process.argv.slice(2)
const proof = (await import(new URL(`../${id}.ts`, import.meta.url).href)) as Proof
const figures = await proof.prove()
const folder = fileURLToPath(new URL('../../../docs/evidence/', import.meta.url))
const evidence = {
  id,
  command: ['pnpm prove', id, ...options].join(' '),
  commit: process.env.PROOF_COMMIT,
  dirty: process.env.PROOF_DIRTY === 'true',
  date: new Date().toISOString(),
  machine: {
    cpus: cpus().length,
    model: cpus()[0]?.model,
    memory_gib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    os: `${process.platform} ${release()}`,
  },
  measured: proof.measured,
  figures,
}
const file = `${folder}${id}.json`
// An option shortens a run, which is then for looking and not for the record; other arguments say what is measured.
const isShortened = options.some((option) => option.startsWith('--'))
if (!isShortened) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, `${JSON.stringify(evidence, null, 2)}\n`)
  console.error(`Wrote docs/evidence/${id}.json`)
}
