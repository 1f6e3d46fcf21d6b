/** What the variables of a canned answer stand for. */
export interface AnswerValues {
  readonly customer: string
  readonly agent: string
  readonly subject: string
  readonly topic: string
}

/** A canned answer with its variables filled in. What is no variable stays as it is. */
export function fillAnswer(text: string, values: Readonly<AnswerValues>): string {
  return text.replace(
    /\{\{\s*(customer|agent|subject|topic)\s*\}\}/g,
    (_whole, name: keyof AnswerValues) => values[name],
  )
}
