/** A number out of JSON that JavaScript cannot hold: of more digits, or larger. Its text is kept as it came. */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }

  /** As text: JSON.stringify knows no number of so many digits. */
  toJSON(): string {
    return this.text;
  }
}
