import ts from 'typescript';
import { declaredAs, isOwn } from './code.ts';
import type { Places } from './places.ts';

/** One key of an object of options. */
export interface Member {
  symbol: ts.Symbol;
  /** Without the `undefined` of an option that may be left out. */
  type: ts.Type;
  /** As the declaration writes it; absent where a list gives the type. */
  node?: ts.TypeNode;
  need: 'required' | 'optional' | 'exactly one';
}

/** Those types of a union that are objects of options: of their keys, this page has to tell. */
export function optionObjectsIn(checker: ts.TypeChecker, places: Places, type: ts.Type): ts.Type[] {
  return variantsOf(type).filter((variant) => {
    const [property] = variant.getProperties();
    const isObject = (variant.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) !== 0;
    return (
      isObject &&
      property !== undefined &&
      isOwn(property) &&
      !places.isGiven(variant.symbol) &&
      variant.getCallSignatures().length === 0 &&
      checker.getIndexInfosOfType(variant).length === 0
    );
  });
}

/** The keys of these variants of one object, in the order of their declarations. */
export function membersOf(checker: ts.TypeChecker, variants: readonly ts.Type[]): Member[] {
  const found = new Map<string, { symbol: ts.Symbol; times: number }>();
  for (const symbol of variants.flatMap((variant) => checker.getPropertiesOfType(variant))) {
    if (isNever(checker, symbol)) continue;
    const { times } = found.get(symbol.name) ?? { times: 0 };
    found.set(symbol.name, { symbol, times: times + 1 });
  }
  const members = [...found.values()].map(({ symbol, times }) =>
    memberOf(checker, symbol, times < variants.length),
  );
  return inOrder(members);
}

/** Where the type is `ByKind<…>`: the options of each kind, under its name. */
export function kindsOf(checker: ts.TypeChecker, { node }: Member): Member[] | undefined {
  if (node === undefined || !ts.isTypeReferenceNode(node) || node.typeName.getText() !== 'ByKind')
    return undefined;
  const [options] = node.typeArguments ?? [];
  return options && membersOf(checker, [checker.getTypeFromTypeNode(options)]);
}

/** Where the type is the names of a list, `keyof typeof FORMATS`, or may be one of them: what the list holds. */
export function namesOf(checker: ts.TypeChecker, { node }: Pick<Member, 'node'>): ts.Symbol[] | undefined {
  if (node !== undefined && ts.isUnionTypeNode(node)) {
    return node.types.map((one) => namesOf(checker, { node: one })).find((names) => names !== undefined);
  }
  if (node === undefined || !ts.isTypeReferenceNode(node)) return undefined;
  const named = checker.getSymbolAtLocation(node.typeName);
  const declaration = named && declaredAs(checker, named).declarations?.[0];
  if (declaration === undefined || !ts.isTypeAliasDeclaration(declaration)) return undefined;
  const { type } = declaration;
  if (!ts.isTypeOperatorNode(type) || !ts.isTypeQueryNode(type.type)) return undefined;
  return checker.getPropertiesOfType(checker.getTypeFromTypeNode(type.type));
}

function memberOf(checker: ts.TypeChecker, symbol: ts.Symbol, isAlternative: boolean): Member {
  const declaration = symbol.declarations?.[0];
  const node = declaration && ts.isPropertySignature(declaration) ? declaration.type : undefined;
  const need = isAlternative
    ? 'exactly one'
    : symbol.flags & ts.SymbolFlags.Optional
      ? 'optional'
      : 'required';
  // What was declared has no `undefined`; of what a list gives it is taken away.
  const type = node
    ? checker.getTypeFromTypeNode(node)
    : checker.getNonNullableType(checker.getTypeOfSymbol(symbol));
  return { symbol, type, need, ...(node === undefined ? {} : { node }) };
}

/** A union knows no order: what one declaration holds stands together, from the top down. */
function inOrder(members: Member[]): Member[] {
  const holders = [...new Set(members.map(({ symbol }) => symbol.declarations?.[0]?.parent))];
  const place = ({ symbol }: Member) => {
    const declaration = symbol.declarations?.[0];
    return [holders.indexOf(declaration?.parent), declaration?.pos ?? 0] as const;
  };
  return members.toSorted((a, b) => place(a)[0] - place(b)[0] || place(a)[1] - place(b)[1]);
}

/** The key of another alternative, which must not be there. */
function isNever(checker: ts.TypeChecker, symbol: ts.Symbol): boolean {
  const type = checker.getNonNullableType(checker.getTypeOfSymbol(symbol));
  return (type.flags & ts.TypeFlags.Never) !== 0;
}

/** The types of a union; the type itself where it is none. */
export function variantsOf(type: ts.Type): ts.Type[] {
  return type.isUnion() ? type.types : [type];
}
