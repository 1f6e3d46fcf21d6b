import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'

const folder = join(inject('react19'), 'node_modules/@dowellchat/client')
const read = (file: string): string => readFileSync(join(folder, file), 'utf8')
const files = readdirSync(folder, { recursive: true }).map(String)

describe('the packed client', () => {
  it('has what users need, and nothing of the workspace', () => {
    expect(files).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'dist/index.js', 'dist/react.cjs']))
    expect(files.filter((file) => /^(src|tests|etc)|\.tsx?$/.test(file.replace(/\.d\.ts$/, '')))).toEqual([])
    expect(read('package.json')).not.toMatch(/@dowellchat\/source|workspace:|catalog:|"private"/)
  })

  it.each(['react.js', 'react.cjs'])('marks %s as code for the client, before anything else', (file) => {
    expect(read(`dist/${file}`)).toMatch(/^"use client";\n/)
  })

  it.each(['index.js', 'index.cjs'])('does not mark %s, which a server component may import', (file) => {
    expect(read(`dist/${file}`)).not.toContain('use client')
  })
})
