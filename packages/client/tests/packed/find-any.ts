import ts from 'typescript'
import { isLibrary } from './program.ts'

/** Ours are some 3,000; classes that make others of their own kind, as schemas do, have no end. */
const most = 30_000

/** Where `any` stands in what a file exports, as `ChatClient.request.join()`; what the platform declares is passed over. */
export function findAny(program: ts.Program, file: ts.SourceFile): string[] {
  const checker = program.getTypeChecker()
  const seen = new Set<ts.Type>()
  const found: string[] = []

  function visit(type: ts.Type, path: string): void {
    if (type.flags & ts.TypeFlags.Any) found.push(path)
    if (seen.has(type)) return
    seen.add(type)
    if (seen.size > most) throw new Error(`There is no end to the types of ${path.slice(0, 200)}`)
    for (const argument of argumentsOf(type)) visit(argument, `${path}<>`)
    if (isPlatform(type.aliasSymbol ?? type.symbol)) return
    if (type.isUnionOrIntersection()) for (const part of type.types) visit(part, path)
    for (const property of type.getProperties()) {
      // A generic class's prototype has any for its parameters, whatever one writes.
      if (isPlatform(property) || property.name === 'prototype') continue
      visit(checker.getTypeOfSymbol(property), `${path}.${property.name}`)
    }
    for (const { type: value } of checker.getIndexInfosOfType(type)) visit(value, `${path}[]`)
    for (const signature of [...type.getCallSignatures(), ...type.getConstructSignatures()]) {
      for (const parameter of signature.parameters) {
        visit(checker.getTypeOfSymbol(parameter), `${path}(${parameter.name})`)
      }
      visit(signature.getReturnType(), `${path}()`)
    }
  }

  function argumentsOf(type: ts.Type): readonly ts.Type[] {
    const isReference = (type as ts.ObjectType).objectFlags & ts.ObjectFlags.Reference
    const own = isReference ? checker.getTypeArguments(type as ts.TypeReference) : []
    return [...own, ...(type.aliasTypeArguments ?? [])]
  }

  const module = checker.getSymbolAtLocation(file)
  for (const exported of module ? checker.getExportsOfModule(module) : []) {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
    if (symbol.flags & ts.SymbolFlags.Value) visit(checker.getTypeOfSymbol(symbol), exported.name)
    if (symbol.flags & ts.SymbolFlags.Type) visit(checker.getDeclaredTypeOfSymbol(symbol), exported.name)
  }
  return found
}

function isPlatform(symbol: ts.Symbol | undefined): boolean {
  const files = symbol?.declarations?.map((declaration) => declaration.getSourceFile().fileName) ?? []
  return files.length > 0 && files.every(isLibrary)
}
