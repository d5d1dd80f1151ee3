import ts from 'typescript';
import { declaredAs } from './code.ts';
import type { Piece } from './model.ts';
import { FIELDS_TITLE, type Places } from './places.ts';
import { isDeclaredType } from './vocabulary.ts';

/** A type as its declaration writes it, short, with each name leading to where it is explained. */
export function piecesOfNode(checker: ts.TypeChecker, places: Places, node: ts.TypeNode): Piece[] {
  const pieces = (inner: ts.TypeNode) => piecesOfNode(checker, places, inner);
  if (ts.isUnionTypeNode(node)) return joined(node.types.map(pieces), ' | ');
  if (ts.isArrayTypeNode(node)) return [...pieces(node.elementType), { code: '[]' }];
  if (ts.isMappedTypeNode(node) && node.typeParameter.constraint && node.type) {
    const [key, value] = [pieces(node.typeParameter.constraint), pieces(node.type)];
    return [{ code: '{ [' }, ...key, { code: ']: ' }, ...value, { code: ' }' }];
  }
  if (!ts.isTypeReferenceNode(node)) return [{ code: node.getText() }];
  return piecesOfReference(checker, places, node);
}

/** A type that no declaration writes, because a list gives it. */
export function piecesOfType(checker: ts.TypeChecker, places: Places, type: ts.Type): Piece[] {
  const symbol = type.aliasSymbol ?? (type.flags & ts.TypeFlags.Object ? type.symbol : undefined);
  const isNamed = symbol !== undefined && /^\w/.test(symbol.name) && !symbol.name.startsWith('__');
  return [isNamed ? link(symbol.name, places.titleOf(symbol)) : { code: checker.typeToString(type) }];
}

function piecesOfReference(
  checker: ts.TypeChecker,
  places: Places,
  { typeName, typeArguments }: ts.TypeReferenceNode,
): Piece[] {
  const found = checker.getSymbolAtLocation(typeName);
  if (found === undefined) return [{ code: typeName.getText() }];
  const symbol = declaredAs(checker, found);
  // The only types that a definition leaves open are those of its rows and events.
  if (symbol.flags & ts.SymbolFlags.TypeParameter) return [link('z.object({ … })', FIELDS_TITLE)];
  const inner = typeArguments ?? [];
  if (isDeclaredType(symbol) && inner[0] !== undefined) {
    const kind = inner[0].getText().replaceAll("'", '');
    return [link(kind, kind)];
  }
  if (symbol.name !== 'Record') return [link(symbol.name, places.titleOf(symbol))];
  const pieces = inner.map((argument) => piecesOfNode(checker, places, argument));
  return [{ code: 'Record<' }, ...joined(pieces, ', '), { code: '>' }];
}

/** Lists of pieces as one, with a separator between them. */
export function joined(lists: Piece[][], separator: string): Piece[] {
  return lists.flatMap((pieces, index) => (index === 0 ? pieces : [{ code: separator }, ...pieces]));
}

/** A name that leads to a heading. */
export function link(code: string, to: string): Piece {
  return { code, to };
}
