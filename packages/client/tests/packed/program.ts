import { join } from 'node:path'
import ts from 'typescript'

const libraries = new Map<string, ts.SourceFile | undefined>()

/** A consumer as the compiler sees it under one of its tsconfigs. */
export function openProgram(consumer: string, config: string): ts.Program {
  const { config: json } = ts.readConfigFile(join(consumer, config), ts.sys.readFile)
  const { options, fileNames } = ts.parseJsonConfigFileContent(json, ts.sys, consumer)
  const host = ts.createCompilerHost(options)
  const { getSourceFile } = host
  // TypeScript's own libraries are half of all that is read, and the same in every program.
  host.getSourceFile = (file, ...rest) => {
    if (!isLibrary(file)) return getSourceFile(file, ...rest)
    if (!libraries.has(file)) libraries.set(file, getSourceFile(file, ...rest))
    return libraries.get(file)
  }
  return ts.createProgram({ rootNames: fileNames, options, host })
}

/** Whether a file belongs to the platform, not to us or to a package that we chose. */
export function isLibrary(file: string): boolean {
  return /\/typescript\/lib\/|\/@types\//.test(file)
}

/** The client's declarations, as an ES module sees them; those of its entries come as `index` and `react`. */
export function declarationsOf(program: ts.Program): Map<string, ts.SourceFile> {
  const isOurs = /\/@dowellchat\/client\/dist\/([^/]+)\.d\.ts$/
  const files = program.getSourceFiles().map((file) => [isOurs.exec(file.fileName)?.[1] ?? '', file] as const)
  return new Map(files.filter(([name]) => name !== ''))
}

/** What the compiler says of a consumer's files and of our declarations that they use. */
export function problemsIn(program: ts.Program, consumer: string): string[] {
  const files = program.getSourceFiles().filter(({ fileName }) => !isLibrary(fileName))
  const ours = files.filter(({ fileName }) => !/\/node_modules\/(?!@dowellchat\/)[^@.]/.test(fileName))
  const found = [
    ...program.getOptionsDiagnostics(),
    ...ours.flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]),
  ]
  const names = { getCanonicalFileName: String, getCurrentDirectory: () => consumer, getNewLine: () => '\n' }
  return found.map((diagnostic) => ts.formatDiagnostic(diagnostic, names))
}
