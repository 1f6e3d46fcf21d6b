import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { patience } from '@dowellchat/browser'
import { expect } from 'vitest'
import type { Person } from './demo.ts'
import { settled } from './pictures.ts'

interface Fault {
  readonly html: string
  readonly failureSummary: string
}

interface Found {
  readonly violations: readonly {
    readonly id: string
    readonly nodes: readonly Fault[]
  }[]
}
type WithAxe = typeof globalThis & { readonly axe: { run(page: Document): Promise<Found> } }

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Expects that axe finds nothing to complain about on the page as it is, in light and in dark. */
export async function expectAccessible(person: Person, state: string): Promise<void> {
  const { page } = person
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(source)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.evaluate(settled)
    // Chromium may paint colors that elements inherit a moment after the others.
    await expect
      .poll(() => faultsOn(person), { ...patience, message: `${state}, ${colorScheme}` })
      .toEqual([])
  }
}

async function faultsOn({ page }: Person): Promise<string[]> {
  const { violations } = await page.evaluate(() => (globalThis as WithAxe).axe.run(document))
  return violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' ')}`,
  )
}
