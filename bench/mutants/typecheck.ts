import path from 'node:path';
import ts from 'typescript';

/** What the compiler says of a file with another text; undefined where that is in order. */
export type Typecheck = (file: string, text: string) => string | undefined;

/** A fault may leave something unused. */
const UNUSED = new Set([6133, 6138, 6192, 6196, 6198, 6199]);

/**
 * Reads a tree once, and then says of one changed file at a time whether it typechecks: a fault that the compiler finds
 * is none that could be made.
 */
export function typecheckIn(folder: string): Typecheck {
  const { fileNames, options } = settingsIn(folder);
  let changed: { file: string; text: string; version: number } | undefined;
  const at = (file: string) => (changed?.file === path.resolve(file) ? changed : undefined);
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    getScriptFileNames: () => fileNames,
    getScriptVersion: (file) => String(at(file)?.version ?? 0),
    getScriptSnapshot: (file) => {
      const text = at(file)?.text ?? ts.sys.readFile(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    ...(ts.sys.realpath === undefined ? {} : { realpath: ts.sys.realpath }),
  });
  return (file, text) => {
    const whole = path.join(folder, file);
    changed = { file: whole, text, version: (changed?.version ?? 0) + 1 };
    const found = [...service.getSyntacticDiagnostics(whole), ...service.getSemanticDiagnostics(whole)];
    const [first] = found.filter(({ code }) => !UNUSED.has(code));
    return first && ts.flattenDiagnosticMessageText(first.messageText, ' ');
  };
}

function settingsIn(folder: string): ts.ParsedCommandLine {
  const { config } = ts.readConfigFile(path.join(folder, 'tsconfig.json'), ts.sys.readFile) as {
    config: unknown;
  };
  return ts.parseJsonConfigFileContent({ ...Object(config), include: ['src'] }, ts.sys, folder);
}
