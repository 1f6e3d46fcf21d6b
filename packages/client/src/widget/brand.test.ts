import { expect, it } from 'vitest'
import { colorOf, contrast, inkOn } from './brand.ts'

it('[WI11] writes on any brand colour so that it can be read', () => {
  let worst = 21
  for (let red = 0; red < 256; red += 15)
    for (let green = 0; green < 256; green += 15)
      for (let blue = 0; blue < 256; blue += 15) {
        const color = `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`
        worst = Math.min(worst, contrast(color, inkOn(color)))
      }
  expect(worst).toBeGreaterThanOrEqual(4.5)
})

it('[WI11] takes colours as people write them, and the usual one in place of what is none', () => {
  expect(['#0B7A4B', '0b7a4b', '#fff', ' #FFF '].map(colorOf)).toEqual([
    '#0b7a4b',
    '#0b7a4b',
    '#ffffff',
    '#ffffff',
  ])
  const usual = colorOf(undefined)
  expect(['', 'red', '#12345', '#ffffff;} * { display: none', 'url(x)'].map(colorOf)).toEqual(
    Array(5).fill(usual),
  )
})
