/** The number after an option of the command line, such as `--clients 300`; undefined without it. */
export function numberAfter(option: string): number | undefined {
  const at = process.argv.indexOf(option)
  const number = Number(process.argv[at + 1])
  return at >= 0 && number > 0 ? number : undefined
}
