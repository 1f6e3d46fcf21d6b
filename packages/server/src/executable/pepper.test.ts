import { linkSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { temporaryFolder } from '../../tests/support/server-process.ts'
import { pepperOf } from './pepper.ts'

// A spy: each test says what it does.
vi.mock('node:fs', { spy: true })

function failLinks(code: string) {
  const linking = vi.mocked(linkSync).mockImplementation(() => {
    throw Object.assign(new Error(`${code}: a failure`), { code })
  })
  return () => linking.mockRestore()
}

it('[EX23] is made for its user alone, also on a disk without links, and is the same from then on', () => {
  const folder = temporaryFolder()
  const mend = failLinks('EPERM')
  try {
    const pepper = pepperOf(folder)
    expect(pepperOf(folder)).toBe(pepper)
    expect(readdirSync(folder)).toEqual(['pepper'])
    expect(statSync(join(folder, 'pepper')).mode & 0o777).toBe(0o600)
  } finally {
    mend()
  }
})

it('[EX23] leaves nothing where it cannot be made', () => {
  const folder = temporaryFolder()
  const mend = failLinks('EIO')
  try {
    expect(() => pepperOf(folder)).toThrow(/pepper cannot be used: the disk fails/)
    expect(readdirSync(folder)).toEqual([])
  } finally {
    mend()
  }
})
