/** A body is whole, and not of the format. */
export class NotThisFormat extends Error {}
