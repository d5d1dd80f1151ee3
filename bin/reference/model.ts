/** A piece of a type as a reader sees it: code, or code that leads to a heading of the page. */
export interface Piece {
  code: string;
  /** The heading. */
  to?: string;
}

/** One option of a definition. */
export interface Option {
  name: string;
  type: Piece[];
  /** `required`, `exactly one` of several, or what leaving it out means. */
  default: string;
  meaning: string;
}

/** A heading of the page with what stands below it. */
export interface Part {
  title: string;
  meaning: string;
  /** Lines of code as somebody writes them. */
  examples: string[];
  tables: Table[];
  parts: Part[];
}

/** Cells are markdown. */
export interface Table {
  columns: string[];
  rows: string[][];
}
