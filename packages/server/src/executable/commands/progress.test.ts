import { expect, it } from 'vitest'
import { showProgress } from './progress.ts'

function stream(isTTY: boolean) {
  const written: string[] = []
  const write = (text: string) => written.push(text) > 0
  return { out: { isTTY, write }, written }
}

it('draws a bar over itself on a terminal', () => {
  const { out, written } = stream(true)
  const progress = showProgress(out, 'acme entries', 200)
  progress.advance(100)
  progress.advance(100)
  progress.end()
  expect(written[0]).toBe(`\r${'█'.repeat(15)}${'░'.repeat(15)}  50 % acme entries `)
  expect(written[1]).toMatch(/^\r█+ 100 %/)
  expect(written[2]).toBe('\n')
})

it('writes a line for each tenth elsewhere, from where it goes on', () => {
  const { out, written } = stream(false)
  const progress = showProgress(out, 'acme entries', 1_000, 450)
  for (let at = 450; at < 1_000; at += 50) progress.advance(50)
  progress.end()
  expect(written[0]).toBe('acme entries:  45 % (450 of 1000)\n')
  expect(written).toHaveLength(7)
  expect(written.at(-1)).toBe('acme entries: 100 % (1000 of 1000)\n')
})

it('is done at once where there is nothing to do', () => {
  const { out, written } = stream(false)
  showProgress(out, 'acme calls', 0).end()
  expect(written).toEqual(['acme calls: 100 % (0 of 0)\n'])
})
