import ts from 'typescript'
import { declarationsOf } from './program.ts'

const printer = ts.createPrinter({ removeComments: true })
const inFull = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias
const entries = {
  index: '@dowellchat/client',
  react: '@dowellchat/client/react',
  testing: '@dowellchat/client/testing',
  widget: '@dowellchat/client/widget',
}

/** The public API as text: what each entry exports, and every declaration that these use, without comments. */
export function apiReport(program: ts.Program): string {
  const checker = program.getTypeChecker()
  const files = declarationsOf(program)
  const exported = Object.entries(entries).map(([name, title]) => {
    const file = files.get(name)
    const module = file && checker.getSymbolAtLocation(file)
    const names = module ? checker.getExportsOfModule(module).map((symbol) => symbol.name) : []
    return section(title, names.sort().join('\n'))
  })
  const declared = [...files.values()].flatMap((file) => declarationsIn(checker, file))
  return ['# API\n', ...exported, section('Declarations', declared.sort().join('\n'))].join('\n')
}

function section(title: string, code: string): string {
  return `## ${title}\n\n\`\`\`ts\n${code}\n\`\`\`\n`
}

function declarationsIn(checker: ts.TypeChecker, file: ts.SourceFile): string[] {
  const declared = file.statements.filter(
    (one) => !ts.isImportDeclaration(one) && !ts.isExportDeclaration(one),
  )
  return declared.map((one) => {
    const text = printer.printNode(ts.EmitHint.Unspecified, one, file).replace(/^declare /, '')
    if (!ts.isTypeAliasDeclaration(one) || !text.includes('protocol.')) return text
    // The protocol infers its types from schemas: here they are written out.
    const type = checker.typeToString(checker.getTypeAtLocation(one), one, inFull)
    return `type ${one.name.text} = ${type};`
  })
}
