import { expect, it } from 'vitest'
import { readOptions } from './options.ts'

it('[OM36] takes its options', () => {
  const none = { isDemo: false, isHelp: false, isVersion: false, pages: undefined }
  expect(readOptions([])).toEqual(none)
  expect(readOptions(['--demo', '--pages', 'dist'])).toEqual({ ...none, isDemo: true, pages: 'dist' })
  expect(readOptions(['--pages=dist'])).toEqual({ ...none, pages: 'dist' })
  for (const version of ['--version', '-v'])
    expect(readOptions([version])).toEqual({ ...none, isVersion: true })
  for (const help of ['--help', '-h']) expect(readOptions([help])).toEqual({ ...none, isHelp: true })
})

it.each([
  ['--page dist', 'There is no option --page; did you mean --pages?'],
  ['--Demo', 'There is no option --Demo; did you mean --demo?'],
  ['--verison', 'There is no option --verison; did you mean --version?'],
  ['--port 80', 'There is no option --port'],
  ['-x', 'There is no option -x'],
  ['backpu', 'There is no command backpu; did you mean backup?'],
  ['migarte --from a', 'There is no command migarte; did you mean migrate?'],
  ['start', 'There is no command start'],
  [
    '--demo backup x',
    'The command backup comes first and takes options of its own: dowellchat-server backup',
  ],
])('[OM36] says what is wrong with %s', (args, problem) => {
  expect(() => readOptions(args.split(' '))).toThrow(`${problem}\nSee dowellchat-server --help`)
})

it('[OM36] says what is wrong with the value of an option', () => {
  expect(() => readOptions(['--pages'])).toThrow(/--pages/)
  expect(() => readOptions(['--demo=yes'])).toThrow(/--demo/)
})
