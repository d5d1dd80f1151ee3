import path from 'node:path';
import ts from 'typescript';
import { PACKAGE_DIR } from '../../src/package.ts';

/** The code of `src/` as the compiler understands it. */
export interface Code {
  checker: ts.TypeChecker;
  /** What a file exports, each as the symbol that is declared. @param file below `src/` */
  exportsOf(file: string): Map<string, ts.Symbol>;
  /** Notes a declaration that does not say enough. */
  complain(declared: ts.Symbol, text: string): void;
  complaints: string[];
}

/** Reads what a definition file imports, and all that it stands on. */
export function readCode(): Code {
  const program = programOf('src/index.ts');
  const checker = program.getTypeChecker();
  const complaints: string[] = [];
  return {
    checker,
    exportsOf(file) {
      const source = program.getSourceFile(path.join(PACKAGE_DIR, 'src', file));
      const module = source && checker.getSymbolAtLocation(source);
      if (module === undefined) throw new Error(`src/${file} is not read: nothing of a definition uses it.`);
      const exported = checker.getExportsOfModule(module);
      return new Map(exported.map((symbol) => [symbol.name, declaredAs(checker, symbol)]));
    },
    complain: (declared, text) => void complaints.push(`${placeOf(declared)} ${text}`),
    complaints,
  };
}

/** The symbol itself, where another file gives it on. */
export function declaredAs(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** Is it declared in `src/`? */
export function isOwn(symbol: ts.Symbol): boolean {
  const file = symbol.declarations?.[0]?.getSourceFile().fileName;
  return file !== undefined && !path.relative(path.join(PACKAGE_DIR, 'src'), file).startsWith('..');
}

function programOf(file: string): ts.Program {
  const { config } = ts.readConfigFile(path.join(PACKAGE_DIR, 'tsconfig.json'), ts.sys.readFile) as {
    config: unknown;
  };
  const whole = { ...Object(config), include: [], files: [file] } as unknown;
  const { options, fileNames } = ts.parseJsonConfigFileContent(whole, ts.sys, PACKAGE_DIR);
  return ts.createProgram(fileNames, options);
}

function placeOf({ name, declarations }: ts.Symbol): string {
  const declaration = declarations?.[0];
  if (declaration === undefined) return `'${name}'`;
  const source = declaration.getSourceFile();
  const line = source.getLineAndCharacterOfPosition(declaration.getStart()).line + 1;
  return `${path.relative(PACKAGE_DIR, source.fileName)}:${line} · '${name}'`;
}
