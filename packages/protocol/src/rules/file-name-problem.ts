import { limits } from '../limits.ts'
import { isBlank } from './names.ts'

/** What keeps a text from being the name of a file; undefined if it is one. */
export function fileNameProblem(name: string): string | undefined {
  if (isBlank(name) || name !== name.trim()) return 'expected the name of a file'
  if (name.length > limits.file_name_length) return `expected at most ${limits.file_name_length} characters`
  if (/[/\\]/.test(name) || /^\.+$/.test(name)) return 'expected a name without folders'
  // Controls, half surrogate pairs and what nobody sees, such as what turns the direction of writing: `gpj.exe` cannot look like
  // `exe.jpg`. Only what joins characters may stay.
  if (/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/u.test(name))
    return 'expected a name of one line without control characters'
  return undefined
}
