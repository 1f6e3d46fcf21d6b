import type { Logger } from '../../src/logger.ts'

interface Line {
  readonly level: 'info' | 'warn' | 'error'
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** A logger that keeps its lines. */
export function keptLog(): { logger: Logger; lines: Line[]; messages: () => string[] } {
  const lines: Line[] = []
  const keep = (level: Line['level']) => (fields: object, message: string) =>
    void lines.push({ level, message, fields: { ...fields } })
  const logger = { info: keep('info'), warn: keep('warn'), error: keep('error') }
  return { logger, lines, messages: () => lines.map(({ message }) => message) }
}
