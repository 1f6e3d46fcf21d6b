import { measured as ofBench } from './bench/measured.ts'
import { type Figures, runCores } from './cores/run.ts'
import { sizesOf } from './cores/sizes.ts'
import { describe } from './cores/tables.ts'

export const measured = [...ofBench, 'tools/proofs/cores*']

/** What a second core gains today, and what each way to use more of it would cost and gain. */
export async function prove(): Promise<{ quick: boolean; minutes: number } & Figures> {
  const quick = process.argv.includes('--quick')
  const start = performance.now()
  const figures = await runCores(sizesOf(quick))
  const minutes = (performance.now() - start) / 60_000
  process.stdout.write(`${describe(figures)}\n\n${minutes.toFixed(1)} minutes\n`)
  return { quick, minutes, ...figures }
}
